import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { SipEvent } from './message.ts';
import { SipStreamParser } from './parser.ts';
import { describeDatagram, describeEvents, describeJudged, readVectors, type SipVector } from './vector.ts';

const folder = new URL('../../../fixtures/vectors/sip/', import.meta.url);

function readStream(segments: readonly Buffer[], from: 'opener' | 'acceptor'): string {
  const events: SipEvent[] = [];
  const parser = new SipStreamParser((event) => events.push(event), { from });
  for (const segment of segments) parser.feed(segment);
  parser.end();
  return describeEvents(events);
}

/** Every split in two; for long cases those at both ends and a spread of the others. */
function splitPositions(length: number): number[] {
  const step = Math.max(1, Math.floor(length / 500));
  const near = Array.from({ length: Math.min(length, 400) }, (_, index) => index);
  const spread = Array.from({ length: Math.ceil(length / step) }, (_, index) => index * step);
  return [...new Set([...near, ...spread, ...near.map((index) => length - index)])];
}

function check(vector: SipVector): void {
  const { as, octets, expected } = vector;
  if (as === 'datagram' || as === 'judged') {
    expect(as === 'datagram' ? describeDatagram(octets) : describeJudged(octets)).toBe(expected);
    return;
  }
  expect(readStream([octets], as)).toBe(expected);
  for (const position of splitPositions(octets.length)) {
    const read = readStream([octets.subarray(0, position), octets.subarray(position)], as);
    if (read !== expected) expect(read, `split at ${position}`).toBe(expected);
  }
  const single = [...octets].map((octet) => Buffer.from([octet]));
  expect(readStream(single, as)).toBe(expected);
}

for (const file of readdirSync(folder).sort()) {
  if (!file.endsWith('.md')) continue;
  const text = readFileSync(new URL(file, folder), 'utf8');
  const vectors = readVectors(text);
  describe(file, () => {
    it('is read whole', () => {
      expect(vectors.map(({ title }) => title)).toEqual([...text.matchAll(/^## (.+)$/gm)].map(([, title]) => title));
      expect(vectors.length).toBeGreaterThan(0);
    });
    it.each(vectors.map((vector) => ({ ...vector })))('$title', check);
  });
}
