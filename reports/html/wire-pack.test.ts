import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StoredLine } from '../stored-log.ts';
import { type Entry, PackedLogs } from './page/unpack.js';
import { WirePack } from './wire-pack.ts';

const ALL = { most: 1_000_000, mostOfEvidence: 1_000_000 };
const IN_FULL = { size: Number.POSITIVE_INFINITY, keeping: ALL, beyond: ALL };

const line = (index: number, octets: Buffer, more: Partial<StoredLine> = {}): StoredLine => ({
  index,
  time: index * 2.5,
  actor: index % 2 === 0 ? 'alice' : 'bob',
  direction: index % 3 === 0 ? 'received' : 'sent',
  connection: 'alice-1',
  transport: 'tcp',
  local: '127.0.0.1:1',
  remote: '127.0.0.1:2',
  protocol: 'msrp',
  headline: `MSRP SEND ${index}`,
  octets,
  ...more,
});

async function entriesOf(lines: readonly StoredLine[]): Promise<Entry[]> {
  const pack = new WirePack();
  const place = pack.add(lines, 'SUT', new Set(), IN_FULL);
  pack.close();
  return new PackedLogs(pack.pieces).entries(place);
}

describe('wire logs in a page', () => {
  it('come out as they went in, whatever the octets', async () => {
    const words = fc.constantFrom(
      'a1b2',
      'Ab3',
      '00',
      '7',
      'SEND',
      '\r\n',
      '\n',
      '\u0100',
      ' ',
      '\0',
      'xY',
      '-------',
      'é',
    );
    const text = fc.array(words, { maxLength: 30 }).map((all) => Buffer.from(all.join('')));
    const octets = fc.oneof(
      text,
      fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(octets, { maxLength: 30 }), async (messages) => {
        const entries = await entriesOf(messages.map((message, index) => line(index, message)));
        expect(entries.map((one) => Buffer.from(one.octets ?? []).toString('hex'))).toEqual(
          messages.map((one) => one.toString('hex')),
        );
        expect(entries.map(({ size }) => size)).toEqual(messages.map(({ length }) => length));
      }),
      { numRuns: 200 },
    );
  });

  it('know who, when, which way, by which packets', async () => {
    const [, second] = await entriesOf([
      line(0, Buffer.from('x')),
      line(1, Buffer.from('y'), { time: 1234.5, frames: [7, 9], headline: 'MSRP SEND ü\u202e' }),
    ]);
    expect(second).toMatchObject({ index: 1, time: 1234.5, frames: [7, 9], headline: 'MSRP SEND ü\u202e' });
    expect(second?.lane).toMatchObject({ actor: 'bob', direction: 'sent', from: 1, to: 2 });
  });

  it('are read in any order, though each piece goes on from those before it', async () => {
    const pack = new WirePack();
    const message = (scenario: number, at: number): Buffer => Buffer.from(`MSRP a${scenario}b${at} SEND\r\nX: ${at}`);
    const places = [0, 1, 2].map((scenario) => {
      const lines = Array.from({ length: 10 }, (_, at) => line(at, message(scenario, at)));
      const place = pack.add(lines, 'SUT', new Set(), IN_FULL);
      pack.close();
      return place;
    });
    const packed = new PackedLogs(pack.pieces);
    for (const scenario of [2, 0, 1]) {
      const place = places[scenario];
      if (place === undefined) throw new Error('no place');
      const texts = (await packed.entries(place)).map(({ octets }) => Buffer.from(octets ?? []).toString());
      expect(texts).toEqual(Array.from({ length: 10 }, (_, at) => message(scenario, at).toString()));
    }
  });

  it('keep of long messages the beginning, of evidence more, of others nothing but the headline', async () => {
    const pack = new WirePack();
    const lines = [line(0, Buffer.alloc(500, 'a')), line(1, Buffer.alloc(500, 'b'))];
    const place = pack.add(lines, 'SUT', new Set([1]), {
      ...IN_FULL,
      size: 0,
      beyond: { most: 0, mostOfEvidence: 100 },
    });
    pack.close();
    const [first, second] = await new PackedLogs(pack.pieces).entries(place);
    expect(first).toMatchObject({ headline: 'MSRP SEND 0', size: 500, octets: undefined });
    expect(second?.octets?.length).toBe(100);
    expect(second?.size).toBe(500);
  });

  it('say that they are torn rather than show something else', async () => {
    const pack = new WirePack();
    const place = pack.add([line(0, Buffer.from('x1 y2 z3'))], 'SUT', new Set(), IN_FULL);
    await expect(new PackedLogs(['']).entries(place)).rejects.toThrow('torn');
  });
});
