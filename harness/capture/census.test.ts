import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { suiteBelow } from '../runner/simulated-run.fixture.ts';
import { CaptureFolder, recordedScenarios } from './recorded-scenario.fixture.ts';

const folder = new CaptureFolder();
afterAll(() => folder.remove());

/** The blocks of a pcapng in little-endian order. */
function blocksOf(file: Buffer): Buffer[] {
  const blocks: Buffer[] = [];
  for (let at = 0; at < file.length; ) {
    const length = file.readUInt32LE(at + 4);
    blocks.push(file.subarray(at, at + length));
    at += length;
  }
  return blocks;
}

const isPacket = (block: Buffer): boolean => block.readUInt32LE(0) === 6;

const isWhole = async (octets: Buffer): Promise<boolean> => (await folder.source(octets)(() => undefined)).isWhole;

describe('a recording is taken for whole', { timeout: 60_000 }, () => {
  let recorded: Buffer;
  let blocks: Buffer[];

  beforeAll(async () => {
    for await (const { captures } of recordedScenarios(suiteBelow('rfc7701/9-examples/nickname')))
      recorded = captures?.pcapng ?? recorded;
    blocks = blocksOf(recorded);
  });

  it('as it was written', async () => {
    expect(await isWhole(recorded)).toBe(true);
  });

  it('with another one behind it', async () => {
    expect(await isWhole(Buffer.concat([recorded, recorded]))).toBe(true);
  });

  it('not when any packet is missing', async () => {
    const packets = blocks.flatMap((block, at) => (isPacket(block) ? [at] : []));
    for (const gone of [packets.at(0), packets.at(packets.length >> 1), packets.at(-1)])
      expect(await isWhole(Buffer.concat(blocks.filter((_, at) => at !== gone)))).toBe(false);
  });

  it('not when one packet stands in for another', async () => {
    const introduced = blocks.filter((block) => isPacket(block) && block.includes(', connection '));
    const plain = blocks.filter((block) => isPacket(block) && !block.includes(', connection '));
    const exchanged = blocks.map((block) => (block === introduced.at(-1) ? (plain[0] ?? block) : block));
    expect(introduced.length).toBeGreaterThan(3);
    expect(await isWhole(Buffer.concat(exchanged))).toBe(false);
  });

  it('not when it is cut off', async () => {
    expect(await isWhole(recorded.subarray(0, recorded.length - 2))).toBe(false);
  });

  it('not when its packets were cut short', async () => {
    const snapped = Buffer.from(recorded);
    const [at = 0] = [...offsets(blocks)].filter(([block]) => isPacket(block)).map(([, offset]) => offset);
    snapped.writeUInt32LE(snapped.readUInt32LE(at + 20) + 1, at + 24);
    expect(await isWhole(snapped)).toBe(false);
  });

  it('not when something else stands before or behind it', async () => {
    const [section = Buffer.alloc(0), link = Buffer.alloc(0)] = blocks;
    const silent = Buffer.from('0a0d0d0a1c0000004d3c2b1a01000000ffffffffffffffff1c000000', 'hex');
    const other = Buffer.concat([silent, link, ...blocks.filter(isPacket).slice(0, 1)]);
    expect(section.includes('Whole: ')).toBe(true);
    expect(await isWhole(Buffer.concat([other, recorded]))).toBe(false);
    expect(await isWhole(Buffer.concat([recorded, other]))).toBe(false);
    expect(await isWhole(other)).toBe(false);
  });

  it('not as classic pcap, which says nothing of itself', async () => {
    for await (const { captures } of recordedScenarios(suiteBelow('rfc7701/9-examples/nickname')))
      expect(await isWhole(captures?.pcap ?? recorded)).toBe(false);
  });
});

function* offsets(blocks: readonly Buffer[]): Generator<[Buffer, number]> {
  let offset = 0;
  for (const block of blocks) {
    yield [block, offset];
    offset += block.length;
  }
}
