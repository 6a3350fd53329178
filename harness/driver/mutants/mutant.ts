import type { ClientAlteration } from '../alteration.ts';

/** The simulated client with exactly one thing wrong. */
export interface ClientMutant extends ClientAlteration {
  /** Unique, kebab-case. */
  readonly name: string;
  /** What it does, as the end of "a client that …". */
  readonly about: string;
  /** Ids of the catalogue. */
  readonly violates: readonly string[];
  /** What a suite owes it: a failure, or a warning where the requirement is no MUST or the notes tolerate it. */
  readonly weight: 'fail' | 'warn';
  /** Scenario that shows it, where the one that covers most of `violates` does not: it is tried first. */
  readonly shownBy?: string;
}

/** A client that differs from the simulated one and is right all the same: who convicts it is wrong. */
export interface ClientVariant extends ClientAlteration {
  readonly name: string;
  readonly about: string;
  /** Where the RFCs allow it or the notes tolerate it. */
  readonly because: string;
  /** Requirements about which the notes let a suite warn. */
  readonly mayWarn: readonly string[];
}
