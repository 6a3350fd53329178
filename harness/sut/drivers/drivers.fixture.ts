import type { Viewer } from '../../driver/driver.ts';
import type { ClientEvent } from '../../driver/event.ts';

/** Notes what a driver tells, and lets a test wait for it. */
export class Notes implements Viewer {
  readonly told: (ClientEvent | string)[] = [];
  readonly #waiting = new Set<() => void>();

  event(event: ClientEvent): void {
    this.#note(event);
  }

  fault(line: string): void {
    this.#note(line);
  }

  /** Settles once so many have come. */
  async count(number: number): Promise<readonly (ClientEvent | string)[]> {
    while (this.told.length < number) await new Promise<void>((resolve) => this.#waiting.add(resolve));
    return this.told;
  }

  #note(what: ClientEvent | string): void {
    this.told.push(what);
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }
}
