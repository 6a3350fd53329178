import { GrowingBuffer } from '../growing-buffer.ts';
import type { Defect } from '../violation.ts';
import type {
  ContinuationFlag,
  MsrpEvent,
  MsrpHead,
  MsrpMessage,
  MsrpRequest,
  MsrpRequestHead,
  MsrpResponse,
  MsrpResponseHead,
} from './message.ts';
import { MsrpParser } from './parser.ts';

export interface MsrpCollectorLimits {
  readonly maxHeadOctets?: number;
  /** Longest message (head, body and end-line) that is kept; 16 MiB by default. Longer ones are garbage. */
  readonly maxMessageOctets?: number;
}

export type MsrpGarbage = Extract<MsrpEvent, { type: 'garbage' }>;

/**
 * `octets` are those of the message as it came, and its body is a view into them; `start` is where they begin in the
 * stream. Defects of head and end are joined.
 */
export type OnMsrpMessage = (message: MsrpMessage, octets: Buffer, defects: readonly Defect[], start: number) => void;

interface Open {
  readonly head: MsrpHead;
  readonly hasBody: boolean;
  readonly start: number;
  readonly headLength: number;
  readonly defects: readonly Defect[];
}

/**
 * Gathers whole messages from a stream. A message that is over the limit is reported as garbage once, with the octets
 * gathered so far, and passed over up to its end-line; so is a message that the stream leaves unfinished.
 */
export class MsrpCollector {
  readonly #onMessage: OnMsrpMessage;
  readonly #onGarbage: (garbage: MsrpGarbage) => void;
  readonly #maxMessage: number;
  readonly #parser: MsrpParser;
  /** Octets of the message under way that came in earlier segments. */
  readonly #earlier = new GrowingBuffer();
  #segment: Buffer = Buffer.alloc(0);
  /** Offset of the segment in the stream. */
  #base = 0;
  #open: Open | undefined;
  #oversize = false;

  constructor(onMessage: OnMsrpMessage, onGarbage: (garbage: MsrpGarbage) => void, limits: MsrpCollectorLimits = {}) {
    this.#onMessage = onMessage;
    this.#onGarbage = onGarbage;
    this.#maxMessage = limits.maxMessageOctets ?? 16 * 1024 * 1024;
    const { maxHeadOctets } = limits;
    this.#parser = new MsrpParser((event) => this.#take(event), maxHeadOctets === undefined ? {} : { maxHeadOctets });
  }

  /** Octets kept of the message under way, of which earlier segments have gone by. */
  get held(): number {
    return this.#earlier.length;
  }

  feed(octets: Buffer): void {
    this.#segment = octets;
    this.#parser.feed(octets);
    if (!this.#oversize) this.#keep(octets);
    this.#base += octets.length;
    this.#segment = Buffer.alloc(0);
  }

  /** The head of the message whose body is under way, and where in the stream that body began. */
  get unfinished(): { readonly head: MsrpHead; readonly bodyStart: number } | undefined {
    return this.#open && { head: this.#open.head, bodyStart: this.#open.start + this.#open.headLength };
  }

  /** The stream is over, or interrupted: `why` begins the reason that is given for a message left unfinished. */
  end(why?: string): void {
    this.#parser.end(why);
  }

  #keep(octets: Buffer): void {
    const start = this.#parser.messageStart;
    const end = this.#base + octets.length;
    if (this.#open !== undefined && end - start > this.#maxMessage) {
      this.#refuse(start);
      return;
    }
    const stale = this.#stale(start);
    if (stale > 0) {
      const earlier = this.#earlier.take();
      this.#earlier.append(earlier, Math.min(stale, earlier.length), earlier.length);
    }
    this.#earlier.append(octets, Math.max(0, start - this.#base), octets.length);
  }

  #take(event: MsrpEvent): void {
    switch (event.type) {
      case 'head': {
        const { head, hasBody, start, defects } = event;
        this.#open = { head, hasBody, start, headLength: event.end - start, defects };
        return;
      }
      case 'body':
        return;
      case 'end':
        this.#finish(event.flag, event.bodyLength, event.end, event.defects);
        return;
      case 'garbage':
        this.#discard(event);
        return;
    }
  }

  #finish(flag: ContinuationFlag, bodyLength: number, end: number, endDefects: readonly Defect[]): void {
    const open = this.#open;
    if (open !== undefined && !this.#oversize) {
      if (end - open.start > this.#maxMessage) this.#refuse(open.start);
      else this.#report(open, flag, bodyLength, this.#octets(open.start, end), endDefects);
    }
    this.#open = undefined;
    this.#oversize = false;
  }

  #report(open: Open, flag: ContinuationFlag, bodyLength: number, octets: Buffer, endDefects: readonly Defect[]): void {
    const { head, hasBody, start, headLength, defects } = open;
    const body = hasBody ? octets.subarray(headLength, headLength + bodyLength) : undefined;
    const message = head.kind === 'request' ? request(head, flag, body) : response(head, flag, body);
    this.#onMessage(message, octets, endDefects.length === 0 ? defects : [...defects, ...endDefects], start);
  }

  #refuse(start: number): void {
    this.#oversize = true;
    const octets = this.#octets(start, start + this.#maxMessage);
    this.#onGarbage({ type: 'garbage', octets, start, reason: 'the message is longer than the limit' });
  }

  /** Garbage after a head means that its message will not end: it is reported whole. */
  #discard(garbage: MsrpGarbage): void {
    const open = this.#open;
    const oversize = this.#oversize;
    this.#open = undefined;
    this.#oversize = false;
    if (open === undefined) this.#onGarbage(garbage);
    else if (!oversize) {
      const octets = this.#octets(open.start, garbage.start + garbage.octets.length);
      this.#onGarbage({ ...garbage, octets, start: open.start });
    }
  }

  /** Octets of the message under way: a view where it lies in one segment. */
  #octets(start: number, end: number): Buffer {
    if (start >= this.#base) return this.#segment.subarray(start - this.#base, end - this.#base);
    const stale = this.#stale(start);
    this.#earlier.append(this.#segment, 0, Math.max(0, end - this.#base));
    return this.#earlier.take().subarray(stale);
  }

  /** How many of the earlier octets belong to a head that was given up for a start line inside it. */
  #stale(start: number): number {
    return start - (this.#base - this.#earlier.length);
  }
}

// Spelled out, since copying by spread takes longer than all the rest of a small message.
function request(head: MsrpRequestHead, flag: ContinuationFlag, body: Buffer | undefined): MsrpRequest {
  const { kind, transactionId, method, headers } = head;
  return body === undefined
    ? { kind, transactionId, method, headers, flag }
    : { kind, transactionId, method, headers, flag, body };
}

function response(head: MsrpResponseHead, flag: ContinuationFlag, body: Buffer | undefined): MsrpResponse {
  return body === undefined ? { ...head, flag } : { ...head, flag, body };
}
