import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { delay } from '../net/clock.ts';
import type { TappedConnection } from '../net/network.ts';
import { SimulatedClock } from '../net/simulated-clock.ts';
import { CaptureReader } from './capture-reader.ts';
import type { End, FlowEvent } from './flow.ts';
import { FlowReader } from './flows.ts';
import { IpReader } from './ip.ts';
import { Recording } from './recording.ts';
import { lacksTshark, TsharkView } from './tshark.fixture.ts';
import type { CaptureKind } from './write-capture.ts';

const connection = (id: string, more: Partial<TappedConnection> = {}): TappedConnection => ({
  id,
  actor: id.split('-')[0] ?? id,
  transport: 'tcp',
  local: { host: '10.0.0.2', port: 49152 },
  remote: { host: '10.0.0.1', port: 2855 },
  opener: 'actor',
  ...more,
});

function seen<T>(recording: Recording, look: (view: TsharkView) => T, kind: CaptureKind = 'pcapng'): T {
  const view = new TsharkView(recording.write(kind, 'msrpspec 0', 'a/b'));
  try {
    return look(view);
  } finally {
    view.remove();
  }
}

/** One connection of a made-up conversation. */
interface Made {
  readonly opener: 'actor' | 'peer';
  readonly transport: 'tcp' | 'tls' | 'udp';
  readonly local: string;
  readonly remote: string;
  readonly sharesPort: boolean;
  readonly end: 'ended' | 'reset' | 'failed' | 'open';
}

const made: fc.Arbitrary<Made> = fc.record({
  opener: fc.constantFrom('actor', 'peer'),
  transport: fc.constantFrom('tcp', 'tcp', 'tls', 'udp'),
  local: fc.constantFrom('10.0.0.2', '127.0.0.1', '::1', '2001:db8:1::7', '0.0.0.0', 'fe80::1%eth0'),
  remote: fc.constantFrom('10.0.0.1', '127.0.0.1', '::1', 'chat.example.org'),
  sharesPort: fc.boolean(),
  end: fc.constantFrom('ended', 'reset', 'failed', 'open'),
});

const spoken = fc.record({
  by: fc.nat({ max: 7 }),
  direction: fc.constantFrom('sent' as const, 'received' as const),
  size: fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1400, max: 60_000 })),
  fill: fc.nat({ max: 255 }),
});

describe.skipIf(lacksTshark)('what tshark makes of a recording', () => {
  it('finds no fault in any conversation, and the very octets in each stream', () => {
    const conversations = fc.tuple(
      fc.array(made, { minLength: 1, maxLength: 8 }),
      fc.array(spoken, { maxLength: 24 }),
      fc.constantFrom<CaptureKind[]>('pcapng', 'pcap'),
    );
    fc.assert(
      fc.property(conversations, ([connections, said, kind]) => {
        const clock = new SimulatedClock();
        const recording = new Recording(clock);
        const part = recording.part();
        const streams = connections.map((one, index) => {
          const tapped = connection(`actor${index}-1`, {
            transport: one.transport,
            local: { host: one.local, port: one.sharesPort ? 5060 : 50_000 + index },
            remote: { host: one.remote, port: 2855 },
            opener: one.opener,
          });
          if (one.transport !== 'udp') part.opened(tapped);
          return { ...one, tapped, said: { sent: [] as Buffer[], received: [] as Buffer[] }, first: 'sent' };
        });
        const datagrams: (typeof streams)[number][] = [];
        for (const { by, direction, size, fill } of said) {
          const stream = streams[by % streams.length];
          if (stream === undefined) continue;
          // No line of octets that could be taken for another: shifted ones would show.
          const octets = Buffer.from(Uint8Array.from({ length: size }, (_, index) => fill + index * 7 + (index >>> 8)));
          part.octets(stream.tapped, direction, octets);
          if (stream.transport === 'udp' && !datagrams.includes(stream)) {
            datagrams.push(stream);
            stream.first = direction;
          }
          stream.said[direction].push(octets);
        }
        for (const { tapped, end } of streams)
          if (end !== 'open' && tapped.transport !== 'udp')
            part.closed(tapped, end, end === 'failed' ? 'peer' : 'actor');

        seen(
          recording,
          (view) => {
            expect(view.complaints()).toEqual([]);
            const overTcp = streams.filter(({ transport }) => transport !== 'udp');
            for (const [kind, list] of [
              ['tcp', overTcp],
              ['udp', datagrams],
            ] as const)
              expect(view.followed(kind, list.length)).toEqual(
                list.map(({ said, opener, first }) => {
                  const both = [said.sent, said.received].map((octets) => Buffer.concat(octets).toString('hex'));
                  const turned = kind === 'tcp' ? opener === 'peer' : first === 'received';
                  return turned ? both.toReversed() : both;
                }),
              );
          },
          kind,
        );
      }),
      { numRuns: 12 },
    );
  });
});

/** What our own reader makes of it. */
function readBack(recording: Recording, kind: CaptureKind = 'pcapng'): { events: FlowEvent[]; names: string[][] } {
  const events: FlowEvent[] = [];
  const names: string[][] = [];
  const flows = new FlowReader((event) => events.push(structuredClone(event)));
  const ip = new IpReader((datagram) => flows.take(datagram));
  const reader = new CaptureReader((event) => {
    if (event.type === 'packet') ip.packet(event.packet);
    else if (event.type === 'name') names.push([event.address, ...event.names]);
    else if (event.type === 'damage') throw new Error(event.reason);
  });
  reader.feed(recording.write(kind, 'msrpspec 0', 'a/b'));
  reader.end();
  ip.end();
  flows.finish();
  return { events, names };
}

const octetsOf = (events: readonly FlowEvent[], flow: number, from: End): string =>
  events
    .flatMap((event) => {
      const carries = event.type === 'octets' || event.type === 'datagram';
      return carries && event.flow.id === flow && event.from === from
        ? [Buffer.from(event.octets).toString('latin1')]
        : [];
    })
    .join('');

describe('a recording, read back', () => {
  it.each<CaptureKind>(['pcapng', 'pcap'])('says who opened, what passed when, and who closed (%s)', async (kind) => {
    const clock = new SimulatedClock();
    const recording = new Recording(clock);
    const part = recording.part();
    const alice = connection('alice-1');
    const room = connection('room-2', {
      opener: 'peer',
      transport: 'tls',
      local: { host: '::1', port: 1 },
      remote: { host: '::2', port: 2 },
    });
    await clock.run(delay(clock, 1.5));
    part.opened(alice);
    part.opened(room);
    expect(part.octets(alice, 'sent', Buffer.from('to the room'))).toEqual([7]);
    await clock.run(delay(clock, 1000));
    part.octets(alice, 'received', Buffer.from('from the room'));
    part.octets(room, 'received', Buffer.from('from outside'));
    part.closed(alice, 'ended', 'peer');
    part.closed(room, 'reset', 'actor');
    const { events } = readBack(recording, kind);
    const start = new SimulatedClock().date().getTime();
    expect(events.map(({ type, flow, time }) => [type, flow.id, time - start])).toEqual([
      ['opened', 1, 1.5],
      ['opened', 2, 1.5],
      ['octets', 1, 1.5],
      ['octets', 1, 1001.5],
      ['octets', 2, 1001.5],
      ['closed', 1, 1001.5],
      ['closed', 2, 1001.5],
    ]);
    const [first, second] = events.map(({ flow }) => flow);
    expect([first?.opener, first?.other]).toEqual([alice.local, alice.remote]);
    expect([second?.opener, second?.other]).toEqual([room.remote, room.local]);
    expect(octetsOf(events, 1, 'opener')).toBe('to the room');
    expect(octetsOf(events, 1, 'other')).toBe('from the room');
    expect(octetsOf(events, 2, 'opener')).toBe('from outside');
    expect(events.flatMap((event) => (event.type === 'closed' ? [[event.by, event.how]] : []))).toEqual([
      ['other', 'ended'],
      ['other', 'reset'],
    ]);
    const said = [
      'alice, connection alice-1, between 10.0.0.2:49152 and 10.0.0.1:2855',
      'room, connection room-2, between [::1]:1 and [::2]:2. TLS; recorded in the clear',
    ];
    expect([first?.comments, second?.comments]).toEqual(kind === 'pcapng' ? said.map((text) => [text]) : [[], []]);
  });

  it('cuts what is written at once into segments, and knows which of them carried what', () => {
    const recording = new Recording(new SimulatedClock());
    const part = recording.part();
    const alice = connection('alice-1');
    expect(part.opened(alice)).toEqual([1, 2, 3]);
    expect(part.octets(alice, 'sent', Buffer.alloc(3000))).toEqual([4, 5, 6]);
    expect(part.octets(alice, 'sent', Buffer.alloc(10))).toEqual([8]);
    expect(part.octets(alice, 'received', Buffer.alloc(1))).toEqual([10]);
    expect(part.framesOf(alice, 'sent', 0, 1460)).toEqual([4]);
    expect(part.framesOf(alice, 'sent', 1459, 1461)).toEqual([4, 5]);
    expect(part.framesOf(alice, 'sent', 2999, 3010)).toEqual([6, 8]);
    expect(part.framesOf(alice, 'sent', 3000, 3000)).toEqual([]);
    expect(part.framesOf(alice, 'received', 0, 1)).toEqual([10]);
    expect(part.closed(alice, 'ended', 'actor')).toEqual([12, 13, 14]);
  });

  it('tells connections apart that have the same ends, and gives names an address', () => {
    const recording = new Recording(new SimulatedClock());
    const part = recording.part();
    const remote = { host: 'chat.example.org', port: 5060 };
    for (const name of ['alice', 'bob', 'carol']) {
      part.opened(connection(`${name}-1`, { remote }));
      part.octets(connection(`${name}-1`, { remote }), 'sent', Buffer.from(name));
    }
    const udp = { transport: 'udp', local: { host: '0.0.0.0', port: 5060 } } as const;
    part.octets(connection('dave-1', udp), 'sent', Buffer.from('dave'));
    const { events, names } = readBack(recording);
    expect([1, 2, 3, 4].map((flow) => octetsOf(events, flow, 'opener'))).toEqual(['alice', 'bob', 'carol', 'dave']);
    expect(names).toEqual([
      ['198.51.100.1', 'chat.example.org'],
      ['198.51.100.2', 'bob'],
      ['198.51.100.3', 'carol'],
      ['198.51.100.4', 'dave'],
    ]);
  });

  it('goes on with the same ends after a connection is closed, and in the next part', () => {
    const recording = new Recording(new SimulatedClock());
    for (const [round, part] of [recording.part(), recording.part()].entries()) {
      part.opened(connection('alice-1'));
      part.octets(connection('alice-1'), 'sent', Buffer.from(`round ${round}`));
      part.closed(connection('alice-1'), 'ended', 'actor');
    }
    const { events, names } = readBack(recording);
    expect([1, 2].map((flow) => octetsOf(events, flow, 'opener'))).toEqual(['round 0', 'round 1']);
    expect(names).toEqual([]);
  });

  it('stops where it has become too large, and says so', () => {
    const recording = new Recording(new SimulatedClock(), 5000);
    const part = recording.part();
    part.opened(connection('alice-1'));
    const frames = Array.from({ length: 100 }, () => part.octets(connection('alice-1'), 'sent', Buffer.alloc(500)));
    const kept = frames.filter(({ length }) => length > 0).length;
    expect(kept).toBeGreaterThan(4);
    expect(kept).toBeLessThan(10);
    expect(frames.slice(kept).flat()).toEqual([]);
    expect(part.octets(connection('alice-1'), 'sent', Buffer.alloc(1))).toEqual([]);
    expect(part.opened(connection('bob-1'))).toEqual([]);
    expect(part.closed(connection('alice-1'), 'ended', 'actor')).toEqual([]);
    const file = recording.write('pcapng', 'msrpspec 0', 'a/b');
    expect(file.length).toBeLessThan(6000);
    expect(recording.leftOut).toBe((100 - kept) * 500 + 1);
    expect(file.toString('latin1')).toContain(`stopped at 5000 octets: ${recording.leftOut} that passed later`);
    expect(octetsOf(readBack(recording).events, 1, 'opener')).toHaveLength(kept * 500);
  });
});
