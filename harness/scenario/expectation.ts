import type { Verdict } from '../rules/finding.ts';
import type { Expectation } from './schema.ts';

/** What came back: a status code, or nothing at all. */
export type Answer =
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: 'silence'; readonly reason: string };

export interface Judgement {
  readonly verdict: Verdict;
  readonly expected: string;
  readonly actual: string;
}

/** Compares an answer with what the step expects. `miss` is what a wrong answer weighs. */
export function judgeAnswer(expectation: Expectation, answer: Answer, miss: Verdict): Judgement {
  const { passes, tolerated, silence } = readExpectation(expectation);
  const expected = describe(expectation);
  if (answer.kind === 'silence') {
    const verdict: Verdict = silence === 'passes' ? 'pass' : silence === 'warns' ? 'warn' : miss;
    return { verdict, expected, actual: `no answer (${answer.reason})` };
  }
  const verdict: Verdict = passes(answer.status) ? 'pass' : tolerated.includes(answer.status) ? 'warn' : miss;
  return { verdict, expected, actual: String(answer.status) };
}

/** What no answer at all means: what was asked for, nothing wrong, or a miss. */
export function silenceIn(expectation: Expectation): 'due' | 'allowed' | 'missed' {
  if (expectation === 'silence') return 'due';
  return readExpectation(expectation).silence === 'fails' ? 'missed' : 'allowed';
}

/** Is this answer one that the expectation lets pass, if only with a warning? */
export function allows(expectation: Expectation, status: number): boolean {
  const { passes, tolerated } = readExpectation(expectation);
  return passes(status) || tolerated.includes(status);
}

interface Readable {
  readonly passes: (status: number) => boolean;
  readonly tolerated: readonly number[];
  readonly silence: 'passes' | 'warns' | 'fails';
}

function readExpectation(expectation: Expectation): Readable {
  if (typeof expectation === 'number' || Array.isArray(expectation)) {
    return { passes: oneOf(expectation), tolerated: [], silence: 'fails' };
  }
  if (typeof expectation === 'object') {
    return {
      passes: oneOf(expectation.status),
      tolerated: expectation.tolerated ?? [],
      silence: expectation.silence,
    };
  }
  switch (expectation) {
    case 'silence':
      return { passes: () => false, tolerated: [], silence: 'passes' };
    case 'anything':
      return { passes: () => true, tolerated: [], silence: 'passes' };
    case 'refused':
      return { passes: (status) => status >= 400, tolerated: [], silence: 'fails' };
  }
}

const oneOf =
  (statuses: number | readonly number[]) =>
  (status: number): boolean =>
    typeof statuses === 'number' ? statuses === status : statuses.includes(status);

/** How an expectation that nothing can miss is worded. */
export const ANYTHING = 'anything';

function describe(expectation: Expectation): string {
  if (typeof expectation === 'number') return String(expectation);
  if (Array.isArray(expectation)) return expectation.join(' or ');
  if (typeof expectation === 'string') return expectation === 'refused' ? 'a refusal' : expectation;
  const { status, tolerated, silence } = expectation;
  const parts = [typeof status === 'number' ? String(status) : status.join(' or ')];
  if (tolerated !== undefined && tolerated.length > 0) parts.push(`tolerated: ${tolerated.join(', ')}`);
  if (silence !== 'fails') parts.push(`silence ${silence}`);
  return parts.join('; ');
}
