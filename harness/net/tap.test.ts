import { describe, expect, test } from 'vitest';
import type { Result } from '../result.ts';
import { MemoryNetwork } from './memory.ts';
import type { ByteStream, NetError, Security, StreamHandlers, TapObserver } from './network.ts';
import { SimulatedClock } from './simulated-clock.ts';
import { tapNetwork } from './tap.ts';

const PLAIN: Security = { kind: 'plain' };

function value<T>(result: Result<T, NetError>): T {
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

class Notes implements TapObserver {
  readonly lines: string[] = [];
  readonly buffers: Buffer[] = [];

  opened: TapObserver['opened'] = ({ id, transport, local, remote }) => {
    this.lines.push(`${id} opened ${transport} ${local.port}-${remote.port}`);
  };

  octets: TapObserver['octets'] = ({ id, remote }, direction, octets) => {
    this.lines.push(`${id} ${direction} ${octets.toString()} ${remote.port}`);
    this.buffers.push(octets);
  };

  closed: TapObserver['closed'] = ({ id }, how, by) => {
    this.lines.push(`${id} closed ${how} by ${by}`);
  };
}

/** Lets alice (tapped) connect to bob and both act; gives what the tap told. */
async function told(
  alice: (stream: ByteStream) => Partial<StreamHandlers>,
  bob: (stream: ByteStream) => Partial<StreamHandlers>,
): Promise<Notes> {
  const clock = new SimulatedClock();
  const network = new MemoryNetwork(clock, { latencyMs: 1 });
  const notes = new Notes();
  const tapped = tapNetwork(network.host('alice'), 'alice', notes);
  await clock.run(
    (async () => {
      const listener = value(await network.listen({ host: 'bob', port: 2855 }, PLAIN, (stream) => act(stream, bob)));
      act(value(await tapped.connect(listener.local, PLAIN, 10)), alice);
      await new Promise<void>((resolve) => {
        clock.after(100, resolve);
      });
    })(),
  );
  return notes;
}

function act(stream: ByteStream, behaviour: (stream: ByteStream) => Partial<StreamHandlers>): void {
  const handlers: Partial<StreamHandlers> = {};
  stream.attach({
    data: (octets) => handlers.data?.(octets),
    closed: (error) => handlers.closed?.(error),
  });
  Object.assign(handlers, behaviour(stream));
}

describe('tap', () => {
  test('tells every octet and how a stream ends, in order', async () => {
    const notes = await told(
      (stream) => {
        stream.write(Buffer.from('one'));
        stream.writeAll([Buffer.from('two'), Buffer.from(''), Buffer.from('three')]);
        return { data: () => stream.end() };
      },
      (stream) => {
        let heard = '';
        return {
          data: (octets) => {
            heard += octets.toString();
            if (heard === 'onetwothree') stream.write(Buffer.from('four'));
          },
        };
      },
    );
    expect(notes.lines).toEqual([
      'alice-1 opened tcp 49152-2855',
      'alice-1 sent one 2855',
      'alice-1 sent two 2855',
      'alice-1 sent three 2855',
      'alice-1 received four 2855',
      'alice-1 closed ended by actor',
    ]);
  });

  test.each([
    ['ended by peer', 'nothing', 'end'],
    ['ended by actor', 'end', 'nothing'],
    ['reset by actor', 'reset', 'nothing'],
    ['reset by peer', 'nothing', 'reset'],
  ] as const)('%s', async (how, alice, bob) => {
    const doing = (what: 'nothing' | 'end' | 'reset') => (stream: ByteStream) => {
      if (what !== 'nothing') stream[what]();
      return {};
    };
    const notes = await told(doing(alice), doing(bob));
    expect(notes.lines.slice(1)).toEqual([`alice-1 closed ${how}`]);
  });

  test('what is dropped is not told', async () => {
    const notes = await told(
      (stream) => {
        stream.end();
        stream.write(Buffer.from('too late'));
        stream.writeAll([Buffer.from('too late')]);
        return {};
      },
      () => ({}),
    );
    expect(notes.lines).toEqual(['alice-1 opened tcp 49152-2855', 'alice-1 closed ended by actor']);
  });

  test('shares buffers instead of copying them', async () => {
    const written = Buffer.from('shared');
    const notes = await told(
      (stream) => {
        stream.write(written.subarray(1, 4));
        return {};
      },
      () => ({}),
    );
    expect(notes.buffers[0]?.buffer).toBe(written.buffer);
    expect(notes.buffers[0]?.toString()).toBe('har');
  });

  test('accepted streams and datagrams count on; a refused connect does not', async () => {
    const clock = new SimulatedClock();
    const network = new MemoryNetwork(clock);
    const notes = new Notes();
    const tapped = tapNetwork(network.host('focus'), 'focus', notes);
    await clock.run(
      (async () => {
        expect((await tapped.connect({ host: 'nobody', port: 1 }, PLAIN, 10)).ok).toBe(false);
        const idle: StreamHandlers = { data: () => {}, closed: () => {} };
        value(await tapped.listen({ host: 'focus', port: 1 }, PLAIN, (stream) => stream.attach(idle)));
        value(await network.connect({ host: 'focus', port: 1 }, PLAIN, 10)).attach(idle);
        const peer = value(
          await network.datagrams(
            { host: 'peer', port: 5061 },
            { datagram: (octets, from) => peer.send(octets, from) },
          ),
        );
        const answered = new Promise<void>((resolve) => {
          void tapped.datagrams({ host: 'focus', port: 5060 }, { datagram: () => resolve() }).then((bound) => {
            const socket = value(bound);
            socket.send(Buffer.from('ping'), peer.local);
            void answered.then(() => {
              socket.close();
              socket.send(Buffer.from('dropped'), peer.local);
            });
          });
        });
        await answered;
      })(),
    );
    expect(notes.lines).toEqual(['focus-1 opened tcp 1-49152', 'focus-2 sent ping 5061', 'focus-2 received ping 5061']);
  });
});
