/** Positions in a log, in their order. */
export class Positions {
  readonly #sorted: readonly number[];

  constructor(positions: readonly number[]) {
    this.#sorted = positions.toSorted((a, b) => a - b);
  }

  /** Whether one of them lies behind `from` and before `to`. */
  between(from: number, to: number): boolean {
    const before = this.lastBefore(to);
    return before !== undefined && before > from;
  }

  /** Undefined: none lies before it. */
  lastBefore(position: number): number | undefined {
    return this.#sorted[this.#placeOf(position) - 1];
  }

  /** Undefined: neither this position nor one behind it is among them. */
  firstFrom(position: number): number | undefined {
    return this.#sorted[this.#placeOf(position)];
  }

  #placeOf(position: number): number {
    return firstFrom(this.#sorted.length, (i) => (this.#sorted[i] ?? 0) >= position);
  }
}

/** Of `length` things in order: the first from which on something holds; `length` if it holds of none. */
export function firstFrom(length: number, holds: (i: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
