/** Of every block: a comment; and the end of the options. */
export const COMMENT = 1;
const END = 0;

/** One option of a block, or one record of a name block: both have this form. */
export type VisitOption = (code: number, value: Buffer) => void;

/**
 * Shows the options between two positions, `draft-ietf-opsawg-pcapng` §3.5. Returns the position of one that runs past
 * the end; nothing if all are whole.
 */
export function readOptions(
  octets: Buffer,
  start: number,
  end: number,
  littleEndian: boolean,
  visit: VisitOption,
): number | undefined {
  let at = start;
  while (end - at >= 4) {
    const code = littleEndian ? octets.readUInt16LE(at) : octets.readUInt16BE(at);
    const length = littleEndian ? octets.readUInt16LE(at + 2) : octets.readUInt16BE(at + 2);
    if (code === END) return undefined;
    if (at + 4 + length > end) return at;
    visit(code, octets.subarray(at + 4, at + 4 + length));
    at += 4 + padded(length);
  }
  return at < end ? at : undefined;
}

/** Where what follows these octets begins: everything starts at a multiple of four. */
export const padded = (length: number): number => Math.ceil(length / 4) * 4;
