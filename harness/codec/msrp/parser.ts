import { isUtf8 } from 'node:buffer';
import { GrowingBuffer } from '../growing-buffer.ts';
import type { MsrpDefect, MsrpDefectKind } from './defect.ts';
import { EndLine, readEndLine, readFlag } from './end-line.ts';
import { readHeaderLine } from './header-line.ts';
import type { ContinuationFlag, MsrpEvent, MsrpHead, MsrpHeader } from './message.ts';
import { isPlausible, readStartLine, type StartLine } from './start-line.ts';

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const space = 0x20;
const tab = 0x09;
const protocolName = Buffer.from('MSRP ', 'latin1');
const noDefects: readonly MsrpDefect[] = [];

/**
 * `start`: a start line is due. `head`: inside a head. `body-start`, `body`: inside a body.
 * `lost`: behind octets that are no MSRP, looking for the next start line.
 */
type State = 'start' | 'head' | 'body-start' | 'body' | 'lost';

/**
 * Reads an octet stream of MSRP requests and responses (RFC 4975 §9) and reports it piece by piece. The events do
 * not depend on how the stream is cut into segments, save for the cuts of `body` and `garbage`. Never throws on
 * input. Of a body at most the length of its end-line less one (43 octets) is held back, of a head at most
 * `maxHeadOctets` (262144 by default; a longer one is garbage).
 */
export class MsrpParser {
  readonly #emit: (event: MsrpEvent) => void;
  readonly #maxHead: number;
  readonly #held = new GrowingBuffer();
  /** Offset in the stream of the first octet of the buffer at hand. */
  #base = 0;
  #state: State = 'start';
  /** Whether garbage came since the last start line: then only a faultless one counts. */
  #isLost = false;
  #startLine: StartLine | undefined;
  #headers: MsrpHeader[] = [];
  #defects: MsrpDefect[] = [];
  /** Octets of complete lines of this head. */
  #headLength = 0;
  #messageStart = 0;
  #endLine: EndLine | undefined;
  #bodyLength = 0;

  constructor(emit: (event: MsrpEvent) => void, limits: { readonly maxHeadOctets?: number } = {}) {
    this.#emit = emit;
    this.#maxHead = limits.maxHeadOctets ?? 256 * 1024;
  }

  /** Offset of the first octet of the message that is under way; where the next one begins if none is. */
  get messageStart(): number {
    return this.#messageStart;
  }

  feed(octets: Buffer): void {
    let segment = octets;
    if (this.#held.length > 0 && !this.#gathersHead()) {
      this.#base -= this.#held.length;
      segment = Buffer.concat([this.#held.take(), octets]);
    }
    let at = 0;
    while (at < segment.length) at = this.#step(segment, at);
    if (this.#state === 'head' && this.#held.length === 0) {
      this.#held.append(segment, segment.length - this.#headLength, segment.length);
    }
    this.#base += segment.length;
  }

  /**
   * The stream is over, or interrupted: an unfinished message is reported as garbage, after the body octets still held
   * back. `why` begins the reason.
   */
  end(why = 'the stream ends'): void {
    const state = this.#state;
    const octets = this.#held.take();
    const start = this.#base - octets.length;
    this.#isLost = false;
    this.#reset('start', this.#base);
    if (state === 'body' || state === 'body-start') {
      if (octets.length > 0) this.#emit({ type: 'body', octets });
      this.#garbage(Buffer.alloc(0), this.#base, `${why} inside a body`);
    } else if (octets.length > 0) {
      this.#garbage(octets, start, state === 'lost' ? noStartLine : `${why} inside a head`);
    }
  }

  /** Held octets of a head stay where they are, as a head may grow by single octets; all else is short. */
  #gathersHead(): boolean {
    return this.#state === 'head' || (this.#state === 'start' && this.#held.length >= protocolName.length);
  }

  #step(octets: Buffer, at: number): number {
    switch (this.#state) {
      case 'start':
        if (this.#held.length === 0 && !mayStart(octets, at)) {
          this.#isLost = true;
          this.#state = 'lost';
          return at;
        }
        return this.#readLine(octets, at);
      case 'head':
        return this.#readLine(octets, at);
      case 'body-start':
        return this.#readBodyStart(octets, at);
      case 'body':
        return this.#readBody(octets, at);
      case 'lost':
        return this.#skip(octets, at);
    }
  }

  #readLine(octets: Buffer, at: number): number {
    const held = this.#held;
    const limit = at + this.#maxHead - (held.length > 0 ? held.length : this.#headLength);
    const lineEnd = (octets.length > limit ? octets.subarray(0, limit) : octets).indexOf(lineFeed, at) + 1;
    const to = lineEnd > 0 ? lineEnd : Math.min(octets.length, limit);
    if (lineEnd > 0 && held.length === 0) {
      this.#takeLine(octets, at, to, this.#base + to);
      return to;
    }
    held.append(octets, held.length > 0 ? at : at - this.#headLength, to);
    if (lineEnd > 0) this.#takeLine(held.view(), this.#headLength, held.length, this.#base + to);
    else if (held.length === this.#maxHead) this.#giveUp(held.take(), tooLong, this.#base + to);
    return to;
  }

  /** Takes one complete line, `from` to `to` with its line feed; `position` is where it ends in the stream. */
  #takeLine(octets: Buffer, from: number, to: number, position: number): void {
    const bare = to - from < 2 || octets[to - 2] !== carriageReturn;
    const textEnd = bare ? to - 1 : to - 2;
    const text = octets.toString('utf8', from, textEnd);
    if (this.#startLine === undefined) this.#takeStartLine(octets, from, to, position, text, bare);
    else if (textEnd === from) this.#finishHead(bare, position);
    else if (text.startsWith('MSRP ') && isPlausible(readStartLine(text))) {
      this.#restart(octets, from, to, position, text, bare);
    } else {
      const flag = readEndLine(text, this.#startLine.transactionId);
      if (flag === undefined) this.#takeHeader(octets, from, textEnd, text, bare);
      else this.#finishBodiless(this.#startLine, flag, position - (to - from), position, bare);
    }
    if (this.#state === 'head') this.#headLength += to - from;
  }

  #takeStartLine(octets: Buffer, from: number, to: number, position: number, text: string, bare: boolean): void {
    const startLine = readStartLine(text);
    const broken = isBroken(text, octets, from, to);
    // An identifier that cannot be decoded cannot be told in the end-line either.
    const isIdBroken = broken && startLine?.transactionId.includes('\ufffd') === true;
    if (startLine === undefined || isIdBroken || (this.#isLost && !isPlausible(startLine))) {
      this.#giveUp(octets.subarray(from, to), noStartLine, position);
      return;
    }
    this.#state = 'head';
    this.#isLost = false;
    this.#startLine = startLine;
    this.#messageStart = position - (to - from);
    for (const kind of startLine.defects) this.#note(kind, 0);
    if (bare) this.#note('start-line-bare-line-feed', to - from - 1);
    if (broken) this.#note('invalid-utf-8', 0);
  }

  /** A start line inside a head is no header: the message before it was broken off (RFC 4975 has no such line). */
  #restart(octets: Buffer, from: number, to: number, position: number, text: string, bare: boolean): void {
    const head = octets.subarray(from - this.#headLength, from);
    const line = octets.subarray(from, to);
    const inHeld = this.#held.length > 0;
    this.#giveUp(head, 'a start line inside the head of another message', position - line.length);
    if (inHeld) this.#held.append(line, 0, line.length);
    this.#takeStartLine(line, 0, line.length, position, text, bare);
  }

  #takeHeader(octets: Buffer, from: number, textEnd: number, text: string, bare: boolean): void {
    const offset = this.#headLength;
    if (bare) this.#note('header-bare-line-feed', offset + textEnd - from);
    const broken = isBroken(text, octets, from, textEnd);
    if (broken) this.#note('invalid-utf-8', offset, text);
    const line = readHeaderLine(text);
    const header = 'defects' in line ? line.header : line;
    if ('defects' in line) for (const kind of line.defects) this.#note(kind, offset, text);
    if (header === undefined) return;
    this.#headers.push(broken ? { ...header, octets: valueOctets(octets.subarray(from, textEnd)) } : header);
  }

  #finishHead(bare: boolean, position: number): void {
    const startLine = this.#startLine;
    if (startLine === undefined) return;
    if (bare) this.#note('empty-line-bare-line-feed', this.#headLength);
    this.#emitHead(startLine, true, position);
    this.#endLine = new EndLine(startLine.transactionId, bare ? '\n' : '\r\n');
    this.#reset('body-start', this.#messageStart);
  }

  #finishBodiless(line: StartLine, flag: ContinuationFlag, headEnd: number, end: number, bare: boolean): void {
    const defects = bare ? [bareEndLine(end - this.#messageStart)] : noDefects;
    this.#emitHead(line, false, headEnd);
    this.#reset('start', end);
    this.#emit({ type: 'end', flag, bodyLength: 0, end, defects });
  }

  #emitHead(startLine: StartLine, hasBody: boolean, end: number): void {
    const defects = this.#defects.length === 0 ? noDefects : this.#defects;
    this.#emit({
      type: 'head',
      head: toHead(startLine, this.#headers),
      hasBody,
      start: this.#messageStart,
      end,
      defects,
    });
  }

  #readBodyStart(octets: Buffer, at: number): number {
    const endLine = this.#endLine;
    if (endLine === undefined) return at;
    switch (endLine.matchShort(octets, at)) {
      case 'none':
        this.#state = 'body';
        return at;
      case 'partial':
        this.#held.append(octets, at, octets.length);
        return octets.length;
      case 'whole': {
        const defect: MsrpDefect = { kind: 'short-empty-body', offset: this.#base + at - this.#messageStart };
        return this.#finishBody(octets, at + endLine.shortLength, endLine, [defect]);
      }
    }
  }

  #readBody(octets: Buffer, at: number): number {
    const endLine = this.#endLine;
    if (endLine === undefined) return at;
    const found = endLine.find(octets, at);
    if (found.at > at) {
      this.#bodyLength += found.at - at;
      this.#emit({
        type: 'body',
        octets: at === 0 && found.at === octets.length ? octets : octets.subarray(at, found.at),
      });
    }
    if (found.match === 'whole') return this.#finishBody(octets, found.at + endLine.length, endLine, noDefects);
    if (found.match === 'partial') this.#held.append(octets, found.at, octets.length);
    return octets.length;
  }

  #finishBody(octets: Buffer, to: number, endLine: EndLine, found: readonly MsrpDefect[]): number {
    const flag = readFlag(octets[to - endLine.lineEndLength - 1]);
    if (flag === undefined) throw new Error('an end-line was found that has no flag');
    const end = this.#base + to;
    const defects = endLine.lineEndLength === 1 ? [...found, bareEndLine(end - this.#messageStart)] : found;
    const bodyLength = this.#bodyLength;
    this.#reset('start', end);
    this.#emit({ type: 'end', flag, bodyLength, end, defects });
    return to;
  }

  /** Passes over octets up to what may be a start line, wherever it stands, as rubbish need not end in CRLF. */
  #skip(octets: Buffer, at: number): number {
    const found = octets.indexOf(protocolName, at);
    let to = found;
    if (found < 0) {
      to = octets.length - partialName(octets, at);
      this.#held.append(octets, to, octets.length);
      this.#messageStart = this.#base + to;
    }
    if (to > at) this.#garbage(octets.subarray(at, to), this.#base + at, noStartLine);
    if (found < 0) return octets.length;
    this.#reset('start', this.#base + to);
    return to;
  }

  /** What was gathered is no MSRP. The search goes on behind it, not inside: that keeps hostile input linear. */
  #giveUp(octets: Buffer, reason: string, position: number): void {
    this.#isLost = true;
    this.#reset('lost', position);
    this.#garbage(octets, position - octets.length, reason);
  }

  #garbage(octets: Buffer, start: number, reason: string): void {
    this.#emit({ type: 'garbage', octets, start, reason });
  }

  #reset(state: State, messageStart: number): void {
    this.#state = state;
    this.#messageStart = messageStart;
    this.#startLine = undefined;
    this.#headLength = 0;
    this.#bodyLength = 0;
    this.#headers = [];
    this.#defects = [];
    // A view of what was held may still be in use, so its storage is given up rather than used again.
    if (this.#held.length > 0) this.#held.take();
  }

  #note(kind: MsrpDefectKind, offset: number, detail?: string): void {
    this.#defects.push(detail === undefined ? { kind, offset } : { kind, offset, detail });
  }
}

const noStartLine = 'no start line of MSRP';
const tooLong = 'the head is longer than the limit';

function toHead(line: StartLine, headers: readonly MsrpHeader[]): MsrpHead {
  const { transactionId } = line;
  if (line.kind === 'request') return { kind: 'request', transactionId, method: line.method, headers };
  const { status, comment } = line;
  return comment === undefined
    ? { kind: 'response', transactionId, status, headers }
    : { kind: 'response', transactionId, status, comment, headers };
}

function bareEndLine(end: number): MsrpDefect {
  return { kind: 'end-line-bare-line-feed', offset: end - 1 };
}

/** Decoding leaves U+FFFD behind; only then it is worth looking whether the octets themselves spell it. */
function isBroken(text: string, octets: Buffer, from: number, to: number): boolean {
  return text.includes('\ufffd') && !isUtf8(octets.subarray(from, to));
}

/** Whether the octets at hand can be the beginning of a start line, letter case aside. */
function mayStart(octets: Buffer, at: number): boolean {
  for (let i = 0; i < protocolName.length && at + i < octets.length; i += 1) {
    const octet = octets[at + i] ?? 0;
    const wanted = protocolName[i] ?? 0;
    const fits = i < 4 ? (octet & 0xdf) === wanted : octet === space || octet === tab;
    if (!fits) return false;
  }
  return true;
}

/** How many octets at the end are a beginning of the protocol name. */
function partialName(octets: Buffer, from: number): number {
  for (let length = Math.min(protocolName.length - 1, octets.length - from); length > 0; length -= 1) {
    if (octets.compare(protocolName, 0, length, octets.length - length) === 0) return length;
  }
  return 0;
}

/** What stands behind the colon and the blanks after it; a copy, since headers outlive the segment. */
function valueOctets(line: Buffer): Buffer {
  let start = line.indexOf(0x3a) + 1;
  while (line[start] === 0x20 || line[start] === 0x09) start += 1;
  return Buffer.from(line.subarray(start));
}
