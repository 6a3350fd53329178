import { describe, expect, it } from 'vitest';
import { MemoryNetwork } from '../net/memory.ts';
import type { ByteStream, Network } from '../net/network.ts';
import { SimulatedClock } from '../net/simulated-clock.ts';
import { tapNetwork } from '../net/tap.ts';
import { Load, type LoadLimits } from './load.ts';
import { WireLog } from './log.ts';

const AT = { host: '10.0.0.1', port: 2855 };
const request = (n: number): Buffer =>
  Buffer.from(`MSRP t${n}xxx SEND\r\nTo-Path: msrp://a/x;tcp\r\nFrom-Path: msrp://b/y;tcp\r\n-------t${n}xxx$\r\n`);
const response = Buffer.from(
  'MSRP tabc 200 OK\r\nTo-Path: msrp://a/x;tcp\r\nFrom-Path: msrp://b/y;tcp\r\n-------tabc$\r\n',
);

/** A peer that keeps what arrives and when; one actor whose network has these limits. */
async function world(limits: LoadLimits) {
  const clock = new SimulatedClock();
  const memory = new MemoryNetwork(clock, { latencyMs: 0 });
  const arrived: { readonly time: number; readonly text: string }[] = [];
  const accepted: ByteStream[] = [];
  let ended = false;
  await memory.host(AT.host).listen(AT, { kind: 'plain' }, (stream) => {
    accepted.push(stream);
    stream.attach({
      data: (octets) => arrived.push({ time: clock.now(), text: octets.toString() }),
      end: () => {
        ended = true;
        stream.end();
      },
      closed: () => {},
    });
  });
  await memory.host(AT.host).datagrams(
    { ...AT, port: 5060 },
    {
      datagram: (octets) => arrived.push({ time: clock.now(), text: octets.toString() }),
    },
  );
  const load = new Load(limits);
  const log = new WireLog(clock);
  load.follow(log);
  const network = load.network(tapNetwork(memory.host('10.0.0.2'), 'alice', log), clock);
  return { clock, load, log, network, arrived, accepted, ended: () => ended };
}

async function connected(clock: SimulatedClock, network: Network, drained = (): void => {}): Promise<ByteStream> {
  const stream = await clock.run(network.connect(AT, { kind: 'plain' }, 1000));
  if (!stream.ok) throw new Error(stream.error.message);
  stream.value.attach({ data: () => {}, drain: drained, closed: () => {} });
  return stream.value;
}

const pass = (clock: SimulatedClock, ms: number): Promise<void> =>
  clock.run(new Promise((resolve) => void clock.after(ms, resolve)));

describe('the pace', () => {
  it('is kept by all streams together, in order, and nothing is lost', async () => {
    const { clock, network, arrived, log } = await world({ messagesPerSecond: 10 });
    const a = await connected(clock, network);
    const b = await connected(clock, network);
    for (let n = 0; n < 6; n += 1) (n % 2 === 0 ? a : b).write(request(n));
    await pass(clock, 2000);
    expect(arrived.map(({ text }) => text)).toEqual([0, 1, 2, 3, 4, 5].map((n) => request(n).toString()));
    const first = arrived[0]?.time ?? 0;
    expect(arrived.map(({ time }) => Math.round(time - first))).toEqual([0, 100, 200, 300, 400, 500]);
    // The wire log tells when they really went.
    const sent = log.entries.filter(({ content }) => content.protocol === 'msrp').map(({ time }) => time);
    expect(sent.map((time) => Math.round(time - (sent[0] ?? 0)))).toEqual([0, 100, 200, 300, 400, 500]);
  });

  it('does not hold back responses, which overtake nothing either', async () => {
    const { clock, network, arrived } = await world({ messagesPerSecond: 10 });
    const a = await connected(clock, network);
    expect(a.write(request(0))).toBe(true);
    expect(a.write(response)).toBe(true);
    await pass(clock, 1);
    expect(arrived.map(({ text }) => text).join('')).toBe(`${request(0)}${response}`);
    a.write(request(1));
    a.write(response);
    await pass(clock, 1);
    expect(arrived.map(({ text }) => text).join('')).toBe(`${request(0)}${response}`);
    await pass(clock, 200);
    expect(arrived.map(({ text }) => text).join('')).toBe(`${request(0)}${response}${request(1)}${response}`);
  });

  it('counts all requests of one write, and of datagrams', async () => {
    const { clock, network, arrived } = await world({ messagesPerSecond: 10 });
    const a = await connected(clock, network);
    const opened = await network.datagrams({ host: '10.0.0.2', port: 0 }, { datagram: () => {} });
    if (!opened.ok) throw new Error(opened.error.message);
    a.writeAll([request(0), request(1), request(2)]);
    const options = Buffer.from('OPTIONS sip:a@b SIP/2.0\r\nContent-Length: 0\r\n\r\n');
    opened.value.send(options, { ...AT, port: 5060 });
    opened.value.close();
    await pass(clock, 150);
    expect(arrived.some(({ text }) => text.startsWith('OPTIONS'))).toBe(false);
    await pass(clock, 100);
    expect(arrived.some(({ text }) => text.startsWith('OPTIONS'))).toBe(true);
  });

  it('holds the writer back until there is room, and ends a stream behind what it has written', async () => {
    const { clock, network, arrived, ended } = await world({ messagesPerSecond: 10 });
    let drained = 0;
    const a = await connected(clock, network, () => {
      drained += 1;
    });
    a.write(request(0));
    expect(a.write(request(1))).toBe(false);
    expect(a.queued).toBeGreaterThanOrEqual(request(1).length);
    await pass(clock, 150);
    expect(drained).toBe(1);
    a.write(request(2));
    a.end();
    expect(ended()).toBe(false);
    await pass(clock, 500);
    expect(arrived.length).toBe(3);
    expect(ended()).toBe(true);
  });

  it('forgets what a stream that was cut has still to write', async () => {
    const { clock, network, arrived } = await world({ messagesPerSecond: 10 });
    const a = await connected(clock, network);
    const b = await connected(clock, network);
    a.write(request(0));
    a.write(request(1));
    b.write(request(2));
    a.reset();
    await pass(clock, 1000);
    expect(arrived.map(({ text }) => text)).not.toContain(request(1).toString());
    expect(arrived.map(({ text }) => text)).toContain(request(2).toString());
  });
});

describe('the connections', () => {
  it('are never more than the limit, and one is free again when one is gone', async () => {
    const { clock, network, load } = await world({ connections: 2 });
    const [a] = [await connected(clock, network), await connected(clock, network)];
    const third = await clock.run(network.connect(AT, { kind: 'plain' }, 1000));
    expect(third).toEqual({
      ok: false,
      error: {
        kind: 'other',
        message: '10.0.0.1:2855: the profile allows no more than 2 connections at the same time',
      },
    });
    a.reset();
    await pass(clock, 1);
    await connected(clock, network);
    expect(load.figures).toEqual({ rooms: 0, connections: 3, peakConnections: 2, messages: 0 });
  });

  it('on their way count as well', async () => {
    const { clock, network, load } = await world({ connections: 2 });
    const tries = [1, 2, 3].map(() => network.connect(AT, { kind: 'plain' }, 1000));
    const outcomes = await clock.run(Promise.all(tries));
    expect(outcomes.map(({ ok }) => ok)).toEqual([true, true, false]);
    expect(load.figures.peakConnections).toBe(2);
  });

  it('are set aside all at once, first come first served, and never more than there are', async () => {
    const load = new Load({ connections: 5 });
    expect(await load.reserve(6)).toBeUndefined();
    const order: string[] = [];
    const first = await load.reserve(3);
    const large = load.reserve(4).then((release) => {
      order.push('large');
      release?.();
    });
    const small = load.reserve(1).then(() => order.push('small'));
    await Promise.resolve();
    expect(order).toEqual([]);
    first?.();
    first?.();
    await Promise.all([large, small]);
    expect(order).toEqual(['large', 'small']);
  });
});
