import type { Alteration } from '../alteration.ts';

/** The reference focus with exactly one thing wrong. */
export interface Mutant extends Alteration {
  /** Unique, kebab-case. */
  readonly name: string;
  /** What it does, as the end of "a focus that …". */
  readonly about: string;
  /** Ids of the catalogue. */
  readonly violates: readonly string[];
  /** What a suite owes it: a failure, or a warning where the requirement is no MUST or the notes tolerate it. */
  readonly weight: 'fail' | 'warn';
  /** Scenario that shows it, where the one that covers most of `violates` does not: it is tried first. */
  readonly shownBy?: string;
}

const of =
  (rfc: string) =>
  (...sections: readonly string[]): readonly string[] =>
    sections.map((section) => `${rfc}-${section}`);

/** Ids of one catalogue file: `rfc7701('6.1-16')` is RFC7701-6.1-16. */
export const rfc7701 = of('RFC7701');
export const rfc4975 = of('RFC4975');
export const rfc3862 = of('RFC3862');
export const rfc4575 = of('RFC4575');
export const rfc3261 = of('RFC3261');
