/** More packets than this are named by the first of them and the last. */
const MOST = 1024;

interface Carrier {
  readonly start: number;
  readonly end: number;
  readonly packets: readonly number[];
}

/** Which packets carried which octets of a stream, as long as a message may need to know. */
export class Carriers {
  #list: Carrier[] = [];

  add(start: number, end: number, packets: readonly number[]): void {
    const last = this.#list[this.#list.length - 1];
    if (last !== undefined && this.#list.length >= MOST) this.#list[MOST - 1] = { start: last.start, end, packets };
    else this.#list.push({ start, end, packets });
  }

  /** Nothing is under way. */
  clear(): void {
    this.#list.length = 0;
  }

  /** The packets of these octets, in their order; octets before `end` are not asked for again. */
  take(start: number, end: number): readonly number[] {
    const list = this.#list;
    const [only] = list;
    if (only !== undefined && end <= only.end && start >= only.start) {
      if (end === only.end) list.shift();
      return only.packets;
    }
    const found = list.filter((carrier) => carrier.start < end && carrier.end > start);
    this.#list = list.filter((carrier) => carrier.end > end);
    return [...new Set(found.flatMap(({ packets }) => packets))].sort((one, other) => one - other);
  }
}
