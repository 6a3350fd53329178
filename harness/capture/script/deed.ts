import type { Action, Expectation } from '../../scenario/schema.ts';

/** A step of a script: who does or sees what. Positions are those of the wire log. */
export interface ActorStep {
  readonly actor: string;
  readonly action: Action;
  readonly expect?: Expectation;
  readonly as?: string;
}

/** Something that a participant did: from its request to the last answer to it. */
export interface Deed extends ActorStep {
  readonly start: number;
  readonly end: number;
  /** Of a request for a nickname: what stands for it in the script, and the answer. */
  readonly claim?: { readonly name: string; readonly status: number };
}

/** Something that was seen, and that is due after all that had been done before. */
export type Sight = { readonly at: number } & (
  | ({ readonly kind: 'actor' } & ActorStep)
  /** Nobody gets this message: at all, or but for those of earlier steps. */
  | { readonly kind: 'nobody' | 'nobody-else'; readonly label: string }
);

/** What the script does without, and how often. */
export class Omissions {
  readonly #counts = new Map<string, number>();

  /** `what` is one line: what is left out, and why. */
  add(what: string): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + 1);
  }

  get lines(): string[] {
    return [...this.#counts].map(([what, count]) => (count === 1 ? what : `${what} (${count} times)`));
  }
}
