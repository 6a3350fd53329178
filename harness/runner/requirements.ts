import type { Catalogue } from '../catalogue/catalogue.ts';
import type { Requirement } from '../catalogue/requirement.ts';
import { bindsClient } from '../catalogue/roles.ts';
import { overall } from '../rules/finding.ts';
import { type Judgement, judgementsIn } from './judgements.ts';
import type { FindingRecord, RequirementResult, ScenarioResult } from './record.ts';

/** Each requirement of the catalogue: judged by what and how, or why not at all. */
export function requirementResults(
  catalogue: Catalogue,
  scenarios: readonly ScenarioResult[],
  role: 'focus' | 'participant' = 'focus',
): RequirementResult[] {
  const judged = new Map<string, Judgement[]>();
  for (const judgement of scenarios.flatMap(judgementsIn)) {
    const list = judged.get(judgement.requirement);
    if (list === undefined) judged.set(judgement.requirement, [judgement]);
    else list.push(judgement);
  }
  return catalogue.requirements.map((requirement) => resultOf(requirement, judged.get(requirement.id) ?? [], role));
}

function resultOf(
  requirement: Requirement,
  judgements: readonly Judgement[],
  role: 'focus' | 'participant',
): RequirementResult {
  const { id, level, testable, why_not: whyNot } = requirement;
  const by = [...new Set(judgements.map((one) => one.by))];
  if (judgements.length === 0) {
    return testable === 'no'
      ? { id, level, testable, verdict: 'untestable', by, ...(whyNot === undefined ? {} : { why: whyNot.trim() }) }
      : {
          id,
          level,
          testable,
          verdict: 'untested',
          by,
          why: whyUntested(requirement, role),
        };
  }
  return { id, level, testable, verdict: requirementVerdict(judgements.map((one) => one.verdict)), by };
}

/** The reasons in the catalogue are those why a focus is not judged. */
function whyUntested(requirement: Requirement, role: 'focus' | 'participant'): string {
  if (role === 'participant' && !bindsClient(requirement))
    return `it binds the ${requirement.role}, and the SUT is a participant`;
  const leftOut = role === 'focus' ? requirement.leftOut : undefined;
  return leftOut ?? 'no scenario or rule of this run has judged it';
}

/** A requirement shown to hold in one place and not reached in another has been shown to hold. */
export function requirementVerdict(
  verdicts: readonly (FindingRecord | RequirementResult)['verdict'][],
): RequirementResult['verdict'] {
  const weighed = verdicts.filter((one) => one !== 'untested' && one !== 'untestable');
  const decided = weighed.filter((one) => one === 'pass' || one === 'warn' || one === 'fail');
  const verdict = overall(decided.length > 0 ? decided : weighed);
  return verdict === 'error' || verdict === 'differs' ? 'inconclusive' : verdict;
}
