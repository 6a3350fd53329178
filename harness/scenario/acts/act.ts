import type { Charge } from '../judge.ts';
import type { Expectation } from '../schema.ts';
import type { Actor, Stage } from '../stage.ts';

/** What a step hands to the action of its actor. */
export interface Act<Args> {
  readonly stage: Stage;
  readonly actor: Actor;
  readonly args: Args;
  /** As the step says; undefined where it says nothing. */
  readonly expect: Expectation | undefined;
  readonly charge: Charge;
  /** The label of `as`. */
  readonly label: string | undefined;
}

export type Perform<Args> = (act: Act<Args>) => Promise<Answered | undefined>;

/** The status an action got, for expectations over concurrent steps. */
export interface Answered {
  readonly status: number | undefined;
  readonly evidence: readonly number[];
}
