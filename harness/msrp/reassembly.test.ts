import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ContinuationFlag } from '../codec/msrp/message.ts';
import { Reassembly, type Stored } from './reassembly.ts';

function chunk(
  into: Reassembly,
  id: string,
  start: bigint,
  body: string | Buffer,
  flag: ContinuationFlag,
  now = 0,
): Stored {
  const store = into.begin(id, start, now);
  const octets = Buffer.from(body);
  // In two pieces, as from the wire.
  store.write(octets.subarray(0, octets.length >> 1));
  store.write(octets.subarray(octets.length >> 1));
  return store.end(flag);
}

describe('reassembly (RFC 4975 §7.3.1)', () => {
  it('yields the message for any order and overlap of its chunks', () => {
    const message = fc.uint8Array({ minLength: 1, maxLength: 20_000 });
    const plan = fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 12 });
    fc.assert(
      fc.property(
        message,
        plan,
        fc.array(fc.nat(), { maxLength: 8 }),
        fc.infiniteStream(fc.nat()),
        (octets, extra, cuts, order) => {
          const body = Buffer.from(octets);
          const edges = [...new Set([0, body.length, ...cuts.map((cut) => cut % body.length)])].sort((a, b) => a - b);
          const ranges = edges.slice(1).map((end, i) => [edges[i] ?? 0, end] as const);
          for (const [a, b] of extra) ranges.push([a % body.length, Math.max(a, b) % (body.length + 1)]);
          const keys = ranges.map((range) => ({ range, key: order.next().value }));
          keys.sort((a, b) => a.key - b.key);
          const reassembly = new Reassembly();
          const complete: Buffer[] = [];
          for (const { range } of keys) {
            const [start, end] = range;
            const piece = body.subarray(start, Math.max(start, end));
            const flag = start + piece.length === body.length ? '$' : '+';
            const stored = chunk(reassembly, 'id', BigInt(start) + 1n, piece, flag);
            if (stored.kind === 'complete') complete.push(stored.body);
            else expect(stored.kind).toBe(complete.length === 0 ? 'partial' : 'duplicate');
          }
          expect(complete).toHaveLength(1);
          expect(complete[0]?.equals(body)).toBe(true);
          expect([reassembly.heldOctets, reassembly.openMessages]).toEqual([0, 0]);
        },
      ),
    );
  });

  it('lets the later octets win', () => {
    const reassembly = new Reassembly();
    chunk(reassembly, 'id', 1n, 'aaaa', '+');
    chunk(reassembly, 'id', 3n, 'bbbb', '+');
    expect(chunk(reassembly, 'id', 7n, '', '$')).toEqual({ kind: 'complete', body: Buffer.from('aabbbb') });
  });

  it('lets `$` alone decide the size, a message of zero octets too', () => {
    const reassembly = new Reassembly();
    expect(chunk(reassembly, 'id', 1n, 'abc', '+').kind).toBe('partial');
    expect(chunk(reassembly, 'id', 4n, '', '$').kind).toBe('complete');
    expect(chunk(reassembly, 'empty', 1n, '', '$')).toEqual({ kind: 'complete', body: Buffer.alloc(0) });
    expect(chunk(reassembly, 'nothing', 1n, '', '+').kind).toBe('partial');
    expect(reassembly.openMessages).toBe(0);
  });

  it('delivers nothing across a hole', () => {
    const reassembly = new Reassembly();
    chunk(reassembly, 'id', 1n, 'ab', '+');
    expect(chunk(reassembly, 'id', 4n, 'd', '$').kind).toBe('partial');
    expect(chunk(reassembly, 'id', 3n, 'c', '+')).toEqual({ kind: 'complete', body: Buffer.from('abcd') });
  });

  it('drops what `#` gives up, and what follows it', () => {
    const reassembly = new Reassembly();
    chunk(reassembly, 'id', 1n, 'ab', '+');
    expect(chunk(reassembly, 'id', 3n, 'c', '#').kind).toBe('aborted');
    expect(chunk(reassembly, 'id', 1n, 'whole', '$').kind).toBe('aborted');
    expect(reassembly.heldOctets).toBe(0);
  });

  it('refuses contradictions', () => {
    const reassembly = new Reassembly();
    chunk(reassembly, 'id', 3n, 'cd', '$');
    expect(chunk(reassembly, 'id', 5n, 'e', '+')).toMatchObject({ kind: 'refused', status: 400 });
    expect(chunk(reassembly, 'id', 2n, 'b', '$')).toMatchObject({ kind: 'refused', status: 400 });
    expect(chunk(reassembly, 'id', 0n, 'xab', '+')).toMatchObject({ kind: 'refused', status: 400 });
    expect(chunk(reassembly, 'id', 1n, 'ab', '+')).toEqual({ kind: 'complete', body: Buffer.from('abcd') });
  });

  it.each([2n ** 31n, 2n ** 32n, 2n ** 53n + 1n, 2n ** 63n, 2n ** 64n, 10n ** 30n])(
    'takes nothing for start %s',
    (start) => {
      const reassembly = new Reassembly();
      expect(chunk(reassembly, 'id', start, 'x', '+')).toMatchObject({ kind: 'refused', status: 413 });
      expect(chunk(reassembly, 'id2', start, '', '$')).toMatchObject({ kind: 'refused', status: 413 });
      expect(reassembly.heldOctets).toBe(0);
    },
  );

  it('refuses a message over the limit for good', () => {
    const reassembly = new Reassembly({ maxMessageOctets: 10 });
    expect(chunk(reassembly, 'id', 1n, '0123456789', '+').kind).toBe('partial');
    const store = reassembly.begin('id', 11n, 0);
    expect(store.write(Buffer.from('x'))).toMatchObject({ status: 413 });
    expect(store.write(Buffer.from('x'))).toBeUndefined();
    expect(store.end('$')).toMatchObject({ status: 413 });
    expect(chunk(reassembly, 'id', 1n, 'short', '$')).toMatchObject({ status: 413 });
  });

  it('bounds open messages, memory and fragments, and lets stale messages go', () => {
    const many = new Reassembly({ maxOpenMessages: 3, staleMs: 1000 });
    for (let i = 0; i < 3; i++) expect(chunk(many, `m${i}`, 1n, 'x', '+').kind).toBe('partial');
    expect(chunk(many, 'm3', 1n, 'x', '+', 999)).toMatchObject({ status: 413 });
    expect(chunk(many, 'm4', 1n, 'x', '+', 1000).kind).toBe('partial');
    const memory = new Reassembly({ maxHeldOctets: 100_000 });
    for (let i = 0; i < 1000; i++) chunk(memory, 'sparse', BigInt(i * 5000 + 1), 'x', '+');
    expect(memory.heldOctets).toBe(0);
    expect(chunk(memory, 'sparse', 1n, 'x', '$')).toMatchObject({ status: 413 });
    const fragments = new Reassembly({ maxFragments: 10 });
    for (let i = 0; i < 10; i++) expect(chunk(fragments, 'id', BigInt(i * 2 + 1), 'x', '+').kind).toBe('partial');
    expect(chunk(fragments, 'id', 100n, 'x', '+')).toMatchObject({ status: 413 });
  });

  it('takes 100 000 chunks of one octet in reverse order', () => {
    const reassembly = new Reassembly();
    const size = 100_000;
    for (let i = size; i > 1; i--) chunk(reassembly, 'id', BigInt(i), 'x', i === size ? '$' : '+');
    expect(chunk(reassembly, 'id', 1n, 'x', '+')).toMatchObject({ kind: 'complete', body: { length: size } });
  });
});
