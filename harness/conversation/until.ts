import type { Clock } from '../net/clock.ts';
import type { WireLog } from '../wire/log.ts';

/**
 * Waits for the wire log to show something: `look` is asked at once and after every entry. Undefined when `patienceMs`
 * has passed without it, or once `givenUp` has settled.
 */
export function until<T>(
  log: WireLog,
  clock: Clock,
  patienceMs: number,
  look: () => T | undefined,
  givenUp?: Promise<void>,
): Promise<T | undefined> {
  const seen = look();
  if (seen !== undefined) return Promise.resolve(seen);
  return new Promise((resolve) => {
    const finish = (value: T | undefined): void => {
      stop();
      timer.cancel();
      resolve(value);
    };
    const stop = log.follow(() => {
      const value = look();
      if (value !== undefined) finish(value);
    });
    const timer = clock.after(patienceMs, () => finish(undefined));
    void givenUp?.then(() => finish(undefined));
  });
}
