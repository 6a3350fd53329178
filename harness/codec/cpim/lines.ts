/** One line of a header block: octets `start` to `end` without the line end. */
export interface BlockLine {
  readonly start: number;
  readonly end: number;
  readonly ending: 'crlf' | 'lf' | 'none';
}

const CR = 0x0d;
const LF = 0x0a;

/** The lines of a header block, the empty line that closes it left out. */
export function* blockLines(octets: Buffer, from: number, to: number): Generator<BlockLine> {
  let start = from;
  while (start < to) {
    const found = octets.indexOf(LF, start);
    const feed = found === -1 || found >= to ? to : found;
    const crlf = feed < to && feed > start && octets[feed - 1] === CR;
    const end = crlf ? feed - 1 : feed;
    if (end > start || feed === to) yield { start, end, ending: feed === to ? 'none' : crlf ? 'crlf' : 'lf' };
    start = feed + 1;
  }
}

/** The empty line of a block when it ends in a bare LF: its offset. */
export function bareEmptyLine(octets: Buffer, end: number): number | undefined {
  return end > 0 && octets[end - 1] === LF && octets[end - 2] !== CR ? end - 1 : undefined;
}
