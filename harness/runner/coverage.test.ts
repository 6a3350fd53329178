import { describe, expect, it } from 'vitest';
import type { Requirement } from '../catalogue/requirement.ts';
import { coverage } from './coverage.ts';
import type { RequirementResult } from './record.ts';

const requirement = (
  id: string,
  role: string,
  testable: 'yes' | 'partly' | 'no',
  needs: string[] = [],
): Requirement => ({
  id,
  rfc: 7701,
  section: '1',
  level: 'MUST',
  role,
  summary: '',
  stimulus: '',
  verdict: '',
  testable,
  depends_on: needs,
});

const result = (id: string, by: string[]): RequirementResult => ({
  id,
  level: 'MUST',
  testable: 'yes',
  verdict: 'pass',
  by,
});

describe('coverage', () => {
  it('counts what is judged and proved of the requirements that bind a focus', () => {
    const catalogue = [
      requirement('A', 'switch', 'yes'),
      requirement('B', 'focus', 'yes'),
      requirement('C', 'any', 'partly'),
      requirement('D', 'any', 'no'),
      requirement('E', 'participant', 'yes'),
      requirement('F', 'any', 'yes', ['client-under-test']),
    ];
    const results = [result('A', ['x']), result('B', []), result('C', ['rule']), result('E', ['x'])];
    expect(coverage(catalogue, results, new Set(['A', 'E']))).toEqual([
      { rfc: 7701, level: 'MUST', testable: 2, judged: 1, proved: 1, partly: 1, partlyJudged: 1 },
    ]);
    expect(coverage(catalogue, results)[0]).not.toHaveProperty('proved');
  });
});
