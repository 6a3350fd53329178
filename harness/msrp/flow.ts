import type { BodySource } from './body-source.ts';
import type { Outlet } from './outlet.ts';

/** Octets waiting to go out, counted for whoever wants to know. */
export interface Backlog {
  octets: number;
}

/**
 * - `more`: inside a chunk, could go on at once
 * - `chunk-ended`: between two chunks of the message
 * - `waiting`: has nothing to write until `wait` calls back
 * - `done`: nothing more will come
 */
export type FlowStep = 'more' | 'chunk-ended' | 'waiting' | 'done';

/** Something that takes turns on a connection: a message with its chunks, a single request, raw octets. */
export interface Flow {
  readonly backlog: Backlog;
  /** Octets known to be waiting. */
  readonly pending: number;
  /** Inside a chunk: whatever else is written now becomes its body (RFC 4975 §7.1). */
  readonly midChunk: boolean;
  /** The open chunk may be closed with `+` here (RFC 4975 §7.1.1). */
  readonly breakable: boolean;
  /** Puts up to about `most` body octets. */
  write(outlet: Outlet, most: number): FlowStep;
  /** Closes the open chunk with `+`. */
  break(outlet: Outlet): void;
  wait(ready: () => void): void;
  /** The connection or session is gone. */
  lose(reason: string): void;
}

/** Octets with full control for the writer; while it is open nothing else goes out on the connection. */
export class RawFlow implements Flow {
  readonly backlog: Backlog;
  readonly breakable = false;
  readonly #pieces: Uint8Array[] = [];
  #pending = 0;
  #started = false;
  #ended = false;
  #ready: (() => void) | undefined;

  constructor(backlog: Backlog) {
    this.backlog = backlog;
  }

  get pending(): number {
    return this.#pending;
  }

  get midChunk(): boolean {
    return this.#started && !this.#ended;
  }

  push(octets: Uint8Array): void {
    if (this.#ended) return;
    this.#pieces.push(octets);
    this.#pending += octets.length;
    this.#wake();
  }

  end(): void {
    this.#ended = true;
    this.#wake();
  }

  write(outlet: Outlet): FlowStep {
    this.#started = true;
    for (const piece of this.#pieces) outlet.put(piece);
    this.#pieces.length = 0;
    this.#pending = 0;
    return this.#ended ? 'done' : 'waiting';
  }

  break(): void {}

  wait(ready: () => void): void {
    if (this.#pieces.length > 0 || this.#ended) ready();
    else this.#ready = ready;
  }

  lose(): void {
    this.#ended = true;
    this.#pieces.length = 0;
    this.#pending = 0;
  }

  #wake(): void {
    const ready = this.#ready;
    this.#ready = undefined;
    ready?.();
  }
}

/** A request that goes out in one piece. `compose` gets the outlet to draw a transaction id and open a transaction. */
export class RequestFlow implements Flow {
  readonly backlog: Backlog;
  readonly midChunk = false;
  readonly breakable = false;
  readonly #octets: number;
  readonly #compose: (outlet: Outlet) => void;
  readonly #lost: (reason: string) => void;
  #written = false;

  constructor(backlog: Backlog, octets: number, compose: (outlet: Outlet) => void, lost: (reason: string) => void) {
    this.backlog = backlog;
    this.#octets = octets;
    this.#compose = compose;
    this.#lost = lost;
  }

  get pending(): number {
    return this.#written ? 0 : this.#octets;
  }

  write(outlet: Outlet): FlowStep {
    this.#written = true;
    this.#compose(outlet);
    return 'done';
  }

  break(): void {}

  wait(ready: () => void): void {
    ready();
  }

  lose(reason: string): void {
    if (!this.#written) this.#lost(reason);
    this.#written = true;
  }
}

/** Everything ready that the source has, up to `most` octets, in pieces. */
export function takeAll(source: BodySource, most: number): Buffer[] {
  const pieces: Buffer[] = [];
  for (let left = most; left > 0; ) {
    const piece = source.take(left);
    if (piece.length === 0) break;
    pieces.push(piece);
    left -= piece.length;
  }
  return pieces;
}
