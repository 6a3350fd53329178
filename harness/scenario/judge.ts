import type { Finding, Verdict } from '../rules/finding.ts';
import { ANYTHING } from './expectation.ts';

/** What a step judges: the requirements it speaks of, and what a miss weighs. */
export interface Charge {
  /** As written: `3: bob nickname`. */
  readonly step: string;
  readonly requirements: readonly string[];
  readonly miss: 'fail' | 'differs' | 'warn' | 'inconclusive';
}

export interface Judged {
  readonly verdict: Verdict;
  readonly message: string;
  readonly expected?: string;
  readonly actual?: string;
  readonly evidence?: readonly number[];
}

/** Collects the findings of one performance. */
export class Judge {
  readonly findings: Finding[] = [];

  /** A step that expects anything judges nothing: no finding could come of it but a pass. */
  record(charge: Charge, judged: Judged): void {
    if (judged.expected === ANYTHING) return;
    this.findings.push({
      requirements: charge.requirements,
      verdict: judged.verdict,
      message: judged.message,
      ...(judged.expected === undefined ? {} : { expected: judged.expected }),
      ...(judged.actual === undefined ? {} : { actual: judged.actual }),
      step: charge.step,
      evidence: judged.evidence ?? [],
    });
  }
}
