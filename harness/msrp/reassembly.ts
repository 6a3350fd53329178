import type { ContinuationFlag } from '../codec/msrp/message.ts';
import { Coverage } from './coverage.ts';
import { SparseOctets } from './sparse-octets.ts';

export interface ReassemblyLimits {
  /** Octets of one complete message; more is answered with 413. */
  readonly maxMessageOctets: number;
  /** Messages under way at the same time. */
  readonly maxOpenMessages: number;
  /** Memory for all messages under way together, in octets. */
  readonly maxHeldOctets: number;
  /** Separate ranges of one message. */
  readonly maxFragments: number;
  /** A message without any news for so long makes room for others, in milliseconds. */
  readonly staleMs: number;
  /** Finished, dropped and refused message ids remembered, to tell duplicates. */
  readonly maxRemembered: number;
}

export const REASSEMBLY_LIMITS: ReassemblyLimits = {
  maxMessageOctets: 10 * 2 ** 20,
  maxOpenMessages: 256,
  maxHeldOctets: 32 * 2 ** 20,
  maxFragments: 4096,
  staleMs: 10 * 60_000,
  maxRemembered: 1024,
};

export interface Refusal {
  readonly kind: 'refused';
  readonly status: 400 | 413;
  readonly comment: string;
}

/** What a chunk has brought about, once its end-line is there. */
export type Stored =
  | { readonly kind: 'partial' }
  | { readonly kind: 'complete'; readonly body: Buffer }
  /** The message was complete before: not shown twice, yet answered and reported (RFC 4975 §5.4). */
  | { readonly kind: 'duplicate' }
  /** Given up by the sender with `#`, now or before: nothing of it is ever delivered. */
  | { readonly kind: 'aborted' }
  | Refusal;

type Fate = 'complete' | 'aborted' | 'too-large';

interface Open {
  readonly octets: SparseOctets;
  readonly coverage: Coverage;
  size: number | undefined;
  touched: number;
}

const tooLarge = (comment: string): Refusal => ({ kind: 'refused', status: 413, comment });
const contradiction = (comment: string): Refusal => ({ kind: 'refused', status: 400, comment });

/**
 * Puts the chunks of the messages of one session together (RFC 4975 §7.3.1): in any order, with overlaps, judged by
 * the octets that came and not by the ones announced. `$` alone decides the size. Pure: the time is handed in.
 */
export class Reassembly {
  readonly limits: ReassemblyLimits;
  readonly #open = new Map<string, Open>();
  readonly #fates = new Map<string, Fate>();
  #held = 0;

  constructor(limits: Partial<ReassemblyLimits> = {}) {
    this.limits = { ...REASSEMBLY_LIMITS, ...limits };
  }

  get openMessages(): number {
    return this.#open.size;
  }

  get heldOctets(): number {
    return this.#held;
  }

  /** Begins a chunk whose first octet has position `start`, counted from 1. `now` in milliseconds. */
  begin(messageId: string, start: bigint, now: number): ChunkStore {
    return new ChunkStore(this, messageId, start, now);
  }

  /** For `ChunkStore`. Undefined: stored, or dropped on purpose. */
  write(messageId: string, at: number, octets: Buffer, now: number): Refusal | undefined {
    const fate = this.#fates.get(messageId);
    if (fate === 'too-large') return tooLarge('Message refused before');
    if (fate !== undefined || octets.length === 0) return undefined;
    const end = at + octets.length;
    if (end > this.limits.maxMessageOctets) return this.#giveUp(messageId, 'Message too large');
    const message = this.#open.get(messageId) ?? this.#admit(messageId, now);
    if (message === undefined) return tooLarge('Too many messages under way');
    if (message.size !== undefined && end > message.size) return contradiction('Octets beyond the end of the message');
    const cost = message.octets.cost(at, octets.length);
    if (this.#held + cost > this.limits.maxHeldOctets) {
      this.#dropStale(now);
      if (this.#held + cost > this.limits.maxHeldOctets) return this.#giveUp(messageId, 'Too much under way');
    }
    message.octets.write(at, octets);
    message.coverage.add(at, end);
    message.touched = now;
    this.#held += cost;
    return message.coverage.count > this.limits.maxFragments
      ? this.#giveUp(messageId, 'Too many fragments')
      : undefined;
  }

  /** For `ChunkStore`. `end`: one past the position of the chunk's last octet, counted from 0. */
  finish(messageId: string, end: number, flag: ContinuationFlag, now: number): Stored {
    switch (this.#fates.get(messageId)) {
      case 'complete':
        return { kind: 'duplicate' };
      case 'aborted':
        return { kind: 'aborted' };
      case 'too-large':
        return tooLarge('Message refused before');
      case undefined:
    }
    if (flag === '#') {
      this.#settle(messageId, 'aborted');
      return { kind: 'aborted' };
    }
    let message = this.#open.get(messageId);
    if (flag === '$') {
      if (end > this.limits.maxMessageOctets) return this.#giveUp(messageId, 'Message too large');
      message ??= this.#admit(messageId, now);
      if (message === undefined) return tooLarge('Too many messages under way');
      if (message.size !== undefined && message.size !== end) return contradiction('A second, different end');
      if (message.coverage.end > end) return contradiction('Octets beyond the end of the message');
      message.size = end;
    }
    if (message?.size === undefined || !message.coverage.covers(message.size)) return { kind: 'partial' };
    const body = message.octets.read(message.size);
    this.#settle(messageId, 'complete');
    return { kind: 'complete', body };
  }

  #admit(messageId: string, now: number): Open | undefined {
    if (this.#open.size >= this.limits.maxOpenMessages) this.#dropStale(now);
    if (this.#open.size >= this.limits.maxOpenMessages) return undefined;
    const message: Open = { octets: new SparseOctets(), coverage: new Coverage(), size: undefined, touched: now };
    this.#open.set(messageId, message);
    return message;
  }

  #giveUp(messageId: string, comment: string): Refusal {
    this.#settle(messageId, 'too-large');
    return tooLarge(comment);
  }

  #settle(messageId: string, fate: Fate): void {
    this.#held -= this.#open.get(messageId)?.octets.held ?? 0;
    this.#open.delete(messageId);
    this.#fates.set(messageId, fate);
    for (const oldest of this.#fates.keys()) {
      if (this.#fates.size <= this.limits.maxRemembered) break;
      this.#fates.delete(oldest);
    }
  }

  #dropStale(now: number): void {
    for (const [messageId, message] of this.#open) {
      if (now - message.touched >= this.limits.staleMs) this.#settle(messageId, 'aborted');
    }
  }
}

/** One chunk on its way into a `Reassembly`. After a refusal the rest of the chunk is dropped. */
export class ChunkStore {
  readonly #reassembly: Reassembly;
  readonly #messageId: string;
  readonly #now: number;
  #at: number;
  #refusal: Refusal | undefined;

  constructor(reassembly: Reassembly, messageId: string, start: bigint, now: number) {
    this.#reassembly = reassembly;
    this.#messageId = messageId;
    this.#now = now;
    // Positions past the limit are all alike: no octet there is ever stored, so numbers are exact where they matter.
    const beyond = BigInt(reassembly.limits.maxMessageOctets) + 1n;
    this.#at = Number(start < 1n ? 0n : start - 1n > beyond ? beyond : start - 1n);
    if (start < 1n) this.#refusal = contradiction('Byte-Range begins before 1');
  }

  /** A refusal is told once, as soon as it is known: even in the middle of the chunk. */
  write(octets: Buffer): Refusal | undefined {
    if (this.#refusal !== undefined) return undefined;
    this.#refusal = this.#reassembly.write(this.#messageId, this.#at, octets, this.#now);
    this.#at += octets.length;
    return this.#refusal;
  }

  end(flag: ContinuationFlag): Stored {
    return this.#refusal ?? this.#reassembly.finish(this.#messageId, this.#at, flag, this.#now);
  }
}
