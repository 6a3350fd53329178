import type { Sight } from './sight.ts';

/** How a requirement, a step or a scenario came out. `differs`: otherwise than captured, which by itself breaks nothing. */
export type Verdict = 'pass' | 'fail' | 'differs' | 'warn' | 'inconclusive' | 'unsupported' | 'error';

/** One judged fact. */
export interface Finding {
  /** Requirement ids, the most telling first; a step may judge several at once. None: it is compared with a capture. */
  readonly requirements: readonly string[];
  readonly verdict: Verdict;
  /** One line: what was judged and how it came out. */
  readonly message: string;
  readonly expected?: string;
  readonly actual?: string;
  /** Which step, as written: `3: bob nickname`. */
  readonly step?: string;
  /** Which passive rule. */
  readonly rule?: string;
  /** Positions in the wire log that show it. */
  readonly evidence: readonly number[];
  /** What has to have been seen for it to be so. */
  readonly restsOn?: readonly Sight[];
  /** Of a breach: others of the same matter that are graded otherwise, or rest on something else. */
  readonly others?: readonly Omit<Finding, 'requirements' | 'rule'>[];
}

/** What comes first decides the whole: one fail outweighs any number of passes, and silence is no pass. */
const PRECEDENCE: readonly Verdict[] = ['error', 'fail', 'differs', 'inconclusive', 'unsupported', 'warn', 'pass'];

/** The verdict over several; nothing judged is inconclusive, for nothing was shown. */
export function overall(verdicts: Iterable<Verdict>): Verdict {
  let worst = PRECEDENCE.length;
  for (const verdict of verdicts) worst = Math.min(worst, PRECEDENCE.indexOf(verdict));
  return PRECEDENCE[worst] ?? 'inconclusive';
}
