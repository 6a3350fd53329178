import { GrowingBuffer } from '../growing-buffer.ts';
import type { Defect } from '../violation.ts';
import { readContentLength } from './content-length.ts';
import { messageOf, readHead, type SipHead } from './head.ts';
import type { SipEvent } from './message.ts';
import { readStartLine } from './start-line.ts';

export { parseSipDatagram } from './datagram.ts';

export interface SipStreamOptions {
  /** Octets of start line, headers and empty line together. */
  readonly maxHeadOctets?: number;
  readonly maxBodyOctets?: number;
  /**
   * Who sends this stream. Only the side that opened a flow pings (RFC 5626 §3.5.1): from it a lone CRLF waits for its twin;
   * from the side that accepted the flow every CRLF is a pong and reported at once.
   */
  readonly from?: 'opener' | 'acceptor';
}

const CR = 0x0d;
const LF = 0x0a;

/** A head that was read and waits for its body. */
interface Framed {
  readonly head: SipHead;
  readonly headEnd: number;
  readonly end: number;
}

/**
 * Cuts a TCP or TLS stream into SIP messages by Content-Length (RFC 3261 §18.3), however it is segmented. A message without
 * one has no body here and carries the defect `missing-content-length`. Octets of events are views of the segments fed
 * wherever a message came in one. Every octet is looked at once; memory is bounded by the two limits and one segment.
 */
export class SipStreamParser {
  readonly #emit: (event: SipEvent) => void;
  readonly #maxHead: number;
  readonly #maxBody: number;
  readonly #pairsLineEnds: boolean;
  readonly #held = new GrowingBuffer();
  /** Stream offset of the unit being read; the three below count from it. */
  #start = 0;
  #scanned = 0;
  #lineStart = 0;
  #framed: Framed | undefined;
  #strayLineFeed = false;
  #broken = false;

  constructor(emit: (event: SipEvent) => void, options: SipStreamOptions = {}) {
    this.#emit = emit;
    this.#maxHead = options.maxHeadOctets ?? 256 * 1024;
    this.#maxBody = options.maxBodyOctets ?? 16 * 1024 * 1024;
    this.#pairsLineEnds = options.from !== 'acceptor';
  }

  /** Takes the next segment. The parser may keep views of it, so it must not be written to afterwards. */
  feed(octets: Buffer): void {
    if (this.#broken) return;
    let rest = octets;
    if (this.#held.length > 0) {
      this.#held.append(octets);
      const end = this.#read(this.#held.view());
      if (end === 0) return;
      rest = this.#held.take().subarray(end);
    }
    while (rest.length > 0 && !this.#broken) {
      const end = this.#read(rest);
      if (end === 0) {
        if (!this.#broken) this.#held.append(rest);
        return;
      }
      rest = rest.subarray(end);
    }
  }

  /** Octets kept of the message under way. */
  get held(): number {
    return this.#held.length;
  }

  /** Octets still to come of the message under way, once its head tells. */
  get awaited(): number | undefined {
    return this.#framed && this.#framed.end - this.#held.length;
  }

  /**
   * The stream has ended, or is interrupted; what is left over can only be a lone line end or a message cut short. `why`
   * begins the reason.
   */
  end(why = 'the stream ended'): void {
    if (this.#broken) return;
    const octets = this.#held.take();
    if (octets[0] === CR && octets[1] === LF) {
      this.#emit({ type: 'keep-alive', kind: 'pong', start: this.#start });
      this.#finishUnit(2);
    }
    const left = octets.subarray(octets[0] === CR && octets[1] === LF ? 2 : 0);
    if (left.length > 0) this.#fail(left, `${why} inside a message`);
    this.#broken = true;
  }

  /** Reads the unit that `data` begins with; returns its length, 0 while it is not complete or cannot be read. */
  #read(data: Buffer): number {
    if (this.#framed === undefined) {
      if (this.#scanned === 0) {
        const first = data[0];
        if (first === LF) return this.#skipLineFeed();
        if (first === CR && data.length < 2) return 0;
        if (first === CR && data[1] === LF) return this.#readLineEnds(data);
      }
      this.#framed = this.#frame(data);
      if (this.#framed === undefined) return 0;
    }
    return this.#complete(data, this.#framed);
  }

  #skipLineFeed(): number {
    this.#strayLineFeed = true;
    return this.#finishUnit(1);
  }

  #readLineEnds(data: Buffer): number {
    const start = this.#start;
    if (!this.#pairsLineEnds) {
      this.#emit({ type: 'keep-alive', kind: 'pong', start });
      return this.#finishUnit(2);
    }
    if (data.length < 3 || (data.length < 4 && data[2] === CR)) return 0;
    const kind = data[2] === CR && data[3] === LF ? 'ping' : 'pong';
    this.#emit({ type: 'keep-alive', kind, start });
    return this.#finishUnit(kind === 'ping' ? 4 : 2);
  }

  /** Looks for the end of the head, line by line; on success reads it and finds out where the message ends. */
  #frame(data: Buffer): Framed | undefined {
    const headEnd = this.#findHeadEnd(data);
    if (this.#broken) return undefined;
    if (headEnd === undefined || headEnd > this.#maxHead) {
      if (data.length >= this.#maxHead) this.#fail(data.subarray(0, this.#maxHead), 'the head is too long');
      return undefined;
    }
    const head = readHead(data.subarray(0, headEnd));
    if (!head.ok) return this.#fail(data.subarray(0, headEnd), head.error);
    const length = readContentLength(head.value);
    switch (length.kind) {
      case 'absent':
        return {
          head: withDefect(head.value, { kind: 'missing-content-length', offset: headEnd }),
          headEnd,
          end: headEnd,
        };
      case 'octets':
        if (length.value > this.#maxBody) return this.#fail(data.subarray(0, headEnd), 'the body is too long');
        return { head: head.value, headEnd, end: headEnd + length.value };
      case 'malformed':
      case 'conflicting':
        return this.#fail(data.subarray(0, headEnd), `${length.kind} Content-Length: ${length.text}`);
    }
  }

  #findHeadEnd(data: Buffer): number | undefined {
    for (;;) {
      const feed = data.indexOf(LF, this.#scanned);
      if (feed === -1) {
        this.#scanned = data.length;
        return undefined;
      }
      const lineStart = this.#lineStart;
      this.#scanned = feed + 1;
      this.#lineStart = feed + 1;
      if (feed === lineStart || (feed === lineStart + 1 && data[lineStart] === CR)) return feed + 1;
      if (lineStart === 0 && feed < this.#maxHead && !this.#acceptsFirstLine(data, feed)) return undefined;
    }
  }

  /** Another protocol shows in the first line; to wait for an empty line would be in vain. */
  #acceptsFirstLine(data: Buffer, feed: number): boolean {
    const line = readStartLine(data.toString('latin1', 0, data[feed - 1] === CR ? feed - 1 : feed));
    if (!line.ok) this.#fail(data.subarray(0, feed + 1), line.error);
    return line.ok;
  }

  #complete(data: Buffer, { head, headEnd, end }: Framed): number {
    if (data.length < end) return 0;
    const octets = data.subarray(0, end);
    const { defects } = this.#strayLineFeed ? withDefect(head, { kind: 'stray-line-feed', offset: 0 }) : head;
    const start = this.#start;
    this.#finishUnit(end);
    this.#strayLineFeed = false;
    const message = messageOf(head, octets.subarray(headEnd));
    this.#emit({ type: 'message', message, octets, start, end: start + end, defects });
    return end;
  }

  #finishUnit(length: number): number {
    this.#start += length;
    this.#scanned = 0;
    this.#lineStart = 0;
    this.#framed = undefined;
    return length;
  }

  #fail(octets: Buffer, reason: string): undefined {
    this.#broken = true;
    const garbage = Buffer.from(octets);
    this.#held.take();
    this.#emit({ type: 'garbage', octets: garbage, start: this.#start, reason });
  }
}

function withDefect(head: SipHead, defect: Defect): SipHead {
  return { ...head, defects: [...head.defects, defect] };
}
