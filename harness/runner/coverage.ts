import type { Requirement } from '../catalogue/requirement.ts';
import { bindsFocus } from '../catalogue/roles.ts';
import type { RequirementResult } from './record.ts';

/** How much of one RFC, at one level, the suite reaches on a focus. */
export interface CoverageRow {
  readonly rfc: number;
  readonly level: Requirement['level'];
  /** Requirements on a focus that the catalogue calls testable. */
  readonly testable: number;
  /** Of them: judged by a scenario or rule in the run at hand. */
  readonly judged: number;
  /** Of them: broken by a mutant that was killed. Absent where no matrix is at hand. */
  readonly proved?: number;
  /** Requirements that are testable in part, and how many of them were judged. */
  readonly partly: number;
  readonly partlyJudged: number;
}

/** As the RFCs weigh them (RFC 2119), plain statements last. */
const LEVELS: readonly Requirement['level'][] = ['MUST', 'MUST NOT', 'SHOULD', 'SHOULD NOT', 'MAY', 'STATED'];

/** Rows by RFC and level, the RFCs in the order of the catalogue; levels without any requirement are left out. */
export function coverage(
  requirements: readonly Requirement[],
  results: readonly RequirementResult[],
  proved?: ReadonlySet<string>,
): CoverageRow[] {
  const judged = new Set(results.filter(({ by }) => by.length > 0).map(({ id }) => id));
  const groups = new Map<string, Requirement[]>();
  for (const requirement of requirements.filter(bindsFocus)) {
    const key = `${requirement.rfc} ${requirement.level}`;
    groups.set(key, [...(groups.get(key) ?? []), requirement]);
  }
  const rfcs = new Set([...groups.values()].flatMap((group) => group[0]?.rfc ?? []));
  const ordered = [...rfcs].flatMap((rfc) => LEVELS.map((level) => groups.get(`${rfc} ${level}`) ?? []));
  return ordered.flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const yes = group.filter(({ testable }) => testable === 'yes');
    const partly = group.filter(({ testable }) => testable === 'partly');
    const row = {
      rfc: first.rfc,
      level: first.level,
      testable: yes.length,
      judged: yes.filter(({ id }) => judged.has(id)).length,
      partly: partly.length,
      partlyJudged: partly.filter(({ id }) => judged.has(id)).length,
    };
    return [proved === undefined ? row : { ...row, proved: yes.filter(({ id }) => proved.has(id)).length }];
  });
}
