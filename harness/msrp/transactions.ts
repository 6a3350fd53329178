import type { MsrpResponseHead } from '../codec/msrp/message.ts';
import type { Clock, Timer } from '../net/clock.ts';

/** RFC 4975 §7.1.1: how long a response may take once the last octet of the request is out. */
export const RESPONSE_TIMEOUT_MS = 30_000;

/** Deadlines of settled transactions that may pile up before they are swept out. */
const SLACK = 1000;

export type RequestOutcome =
  | { readonly kind: 'response'; readonly response: MsrpResponseHead }
  /** No response within 30 s although one was due. */
  | { readonly kind: 'timed-out' }
  /** Nothing came, and nothing had to: Failure-Report `no` or `partial`. */
  | { readonly kind: 'unanswered' }
  /** The connection or the session ended first, or the request never went out. */
  | { readonly kind: 'lost'; readonly reason: string };

/** What silence means for a request: Failure-Report `yes` or absent, or `partial` (RFC 4975 §7.1.4). */
export type Silence = 'timed-out' | 'unanswered';

interface Transaction {
  readonly silence: Silence;
  readonly settle: (outcome: RequestOutcome) => void;
}

/**
 * The open requests of one connection, by transaction id. All wait equally long, so one timer for the oldest serves
 * them all, however many there are.
 */
export class Transactions {
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #open = new Map<string, Transaction>();
  #deadlines: { readonly transactionId: string; readonly transaction: Transaction; readonly at: number }[] = [];
  #first = 0;
  #timer: Timer | undefined;

  constructor(clock: Clock, timeoutMs = RESPONSE_TIMEOUT_MS) {
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
  }

  get size(): number {
    return this.#open.size;
  }

  has(transactionId: string): boolean {
    return this.#open.has(transactionId);
  }

  /** The first octet goes out: a response may come from now on, even before the request is complete. */
  open(transactionId: string, silence: Silence, settle: (outcome: RequestOutcome) => void): void {
    this.#open.set(transactionId, { silence, settle });
  }

  /** The last octet is out: the time starts (RFC 4975 §7.1.1). */
  sent(transactionId: string): void {
    const transaction = this.#open.get(transactionId);
    if (transaction === undefined) return;
    if (this.#deadlines.length > 2 * this.#open.size + SLACK) this.#dropSettled();
    this.#deadlines.push({ transactionId, transaction, at: this.#clock.now() + this.#timeoutMs });
    if (this.#timer === undefined) this.#arm();
  }

  /** False: no open transaction has this id, and the response is to be ignored. */
  settle(response: MsrpResponseHead): boolean {
    const transaction = this.#open.get(response.transactionId);
    if (transaction === undefined) return false;
    this.#open.delete(response.transactionId);
    transaction.settle({ kind: 'response', response });
    if (this.#open.size === 0) this.#disarm();
    return true;
  }

  lose(reason: string): void {
    this.#disarm();
    const lost = [...this.#open.values()];
    this.#open.clear();
    for (const transaction of lost) transaction.settle({ kind: 'lost', reason });
  }

  #disarm(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#deadlines = [];
    this.#first = 0;
  }

  #arm(): void {
    while (this.#first < this.#deadlines.length) {
      const next = this.#deadlines[this.#first];
      if (next !== undefined && this.#open.get(next.transactionId) === next.transaction) {
        this.#timer = this.#clock.after(Math.max(0, next.at - this.#clock.now()), () => this.#expire());
        return;
      }
      this.#first++;
    }
    this.#disarm();
  }

  #dropSettled(): void {
    this.#deadlines = this.#deadlines.filter(
      (d, i) => i >= this.#first && this.#open.get(d.transactionId) === d.transaction,
    );
    this.#first = 0;
  }

  #expire(): void {
    this.#timer = undefined;
    const now = this.#clock.now();
    const expired: Transaction[] = [];
    for (;;) {
      const next = this.#deadlines[this.#first];
      if (next === undefined || next.at > now) break;
      this.#first++;
      if (this.#open.get(next.transactionId) !== next.transaction) continue;
      this.#open.delete(next.transactionId);
      expired.push(next.transaction);
    }
    this.#arm();
    for (const transaction of expired) transaction.settle({ kind: transaction.silence });
  }
}
