import type { Span } from './capture-format.ts';

/** Types of blocks, `draft-ietf-opsawg-pcapng` §11.1. */
export const BLOCK = {
  section: 0x0a0d0d0a,
  interface: 1,
  /** Obsolete. */
  packet: 2,
  simplePacket: 3,
  names: 4,
  statistics: 5,
  enhancedPacket: 6,
  journal: 9,
  secrets: 10,
  custom: 0xbad,
  customNotCopied: 0x4000_0bad,
} as const;

/** Type and length in front of a block, length behind it. */
export const BLOCK_FRAME = 12;

/** As in Wireshark: a longer one is damage. */
export const LARGEST_BLOCK = 16 * 1024 * 1024;

/** How long a block of each known type is at least. */
const LEAST = new Map<number, number>([
  [BLOCK.section, 28],
  [BLOCK.interface, 20],
  [BLOCK.packet, 32],
  [BLOCK.simplePacket, 16],
  [BLOCK.names, 12],
  [BLOCK.statistics, 24],
  [BLOCK.enhancedPacket, 32],
  [BLOCK.journal, 12],
  [BLOCK.secrets, 20],
  [BLOCK.custom, 16],
  [BLOCK.customNotCopied, 16],
]);

/** Octets of the shortest block of this type. */
export const leastLength = (type: number): number => LEAST.get(type) ?? BLOCK_FRAME;

/**
 * Whether the block at a position is written in little-endian order: as its section is, unless it begins a section
 * itself and says so. Nothing if it says neither. At least 12 octets must be there.
 */
export function byteOrderAt(octets: Buffer, at: number, ofSection: boolean): boolean | undefined {
  if (octets.readUInt32LE(at) !== BLOCK.section) return ofSection;
  const magic = octets.readUInt32LE(at + 8);
  if (magic === 0x1a2b3c4d) return true;
  return magic === 0x4d3c2b1a ? false : undefined;
}

/** Whether octets are a whole block of a known type, or how many must be seen to tell. */
export function isWholeBlock({ octets, end, last }: Span, at: number, ofSection: boolean): boolean | number {
  if (end - at < BLOCK_FRAME) return last ? false : BLOCK_FRAME;
  const littleEndian = byteOrderAt(octets, at, ofSection);
  if (littleEndian === undefined) return false;
  const least = LEAST.get(littleEndian ? octets.readUInt32LE(at) : octets.readUInt32BE(at));
  if (least === undefined) return false;
  const length = littleEndian ? octets.readUInt32LE(at + 4) : octets.readUInt32BE(at + 4);
  if (length < least || length > LARGEST_BLOCK || length % 4 !== 0) return false;
  if (end - at < length) return last ? false : length;
  const trailer = at + length - 4;
  return (littleEndian ? octets.readUInt32LE(trailer) : octets.readUInt32BE(trailer)) === length;
}

/**
 * Whether the file ends within the octets of a packet, by both lengths that stand before them: then nothing else follows,
 * and there is no sense in looking for another block. Otherwise the length of the block may be wrong.
 */
export function isCutOff(octets: Buffer, at: number, end: number, littleEndian: boolean): boolean {
  const word = (position: number): number =>
    littleEndian ? octets.readUInt32LE(position) : octets.readUInt32BE(position);
  const type = word(at);
  if ((type !== BLOCK.enhancedPacket && type !== BLOCK.packet) || end - at < 24) return false;
  const captured = word(at + 20);
  return at + 28 + captured > end && 32 + captured <= word(at + 4);
}
