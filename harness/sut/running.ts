/** A SUT that is up, wherever it runs. */
export interface Running {
  readonly kind: 'address' | 'command' | 'container';
  /** Of the SUT, where this program has started it on this machine. */
  readonly processId?: number;
  /** Calls back once if it dies by itself, with one line that says how. */
  onExit(listener: (how: string) => void): void;
  stop(): Promise<void>;
}

/** One that somebody else runs: this program neither starts nor stops it, and does not learn of its end. */
export const runningElsewhere: Running = { kind: 'address', onExit: () => {}, stop: async () => {} };
