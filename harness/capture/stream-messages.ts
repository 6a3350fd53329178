import { GrowingBuffer } from '../codec/growing-buffer.ts';
import { isCertainMsrpStart } from '../codec/msrp/find-start.ts';
import { isCertainSipStart } from '../codec/sip/find-start.ts';
import type { End, Flow, FlowEvent } from '../packets/flow.ts';
import { CapturedStream, type UnderWay } from './captured-stream.ts';
import type { CaptureItem } from './item.ts';
import { recogniseBeginning } from './recognition.ts';
import { findStart, type Protocol } from './resumption.ts';
import type { Slab } from './slab.ts';

/** What all flows together hold. */
export interface Holding {
  readonly underWay: UnderWay;
  /** Octets of flows that have not shown yet what they are. */
  sniffed: number;
  readonly slab: Slab;
}

type StreamEvent = Exclude<FlowEvent, { readonly type: 'datagram' | 'left' }>;
type Octets = Extract<FlowEvent, { readonly type: 'octets' }>;

/** Octets of one direction that are looked at before a flow is taken for something else. */
const MOST_SNIFFED = 64 * 1024;
/** The same of all flows together. */
const MOST_SNIFFED_OF_ALL = 32 * 1024 * 1024;

/** What is looked at of one direction as long as nothing has shown. */
interface Sniffed {
  readonly octets: GrowingBuffer;
  count: number;
  /** Whether its first octets were captured, so that they have to begin a message. */
  isFromStart: boolean;
  isLineStart: boolean;
  isOther: boolean;
}

/** The messages of a TCP connection, once SIP or MSRP has shown in one of its directions. */
export class StreamMessages {
  readonly #flow: Flow;
  readonly #emit: (item: CaptureItem) => void;
  readonly #holding: Holding;
  #stage: 'sniffing' | 'other' | Protocol = 'sniffing';
  #started: Extract<FlowEvent, { readonly type: 'opened' | 'joined' }> | undefined;
  /** What happened while nothing had shown yet. */
  #waiting: StreamEvent[] = [];
  readonly #sniffed: Record<End, Sniffed> = { opener: unseen(), other: unseen() };
  readonly #streams: Partial<Record<End, CapturedStream>> = {};
  /** The packet at hand. */
  #frame = 0;
  #time = 0;

  constructor(flow: Flow, emit: (item: CaptureItem) => void, holding: Holding) {
    this.#flow = flow;
    this.#emit = emit;
    this.#holding = holding;
  }

  /** Whether SIP or MSRP was found in it. */
  get isFound(): boolean {
    return this.#stage === 'sip' || this.#stage === 'msrp';
  }

  take(event: StreamEvent): void {
    if (this.isFound) this.#read(event);
    else if (this.#stage === 'sniffing') this.#sniff(event);
    else if (event.type === 'octets') this.#glance(event);
  }

  /** The flow is over, or no more of it will be told; `why` begins the reason for what is unfinished. */
  end(why: string): void {
    this.#streams.opener?.end(why);
    this.#streams.other?.end(why);
    this.#forget();
  }

  #sniff(event: StreamEvent): void {
    switch (event.type) {
      case 'opened':
        this.#started = event;
        return;
      case 'joined':
        this.#started = event;
        interrupt(this.#sniffed.opener);
        interrupt(this.#sniffed.other);
        return;
      case 'gap':
        interrupt(this.#sniffed[event.from]);
        this.#waiting.push(event);
        return;
      case 'octets':
        this.#sniffOctets(event);
        return;
      case 'closed':
        return;
    }
  }

  #sniffOctets(event: Octets): void {
    const { from, octets } = event;
    const sniffed = this.#sniffed[from];
    const protocol = recognise(sniffed, octets);
    if (protocol !== undefined) {
      this.#begin(protocol, event);
      return;
    }
    const { opener, other } = this.#sniffed;
    const isHopeless = (opener.isOther && other.isOther) || sniffed.count > MOST_SNIFFED;
    if (isHopeless || this.#holding.sniffed > MOST_SNIFFED_OF_ALL) {
      this.#stage = 'other';
      this.#forget();
      return;
    }
    this.#holding.sniffed += octets.length;
    this.#waiting.push({ ...event, octets: this.#holding.slab.copy(octets) });
  }

  /** Octets that follow others which were let go: cheap, and only where the beginning of the flow tells nothing. */
  #glance(event: Octets): void {
    const { octets, from } = event;
    if (this.#sniffed[from].isFromStart) return;
    if (isCertainMsrpStart(octets, 0) === true) this.#begin('msrp', event);
    else if (isCertainSipStart(octets, 0) === true) this.#begin('sip', event);
  }

  #begin(protocol: Protocol, event: Octets): void {
    this.#stage = protocol;
    const waiting = this.#waiting;
    this.#forget();
    const started = this.#started;
    if (started !== undefined) {
      const { type, frame, time } = started;
      this.#emit({ type, flow: this.#flow, frames: [frame], time });
    }
    for (const earlier of waiting) this.#read(earlier);
    this.#read(event);
  }

  #forget(): void {
    for (const event of this.#waiting) if (event.type === 'octets') this.#holding.sniffed -= event.octets.length;
    this.#waiting = [];
    this.#sniffed.opener.octets.take();
    this.#sniffed.other.octets.take();
  }

  #read(event: StreamEvent): void {
    this.#frame = event.frame;
    this.#time = event.time;
    switch (event.type) {
      case 'opened':
      case 'joined':
        return;
      case 'octets':
        // A copy, as messages are kept longer than the packet they come from.
        this.#stream(event.from).feed(this.#holding.slab.copy(event.octets), event.packets);
        return;
      case 'gap': {
        const { from, missing } = event;
        this.#stream(from).gap(missing);
        this.#emit({ type: 'gap', flow: this.#flow, frames: [this.#frame], time: this.#time, from, missing });
        return;
      }
      case 'closed': {
        const { by, how } = event;
        this.end('the stream ends');
        this.#emit({ type: 'closed', flow: this.#flow, frames: [this.#frame], time: this.#time, by, how });
        return;
      }
    }
  }

  #stream(from: End): CapturedStream {
    const known = this.#streams[from];
    if (known !== undefined) return known;
    const protocol = this.#stage === 'msrp' ? 'msrp' : 'sip';
    const stream = new CapturedStream(
      protocol,
      {
        message: (content, octets, frames) =>
          this.#emit({ type: 'message', flow: this.#flow, from, frames, time: this.#time, content, octets }),
        unreadable: (octets, reason, frames) =>
          this.#emit({ type: 'unreadable', flow: this.#flow, from, frames, time: this.#time, octets, reason }),
      },
      this.#holding.underWay,
    );
    if (!this.#sniffed[from].isFromStart) stream.joinMidway();
    this.#streams[from] = stream;
    return stream;
  }
}

const unseen = (): Sniffed => ({
  octets: new GrowingBuffer(),
  count: 0,
  isFromStart: true,
  isLineStart: true,
  isOther: false,
});

/** What comes next need not begin a message, but may. */
function interrupt(sniffed: Sniffed): void {
  sniffed.octets.take();
  sniffed.isFromStart = false;
  sniffed.isLineStart = true;
  sniffed.isOther = false;
}

function recognise(sniffed: Sniffed, octets: Buffer): Protocol | undefined {
  const { octets: before } = sniffed;
  const hadSome = before.length > 0;
  sniffed.count += octets.length;
  if (sniffed.isOther) return undefined;
  if (hadSome) before.append(octets, 0, octets.length);
  const seen = hadSome ? before.view() : octets;
  if (sniffed.isFromStart) {
    const protocol = recogniseBeginning(seen);
    if (protocol === 'sip' || protocol === 'msrp') return protocol;
    sniffed.isOther = protocol === 'other';
    if (!hadSome) before.append(octets, 0, octets.length);
    return undefined;
  }
  const start = findStart(seen, 0, sniffed.isLineStart);
  if (start.protocol !== undefined) return start.protocol;
  sniffed.isLineStart = start.isLineStart;
  const rest = hadSome ? before.take() : seen;
  before.append(rest, start.judged, rest.length);
  return undefined;
}
