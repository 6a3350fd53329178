/** Why a run ends before its time. */
export type Why =
  | { readonly kind: 'interrupted' }
  /** `how`: one line. */
  | { readonly kind: 'sut-gone'; readonly how: string };

/** The early end of a run, known to all who play in it: nobody waits for a SUT that is gone, or for a user who has left. */
export class Ending {
  readonly whenEnded: Promise<void>;
  #why: Why | undefined;
  #settle: () => void = () => {};

  constructor(signal: AbortSignal) {
    this.whenEnded = new Promise((resolve) => {
      this.#settle = resolve;
    });
    if (signal.aborted) this.end({ kind: 'interrupted' });
    signal.addEventListener('abort', () => this.end({ kind: 'interrupted' }), { once: true });
  }

  /** An end that comes with this one, or before it: that of a single scenario. */
  within(): Ending {
    const inner = new Ending(new AbortController().signal);
    if (this.#why !== undefined) inner.end(this.#why);
    void this.whenEnded.then(() => {
      if (this.#why !== undefined) inner.end(this.#why);
    });
    return inner;
  }

  get why(): Why | undefined {
    return this.#why;
  }

  /** The first reason counts. */
  end(why: Why): void {
    this.#why ??= why;
    this.#settle();
  }
}

export const describeEnding = (why: Why): string => (why.kind === 'interrupted' ? 'interrupted' : why.how);
