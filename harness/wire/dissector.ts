import { MsrpCollector } from '../codec/msrp/collect.ts';
import type { MsrpMessage } from '../codec/msrp/message.ts';
import type { SipMessage } from '../codec/sip/message.ts';
import { SipStreamParser } from '../codec/sip/parser.ts';
import type { Defect } from '../codec/violation.ts';

/** What one direction of a stream carried, message by message, and at which offset of the stream it began. */
export type Dissected = { readonly start: number } & (
  | {
      readonly protocol: 'sip';
      readonly message: SipMessage;
      readonly octets: Buffer;
      readonly defects: readonly Defect[];
    }
  | {
      readonly protocol: 'msrp';
      readonly message: MsrpMessage;
      readonly octets: Buffer;
      readonly defects: readonly Defect[];
    }
  | { readonly protocol: 'unknown'; readonly octets: Buffer; readonly reason: string }
);

export interface DissectorLimits {
  /** Octets of one direction that are dissected; what comes after is counted and let go. */
  readonly connectionOctets: number;
  /** Octets of one message; a longer one is reported as unknown. */
  readonly messageOctets: number;
}

const NOTHING = Buffer.alloc(0);

const MSRP_START = 'MSRP ';

/** Reads one direction of a stream; the first octets, not the port, tell which protocol it is. */
export class StreamDissector {
  readonly #emit: (item: Dissected) => void;
  readonly #limits: DissectorLimits;
  #octets = 0;
  /** Offset in the stream behind which nothing can be framed. */
  #brokenAt: number | undefined;
  #parser: { feed(octets: Buffer): void; end(): void } | undefined;
  #undecided: Buffer = NOTHING;

  constructor(emit: (item: Dissected) => void, limits: DissectorLimits) {
    this.#emit = emit;
    this.#limits = limits;
  }

  feed(octets: Buffer): void {
    const before = this.#octets;
    this.#octets += octets.length;
    if (this.#octets > this.#limits.connectionOctets) {
      if (before > this.#limits.connectionOctets) return;
      this.#unknown(NOTHING, before, 'more octets than the wire log keeps of one connection');
      return;
    }
    if (this.#parser !== undefined) {
      this.#parse(octets);
      return;
    }
    const seen = this.#undecided.length === 0 ? octets : Buffer.concat([this.#undecided, octets]);
    const protocol = recognise(seen);
    if (protocol === 'undecided') {
      this.#undecided = seen;
      return;
    }
    this.#parser = protocol === 'msrp' ? this.#msrp() : this.#sip();
    this.#undecided = NOTHING;
    this.#parse(seen);
  }

  #parse(octets: Buffer): void {
    if (this.#brokenAt === undefined) this.#parser?.feed(octets);
    if (this.#brokenAt === undefined) return;
    // A SIP stream that has lost its framing cannot be read any more, but it is still the record of what passed.
    const skipped = Math.max(0, this.#brokenAt - (this.#octets - octets.length));
    const rest = octets.subarray(Math.min(octets.length, skipped));
    if (rest.length > 0) this.#unknown(rest, this.#octets - rest.length, 'follows octets that cannot be framed');
  }

  #unknown(octets: Buffer, start: number, reason: string): void {
    this.#emit({ protocol: 'unknown', octets, start, reason });
  }

  /** No more octets will come: what is unfinished is reported as unknown. */
  end(): void {
    if (this.#parser !== undefined) this.#parser.end();
    else if (this.#undecided.length > 0) {
      this.#unknown(this.#undecided, 0, 'the stream ended before its protocol showed');
    }
    this.#undecided = NOTHING;
  }

  #msrp(): MsrpCollector {
    return new MsrpCollector(
      (message, octets, defects, start) => this.#emit({ protocol: 'msrp', message, octets, defects, start }),
      ({ octets, start, reason }) => this.#unknown(octets, start, reason),
      { maxMessageOctets: this.#limits.messageOctets },
    );
  }

  #sip(): SipStreamParser {
    return new SipStreamParser((event) => {
      switch (event.type) {
        case 'message': {
          const { message, octets, defects, start } = event;
          this.#emit({ protocol: 'sip', message, octets, defects, start });
          return;
        }
        case 'garbage':
          this.#brokenAt = event.start + event.octets.length;
          this.#unknown(event.octets, event.start, event.reason);
          return;
        case 'keep-alive':
          return;
      }
    });
  }
}

/** Leading line ends are no part of either protocol's first message (RFC 3261 §7.5). */
function recognise(octets: Buffer): 'msrp' | 'sip' | 'undecided' {
  let start = 0;
  while (octets[start] === 0x0d || octets[start] === 0x0a) start++;
  const beginning = octets.toString('latin1', start, start + MSRP_START.length).toUpperCase();
  if (beginning === MSRP_START) return 'msrp';
  return MSRP_START.startsWith(beginning) ? 'undecided' : 'sip';
}
