import type { Random } from '../net/random.ts';

const POOL_OCTETS = 1200;
/** 80 random bits: more than the 64 that transaction and message ids need (RFC 4975 §7.1, §7.1.1). */
const ID_OCTETS = 10;
/** 96 random bits: a session-id needs 80 (RFC 4975 §14.1). */
const SESSION_ID_OCTETS = 12;

/** Draws the identifiers of one endpoint, in lower-case hexadecimal, from large draws of randomness. */
export class Identifiers {
  readonly #random: Random;
  #pool: Buffer = Buffer.alloc(0);
  #used = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  transactionId(): string {
    return this.#draw(ID_OCTETS);
  }

  messageId(): string {
    return this.#draw(ID_OCTETS);
  }

  sessionId(): string {
    return this.#draw(SESSION_ID_OCTETS);
  }

  #draw(octets: number): string {
    if (this.#used + octets > this.#pool.length) {
      this.#pool = this.#random.bytes(POOL_OCTETS);
      this.#used = 0;
    }
    const from = this.#used;
    this.#used += octets;
    return this.#pool.toString('hex', from, this.#used);
  }
}
