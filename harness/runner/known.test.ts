import { describe, expect, it } from 'vitest';
import type { KnownDeviation } from '../sut/profile/schema.ts';
import { markKnown } from './known.ts';
import type { FindingRecord, ScenarioResult } from './record.ts';

const finding = (requirement: string, verdict: FindingRecord['verdict'], message = 'm'): FindingRecord => ({
  requirement,
  level: 'MUST',
  verdict,
  message,
  evidence: [],
});
const result = (id: string, verdict: ScenarioResult['verdict'], ...findings: FindingRecord[]): ScenarioResult => ({
  id,
  title: id,
  verdict,
  durationMs: 1,
  covers: [],
  findings,
});
const known = (deviation: Partial<KnownDeviation>): KnownDeviation => ({ reason: 'as planned', ...deviation });

describe('known deviations', () => {
  it('excuse a scenario whose every failure is listed', () => {
    const { scenarios, stale } = markKnown(
      [result('a/b', 'fail', finding('R1', 'fail'), finding('R2', 'fail'), finding('R3', 'pass'))],
      [known({ requirement: 'R1', link: 'https://x.example' })],
    );
    expect(scenarios[0]).toMatchObject({ known: 'as planned (https://x.example)', verdict: 'fail' });
    expect(scenarios[0]?.findings.map((one) => one.known)).toEqual([
      'as planned (https://x.example)',
      'as planned (https://x.example)',
      undefined,
    ]);
    expect(stale).toEqual([]);
  });

  it('do not excuse another failure beside it', () => {
    const { scenarios } = markKnown(
      [result('a/b', 'fail', finding('R1', 'fail', 'one'), finding('R2', 'fail', 'other'))],
      [known({ requirement: 'R1' })],
    );
    expect(scenarios[0]?.known).toBeUndefined();
    expect(scenarios[0]?.findings.map((one) => one.known)).toEqual(['as planned', undefined]);
  });

  it('may be bound to a scenario', () => {
    const results = [result('a/b', 'fail', finding('R1', 'fail')), result('c/d', 'fail', finding('R1', 'fail'))];
    const { scenarios } = markKnown(results, [known({ requirement: 'R1', scenario: 'a' })]);
    expect(scenarios.map((one) => one.known)).toEqual(['as planned', undefined]);
  });

  it('are stale when what they speak of passes, and not when nothing judged it', () => {
    const results = [result('a/b', 'pass', finding('R1', 'pass'))];
    const gone = known({ requirement: 'R1' });
    expect(markKnown(results, [gone, known({ requirement: 'R9' }), known({ scenario: 'x/y' })]).stale).toEqual([gone]);
  });
});
