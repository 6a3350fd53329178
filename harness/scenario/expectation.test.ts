import { describe, expect, it } from 'vitest';
import type { Verdict } from '../rules/finding.ts';
import { type Answer, judgeAnswer } from './expectation.ts';
import type { Expectation } from './schema.ts';

const status = (code: number): Answer => ({ kind: 'status', status: code });
const silence: Answer = { kind: 'silence', reason: 'timed-out' };

describe('an answer against an expectation', () => {
  it.each<[Expectation, Answer, Verdict]>([
    [425, status(425), 'pass'],
    [425, status(424), 'fail'],
    [425, silence, 'fail'],
    [[403, 428], status(428), 'pass'],
    [[403, 428], status(404), 'fail'],
    ['refused', status(488), 'pass'],
    ['refused', status(200), 'fail'],
    ['silence', silence, 'pass'],
    ['silence', status(200), 'fail'],
    ['anything', status(599), 'pass'],
    ['anything', silence, 'pass'],
    [{ status: 200, tolerated: [415], silence: 'fails' }, status(415), 'warn'],
    [{ status: 200, tolerated: [415], silence: 'fails' }, status(403), 'fail'],
    [{ status: 200, silence: 'warns' }, silence, 'warn'],
    [{ status: [200, 415], silence: 'passes' }, silence, 'pass'],
  ])('%j and %j is a %s', (expectation, answer, verdict) => {
    expect(judgeAnswer(expectation, answer, 'fail').verdict).toBe(verdict);
  });

  it('weighs a miss as the step says', () => {
    expect(judgeAnswer(200, status(500), 'warn')).toEqual({ verdict: 'warn', expected: '200', actual: '500' });
  });
});
