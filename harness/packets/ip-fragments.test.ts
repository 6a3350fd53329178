import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { counting, datagramsOf, extension, fragmentHeader, ipv4, ipv6, packetOf } from './made-packet.fixture.ts';
import type { Packet } from './packet.ts';

const whole = counting(1000);

/** A range of octets as a fragment of IPv4. */
const four = (start: number, end: number, more: Parameters<typeof ipv4>[1] = {}, octets = whole): Packet =>
  packetOf(ipv4(octets.subarray(start, end), { offset: start, more: end < octets.length, ...more }));

/** The same as a fragment of IPv6. */
const six = (start: number, end: number, id = 99, octets = whole, next = 6): Packet =>
  packetOf(
    ipv6(Buffer.concat([fragmentHeader(next, start, end < octets.length, id), octets.subarray(start, end)]), {
      next: 44,
    }),
  );

describe.each([
  ['IPv4', four],
  ['IPv6', six],
])('fragments of %s', (_, fragment) => {
  it('make a datagram in whatever order they come', () => {
    const cuts = fc.uniqueArray(fc.integer({ min: 1, max: 124 }), { minLength: 1, maxLength: 12 });
    const order = cuts.chain((at) => {
      const bounds = [0, ...at.toSorted((a, b) => a - b).map((cut) => cut * 8), whole.length];
      const ranges = bounds.slice(1).map((end, index) => [bounds[index] ?? 0, end] as const);
      return fc.shuffledSubarray(ranges, { minLength: ranges.length });
    });
    fc.assert(
      fc.property(order, (ranges) => {
        const { datagrams, skipped } = datagramsOf(...ranges.map(([start, end]) => fragment(start, end)));
        expect(datagrams).toHaveLength(1);
        expect(datagrams[0]).toMatchObject({ protocol: 6, payload: whole, missing: 0 });
        expect(datagrams[0]?.frames).toEqual(ranges.map((_range, index) => index + 1));
        expect(skipped.incomplete).toBe(0);
      }),
    );
  });

  it('may come twice', () => {
    const { datagrams } = datagramsOf(fragment(0, 400), fragment(0, 400), fragment(80, 160), fragment(400, 1000));
    expect(datagrams).toHaveLength(1);
    expect(datagrams[0]).toMatchObject({ payload: whole, frames: [1, 4] });
  });

  it('have the time of the last and the comments of all', () => {
    const first = { ...fragment(0, 400), time: 5000, comments: ['one'] };
    const last = { ...fragment(400, 1000), time: 7000, comments: ['two', 'three'] };
    expect(datagramsOf(first, last).datagrams[0]).toMatchObject({ time: 7000, comments: ['one', 'two', 'three'] });
  });

  it('without the others are counted', () => {
    expect(datagramsOf(fragment(0, 400), fragment(480, 1000))).toMatchObject({
      datagrams: [],
      skipped: { incomplete: 1 },
    });
  });

  it('do not wait for more than a minute', () => {
    const late = { ...fragment(400, 1000), time: 61_001 };
    expect(datagramsOf(fragment(0, 400), late)).toMatchObject({ datagrams: [], skipped: { incomplete: 2 } });
    const inTime = { ...fragment(400, 1000), time: 61_000 };
    expect(datagramsOf(fragment(0, 400), inTime).datagrams).toHaveLength(1);
  });

  it('that were cut off leave what stands before the cut', () => {
    const first = fragment(0, 400);
    const snapped = { ...first, octets: first.octets.subarray(0, -50) };
    const { datagrams } = datagramsOf(snapped, fragment(400, 1000));
    expect(datagrams[0]).toMatchObject({ payload: whole.subarray(0, 350), missing: 650 });
  });

  it('that say different ends make no datagram', () => {
    const other = fragment(400, 800);
    const end = fragment(800, 1000);
    const shorter = fragment(400, 600);
    // The last fragment of a shorter datagram of the same number.
    const wrong = { ...shorter, octets: Buffer.from(shorter.octets) };
    wrong.octets[fragment === six ? 43 : 6] = fragment === six ? (shorter.octets[43] ?? 0) & 0xfe : 0;
    expect(datagramsOf(fragment(0, 400), end, wrong, other).datagrams).toEqual([]);
  });

  it('cannot reach beyond 65535 octets', () => {
    const long = counting(66_000);
    const last = fragment === six ? six(65_528, 66_000, 99, long) : four(65_528, 66_000, {}, long);
    expect(datagramsOf(last)).toMatchObject({ datagrams: [], skipped: { incomplete: 1 } });
  });

  it('of many datagrams that never become whole make room for others', () => {
    const lost = Array.from({ length: 3000 }, (_, id) =>
      fragment === six ? six(8, 16, id + 100) : four(8, 16, { id: id + 100 }),
    );
    const { datagrams, skipped } = datagramsOf(fragment(0, 400), ...lost, fragment(400, 1000));
    // The first one had to go; its second half begins anew.
    expect(datagrams).toEqual([]);
    expect(skipped.incomplete).toBe(3002);
    expect(datagramsOf(...lost, fragment(0, 400), fragment(400, 1000)).datagrams).toHaveLength(1);
  });
});

describe('fragments that claim much memory', () => {
  it('make room for one another', () => {
    const huge = counting(65_528);
    const lost = Array.from({ length: 300 }, (_, id) => four(65_000, 65_528, { id }, huge));
    // 300 datagrams of 64 KiB are more than 16 MiB: the older ones have gone, the latest are still there.
    const begin = (id: number): Packet => four(0, 65_000, { id }, huge);
    expect(datagramsOf(...lost, begin(0)).datagrams).toEqual([]);
    expect(datagramsOf(...lost, begin(299)).datagrams[0]?.payload).toEqual(huge);
  });
});

describe('overlapping fragments', () => {
  const other = counting(1000, 100);

  it('of IPv4: the later one counts', () => {
    const { datagrams } = datagramsOf(four(0, 400), four(320, 480, {}, other), four(480, 1000));
    const expected = Buffer.concat([whole.subarray(0, 320), other.subarray(320, 480), whole.subarray(480)]);
    expect(datagrams[0]?.payload).toEqual(expected);
  });

  it('of IPv6 are no datagram', () => {
    const { datagrams, skipped } = datagramsOf(six(0, 400), six(320, 480), six(480, 1000));
    expect(datagrams).toEqual([]);
    expect(skipped.incomplete).toBeGreaterThan(0);
  });
});

describe('fragments of different datagrams', () => {
  it('are told apart by protocol, number and addresses', () => {
    const variants = [{}, { protocol: 17 }, { id: 8 }, { source: '10.0.0.3' }, { destination: '10.0.0.3' }];
    const halves = [
      ...variants.map((variant) => four(0, 400, variant)),
      ...variants.map((variant) => four(400, 1000, variant)),
    ];
    expect(datagramsOf(...halves).datagrams.map(({ frames }) => frames)).toEqual([
      [1, 6],
      [2, 7],
      [3, 8],
      [4, 9],
      [5, 10],
    ]);
  });

  it('of IPv6 may carry further extension headers', () => {
    const octets = Buffer.concat([extension(17, 16), whole]);
    const { datagrams } = datagramsOf(six(0, 8, 1, octets, 60), six(8, octets.length, 1, octets, 60));
    expect(datagrams[0]).toMatchObject({ protocol: 17, payload: whole, frames: [1, 2] });
  });
});
