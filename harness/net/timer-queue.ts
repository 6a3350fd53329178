import type { Timer } from './clock.ts';

interface Entry extends Timer {
  readonly time: number;
  readonly sequence: number;
  /** Undefined once run or cancelled. */
  run: (() => void) | undefined;
}

const before = (a: Entry, b: Entry): boolean => a.time < b.time || (a.time === b.time && a.sequence < b.sequence);

/** A binary heap of timers by (time, order of creation). Cancelled ones are dropped when they surface or abound. */
export class TimerQueue {
  #heap: Entry[] = [];
  #sequence = 0;
  #cancelled = 0;

  /** Timers neither run nor cancelled. */
  get size(): number {
    return this.#heap.length - this.#cancelled;
  }

  add(time: number, run: () => void): Timer {
    const entry: Entry = {
      time,
      sequence: this.#sequence++,
      run,
      cancel: () => {
        if (entry.run === undefined) return;
        entry.run = undefined;
        this.#cancelled += 1;
        if (this.#cancelled > 64 && this.#cancelled > this.#heap.length / 2) this.#compact();
      },
    };
    this.#heap.push(entry);
    this.#rise(this.#heap.length - 1);
    return entry;
  }

  /** When the next timer is due; undefined when there is none. */
  nextTime(): number | undefined {
    let top = this.#heap[0];
    while (top !== undefined && top.run === undefined) {
      this.#pop();
      this.#cancelled -= 1;
      top = this.#heap[0];
    }
    return top?.time;
  }

  /** Removes the next timer, then runs it. */
  runNext(): void {
    if (this.nextTime() === undefined) return;
    const entry = this.#pop();
    const run = entry?.run;
    if (entry === undefined || run === undefined) return;
    entry.run = undefined;
    run();
  }

  #pop(): Entry | undefined {
    const top = this.#heap[0];
    const last = this.#heap.pop();
    if (top === undefined || last === undefined || top === last) return top;
    this.#heap[0] = last;
    this.#sink(0);
    return top;
  }

  #rise(from: number): void {
    const heap = this.#heap;
    const entry = heap[from];
    if (entry === undefined) return;
    let at = from;
    while (at > 0) {
      const up = (at - 1) >> 1;
      const parent = heap[up];
      if (parent === undefined || !before(entry, parent)) break;
      heap[at] = parent;
      at = up;
    }
    heap[at] = entry;
  }

  #sink(from: number): void {
    const heap = this.#heap;
    const entry = heap[from];
    if (entry === undefined) return;
    let at = from;
    for (;;) {
      let down = 2 * at + 1;
      let child = heap[down];
      if (child === undefined) break;
      const right = heap[down + 1];
      if (right !== undefined && before(right, child)) {
        down += 1;
        child = right;
      }
      if (!before(child, entry)) break;
      heap[at] = child;
      at = down;
    }
    heap[at] = entry;
  }

  #compact(): void {
    this.#heap = this.#heap.filter((entry) => entry.run !== undefined).sort((a, b) => (before(a, b) ? -1 : 1));
    this.#cancelled = 0;
  }
}
