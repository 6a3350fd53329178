import type { Catalogue } from '../catalogue/catalogue.ts';
import { gradeOf } from '../catalogue/grade.ts';
import type { Finding, Verdict } from '../rules/finding.ts';

/**
 * How the ambiguity lists are read. `tolerant`: what they let pass with a warning is a warning. `strict`: it is a
 * failure, unless all that is at stake is a SHOULD or MAY (rfc7701-notes 7.51).
 */
export type Reading = 'tolerant' | 'strict';

/**
 * What a finding means for one of its requirements. A finding may cite a SHOULD beside a MUST: the failure is the
 * MUST's, and the SHOULD is as weighty as it would be alone.
 */
export function verdictFor(
  requirement: string,
  { requirements, verdict }: Finding,
  catalogue: Catalogue,
  reading: Reading,
): Verdict {
  const grade = gradeOf(catalogue, [requirement]);
  if (verdict === 'warn') return reading === 'strict' ? grade : 'warn';
  if (verdict === 'fail' && gradeOf(catalogue, requirements) === 'fail') return grade;
  return verdict;
}
