const smallest = 1024;
const nothing = Buffer.alloc(0);

/** Octets gathered over several segments. Doubles its room, so that appending costs linear time in all. */
export class GrowingBuffer {
  #store: Buffer = nothing;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  append(octets: Buffer, from = 0, to = octets.length): void {
    const length = this.#length + to - from;
    if (length > this.#store.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(length, 2 * this.#store.length, smallest));
      this.#store.copy(larger, 0, 0, this.#length);
      this.#store = larger;
    }
    octets.copy(this.#store, this.#length, from, to);
    this.#length = length;
  }

  /** A view that the next `append` or `take` may invalidate. */
  view(): Buffer {
    return this.#store.subarray(0, this.#length);
  }

  /** Hands the gathered octets over for good and starts empty. */
  take(): Buffer {
    const octets = this.view();
    this.#store = nothing;
    this.#length = 0;
    return octets;
  }
}
