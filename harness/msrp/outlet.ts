import type { Identifiers } from './identifiers.ts';
import type { Transactions } from './transactions.ts';

/** Below this, one copied buffer costs less than a gathered write of many. */
const JOINED_OCTETS = 4096;

/** What one connection is about to write: parts gathered for one system call, bodies never copied. */
export class Outlet {
  readonly identifiers: Identifiers;
  readonly transactions: Transactions;
  #parts: Uint8Array[] = [];
  #finished: string[] = [];
  #octets = 0;

  constructor(identifiers: Identifiers, transactions: Transactions) {
    this.identifiers = identifiers;
    this.transactions = transactions;
  }

  get octets(): number {
    return this.#octets;
  }

  put(part: Uint8Array): void {
    if (part.length === 0) return;
    this.#parts.push(part);
    this.#octets += part.length;
  }

  /** The last octet of this request has been put. */
  finish(transactionId: string): void {
    this.#finished.push(transactionId);
  }

  take(): { readonly parts: readonly Uint8Array[]; readonly finished: readonly string[] } {
    const parts = this.#octets <= JOINED_OCTETS ? [Buffer.concat(this.#parts, this.#octets)] : this.#parts;
    const taken = { parts, finished: this.#finished };
    this.#parts = [];
    this.#finished = [];
    this.#octets = 0;
    return taken;
  }
}
