const PAGE_OCTETS = 4096;

/**
 * Octets at scattered positions. Memory follows what was written, never what was announced (RFC 4975 §14.5): a page
 * is taken when its first octet arrives. What is written is copied, so no socket buffer is kept alive.
 */
export class SparseOctets {
  readonly #pages = new Map<number, Buffer>();

  /** Octets of memory taken. */
  get held(): number {
    return this.#pages.size * PAGE_OCTETS;
  }

  /** Memory that writing there would take in addition. */
  cost(at: number, length: number): number {
    if (length === 0) return 0;
    let pages = 0;
    const last = Math.floor((at + length - 1) / PAGE_OCTETS);
    for (let page = Math.floor(at / PAGE_OCTETS); page <= last; page++) if (!this.#pages.has(page)) pages++;
    return pages * PAGE_OCTETS;
  }

  /** Later octets replace earlier ones (RFC 4975 §7.3.1). */
  write(at: number, octets: Uint8Array): void {
    let done = 0;
    while (done < octets.length) {
      const page = Math.floor((at + done) / PAGE_OCTETS);
      const offset = (at + done) % PAGE_OCTETS;
      const piece = octets.subarray(done, done + PAGE_OCTETS - offset);
      this.#page(page).set(piece, offset);
      done += piece.length;
    }
  }

  /** The first `size` octets; all of them must have been written. */
  read(size: number): Buffer {
    const pages: Buffer[] = [];
    for (let page = 0; page * PAGE_OCTETS < size; page++) pages.push(this.#page(page));
    return Buffer.concat(pages, size);
  }

  #page(index: number): Buffer {
    let page = this.#pages.get(index);
    if (page === undefined) {
      page = Buffer.allocUnsafe(PAGE_OCTETS);
      this.#pages.set(index, page);
    }
    return page;
  }
}
