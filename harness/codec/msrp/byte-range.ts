import { err, ok, type Result } from '../../result.ts';

/** Octets of the complete message that a chunk carries, counted from 1 (RFC 4975 §7.1.1). Numbers have no upper limit. */
export interface ByteRange {
  readonly start: bigint;
  readonly end: bigint | '*';
  readonly total: bigint | '*';
}

// The grammar sets no bound, but turning digits into a number takes more than linear time.
const mostDigits = 1000;

/** Reads a Byte-Range value by the grammar alone; whether the numbers make sense is for others to judge. */
export function parseByteRange(value: string): Result<ByteRange, string> {
  const [, start, end, total] = /^([0-9]+)-([0-9]+|\*)\/([0-9]+|\*)$/.exec(value) ?? [];
  if (start === undefined || end === undefined || total === undefined) {
    return err('a byte range is start-end/total, where end and total may be *');
  }
  if (value.length > mostDigits) return err(`a byte range of more than ${mostDigits} characters`);
  return ok({ start: BigInt(start), end: bound(end), total: bound(total) });
}

export function formatByteRange(range: ByteRange): string {
  return `${range.start}-${range.end}/${range.total}`;
}

function bound(text: string): bigint | '*' {
  return text === '*' ? '*' : BigInt(text);
}
