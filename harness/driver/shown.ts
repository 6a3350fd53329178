import type { Viewer } from './driver.ts';
import type { ClientEvent } from './event.ts';

/** What a client has shown in one scenario, in order. */
export class Shown implements Viewer {
  readonly events: ClientEvent[] = [];
  readonly faults: string[] = [];
  readonly #readers = new Set<() => void>();

  event(event: ClientEvent): void {
    this.events.push(event);
    for (const reader of this.#readers) reader();
  }

  fault(line: string): void {
    if (this.faults.length < MOST_FAULTS) this.faults.push(line);
  }

  /** Calls `reader` after every event from now on; returns how to stop it. */
  follow(reader: () => void): () => void {
    this.#readers.add(reader);
    return () => this.#readers.delete(reader);
  }
}

const MOST_FAULTS = 10;
