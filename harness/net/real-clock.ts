import { performance } from 'node:perf_hooks';
import type { Clock, Timer } from './clock.ts';

/** Node fires at once when a delay passes 2^31-1 ms, so longer ones are walked in steps of this size. */
const LONGEST_STEP_MS = 2 ** 31 - 1;

/** The machine's own time. A pending timer keeps the process alive; cancel it to let go. */
export const realClock: Clock = {
  now: () => performance.now(),
  date: () => new Date(),
  after(delayMs: number, run: () => void): Timer {
    if (Number.isNaN(delayMs)) throw new RangeError('a timer needs a delay, not NaN');
    let left = Math.max(0, delayMs);
    let handle: NodeJS.Timeout;
    const step = (): void => {
      const now = Math.min(left, LONGEST_STEP_MS);
      left -= now;
      handle = setTimeout(left > 0 ? step : run, now);
    };
    step();
    return { cancel: () => clearTimeout(handle) };
  },
};
