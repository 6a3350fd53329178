/** Large enough that to make one is rare, small enough that a single message kept from it keeps little else. */
const SIZE = 64 * 1024;

/** Copies of octets, many in one piece of memory: a piece for each would take longer than the copying. */
export class Slab {
  #room = Buffer.allocUnsafeSlow(0);
  #used = 0;

  copy(octets: Buffer): Buffer {
    const { length } = octets;
    if (length > SIZE / 4) return Buffer.from(octets);
    if (this.#used + length > this.#room.length) {
      this.#room = Buffer.allocUnsafeSlow(SIZE);
      this.#used = 0;
    }
    const start = this.#used;
    this.#used += length;
    this.#room.set(octets, start);
    return this.#room.subarray(start, this.#used);
  }
}
