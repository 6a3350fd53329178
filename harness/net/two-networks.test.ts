import { expect, it } from 'vitest';
import { MemoryNetwork } from './memory.ts';
import type { ByteStream, Network } from './network.ts';
import { SimulatedClock } from './simulated-clock.ts';
import { twoNetworks } from './two-networks.ts';

const INNER = '192.0.2.2';
const clock = new SimulatedClock();
const inner = new MemoryNetwork(clock);
const outer = new MemoryNetwork(clock);
const both = twoNetworks(outer, inner, ({ host }) => host === INNER);
const plain = { kind: 'plain' } as const;
const at = (host: string, port: number): { host: string; port: number } => ({ host, port });

/** Whether somebody listens there, as seen on one of the networks. */
const answers = async (network: Network, port: number): Promise<boolean> =>
  (await clock.run(network.connect(at('10.0.0.1', port), plain, 1000))).ok;

it('listens on both, at the same address, until it is closed', async () => {
  const accepted: ByteStream[] = [];
  const listening = await clock.run(both.listen(at('10.0.0.1', 0), plain, (stream) => accepted.push(stream)));
  if (!listening.ok) throw new Error(listening.error.message);
  const { port } = listening.value.local;
  expect([await answers(inner, port), await answers(outer, port)]).toEqual([true, true]);
  expect(accepted).toHaveLength(2);
  listening.value.close();
  expect([await answers(inner, port), await answers(outer, port)]).toEqual([false, false]);
});

it('leaves nothing behind when one of them has the port taken', async () => {
  await clock.run(inner.listen(at('10.0.0.1', 700), plain, () => {}));
  expect(await clock.run(both.listen(at('10.0.0.1', 700), plain, () => {}))).toMatchObject({ ok: false });
  expect(await answers(outer, 700)).toBe(false);
});

it('reaches each address on its own network, by streams and by datagrams', async () => {
  const heard: string[] = [];
  for (const [name, network, host] of [
    ['inner', inner, INNER],
    ['outer', outer, '10.0.0.3'],
  ] as const) {
    await clock.run(network.listen(at(host, 800), plain, () => heard.push(`${name} stream`)));
    await network.datagrams(at(host, 800), { datagram: (octets) => heard.push(`${name} ${octets}`) });
  }
  const socket = await both.datagrams(at('10.0.0.1', 900), { datagram: () => {} });
  if (!socket.ok) throw new Error(socket.error.message);
  for (const host of [INNER, '10.0.0.3']) {
    expect(await clock.run(both.connect(at(host, 800), plain, 1000))).toMatchObject({ ok: true });
    socket.value.send(Buffer.from('hello'), at(host, 800));
  }
  await clock.run(new Promise<void>((resolve) => clock.after(100, resolve)));
  expect(heard.toSorted()).toEqual(['inner hello', 'inner stream', 'outer hello', 'outer stream']);
});
