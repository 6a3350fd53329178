import { GrowingBuffer } from '../codec/growing-buffer.ts';
import { parseByteRange } from '../codec/msrp/byte-range.ts';
import { MsrpCollector } from '../codec/msrp/collect.ts';
import { EndLine } from '../codec/msrp/end-line.ts';
import { headerOf, type MsrpHead } from '../codec/msrp/message.ts';
import { SipStreamParser } from '../codec/sip/parser.ts';
import { Carriers } from './carriers.ts';
import type { MessageContent } from './item.ts';
import { findStart, type Protocol, type Resumption, resumeMsrp } from './resumption.ts';

/** Who takes what is found in one direction of a flow. */
export interface StreamReader {
  message(content: MessageContent, octets: Buffer, frames: readonly number[]): void;
  unreadable(octets: Buffer, reason: string, frames: readonly number[]): void;
}

/** What messages under way in all streams together take. */
export interface UnderWay {
  octets: number;
}

const CR = 0x0d;
const LF = 0x0a;

const MOST_OF_ONE = 64 * 1024 * 1024;
const MOST_OF_ALL = 64 * 1024 * 1024;
/** Of octets that are passed over this many are shown. */
const MOST_SHOWN = 64 * 1024;

/** How the next message is looked for. */
type Search =
  /** The message that was broken off ends behind so many octets. */
  | { readonly by: 'length'; octets: number }
  /** `bodyEnd`: the offset up to which octets are of its body. */
  | { readonly by: 'end-line'; readonly endLine: EndLine; readonly bodyEnd: number }
  | { readonly by: 'start' };

/** What is passed over. */
interface Passing {
  search: Search;
  readonly reason: string;
  /** Offset of the first octet that was passed over. */
  start: number;
  readonly shown: GrowingBuffer;
  /** Octets not judged yet, which may be the beginning of a message. */
  readonly tail: GrowingBuffer;
  /** Whether a line begins with the tail. */
  isLineStart: boolean;
}

interface Parser {
  readonly held: number;
  feed(octets: Buffer): void;
  end(why?: string): void;
}

/**
 * Reads one direction of a stream of which the capture may not have everything: after a gap, or where octets cannot be
 * framed, it goes on at the next message that certainly starts.
 */
export class CapturedStream {
  readonly #protocol: Protocol;
  readonly #reader: StreamReader;
  readonly #underWay: UnderWay;
  readonly #carriers = new Carriers();
  #counted = 0;
  /** Offset behind the octets that came so far, with those that are missing. */
  #position = 0;
  /** Where the parser began. */
  #base = 0;
  #parser: Parser;
  #passing: Passing | undefined;
  /** Octets that are no MSRP since the last message. */
  #junk = 0;
  /** Where a stream lost its framing. */
  #brokenAt: number | undefined;
  #msrp: MsrpCollector | undefined;
  #sip: SipStreamParser | undefined;

  constructor(protocol: Protocol, reader: StreamReader, underWay: UnderWay) {
    this.#protocol = protocol;
    this.#reader = reader;
    this.#underWay = underWay;
    this.#parser = this.#start(0);
  }

  /** The capture may begin inside a message. */
  joinMidway(): void {
    this.#pass({ by: 'start' }, 'the capture begins inside a message');
  }

  /** The next octets, a view of what the stream may keep. */
  feed(octets: Buffer, packets: readonly number[]): void {
    if (this.#passing === undefined && this.#parser.held === 0) this.#carriers.clear();
    const start = this.#position;
    this.#position += octets.length;
    this.#carriers.add(start, this.#position, packets);
    this.#read(octets, start);
    this.#account();
    if (this.#underWay.octets > MOST_OF_ALL)
      this.#breakOff(0, 'too much is under way in all flows: given up', 'the rest of what was given up');
  }

  /** Octets that the capture has not got. */
  gap(missing: number): void {
    this.#breakOff(missing, 'octets are missing', 'follows octets that the capture has not got');
    this.#account();
  }

  /** No more octets will come; `why` begins the reason for what is unfinished. */
  end(why: string): void {
    if (this.#passing === undefined) this.#parser.end(why);
    else this.#finishPassing(this.#passing);
    this.#pass({ by: 'start' }, why);
    this.#underWay.octets -= this.#counted;
    this.#counted = 0;
  }

  #account(): void {
    const { held } = this.#parser;
    const now = this.#passing === undefined ? held : 0;
    this.#underWay.octets += now - this.#counted;
    this.#counted = now;
  }

  #read(octets: Buffer, start: number): void {
    let rest = octets;
    let at = start;
    while (rest.length > 0) {
      if (this.#passing !== undefined) {
        rest = this.#passOver(this.#passing, rest);
        at = this.#base;
        continue;
      }
      this.#parser.feed(rest);
      if (this.#junk > MOST_SHOWN && this.#msrp?.unfinished === undefined) this.#brokenAt = at + rest.length;
      if (this.#brokenAt === undefined) return;
      const skipped = Math.max(0, this.#brokenAt - at);
      rest = rest.subarray(Math.min(skipped, rest.length));
      this.#pass({ by: 'start' }, 'follows octets that cannot be framed', this.#brokenAt);
    }
  }

  /** The message under way will not be complete. */
  #breakOff(missing: number, why: string, reason: string): void {
    const passing = this.#passing;
    const search = passing === undefined ? this.#searchAfter(missing) : searchOn(passing.search, missing);
    if (passing === undefined) this.#parser.end(why);
    else this.#finishPassing(passing);
    this.#position += missing;
    this.#pass(search, reason);
  }

  #searchAfter(missing: number): Search {
    const awaited = this.#sip?.awaited;
    if (awaited !== undefined && awaited >= missing) return { by: 'length', octets: awaited - missing };
    const unfinished = this.#msrp?.unfinished;
    if (unfinished === undefined) return { by: 'start' };
    const { head, bodyStart } = unfinished;
    const bodyEnd = this.#base + bodyStart + chunkLength(head);
    return { by: 'end-line', endLine: new EndLine(head.transactionId, '\r\n'), bodyEnd };
  }

  #pass(search: Search, reason: string, start = this.#position): void {
    const [shown, tail] = [new GrowingBuffer(), new GrowingBuffer()];
    this.#passing = { search, reason, start, shown, tail, isLineStart: true };
  }

  /** Returns the octets with which reading goes on; none as long as no message starts. */
  #passOver(passing: Passing, octets: Buffer): Buffer {
    const { tail, search } = passing;
    const hadTail = tail.length > 0;
    if (hadTail) tail.append(octets, 0, octets.length);
    const seen = hadTail ? tail.view() : octets;
    const found = this.#resumption(passing, seen);
    if (found.resumed) {
      show(passing, seen.subarray(0, found.at));
      const start = this.#position - seen.length + found.at;
      const rest = (hadTail ? tail.take() : seen).subarray(found.at);
      this.#finishPassing(passing, start);
      this.#passing = undefined;
      this.#parser = this.#start(start);
      return rest;
    }
    if (search.by === 'length') search.octets -= octets.length;
    show(passing, seen.subarray(0, found.judged));
    passing.isLineStart = found.isLineStart;
    const rest = hadTail ? tail.take() : seen;
    tail.append(rest, found.judged, rest.length);
    return rest.subarray(rest.length);
  }

  #resumption({ search, isLineStart }: Passing, seen: Buffer): Resumption {
    switch (search.by) {
      case 'length':
        if (search.octets <= seen.length) return { resumed: true, at: search.octets };
        return { resumed: false, judged: seen.length, isLineStart };
      case 'end-line': {
        const { endLine, bodyEnd } = search;
        const bodyOctets = Math.max(0, bodyEnd - (this.#position - seen.length));
        return resumeMsrp(seen, isLineStart, { endLine, bodyOctets });
      }
      case 'start': {
        const start = findStart(seen, 0, isLineStart, this.#protocol);
        return start.protocol === undefined ? { resumed: false, ...start } : { resumed: true, at: start.at };
      }
    }
  }

  #finishPassing(passing: Passing, end = this.#position): void {
    const { tail, shown, reason, start } = passing;
    if (end === start) return;
    if (tail.length > 0) show(passing, tail.take());
    const octets = shown.take();
    const count = end - start;
    if (count <= octets.length && octets.every((octet) => octet === CR || octet === LF)) return;
    const note = count > octets.length ? `; the first ${octets.length} of ${count} octets are shown` : '';
    this.#reader.unreadable(octets, reason + note, this.#carriers.take(start, end));
  }

  #start(base: number): Parser {
    this.#base = base;
    this.#brokenAt = undefined;
    this.#junk = 0;
    const unreadable = (octets: Buffer, start: number, reason: string): void => {
      const from = base + start;
      this.#reader.unreadable(octets, reason, this.#carriers.take(from, from + octets.length));
    };
    if (this.#protocol === 'msrp') {
      this.#msrp = new MsrpCollector(
        (message, octets, defects, start) => {
          this.#junk = 0;
          const frames = this.#carriers.take(base + start, base + start + octets.length);
          this.#reader.message({ protocol: 'msrp', message, defects }, octets, frames);
        },
        ({ octets, start, reason }) => {
          this.#junk += octets.length;
          unreadable(octets, start, reason);
        },
        { maxMessageOctets: MOST_OF_ONE },
      );
      return this.#msrp;
    }
    this.#sip = new SipStreamParser((event) => {
      switch (event.type) {
        case 'message': {
          const { message, octets, defects, start, end } = event;
          this.#reader.message(
            { protocol: 'sip', message, defects },
            octets,
            this.#carriers.take(base + start, base + end),
          );
          return;
        }
        case 'garbage':
          this.#brokenAt = base + event.start + event.octets.length;
          unreadable(event.octets, event.start, event.reason);
          return;
        case 'keep-alive':
          return;
      }
    });
    return this.#sip;
  }
}

/** Octets that the body of a chunk has by its own account; 0 where it does not tell. */
function chunkLength(head: MsrpHead): number {
  const range = parseByteRange(headerOf(head, 'Byte-Range') ?? '');
  if (!range.ok || range.value.end === '*') return 0;
  return Math.max(0, Number(range.value.end - range.value.start) + 1);
}

/** The same search, behind more octets that are missing. */
function searchOn(search: Search, missing: number): Search {
  if (search.by !== 'length') return search;
  return search.octets < missing ? { by: 'start' } : { by: 'length', octets: search.octets - missing };
}

function show({ shown }: Passing, octets: Buffer): void {
  shown.append(octets, 0, Math.min(octets.length, MOST_SHOWN - shown.length));
}
