import { expect, it } from 'vitest';
import { judgementsIn, withKeptApart } from './judgements.ts';
import type { FindingRecord } from './record.ts';

const finding = (requirement: string, verdict: FindingRecord['verdict'], rule?: string): FindingRecord => ({
  requirement,
  level: 'MUST',
  verdict,
  message: 'm',
  evidence: [],
  ...(rule === undefined ? {} : { rule }),
});

it('sets apart what rules found kept, and loses no judgement', () => {
  const findings = [
    finding('A', 'pass'),
    finding('B', 'pass', 'rule-1'),
    finding('C', 'pass', 'rule-1'),
    finding('B', 'pass', 'rule-1'),
    finding('C', 'fail', 'rule-2'),
    finding('D', 'pass', 'rule-2'),
  ];
  const apart = withKeptApart(findings);
  expect(apart.kept).toEqual({ 'rule-1': ['B', 'C'], 'rule-2': ['D'] });
  expect(apart.findings).toEqual([findings[0], findings[4]]);
  const result = { id: 'a/b', title: '', verdict: 'fail' as const, durationMs: 0, covers: [], ...apart };
  expect(judgementsIn(result).map(({ requirement, verdict, by }) => `${requirement} ${verdict} ${by}`)).toEqual([
    'A pass a/b',
    'C fail rule-2',
    'B pass rule-1',
    'C pass rule-1',
    'D pass rule-2',
  ]);
  expect(withKeptApart([finding('A', 'pass')])).toEqual({ findings: [finding('A', 'pass')] });
});
