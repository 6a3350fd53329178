/** A buffer that grows, for numbers of any size: seven bits an octet, the lowest first, the last without the top bit. */
export class OctetWriter {
  #octets = Buffer.allocUnsafe(4096);
  #length = 0;

  /** `value`: a whole number from 0 to 2^53. */
  number(value: number): void {
    if (this.#length + 8 > this.#octets.length) this.#grow();
    let rest = value;
    while (rest > 0x7f) {
      this.#octets[this.#length++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#octets[this.#length++] = rest;
  }

  /** A whole number of either sign. */
  signed(value: number): void {
    this.number(value < 0 ? -2 * value - 1 : 2 * value);
  }

  /** What has been written; it is then empty again. */
  take(): Buffer {
    const taken = Buffer.from(this.#octets.subarray(0, this.#length));
    this.#length = 0;
    return taken;
  }

  #grow(): void {
    const larger = Buffer.allocUnsafe(this.#octets.length * 2);
    this.#octets.copy(larger, 0, 0, this.#length);
    this.#octets = larger;
  }
}
