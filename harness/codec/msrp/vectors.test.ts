import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { MsrpCollector } from './collect.ts';
import type { MsrpEvent, MsrpMessage } from './message.ts';
import { MsrpParser } from './parser.ts';
import { serializeMsrp } from './serialize.ts';
import { describeEvents, type MsrpVector, readVectors } from './vectors.fixture.ts';

const folder = new URL('../../../fixtures/vectors/msrp/', import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith('.md'));

function parse(segments: readonly Buffer[]): string {
  const events: MsrpEvent[] = [];
  const parser = new MsrpParser((event) => events.push(event));
  for (const segment of segments) parser.feed(segment);
  parser.end();
  return describeEvents(events);
}

function collect(octets: Buffer): MsrpMessage[] {
  const messages: MsrpMessage[] = [];
  const collector = new MsrpCollector(
    (message) => messages.push(message),
    (garbage) => expect.fail(garbage.reason),
  );
  collector.feed(octets);
  collector.end();
  return messages;
}

describe.each(files)('%s', (file) => {
  const vectors = readVectors(readFileSync(new URL(file, folder), 'utf8'));

  test('has vectors', () => expect(vectors.length).toBeGreaterThan(5));

  describe.each(vectors)('$title', ({ octets, events, canonical }: MsrpVector) => {
    test('in one segment', () => expect(parse([octets])).toBe(events));

    test('split in two at every octet', () => {
      for (let at = 1; at < octets.length; at += 1) {
        expect(parse([octets.subarray(0, at), octets.subarray(at)]), `split at ${at}`).toBe(events);
      }
    });

    test('octet by octet', () => {
      expect(parse(Array.from(octets, (octet) => Buffer.of(octet)))).toBe(events);
    });

    if (canonical) {
      test('serialized again', () => {
        const again = Buffer.concat(collect(octets).map(serializeMsrp));
        expect(again.toString('latin1')).toBe(octets.toString('latin1'));
      });
    }
  });
});
