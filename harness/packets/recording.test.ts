import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TappedConnection } from '../net/network.ts';
import { SimulatedClock } from '../net/simulated-clock.ts';
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

describe.skipIf(lacksTshark)('what tshark makes of a recording', { timeout: 240_000 }, () => {
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
