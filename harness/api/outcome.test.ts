import { describe, expect, it } from 'vitest';
import type { ScenarioResult } from '../runner/record.ts';
import { catalogue } from '../runner/simulated-run.fixture.ts';
import { outcomeOf } from './outcome.ts';

const judged = (verdict: ScenarioResult['verdict'], more: Partial<ScenarioResult> = {}) => ({
  result: {
    id: 'rfc7701/x',
    title: 'x',
    verdict,
    durationMs: 1,
    covers: [],
    findings: [
      {
        requirement: 'RFC7701-7.1-26',
        level: 'MUST' as const,
        verdict,
        message: 'what was judged',
        expected: '425',
        actual: '200',
        step: '2: bob nickname',
        evidence: [],
      },
    ],
    ...more,
  },
  entries: [],
});
const outcome = (...details: Parameters<typeof judged>) => outcomeOf(judged(...details), catalogue);

const MESSAGE =
  /^rfc7701\/x\nRFC7701-7\.1-26 MUST {2}A nickname .*\n {2}\w+ step 2: bob nickname: what was judged\n {2}expected {2}425\n {2}actual {4}200$/;

describe('what a verdict is to a test', () => {
  it.each(['fail', 'inconclusive', 'error'] as const)('%s fails with requirement, expected and actual', (verdict) => {
    expect(outcome(verdict)).toEqual({ kind: 'failed', message: expect.stringMatching(MESSAGE) });
  });

  it('pass passes without a word', () => {
    expect(outcome('pass')).toEqual({ kind: 'passed' });
  });

  it('warn passes with a note', () => {
    expect(outcome('warn')).toEqual({ kind: 'passed', note: expect.stringContaining('what was judged') });
  });

  it('unsupported is skipped with the reason', () => {
    expect(outcome('unsupported')).toEqual({ kind: 'skipped', note: 'what was judged' });
  });

  it('a known deviation passes with its reason', () => {
    const known = outcome('fail', { known: 'will be mended' });
    expect(known).toEqual({ kind: 'passed', note: expect.stringMatching(/^known deviation: will be mended\nRFC7701/) });
  });
});
