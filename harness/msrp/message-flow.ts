import type { ByteRange } from '../codec/msrp/byte-range.ts';
import type { ContinuationFlag } from '../codec/msrp/message.ts';
import { serializeEnd } from '../codec/msrp/serialize.ts';
import type { BodySource } from './body-source.ts';
import { EndLineGuard, mayUse } from './end-line-guard.ts';
import { type Backlog, type Flow, type FlowStep, takeAll } from './flow.ts';
import type { Outlet } from './outlet.ts';

/** RFC 4975 §7.1.1: a chunk with more body octets must be ready to be interrupted. */
export const UNINTERRUPTED_OCTETS = 2048;

export type Chunking =
  /** One chunk, broken off only when something else has to go out. */
  | { readonly kind: 'interruptible' }
  /** Exactly these body sizes, in octets; the last one repeats. Such chunks are never broken off. */
  | { readonly kind: 'sizes'; readonly sizes: readonly number[] };

/** What a message flow needs to know about its message. */
export interface MessagePlan {
  readonly source: BodySource;
  /** Position of the first octet, from 1; more than 1 when a message is taken up in the middle. */
  readonly start: bigint;
  /** Size of the whole message, or `*` while nobody knows it. */
  readonly total: bigint | '*';
  /** Flag of the last chunk. */
  readonly lastFlag: ContinuationFlag;
  readonly chunking: Chunking;
  head(transactionId: string, range: ByteRange): Buffer;
  /** Before the first octet of the chunk is written: time to open its transaction. */
  chunkBegins(transactionId: string, range: ByteRange, outlet: Outlet): void;
  chunkEnds(transactionId: string, octets: number, flag: ContinuationFlag): void;
  /** Nothing more will be written. */
  ended(how: 'complete' | 'given-up' | 'source-failed' | 'lost', reason: string): void;
}

interface OpenChunk {
  readonly transactionId: string;
  readonly guard: EndLineGuard;
  readonly size: number;
  octets: number;
}

type Stop = 'refused' | 'given-up';

/** One message on its way out, chunk by chunk (RFC 4975 §5.1, §7.1.1). */
export class MessageFlow implements Flow {
  readonly backlog: Backlog;
  readonly #plan: MessagePlan;
  #held: Buffer | undefined;
  #at: bigint;
  #chunks = 0;
  #open: OpenChunk | undefined;
  #lastWritten: ContinuationFlag | undefined;
  #stop: Stop | undefined;
  #finished = false;
  #ready: (() => void) | undefined;

  constructor(backlog: Backlog, plan: MessagePlan) {
    this.backlog = backlog;
    this.#plan = plan;
    this.#at = plan.start;
  }

  get pending(): number {
    return this.#finished ? 0 : this.#plan.source.ready + (this.#held?.length ?? 0);
  }

  get midChunk(): boolean {
    return this.#open !== undefined;
  }

  get breakable(): boolean {
    const open = this.#open;
    if (open === undefined || this.#plan.chunking.kind === 'sizes') return false;
    const { pending } = this;
    if (pending === 0) return true;
    // A rest that is no end of the message would make a chunk below 2048 octets (RFC 4975 §7.1.1).
    const restIsFair = pending >= UNINTERRUPTED_OCTETS || this.#plan.lastFlag !== '+';
    return open.octets >= UNINTERRUPTED_OCTETS && restIsFair;
  }

  /** `refused`: the peer wants no more chunks. `given-up`: an own decision, told with `#`. */
  stop(why: Stop): void {
    if (this.#finished) return;
    this.#stop ??= why;
    if (this.#chunks === 0) {
      this.#plan.source.cancel();
      this.#end('given-up', why);
    }
    this.#wake();
  }

  write(outlet: Outlet, most: number): FlowStep {
    if (this.#finished) return 'done';
    if (this.#stop !== undefined) return this.#giveUp(outlet, this.#stop);
    if (this.#open === undefined) {
      const step = this.#begin(outlet);
      if (step !== 'more') return step;
    }
    return this.#continue(outlet, most);
  }

  break(outlet: Outlet): void {
    this.#close(outlet, '+');
  }

  wait(ready: () => void): void {
    this.#ready = ready;
    if (this.#stop !== undefined) this.#wake();
    else this.#plan.source.wait(() => this.#wake());
  }

  lose(reason: string): void {
    if (this.#finished) return;
    const open = this.#open;
    this.#open = undefined;
    this.#plan.source.cancel();
    if (open !== undefined) this.#plan.chunkEnds(open.transactionId, open.octets, '+');
    this.#end('lost', reason);
  }

  #wake(): void {
    const ready = this.#ready;
    this.#ready = undefined;
    ready?.();
  }

  /** `more`: a chunk is open. Anything else: a whole chunk was written, or none can begin yet. */
  #begin(outlet: Outlet): FlowStep {
    const { source } = this.#plan;
    const size = this.#nextSize();
    const ready = this.pending;
    if (ready === 0 && !source.ended) return 'waiting';
    if (source.failure !== undefined && source.ended) return this.#giveUp(outlet, 'given-up');
    const whole = source.total !== undefined || source.ended;
    const expected = Math.min(size, ready);
    if (whole && expected <= UNINTERRUPTED_OCTETS) return this.#writeWhole(outlet, expected);
    const transactionId = outlet.identifiers.transactionId();
    this.#openChunk(outlet, transactionId, '*', this.#total);
    this.#open = { transactionId, guard: new EndLineGuard(transactionId), size, octets: 0 };
    return 'more';
  }

  #nextSize(): number {
    const { chunking } = this.#plan;
    if (chunking.kind === 'interruptible') return Number.POSITIVE_INFINITY;
    const size = chunking.sizes[Math.min(this.#chunks, chunking.sizes.length - 1)] ?? Number.POSITIVE_INFINITY;
    return Math.max(1, size);
  }

  #openChunk(outlet: Outlet, transactionId: string, end: bigint | '*', total: bigint | '*'): void {
    const range: ByteRange = { start: this.#at, end, total };
    this.#chunks++;
    this.#plan.chunkBegins(transactionId, range, outlet);
    outlet.put(this.#plan.head(transactionId, range));
  }

  /** The total as told, or as it follows from a body whose size is known. */
  get #total(): bigint | '*' {
    const { source, lastFlag, start, total } = this.#plan;
    if (total !== '*' || lastFlag !== '$' || source.total === undefined) return total;
    return start - 1n + BigInt(source.total);
  }

  /** A chunk whose every octet is at hand: scanned first, so that its range-end can be promised. */
  #writeWhole(outlet: Outlet, size: number): FlowStep {
    const body = this.#takePieces(size);
    let transactionId = outlet.identifiers.transactionId();
    while (!mayUse(transactionId, body)) transactionId = outlet.identifiers.transactionId();
    const end = this.#at + BigInt(size) - 1n;
    const total = this.#total === '*' && this.#plan.lastFlag === '$' && this.#exhausted ? end : this.#total;
    this.#openChunk(outlet, transactionId, end, total);
    for (const piece of body) outlet.put(piece);
    this.#at += BigInt(size);
    const flag = this.#exhausted ? this.#plan.lastFlag : '+';
    this.#putEnd(outlet, transactionId, size, flag);
    return this.#afterChunk();
  }

  #takePieces(size: number): Buffer[] {
    const held = this.#takeHeld(size);
    return held === undefined
      ? takeAll(this.#plan.source, size)
      : [held, ...takeAll(this.#plan.source, size - held.length)];
  }

  #takeHeld(most: number): Buffer | undefined {
    const held = this.#held;
    if (held === undefined) return undefined;
    this.#held = held.length > most ? held.subarray(most) : undefined;
    return held.subarray(0, most);
  }

  #continue(outlet: Outlet, most: number): FlowStep {
    for (let left = most; left > 0; ) {
      const open = this.#open;
      if (open === undefined) return this.#afterChunk();
      const wanted = Math.min(left, open.size - open.octets);
      const piece = this.#takeHeld(wanted) ?? this.#plan.source.take(wanted);
      if (piece.length === 0) {
        if (!this.#plan.source.ended) return 'waiting';
        if (this.#plan.source.failure !== undefined) return this.#giveUp(outlet, 'given-up');
        this.#close(outlet, this.#plan.lastFlag);
        return this.#afterChunk();
      }
      this.#putBody(outlet, open, piece);
      left -= piece.length;
    }
    return this.#open === undefined ? this.#afterChunk() : 'more';
  }

  #putBody(outlet: Outlet, open: OpenChunk, piece: Buffer): void {
    const safe = open.guard.pass(piece);
    outlet.put(piece.subarray(0, safe));
    open.octets += safe;
    this.#at += BigInt(safe);
    if (safe < piece.length) {
      const rest = piece.subarray(safe);
      this.#held = this.#held === undefined ? rest : Buffer.concat([rest, this.#held]);
      this.#close(outlet, '+');
    } else if (this.#exhausted && this.#plan.source.failure === undefined) this.#close(outlet, this.#plan.lastFlag);
    else if (open.octets >= open.size) this.#close(outlet, '+');
  }

  get #exhausted(): boolean {
    return this.#held === undefined && this.#plan.source.ended;
  }

  #close(outlet: Outlet, flag: ContinuationFlag): void {
    const open = this.#open;
    if (open === undefined) return;
    this.#open = undefined;
    this.#putEnd(outlet, open.transactionId, open.octets, flag);
  }

  #putEnd(outlet: Outlet, transactionId: string, octets: number, flag: ContinuationFlag): void {
    outlet.put(serializeEnd(transactionId, flag, true));
    outlet.finish(transactionId);
    this.#lastWritten = flag;
    this.#plan.chunkEnds(transactionId, octets, flag);
  }

  #afterChunk(): FlowStep {
    const done = this.#exhausted && this.#lastWritten === this.#plan.lastFlag;
    if (done) this.#end('complete', '');
    return done ? 'done' : 'chunk-ended';
  }

  #giveUp(outlet: Outlet, why: Stop): FlowStep {
    const failure = this.#plan.source.failure;
    this.#plan.source.cancel();
    this.#held = undefined;
    if (this.#open !== undefined) this.#close(outlet, '#');
    // Between two chunks only an own decision is told; after a refusal no further chunk may follow (RFC 4975 §10.5).
    else if (this.#chunks > 0 && why === 'given-up') {
      const transactionId = outlet.identifiers.transactionId();
      this.#openChunk(outlet, transactionId, this.#at - 1n, this.#total);
      this.#putEnd(outlet, transactionId, 0, '#');
    }
    this.#end(failure === undefined ? 'given-up' : 'source-failed', failure ?? why);
    return 'done';
  }

  #end(how: Parameters<MessagePlan['ended']>[0], reason: string): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#plan.ended(how, reason);
  }
}
