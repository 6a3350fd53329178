const smallest = 1024;

/** Octets of a unit that is not complete yet. The room doubles, so that appending costs linear time in all. */
export class HeldOctets {
  #store = Buffer.alloc(0);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  append(octets: Buffer): void {
    const length = this.#length + octets.length;
    if (length > this.#store.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(length, 2 * this.#store.length, smallest));
      this.#store.copy(larger, 0, 0, this.#length);
      this.#store = larger;
    }
    octets.copy(this.#store, this.#length);
    this.#length = length;
  }

  /** What is held; the next `append` may move it. */
  view(): Buffer {
    return this.#store.subarray(0, this.#length);
  }

  /** Hands what is held over for good. */
  take(): Buffer {
    const octets = this.view();
    this.#store = Buffer.alloc(0);
    this.#length = 0;
    return octets;
  }
}
