import type { Clock, Timer } from '../net/clock.ts';
import type { TimerName } from './transaction.ts';

/** The running timers of one transaction. */
export class TransactionTimers {
  readonly #clock: Clock;
  readonly #fire: (timer: TimerName) => void;
  readonly #running = new Map<TimerName, Timer>();

  constructor(clock: Clock, fire: (timer: TimerName) => void) {
    this.#clock = clock;
    this.#fire = fire;
  }

  start(name: TimerName, ms: number): void {
    this.stop(name);
    const timer = this.#clock.after(ms, () => {
      this.#running.delete(name);
      this.#fire(name);
    });
    this.#running.set(name, timer);
  }

  stop(name: TimerName): void {
    this.#running.get(name)?.cancel();
    this.#running.delete(name);
  }

  stopAll(): void {
    for (const timer of this.#running.values()) timer.cancel();
    this.#running.clear();
  }
}
