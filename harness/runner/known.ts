import { idMatcher } from '../scenario/id-selector.ts';
import type { KnownDeviation } from '../sut/profile/schema.ts';
import { judgementsIn } from './judgements.ts';
import type { FindingRecord, ScenarioResult } from './record.ts';

type Deviation = Pick<KnownDeviation, 'requirement' | 'scenario'>;

export interface Known {
  readonly scenarios: readonly ScenarioResult[];
  /** Listed, looked at, and not there any more. */
  readonly stale: readonly KnownDeviation[];
}

/**
 * Marks what a profile lists as known. A scenario is known when nothing in it fails that is not listed; it keeps its
 * verdict. What the run has not judged is not stale.
 */
export function markKnown(results: readonly ScenarioResult[], deviations: readonly KnownDeviation[]): Known {
  const seen = new Set<KnownDeviation>();
  const scenarios = results.map((result) => marked(result, deviations, seen));
  return { scenarios, stale: deviations.filter((one) => !seen.has(one) && wasJudged(one, results)) };
}

function marked(
  result: ScenarioResult,
  deviations: readonly KnownDeviation[],
  seen: Set<KnownDeviation>,
): ScenarioResult {
  const reasons = new Map<string, string>();
  for (const finding of result.findings.filter(isMiss)) {
    const listed = deviations.filter((one) => speaksOf(one, result.id, finding));
    for (const one of listed) seen.add(one);
    const [first] = listed;
    if (first !== undefined) reasons.set(factOf(finding), reasonOf(first));
  }
  if (reasons.size === 0) return result;
  const findings = result.findings.map((finding) => {
    const known = isMiss(finding) ? reasons.get(factOf(finding)) : undefined;
    return known === undefined ? finding : { ...finding, known };
  });
  const open =
    result.verdict === 'differs' || findings.some((one) => one.verdict === result.verdict && one.known === undefined);
  return open ? { ...result, findings } : { ...result, findings, known: [...new Set(reasons.values())].join('; ') };
}

/** Does any of these still show what a profile says of the SUT? */
export const stillShown = (deviation: Deviation, results: readonly ScenarioResult[]): boolean =>
  results.some(({ id, findings }) => findings.some((one) => isMiss(one) && speaksOf(deviation, id, one)));

const isMiss = ({ verdict }: FindingRecord): boolean => verdict === 'fail' || verdict === 'warn';

function speaksOf({ requirement, scenario }: Deviation, id: string, finding: FindingRecord): boolean {
  if (requirement !== undefined && requirement !== finding.requirement) return false;
  return scenario === undefined || idMatcher(scenario)(id);
}

/** One judged fact may break several requirements; whoever knows of one knows of the fact. */
const factOf = ({ step, rule, message, actual }: FindingRecord): string =>
  JSON.stringify([step, rule, message, actual]);

const reasonOf = ({ reason, link }: KnownDeviation): string => (link === undefined ? reason : `${reason} (${link})`);

function wasJudged({ requirement, scenario }: KnownDeviation, results: readonly ScenarioResult[]): boolean {
  return results.some(
    (result) =>
      (scenario === undefined || idMatcher(scenario)(result.id)) &&
      judgementsIn(result).some(
        (one) => one.verdict === 'pass' && (requirement === undefined || one.requirement === requirement),
      ),
  );
}
