/** Where the body of an outgoing message comes from: pulled, so that no more is in memory than goes out. */
export interface BodySource {
  /** Octets in all, when known beforehand. */
  readonly total: number | undefined;
  /** Octets that could be taken at once. */
  readonly ready: number;
  /** Nothing is left to take, now or later. */
  readonly ended: boolean;
  /** Set when the source broke: the message has to be given up. */
  readonly failure: string | undefined;
  /** Up to `most` octets, without copying; empty when none is ready. */
  take(most: number): Buffer;
  /** Calls `ready` once, when octets or the end have come; only after `take` returned nothing. */
  wait(ready: () => void): void;
  /** The rest is not wanted. */
  cancel(): void;
}

/** What can be sent: octets in one or several pieces, or a source that is read as fast as the peer takes it. */
export type Content = Buffer | readonly Buffer[] | AsyncIterable<Buffer>;

export function bodySource(content: Content): BodySource {
  if (Buffer.isBuffer(content)) return new PiecesSource([content]);
  if (Array.isArray(content)) return new PiecesSource(content);
  return new PulledSource(content as AsyncIterable<Buffer>);
}

const NOTHING: Buffer = Buffer.alloc(0);

class PiecesSource implements BodySource {
  readonly total: number;
  readonly failure = undefined;
  readonly #pieces: readonly Buffer[];
  #index = 0;
  #offset = 0;
  #left: number;

  constructor(pieces: readonly Buffer[]) {
    this.#pieces = pieces;
    this.total = pieces.reduce((sum, piece) => sum + piece.length, 0);
    this.#left = this.total;
  }

  get ready(): number {
    return this.#left;
  }

  get ended(): boolean {
    return this.#left === 0;
  }

  take(most: number): Buffer {
    for (;;) {
      const piece = this.#pieces[this.#index];
      if (piece === undefined) return NOTHING;
      if (this.#offset === piece.length) {
        this.#index++;
        this.#offset = 0;
        continue;
      }
      const taken = piece.subarray(this.#offset, this.#offset + most);
      this.#offset += taken.length;
      this.#left -= taken.length;
      return taken;
    }
  }

  wait(ready: () => void): void {
    ready();
  }

  cancel(): void {
    this.#index = this.#pieces.length;
    this.#left = 0;
  }
}

/** Reads one piece ahead and no more. */
class PulledSource implements BodySource {
  readonly total = undefined;
  failure: string | undefined;
  readonly #iterator: AsyncIterator<Buffer>;
  #piece: Buffer = NOTHING;
  #done = false;
  #pulling = false;
  #waiting: (() => void) | undefined;

  constructor(content: AsyncIterable<Buffer>) {
    this.#iterator = content[Symbol.asyncIterator]();
    this.#pull();
  }

  get ready(): number {
    return this.#piece.length;
  }

  get ended(): boolean {
    return this.#done && this.#piece.length === 0;
  }

  take(most: number): Buffer {
    const taken = this.#piece.subarray(0, most);
    this.#piece = this.#piece.subarray(taken.length);
    if (this.#piece.length === 0) this.#pull();
    return taken;
  }

  wait(ready: () => void): void {
    if (this.#done || this.#piece.length > 0) ready();
    else this.#waiting = ready;
  }

  cancel(): void {
    this.#done = true;
    this.#piece = NOTHING;
    this.#waiting = undefined;
    this.#iterator.return?.().catch(() => undefined);
  }

  #pull(): void {
    if (this.#done || this.#pulling) return;
    this.#pulling = true;
    this.#iterator.next().then(
      (next) => {
        this.#pulling = false;
        if (this.#done) return;
        if (next.done === true) this.#done = true;
        else if (next.value.length === 0) return this.#pull();
        else this.#piece = next.value;
        this.#wake();
      },
      (error: unknown) => {
        this.#pulling = false;
        if (this.#done) return;
        this.#done = true;
        this.failure = error instanceof Error ? error.message : String(error);
        this.#wake();
      },
    );
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.();
  }
}
