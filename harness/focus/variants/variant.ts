import type { Alteration } from '../alteration.ts';

/** A focus that differs from the reference and is right all the same: who convicts it is wrong. */
export interface Variant extends Alteration {
  /** Unique, kebab-case. */
  readonly name: string;
  /** What it does, as the end of "a focus that …". */
  readonly about: string;
  /** Where the RFCs allow it or the notes tolerate it. */
  readonly because: string;
  /** Requirements about which the notes let a suite warn; `any`: what it does may touch steps about everything. */
  readonly mayWarn: readonly string[] | 'any';
}
