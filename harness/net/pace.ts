import type { Clock } from './clock.ts';

interface Waiting {
  readonly cost: number;
  readonly run: () => void;
}

/** Lets so many things happen in a second, evenly, in the order in which they were asked for. */
export class Pace {
  readonly #clock: Clock;
  readonly #gapMs: number;
  readonly #waiting: Waiting[] = [];
  #next: number;
  #armed = false;

  constructor(clock: Clock, perSecond: number) {
    this.#clock = clock;
    this.#gapMs = 1000 / perSecond;
    this.#next = clock.now();
  }

  /** True: it may happen now, and is counted. Never while others wait. */
  take(cost: number): boolean {
    if (this.#waiting.length > 0 || this.#clock.now() < this.#next) return false;
    this.#count(cost);
    return true;
  }

  /** Calls `run` once, later, when its turn comes. */
  await(cost: number, run: () => void): void {
    this.#waiting.push({ cost, run });
    this.#arm();
  }

  #count(cost: number): void {
    this.#next = Math.max(this.#next, this.#clock.now()) + cost * this.#gapMs;
  }

  #arm(): void {
    if (this.#armed) return;
    this.#armed = true;
    this.#clock.after(Math.max(0, this.#next - this.#clock.now()), () => {
      this.#armed = false;
      const first = this.#waiting.shift();
      if (first === undefined) return;
      this.#count(first.cost);
      first.run();
      if (this.#waiting.length > 0) this.#arm();
    });
  }
}
