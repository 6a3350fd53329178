import type { ContinuationFlag } from './message.ts';

const hyphens = '-------';
const lineFeed = Buffer.from('\n', 'latin1');
const carriageReturnLineFeed = Buffer.from('\r\n', 'latin1');

// Enough of the identifier to make look-alikes rare; a longer needle would only slow the search in hostile bodies.
const longestNeedle = 44;

/** Where a body may end: its own end-line, or so far only the beginning of one. */
export type EndLineMatch = 'none' | 'partial' | 'whole';

/** The end-line of one frame (RFC 4975 §7.1), and the search for it in a body that comes in segments. */
export class EndLine {
  /** Length of line end, hyphens, identifier, flag and line end. */
  readonly length: number;
  readonly #lineEnd: Buffer;
  readonly #marker: Buffer;
  readonly #needle: Buffer;

  /** `lineEnd` is CRLF, or a bare LF in a frame whose empty line ended so (RFC 4975 knows no such frame). */
  constructor(transactionId: string, lineEnd: '\r\n' | '\n') {
    this.#lineEnd = lineEnd === '\n' ? lineFeed : carriageReturnLineFeed;
    this.#marker = Buffer.from(lineEnd + hyphens + transactionId, 'utf8');
    this.#needle = this.#marker.length > longestNeedle ? this.#marker.subarray(0, longestNeedle) : this.#marker;
    this.length = this.#marker.length + 1 + this.#lineEnd.length;
  }

  get lineEndLength(): number {
    return this.#lineEnd.length;
  }

  /** Length without the line end in front. */
  get shortLength(): number {
    return this.length - this.#lineEnd.length;
  }

  /**
   * First place at or after `from` where this end-line stands, or begins and may go on in the next segment.
   * Without any it is the end of the octets.
   */
  find(octets: Buffer, from: number): { readonly at: number; readonly match: EndLineMatch } {
    let at = octets.indexOf(this.#needle, from);
    while (at >= 0) {
      const match = this.#match(octets, at, 0);
      if (match !== 'none') return { at, match };
      at = octets.indexOf(this.#needle, at + 1);
    }
    const first = this.#lineEnd.readUInt8(0);
    at = octets.indexOf(first, Math.max(from, octets.length - this.#needle.length + 1));
    while (at >= 0) {
      if (this.#match(octets, at, 0) === 'partial') return { at, match: 'partial' };
      at = octets.indexOf(first, at + 1);
    }
    return { at: octets.length, match: 'none' };
  }

  /** Whether the end-line stands at `at` without a line end in front, as in an empty body one CRLF short. */
  matchShort(octets: Buffer, at: number): EndLineMatch {
    return octets[at] === 0x2d ? this.#match(octets, at, this.#lineEnd.length) : 'none';
  }

  #match(octets: Buffer, at: number, skipped: number): EndLineMatch {
    const marker = this.#marker;
    const there = Math.min(octets.length - at, marker.length - skipped);
    if (octets.compare(marker, skipped, skipped + there, at, at + there) !== 0) return 'none';
    let next = at + marker.length - skipped;
    if (next >= octets.length) return 'partial';
    if (!isFlag(octets[next])) return 'none';
    for (const octet of this.#lineEnd) {
      next += 1;
      if (next >= octets.length) return 'partial';
      if (octets[next] !== octet) return 'none';
    }
    return 'whole';
  }
}

function isFlag(octet: number | undefined): boolean {
  return octet === 0x24 || octet === 0x2b || octet === 0x23;
}

/** Reads a line (without its line end) as the end-line of this transaction. */
export function readEndLine(line: string, transactionId: string): ContinuationFlag | undefined {
  const flagAt = hyphens.length + transactionId.length;
  if (line.length !== flagAt + 1 || !line.startsWith(hyphens) || !line.startsWith(transactionId, hyphens.length)) {
    return undefined;
  }
  return readFlag(line.charCodeAt(flagAt));
}

export function readFlag(octet: number | undefined): ContinuationFlag | undefined {
  switch (octet) {
    case 0x24:
      return '$';
    case 0x2b:
      return '+';
    case 0x23:
      return '#';
    default:
      return undefined;
  }
}

export function formatEndLine(transactionId: string, flag: ContinuationFlag): string {
  return `${hyphens}${transactionId}${flag}\r\n`;
}

/**
 * Whether a body holds seven hyphens, this identifier and a flag, so that another identifier has to be chosen
 * (RFC 4975 §7.1). Line ends do not matter here, as receivers differ about them (erratum 4177).
 */
export function containsEndLine(body: Buffer, transactionId: string): boolean {
  const text = Buffer.from(hyphens + transactionId, 'utf8');
  let at = body.indexOf(text);
  while (at >= 0) {
    if (isFlag(body[at + text.length])) return true;
    at = body.indexOf(text, at + 1);
  }
  return false;
}
