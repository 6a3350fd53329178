interface Corked {
  pump(): void;
}

/**
 * Holds the writes of an endpoint back while one segment of input is worked on, so that what it causes on a
 * connection (many responses, a fan-out) goes out in one system call.
 */
export class Cork {
  #depth = 0;
  #waiting = new Set<Corked>();

  /** True: `queue` is pumped when the work is over. */
  holds(queue: Corked): boolean {
    if (this.#depth === 0) return false;
    this.#waiting.add(queue);
    return true;
  }

  during(work: () => void): void {
    this.#depth++;
    try {
      work();
    } finally {
      this.#depth--;
      if (this.#depth === 0) this.#release();
    }
  }

  #release(): void {
    while (this.#depth === 0 && this.#waiting.size > 0) {
      const waiting = this.#waiting;
      this.#waiting = new Set();
      for (const queue of waiting) queue.pump();
    }
  }
}
