/** A set of octet positions as sorted, disjoint, non-touching half-open ranges. */
export class Coverage {
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];

  /** How many separate ranges there are. */
  get count(): number {
    return this.#starts.length;
  }

  get octets(): number {
    let sum = 0;
    for (let i = 0; i < this.#starts.length; i++) sum += (this.#ends[i] ?? 0) - (this.#starts[i] ?? 0);
    return sum;
  }

  /** One past the last octet. */
  get end(): number {
    return this.#ends.at(-1) ?? 0;
  }

  add(start: number, end: number): void {
    if (start >= end) return;
    const last = this.#ends.length - 1;
    if (this.#ends[last] === start) {
      this.#ends[last] = end;
      return;
    }
    const from = firstAtLeast(this.#ends, start);
    const to = firstAtLeast(this.#starts, end + 1);
    if (from < to) {
      start = Math.min(start, this.#starts[from] ?? start);
      end = Math.max(end, this.#ends[to - 1] ?? end);
    }
    this.#starts.splice(from, to - from, start);
    this.#ends.splice(from, to - from, end);
  }

  /** No hole from 0 up to `size`. */
  covers(size: number): boolean {
    return size === 0 || (this.#starts[0] === 0 && (this.#ends[0] ?? 0) >= size);
  }

  ranges(): { readonly start: number; readonly end: number }[] {
    return this.#starts.map((start, i) => ({ start, end: this.#ends[i] ?? start }));
  }
}

function firstAtLeast(sorted: readonly number[], wanted: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
