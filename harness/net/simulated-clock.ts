import type { Clock, Timer } from './clock.ts';
import { TimerQueue } from './timer-queue.ts';

export interface SimulatedClockOptions {
  /** Calendar time at simulated time 0. */
  readonly start?: Date;
  /** A run that needs more events than this is a runaway and rejects. */
  readonly maxEvents?: number;
  /** A run that needs more simulated time than this is a runaway and rejects. */
  readonly maxMs?: number;
}

/** Why a simulation could not finish. */
export class SimulationError extends Error {
  override readonly name = 'SimulationError';
}

const START = new Date('2026-01-01T00:00:00Z');
const MAX_EVENTS = 10_000_000;
const DEADLOCK = 'deadlock: nothing is scheduled, yet the awaited promise is pending';
const MAX_MS = 7 * 24 * 3_600_000;

/**
 * Node drains microtasks between two immediates of one loop turn, so a handful scheduled together costs one poll of
 * the operating system instead of one per event.
 */
const BATCH = 32;

/**
 * Time that passes only when nothing is left to do: timers run in order of (time, creation), and every promise
 * reaction that one causes runs before the next. Nothing inside a simulation may wait for the world outside (files,
 * sockets, threads such as WebCrypto): the clock would run past it or report a standstill.
 */
export class SimulatedClock implements Clock {
  readonly #queue = new TimerQueue();
  readonly #start: number;
  readonly #maxEvents: number;
  readonly #maxMs: number;
  #now = 0;
  #running = false;

  constructor(options: SimulatedClockOptions = {}) {
    this.#start = (options.start ?? START).getTime();
    this.#maxEvents = options.maxEvents ?? MAX_EVENTS;
    this.#maxMs = options.maxMs ?? MAX_MS;
  }

  now(): number {
    return this.#now;
  }

  date(): Date {
    return new Date(this.#start + this.#now);
  }

  after(delayMs: number, run: () => void): Timer {
    if (!Number.isFinite(delayMs)) throw new RangeError(`a timer needs a finite delay, not ${delayMs}`);
    return this.#queue.add(this.#now + Math.max(0, delayMs), run);
  }

  /** Timers that wait to run. */
  get pending(): number {
    return this.#queue.size;
  }

  /**
   * Runs timers until `until` settles, and settles likewise. Rejects with what a timer throws, and with a
   * `SimulationError` when nothing is scheduled any more (a deadlock) or a limit is passed (a runaway). Timers that
   * are left over stay scheduled for the next run.
   */
  run<T>(until: Promise<T>): Promise<T> {
    if (this.#running) throw new SimulationError('the simulated clock is running already');
    this.#running = true;
    return new Promise<T>((resolve, reject) => {
      const lastMs = this.#now + this.#maxMs;
      let events = 0;
      let settled = false;
      let immediates = 0;
      const finish = (conclude: () => void): void => {
        if (settled) return;
        settled = true;
        this.#running = false;
        conclude();
      };
      until.then(
        (value) => finish(() => resolve(value)),
        (reason: unknown) => finish(() => reject(reason)),
      );
      const step = (): void => {
        immediates -= 1;
        if (settled) return;
        const due = this.#queue.nextTime();
        const stop = due === undefined ? DEADLOCK : this.#runaway(events, due, lastMs);
        if (due === undefined || stop !== undefined) {
          finish(() => reject(new SimulationError(`${stop}, at ${this.#now} ms after ${events} events`)));
          return;
        }
        this.#now = due;
        events += 1;
        try {
          this.#queue.runNext();
        } catch (error) {
          finish(() => reject(error));
          return;
        }
        if (immediates === 0) schedule();
      };
      const schedule = (): void => {
        immediates = BATCH;
        for (let i = 0; i < BATCH; i++) setImmediate(step);
      };
      schedule();
    });
  }

  #runaway(events: number, due: number, lastMs: number): string | undefined {
    if (events >= this.#maxEvents) return `runaway: more than ${this.#maxEvents} events`;
    return due > lastMs ? `runaway: more than ${this.#maxMs} ms have passed` : undefined;
  }
}
