import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Result } from '../result.ts';
import { selfSignedIdentity } from './certificate.ts';
import { MemoryNetwork } from './memory.ts';
import type {
  Address,
  ByteStream,
  DatagramHandlers,
  Listener,
  NetError,
  Network,
  Security,
  StreamHandlers,
  TlsIdentity,
} from './network.ts';
import { realClock } from './real-clock.ts';
import { seededRandom } from './seeded-random.ts';
import { SimulatedClock } from './simulated-clock.ts';
import { socketNetwork } from './sockets.ts';
import { tapNetwork } from './tap.ts';

/** Where the contract is tried: a network, how its time passes, and how both sides are secured. */
interface Ground {
  readonly network: Network;
  readonly host: string;
  readonly server: Security;
  readonly client: Security;
  run<T>(body: () => Promise<T>): Promise<T>;
}

const PLAIN: Security = { kind: 'plain' };
const CONNECT_MS = 20_000;

let identity: TlsIdentity;
let other: TlsIdentity;

beforeAll(async () => {
  identity = await selfSignedIdentity(['focus.example', '127.0.0.1', '::1']);
  other = await selfSignedIdentity(['other.example']);
});

const sha256 = (fingerprinted: TlsIdentity) => [{ algorithm: 'sha-256', value: fingerprinted.fingerprint }];

function tlsSides(): { server: Security; client: Security } {
  return {
    server: { kind: 'tls', identity, peer: { kind: 'none' } },
    client: { kind: 'tls', identity: other, peer: { kind: 'fingerprint', accepted: sha256(identity) } },
  };
}

function memoryGround(host: string, sides: { server: Security; client: Security }, latencyMs: number): Ground {
  const clock = new SimulatedClock();
  const segment = (octets: number): number => Math.ceil(octets / 3);
  return {
    network: new MemoryNetwork(clock, { latencyMs, segment }),
    host,
    ...sides,
    run: (body) => clock.run(body()),
  };
}

function socketGround(host: string, sides: { server: Security; client: Security }): Ground {
  return { network: socketNetwork(realClock), host, ...sides, run: (body) => body() };
}

function tappedGround(ground: Ground): Ground {
  const nothing = (): void => {};
  return {
    ...ground,
    network: tapNetwork(ground.network, 'alice', { opened: nothing, octets: nothing, closed: nothing }),
  };
}

const plainSides = { server: PLAIN, client: PLAIN };
const grounds: Readonly<Record<string, () => Ground>> = {
  'memory, no latency': () => memoryGround('127.0.0.1', plainSides, 0),
  'memory, IPv6, latency': () => memoryGround('::1', plainSides, 20),
  'memory, TLS': () => memoryGround('127.0.0.1', tlsSides(), 5),
  'memory, tapped': () => tappedGround(memoryGround('127.0.0.1', plainSides, 5)),
  'TCP over IPv4': () => socketGround('127.0.0.1', plainSides),
  'TCP over IPv6': () => socketGround('::1', plainSides),
  'TLS over IPv4': () => socketGround('127.0.0.1', tlsSides()),
  'TLS over IPv6': () => socketGround('::1', tlsSides()),
  'TLS, tapped': () => tappedGround(socketGround('127.0.0.1', tlsSides())),
};

function value<T, E>(result: Result<T, E>): T {
  if (!result.ok) throw new Error(`unexpected: ${JSON.stringify(result.error)}`);
  return result.value;
}

function failure<T>(result: Result<T, NetError>): NetError {
  if (result.ok) throw new Error('unexpected success');
  return result.error;
}

function withResolvers<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

/** Attached to a stream: keeps what happens and lets a test wait for it. */
class Probe {
  readonly stream: ByteStream;
  readonly happened: string[] = [];
  readonly closed: Promise<NetError | undefined>;
  octets = Buffer.alloc(0);
  length = 0;
  readonly hash = createHash('sha256');
  #watchers: (() => void)[] = [];

  constructor(stream: ByteStream, options: { keep?: boolean; end?: 'answer' | 'ignore' | 'default' } = {}) {
    this.stream = stream;
    let onClosed: (error: NetError | undefined) => void = () => {};
    this.closed = new Promise((resolve) => {
      onClosed = resolve;
    });
    const ended = (): void => {
      this.#note('end');
      if (options.end !== 'ignore') stream.end();
    };
    const handlers: StreamHandlers = {
      data: (octets) => {
        this.length += octets.length;
        if (options.keep === false) this.hash.update(octets);
        else this.octets = Buffer.concat([this.octets, octets]);
        this.#note('data');
      },
      drain: () => this.#note('drain'),
      ...(options.end !== 'default' && { end: ended }),
      closed: (error) => {
        this.#note(`closed ${error?.kind ?? 'in order'}`);
        onClosed(error);
      },
    };
    stream.attach(handlers);
  }

  #note(what: string): void {
    if (what !== 'data' || this.happened.at(-1) !== 'data') this.happened.push(what);
    for (const watch of this.#watchers) watch();
  }

  until(holds: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const watch = (): void => {
        if (!holds()) return;
        this.#watchers = this.#watchers.filter((each) => each !== watch);
        resolve();
      };
      this.#watchers.push(watch);
      watch();
    });
  }

  text(): string {
    return this.octets.toString();
  }

  closings(): number {
    return this.happened.filter((what) => what.startsWith('closed')).length;
  }
}

/** A listener that hands its streams out in order. */
async function listening(ground: Ground): Promise<{ listener: Listener; next: () => Promise<ByteStream> }> {
  const streams: ByteStream[] = [];
  const wanted: ((stream: ByteStream) => void)[] = [];
  const listener = value(
    await ground.network.listen({ host: ground.host, port: 0 }, ground.server, (stream) => {
      const want = wanted.shift();
      if (want === undefined) streams.push(stream);
      else want(stream);
    }),
  );
  const next = (): Promise<ByteStream> => {
    const stream = streams.shift();
    return stream === undefined ? new Promise((resolve) => wanted.push(resolve)) : Promise.resolve(stream);
  };
  return { listener, next };
}

async function connected(ground: Ground, to: Address): Promise<ByteStream> {
  return value(await ground.network.connect(to, ground.client, CONNECT_MS));
}

interface Pair {
  readonly listener: Listener;
  readonly client: ByteStream;
  readonly server: ByteStream;
  readonly next: () => Promise<ByteStream>;
}

async function pair(ground: Ground): Promise<Pair> {
  const { listener, next } = await listening(ground);
  const [client, server] = await Promise.all([connected(ground, listener.local), next()]);
  return { listener, client, server, next };
}

/** A whole exchange on a connection of its own: whatever was sent before it has had its time to arrive. */
async function barrier(ground: Ground, { listener, next }: Pick<Pair, 'listener' | 'next'>): Promise<void> {
  const [client, server] = await Promise.all([connected(ground, listener.local), next()]);
  const near = new Probe(client);
  const far = new Probe(server);
  client.write(Buffer.from('are you there?'));
  await far.until(() => far.text() === 'are you there?');
  server.end();
  await Promise.all([near.closed, far.closed]);
}

for (const [name, makeGround] of Object.entries(grounds)) {
  describe(`network contract: ${name}`, () => {
    test('both ends of a connection know each other, and an echo comes back', async () => {
      const ground = makeGround();
      await ground.run(async () => {
        const { listener, client, server } = await pair(ground);
        expect(client.remote).toEqual(listener.local);
        expect(server.local).toEqual(listener.local);
        expect(server.remote).toEqual(client.local);
        expect(client.local.host).toBe(ground.host);
        expect(client.local.port).toBeGreaterThan(0);
        expect([client.security, server.security]).toEqual([ground.client.kind, ground.server.kind]);
        const near = new Probe(client);
        const far = new Probe(server);
        expect(client.write(Buffer.from('MSRP'))).toBe(true);
        await far.until(() => far.length === 4);
        server.write(far.octets);
        await near.until(() => near.length === 4);
        expect(near.text()).toBe('MSRP');
        client.end();
        expect(await Promise.all([near.closed, far.closed])).toEqual([undefined, undefined]);
        expect(near.happened).toEqual(['data', 'end', 'closed in order']);
        expect(far.happened).toEqual(['data', 'end', 'closed in order']);
        listener.close();
      });
    });

    test('nobody listens: refused', async () => {
      const ground = makeGround();
      await ground.run(async () => {
        const { listener } = await listening(ground);
        listener.close();
        const error = failure(await ground.network.connect(listener.local, ground.client, CONNECT_MS));
        expect(error.kind).toBe('refused');
        expect(error.message).toContain(`${listener.local.port}: connection refused`);
        expect(error.message).not.toContain('\n');
      });
    });

    test('a port in use cannot be listened on, a closed one can', async () => {
      const ground = makeGround();
      await ground.run(async () => {
        const { listener } = await listening(ground);
        const again = await ground.network.listen(listener.local, ground.server, () => {});
        expect(failure(again).kind).toBe('address-in-use');
        listener.close();
        listener.close();
        const anew = value(await ground.network.listen(listener.local, ground.server, () => {}));
        expect(anew.local).toEqual(listener.local);
        anew.close();
      });
    });

    test('streams outlive their listener', async () => {
      const ground = makeGround();
      await ground.run(async () => {
        const { listener, client, server } = await pair(ground);
        const near = new Probe(client);
        const far = new Probe(server);
        listener.close();
        client.write(Buffer.from('still here'));
        await far.until(() => far.text() === 'still here');
        far.stream.end();
        await Promise.all([near.closed, far.closed]);
        expect(failure(await ground.network.connect(listener.local, ground.client, CONNECT_MS)).kind).toBe('refused');
      });
    });

    test('a reader that is paused stops the writer, and nothing is lost', async () => {
      const ground = makeGround();
      await ground.run(async () => {
        const { listener, client, server } = await pair(ground);
        const near = new Probe(client);
        server.pause();
        const far = new Probe(server, { keep: false });
        const block = seededRandom(name).bytes(100_000);
        const sum = createHash('sha256');
        let total = 0;
        const write = (): boolean => {
          sum.update(block);
          total += block.length;
          return client.write(block);
        };
        while (write());
        expect(client.queued).toBeGreaterThan(0);
        expect(far.length).toBe(0);
        server.resume();
        for (let drains = 1; drains <= 3; drains++) {
          await near.until(() => near.happened.filter((what) => what === 'drain').length === drains);
          for (let going = true; going; ) going = write();
        }
        client.end();
        await Promise.all([near.closed, far.closed]);
        expect(far.length).toBe(total);
        expect(far.hash.digest('hex')).toBe(sum.digest('hex'));
        listener.close();
      });
    });

    test('a reader paused in the middle gets nothing until it resumes', async () => {
      const ground = makeGround();
      await ground.run(async () => {
        const both = await pair(ground);
        const near = new Probe(both.client);
        const far = new Probe(both.server);
        both.client.write(Buffer.from('one '));
        await far.until(() => far.text() === 'one ');
        both.server.pause();
        both.client.write(Buffer.from('two '));
        both.client.end();
        await barrier(ground, both);
        expect(far.happened).toEqual(['data']);
        expect(far.text()).toBe('one ');
        both.server.resume();
        await Promise.all([near.closed, far.closed]);
        expect(far.text()).toBe('one two ');
        both.listener.close();
      });
    });

    test('one direction can end while the other goes on', async () => {
      const ground = makeGround();
      await ground.run(async () => {
        const { listener, client, server } = await pair(ground);
        const near = new Probe(client);
        const far = new Probe(server, { end: 'ignore' });
        client.write(Buffer.from('question'));
        client.end();
        client.end();
        await far.until(() => far.happened.includes('end'));
        expect(far.text()).toBe('question');
        expect(far.closings()).toBe(0);
        server.write(Buffer.from('ans'));
        server.write(Buffer.from('wer'));
        server.end();
        expect(await Promise.all([near.closed, far.closed])).toEqual([undefined, undefined]);
        expect(near.text()).toBe('answer');
        listener.close();
      });
    });

    test('a stream without an end handler answers FIN with FIN', async () => {
      const ground = makeGround();
      await ground.run(async () => {
        const { listener, client, server } = await pair(ground);
        const near = new Probe(client);
        const far = new Probe(server, { end: 'default' });
        client.end();
        expect(await Promise.all([near.closed, far.closed])).toEqual([undefined, undefined]);
        expect(far.happened).toEqual(['closed in order']);
        listener.close();
      });
    });

    test('a reset reaches the peer as an error, and the one who did it as none', async () => {
      const ground = makeGround();
      await ground.run(async () => {
        const { listener, client, server } = await pair(ground);
        const near = new Probe(client);
        const far = new Probe(server);
        client.write(Buffer.from('x'));
        await far.until(() => far.length === 1);
        client.reset();
        client.reset();
        client.end();
        const [mine, theirs] = await Promise.all([near.closed, far.closed]);
        expect(mine).toBeUndefined();
        expect(theirs?.kind).toBe('reset');
        expect(theirs?.message).toContain(String(client.local.port));
        expect([near.closings(), far.closings()]).toEqual([1, 1]);
        listener.close();
      });
    });

    test('a stream can be reset as soon as it is accepted, and from within its handlers', async () => {
      const ground = makeGround();
      await ground.run(async () => {
        const reset = (stream: ByteStream): void => {
          stream.attach({ data: () => {}, closed: () => {} });
          stream.reset();
        };
        const at = { host: ground.host, port: 0 };
        const abrupt = value(await ground.network.listen(at, ground.server, reset));
        // The reset may overtake the news that the connection stands.
        const made = await ground.network.connect(abrupt.local, ground.client, CONNECT_MS);
        const error = made.ok ? await new Probe(made.value).closed : made.error;
        expect(error?.kind).toBe('reset');
        abrupt.close();

        const { listener, client, server } = await pair(ground);
        const happened: string[] = [];
        const far = new Promise<void>((resolve) => {
          server.attach({
            data: () => {
              happened.push('data');
              server.reset();
            },
            end: () => happened.push('end'),
            closed: (error) => {
              happened.push(`closed ${error?.kind}`);
              resolve();
            },
          });
        });
        const writer = new Probe(client);
        client.write(Buffer.alloc(200_000));
        expect((await writer.closed)?.kind).toBe('reset');
        await far;
        expect(happened).toEqual(['data', 'closed undefined']);
        listener.close();
      });
    });

    test('a reset drops what is queued', async () => {
      const ground = makeGround();
      await ground.run(async () => {
        const { listener, client, server } = await pair(ground);
        server.pause();
        const near = new Probe(client);
        const far = new Probe(server);
        const block = Buffer.alloc(1 << 20, 'x');
        while (client.write(block));
        client.reset();
        await near.closed;
        server.resume();
        expect((await far.closed)?.kind).toBe('reset');
        expect(client.write(block)).toBe(false);
        expect(client.queued).toBe(0);
        listener.close();
      });
    });

    test('a stream that has ended can still be reset, whether its octets are out or not', async () => {
      const ground = makeGround();
      await ground.run(async () => {
        const both = await pair(ground);
        for (const size of [1, 1 << 24]) {
          const [client, server] = await Promise.all([connected(ground, both.listener.local), both.next()]);
          server.pause();
          const near = new Probe(client);
          const far = new Probe(server, { keep: false, end: 'ignore' });
          client.write(Buffer.alloc(size));
          client.end();
          client.reset();
          expect(await near.closed).toBeUndefined();
          server.resume();
          server.reset();
          await far.closed;
          expect([near.closings(), far.closings()]).toEqual([1, 1]);
        }
        both.client.reset();
        both.server.reset();
        both.listener.close();
      });
    });

    test('both sides reset at once', async () => {
      const ground = makeGround();
      await ground.run(async () => {
        const { listener, client, server } = await pair(ground);
        const near = new Probe(client);
        const far = new Probe(server);
        client.reset();
        server.reset();
        expect(await Promise.all([near.closed, far.closed])).toEqual([undefined, undefined]);
        expect([near.closings(), far.closings()]).toEqual([1, 1]);
        listener.close();
      });
    });

    test('a stream attached late has lost nothing', async () => {
      const ground = makeGround();
      await ground.run(async () => {
        const both = await pair(ground);
        const near = new Probe(both.client);
        both.client.write(Buffer.from('early'));
        both.client.end();
        await barrier(ground, both);
        const far = new Probe(both.server);
        await Promise.all([near.closed, far.closed]);
        expect(far.text()).toBe('early');
        expect(far.happened).toEqual(['data', 'end', 'closed in order']);
        both.listener.close();
      });
    });

    test('an end that nothing precedes waits for the stream to be attached and resumed', async () => {
      const ground = makeGround();
      await ground.run(async () => {
        const both = await pair(ground);
        const near = new Probe(both.client);
        both.client.end();
        await barrier(ground, both);
        both.server.pause();
        const far = new Probe(both.server);
        await barrier(ground, both);
        expect(far.happened).toEqual([]);
        both.server.resume();
        expect(await Promise.all([near.closed, far.closed])).toEqual([undefined, undefined]);
        expect(far.happened).toEqual(['end', 'closed in order']);
        both.listener.close();
      });
    });

    test('a stream attached after the peer reset it learns so', async () => {
      const ground = makeGround();
      await ground.run(async () => {
        const both = await pair(ground);
        const near = new Probe(both.client);
        both.client.reset();
        await near.closed;
        await barrier(ground, both);
        const far = new Probe(both.server);
        expect((await far.closed)?.kind).toBe('reset');
        expect(far.happened).toEqual(['closed reset']);
        both.listener.close();
      });
    });

    test('several buffers go in one write, in order', async () => {
      const ground = makeGround();
      await ground.run(async () => {
        const { listener, client, server } = await pair(ground);
        const near = new Probe(client);
        const far = new Probe(server);
        const parts = Array.from({ length: 500 }, (_, i) => Buffer.from(i % 7 === 0 ? '' : `${i};`));
        expect(client.writeAll(parts)).toBe(true);
        expect(client.writeAll([])).toBe(true);
        client.end();
        await Promise.all([near.closed, far.closed]);
        expect(far.text()).toBe(parts.join(''));
        listener.close();
      });
    });

    test('what is written after the end is dropped', async () => {
      const ground = makeGround();
      await ground.run(async () => {
        const { listener, client, server } = await pair(ground);
        const near = new Probe(client);
        const far = new Probe(server);
        client.write(Buffer.from('last'));
        client.end();
        expect(client.write(Buffer.from('too late'))).toBe(false);
        expect(client.writeAll([Buffer.from('too late')])).toBe(false);
        expect(await Promise.all([near.closed, far.closed])).toEqual([undefined, undefined]);
        expect(far.text()).toBe('last');
        listener.close();
      });
    });

    test('attaching twice is a bug', async () => {
      const ground = makeGround();
      await ground.run(async () => {
        const { listener, client, server } = await pair(ground);
        const near = new Probe(client);
        const far = new Probe(server);
        expect(() => new Probe(client)).toThrow('attached once');
        client.reset();
        await Promise.all([near.closed, far.closed]);
        listener.close();
      });
    });

    test('datagrams go to and fro, whole', async () => {
      const ground = makeGround();
      await ground.run(async () => {
        const { network, host } = ground;
        const answer = withResolvers<{ octets: Buffer; from: Address }>();
        const closings: string[] = [];
        const bobHandlers: DatagramHandlers = {
          datagram: (octets, from) => bob.send(Buffer.concat([octets, octets]), from),
          closed: () => closings.push('bob'),
        };
        const bob = value(await network.datagrams({ host, port: 0 }, bobHandlers));
        const gone = withResolvers<void>();
        const alice = value(
          await network.datagrams(
            { host, port: 0 },
            {
              datagram: (octets, from) => answer.resolve({ octets, from }),
              closed: () => {
                closings.push('alice');
                gone.resolve();
              },
            },
          ),
        );
        const taken = await network.datagrams(bob.local, bobHandlers);
        expect(failure(taken).kind).toBe('address-in-use');
        alice.send(Buffer.alloc(5000, 'o'), bob.local);
        const { octets, from } = await answer.promise;
        expect(from).toEqual(bob.local);
        expect(octets.equals(Buffer.alloc(10_000, 'o'))).toBe(true);
        bob.close();
        bob.close();
        alice.close();
        alice.send(octets, bob.local);
        await gone.promise;
        expect(closings).toEqual(['bob', 'alice']);
      });
    });
  });
}
