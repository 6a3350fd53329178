import type { Clock } from '../net/clock.ts';

/** Something that grows, such as the wire log; `follow` returns how to stop. */
export interface Growing {
  follow(reader: () => void): () => void;
}

/**
 * Waits for a record to show something: `look` is asked at once and after every entry. Undefined when `patienceMs` has
 * passed without it, or once `givenUp` has settled.
 */
export function until<T>(
  log: Growing,
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
