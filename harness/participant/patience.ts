import type { Clock } from '../net/clock.ts';

/** What a promise gives within a time, in milliseconds; undefined when that is over. Leaves no timer behind. */
export function within<T>(clock: Clock, ms: number, promise: Promise<T>): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const timer = clock.after(ms, () => resolve(undefined));
    promise.then(
      (value) => {
        timer.cancel();
        resolve(value);
      },
      (reason: unknown) => {
        timer.cancel();
        reject(reason);
      },
    );
  });
}
