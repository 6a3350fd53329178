import { realClock } from '../net/real-clock.ts';

const EVERY_MS = 250;
const MB = 1e6;

/** How far the reading of a long file has come: one line on a terminal, on standard error, and none anywhere else. */
export class Progress {
  readonly #total: number;
  #next = realClock.now() + EVERY_MS;
  #isShown = false;

  /** `total`: octets of the file. */
  constructor(total: number) {
    this.#total = total;
  }

  /** `octets` of a packed file may be more than it has. */
  show(what: string, octets: number): void {
    if (!process.stderr.isTTY || realClock.now() < this.#next) return;
    this.#next = realClock.now() + EVERY_MS;
    this.#isShown = true;
    const share = octets > this.#total ? '' : `, ${Math.floor((100 * octets) / this.#total)} %`;
    process.stderr.write(`\r\x1b[K${what}: ${Math.round(octets / MB)} MB${share}`);
  }

  /** Before anything else is written. */
  clear(): void {
    if (this.#isShown) process.stderr.write('\r\x1b[K');
    this.#isShown = false;
  }
}
