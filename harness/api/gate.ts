/** Lets so many in at a time; the others wait in line. */
export class Gate {
  readonly #places: number;
  #inside = 0;
  readonly #waiting: { readonly places: number; readonly enter: () => void }[] = [];

  constructor(places: number) {
    this.#places = places;
  }

  pass<T>(inside: () => Promise<T>): Promise<T> {
    return this.#pass(1, inside);
  }

  /** While nobody else is inside: whoever comes later waits until this is over. */
  alone<T>(inside: () => Promise<T>): Promise<T> {
    return this.#pass(this.#places, inside);
  }

  async #pass<T>(places: number, inside: () => Promise<T>): Promise<T> {
    if (this.#waiting.length === 0 && this.#fits(places)) this.#inside += places;
    else await new Promise<void>((enter) => this.#waiting.push({ places, enter }));
    try {
      return await inside();
    } finally {
      this.#inside -= places;
      this.#admit();
    }
  }

  #fits(places: number): boolean {
    return this.#inside + places <= this.#places;
  }

  #admit(): void {
    for (let next = this.#waiting[0]; next !== undefined && this.#fits(next.places); next = this.#waiting[0]) {
      this.#waiting.shift();
      this.#inside += next.places;
      next.enter();
    }
  }
}
