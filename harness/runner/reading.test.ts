import { describe, expect, it } from 'vitest';
import type { Requirement } from '../catalogue/requirement.ts';
import type { Finding, Verdict } from '../rules/finding.ts';
import { type Reading, verdictFor } from './reading.ts';

const requirement = (id: string, level: Requirement['level']): Requirement => ({
  id,
  rfc: 1,
  section: '1',
  level,
  role: 'focus',
  summary: '',
  stimulus: '',
  verdict: '',
  testable: 'yes',
});
const requirements = [requirement('M', 'MUST'), requirement('S', 'SHOULD'), requirement('T', 'STATED')];
const catalogue = { requirements, get: (id: string) => requirements.find((one) => one.id === id) };
const verdicts = (cited: readonly string[], verdict: Verdict, reading: Reading): Verdict[] => {
  const finding: Finding = { requirements: cited, verdict, message: '', evidence: [] };
  return cited.map((id) => verdictFor(id, finding, catalogue, reading));
};

describe('what a finding means for each of its requirements', () => {
  it('fails the MUST and the plain statement, and warns about the SHOULD beside them', () => {
    expect(verdicts(['M', 'S', 'T'], 'fail', 'tolerant')).toEqual(['fail', 'warn', 'fail']);
  });
  it('keeps a failure that a scenario imposes on a SHOULD alone', () => {
    expect(verdicts(['S'], 'fail', 'tolerant')).toEqual(['fail']);
  });
  it('turns a warning about what was tolerated into a failure in the stern reading, and no SHOULD', () => {
    expect(verdicts(['M', 'S'], 'warn', 'tolerant')).toEqual(['warn', 'warn']);
    expect(verdicts(['M', 'S'], 'warn', 'strict')).toEqual(['fail', 'warn']);
  });
  it.each<Verdict>(['pass', 'inconclusive', 'unsupported', 'error'])('leaves %s as it is', (verdict) => {
    expect(verdicts(['M', 'S'], verdict, 'strict')).toEqual([verdict, verdict]);
  });
});
