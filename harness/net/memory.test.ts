import { describe, expect, test } from 'vitest';
import type { Result } from '../result.ts';
import { MemoryNetwork, type MemoryNetworkOptions } from './memory.ts';
import type { NetError, Security, StreamHandlers } from './network.ts';
import { seededRandom } from './seeded-random.ts';
import { SimulatedClock } from './simulated-clock.ts';

const PLAIN: Security = { kind: 'plain' };

function value<T>(result: Result<T, NetError>): T {
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

/** Everything that happens while ten clients talk to an echo server at once, with its time. */
async function chatter(seed: string): Promise<string[]> {
  const clock = new SimulatedClock();
  const network = new MemoryNetwork(clock, {
    latencyMs: 3,
    random: seededRandom(seed),
    segment: (octets, random) => 1 + random.integer(octets),
    datagram: (_octets, _from, _to, random) => Array.from({ length: random.integer(3) }, () => random.integer(50)),
  });
  const log: string[] = [];
  const note = (text: string): void => {
    log.push(`${clock.now()} ${text}`);
  };
  const handlers = (name: string, data: StreamHandlers['data']): StreamHandlers => ({
    data: (octets) => {
      note(`${name} ${octets.toString()}`);
      data(octets);
    },
    closed: (error) => note(`${name} closed ${error?.kind}`),
  });
  await clock.run(
    (async () => {
      const listener = value(
        await network.listen({ host: '10.0.0.1', port: 0 }, PLAIN, (stream) =>
          stream.attach(handlers(`server of ${stream.remote.port}`, (octets) => stream.write(octets))),
        ),
      );
      const sink = value(
        await network.datagrams(
          { host: '10.0.0.1', port: 9 },
          { datagram: (octets) => note(`udp ${octets.toString()}`) },
        ),
      );
      const clients = Array.from({ length: 10 }, async (_, i) => {
        const host = network.host(`10.0.1.${i}`);
        const stream = value(await host.connect(listener.local, PLAIN, 1000));
        let left = 30;
        await new Promise<void>((resolve) => {
          const data = (octets: Buffer): void => {
            left -= octets.length;
            if (left === 0) resolve();
          };
          stream.attach(handlers(`client ${i}`, data));
          stream.write(Buffer.from('abcdefghijklmnopqrst'));
          stream.write(Buffer.from('0123456789'));
          sink.send(Buffer.from(`datagram ${i}`), sink.local);
        });
        if (i % 2 === 0) stream.end();
        else stream.reset();
      });
      await Promise.all(clients);
      await new Promise<void>((resolve) => {
        clock.after(1000, resolve);
      });
    })(),
  );
  return log;
}

describe('memory network', () => {
  test('one seed, one order of events; another seed, another', async () => {
    const first = await chatter('one');
    expect(await chatter('one')).toEqual(first);
    expect(await chatter('two')).not.toEqual(first);
    expect(first.filter((line) => line.includes('closed'))).toHaveLength(20);
  });

  test('latency: a connect takes a round trip, octets one way', async () => {
    const clock = new SimulatedClock();
    const network = new MemoryNetwork(clock, { latencyMs: 50 });
    const times: Record<string, number> = {};
    await clock.run(
      new Promise<void>((resolve) => {
        void network
          .listen({ host: 'focus', port: 2855 }, PLAIN, (stream) => {
            times.accepted = clock.now();
            stream.attach({
              data: () => {
                times.arrived = clock.now();
                resolve();
              },
              closed: () => {},
            });
          })
          .then(() => network.connect({ host: 'focus', port: 2855 }, PLAIN, 1000))
          .then((connected) => {
            times.connected = clock.now();
            value(connected).write(Buffer.from('x'));
          });
      }),
    );
    expect(times).toEqual({ accepted: 50, connected: 100, arrived: 150 });
  });

  test('a connect that would take longer than its time limit times out then', async () => {
    const clock = new SimulatedClock();
    const network = new MemoryNetwork(clock, { latencyMs: 50 });
    const connected = await clock.run(network.connect({ host: 'focus', port: 1 }, PLAIN, 99));
    expect(connected).toMatchObject({ ok: false, error: { kind: 'timed-out' } });
    expect(clock.now()).toBe(99);
  });

  test('names, wildcard hosts and ports as they come', async () => {
    const clock = new SimulatedClock();
    const network = new MemoryNetwork(clock, { names: { 'focus.example': '10.0.0.7' } });
    await clock.run(
      (async () => {
        const seen: string[] = [];
        const at = { host: '0.0.0.0', port: 5060 };
        value(await network.listen(at, PLAIN, ({ remote }) => seen.push(`${remote.host}:${remote.port}`)));
        const alice = network.host('10.0.1.1');
        const byName = value(await alice.connect({ host: 'focus.example', port: 5060 }, PLAIN, 10));
        expect(byName.remote).toEqual({ host: '10.0.0.7', port: 5060 });
        value(await alice.connect({ host: '10.0.0.8', port: 5060 }, PLAIN, 10));
        value(await network.host('10.0.1.2').connect({ host: '10.0.0.7', port: 5060 }, PLAIN, 10));
        expect(seen).toEqual(['10.0.1.1:49152', '10.0.1.1:49153', '10.0.1.2:49152']);
        const first = value(await network.listen({ host: 'focus.example', port: 0 }, PLAIN, () => {}));
        const second = value(await network.listen({ host: 'focus.example', port: 0 }, PLAIN, () => {}));
        expect([first.local, second.local]).toEqual([
          { host: '10.0.0.7', port: 49152 },
          { host: '10.0.0.7', port: 49153 },
        ]);
      })(),
    );
  });

  test('no more than a window is on its way to a reader that does not read', async () => {
    const clock = new SimulatedClock();
    const network = new MemoryNetwork(clock, { latencyMs: 1 });
    await clock.run(
      (async () => {
        const listener = value(await network.listen({ host: 'a', port: 0 }, PLAIN, (stream) => stream.pause()));
        const stream = value(await network.connect(listener.local, PLAIN, 10));
        stream.attach({ data: () => {}, closed: () => {} });
        expect(stream.write(Buffer.alloc(65_536))).toBe(true);
        expect(stream.queued).toBe(0);
        expect(stream.write(Buffer.alloc(65_535))).toBe(true);
        expect(stream.write(Buffer.alloc(1))).toBe(false);
        await new Promise<void>((resolve) => {
          clock.after(10_000, resolve);
        });
        expect(stream.queued).toBe(65_536);
      })(),
    );
  });

  test('what arrives belongs to the receiver: neither side sees the other alter it', async () => {
    const clock = new SimulatedClock();
    const network = new MemoryNetwork(clock);
    const text = Buffer.from('text');
    const arrived = await clock.run(
      new Promise<Buffer>((resolve) => {
        void network
          .listen({ host: 'a', port: 1 }, PLAIN, (stream) => stream.attach({ data: resolve, closed: () => {} }))
          .then(() => network.connect({ host: 'a', port: 1 }, PLAIN, 10))
          .then((connected) => value(connected).write(text));
      }),
    );
    arrived.fill('x');
    expect(text.toString()).toBe('text');
  });

  async function datagrams(options: MemoryNetworkOptions): Promise<string[]> {
    const clock = new SimulatedClock();
    const network = new MemoryNetwork(clock, options);
    const arrived: string[] = [];
    await clock.run(
      (async () => {
        const to = { host: 'b', port: 5060 };
        value(await network.datagrams(to, { datagram: (octets) => arrived.push(octets.toString()) }));
        const from = value(await network.datagrams({ host: 'a', port: 5060 }, { datagram: () => {} }));
        for (const text of ['one', 'two', 'three']) from.send(Buffer.from(text), to);
        from.send(Buffer.from('nobody'), { host: 'c', port: 1 });
        await new Promise<void>((resolve) => {
          clock.after(100, resolve);
        });
      })(),
    );
    return arrived;
  }

  test('datagrams can be lost, doubled and overtaken', async () => {
    expect(await datagrams({})).toEqual(['one', 'two', 'three']);
    expect(await datagrams({ datagram: (octets) => (octets.toString() === 'two' ? [] : [0]) })).toEqual([
      'one',
      'three',
    ]);
    expect(await datagrams({ datagram: (octets) => (octets.toString() === 'two' ? [0, 1] : [0]) })).toEqual([
      'one',
      'two',
      'three',
      'two',
    ]);
    expect(await datagrams({ datagram: (octets) => [10 - octets.length] })).toEqual(['three', 'one', 'two']);
  });
});
