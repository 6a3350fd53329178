import { type Judgement, judgementsIn } from '../../harness/runner/judgements.ts';
import type { RunRecord, ScenarioResult } from '../../harness/runner/record.ts';
import { isFlaky } from '../../harness/runner/repeats.ts';
import { requirementVerdict } from '../../harness/runner/requirements.ts';
import { type Fact, factsOf } from '../causes.ts';
import { complaintsOf } from '../reported.ts';

type Verdict = ScenarioResult['verdict'];
type RequirementVerdict = RunRecord['requirements'][number]['verdict'];

/** `regression`: it deviates, and did not; `fix`: the other way round; `flaky`: in one of the runs, so it tells nothing. */
export type ChangeKind = 'regression' | 'fix' | 'changed' | 'new' | 'gone' | 'flaky';

export interface ScenarioChange {
  readonly kind: ChangeKind;
  readonly id: string;
  readonly title: string;
  /** Absent: it was not run. */
  readonly before?: Outcome;
  readonly after?: Outcome;
  /** What the later run found, where that is no pass. */
  readonly fact?: Fact;
}

/** A deviation that the profile lists is none to be alarmed about. */
export type Outcome = Verdict | 'known deviation';

export interface RequirementChange {
  readonly kind: 'regression' | 'fix' | 'changed';
  readonly id: string;
  readonly before: RequirementVerdict;
  readonly after: RequirementVerdict;
}

export interface Comparison {
  readonly before: RunRecord;
  readonly after: RunRecord;
  /** What is the same in both is left out. */
  readonly scenarios: readonly ScenarioChange[];
  /** Over the scenarios that both runs have played and that are not flaky. */
  readonly requirements: readonly RequirementChange[];
  /** What the later run is to blame for beside its scenarios, and the earlier was not. */
  readonly complaints: readonly string[];
  /** Scenarios with the same outcome in both. */
  readonly unchanged: number;
  /** What makes the runs hard to compare, e.g. another reading. */
  readonly caveats: readonly string[];
}

/** What has become of a SUT between two runs. */
export function compareRuns(before: RunRecord, after: RunRecord): Comparison {
  const earlier = new Map(before.scenarios.map((one) => [one.id, one]));
  const later = new Map(after.scenarios.map((one) => [one.id, one]));
  const ids = [...new Set([...earlier.keys(), ...later.keys()])];
  const scenarios = ids.flatMap((id) => changeOf(id, earlier.get(id), later.get(id)) ?? []);
  const steady = (one: ScenarioResult): boolean =>
    [earlier.get(one.id), later.get(one.id)].every((each) => each !== undefined && !isFlaky(each));
  return {
    before,
    after,
    scenarios,
    requirements: requirementChanges(before.scenarios.filter(steady), after.scenarios.filter(steady)),
    complaints: newComplaints(before, after),
    unchanged: ids.length - scenarios.length,
    caveats: caveatsOf(before, after),
  };
}

/** What the exit status rests on: each is a line's worth of a regression. */
export const regressionsOf = ({ scenarios, requirements, complaints }: Comparison): number =>
  scenarios.filter(({ kind }) => kind === 'regression').length +
  requirements.filter(({ kind }) => kind === 'regression').length +
  complaints.length;

function changeOf(
  id: string,
  before: ScenarioResult | undefined,
  after: ScenarioResult | undefined,
): ScenarioChange | undefined {
  const title = (after ?? before)?.title ?? '';
  const fact = after === undefined ? undefined : factsOf(after)[0];
  const change = {
    id,
    title,
    ...(before === undefined ? {} : { before: outcomeOf(before) }),
    ...(after === undefined ? {} : { after: outcomeOf(after) }),
    ...(fact === undefined ? {} : { fact }),
  };
  if ([before, after].some((one) => one !== undefined && isFlaky(one))) return { kind: 'flaky', ...change };
  if (change.before === undefined) return { kind: 'new', ...change };
  if (change.after === undefined) return { kind: 'gone', ...change };
  if (change.before === change.after) return undefined;
  return { kind: kindOf(change.before, change.after), ...change };
}

const outcomeOf = ({ verdict, known }: ScenarioResult): Outcome => (known === undefined ? verdict : 'known deviation');

const isBad = (outcome: Outcome): boolean => outcome === 'fail' || outcome === 'differs' || outcome === 'error';
const isGood = (outcome: Outcome): boolean => outcome === 'pass' || outcome === 'warn';

function kindOf(before: Outcome, after: Outcome): 'regression' | 'fix' | 'changed' {
  if (isBad(after) && !isBad(before) && before !== 'known deviation') return 'regression';
  if (isGood(after) && (isBad(before) || before === 'known deviation')) return 'fix';
  return 'changed';
}

function requirementChanges(before: readonly ScenarioResult[], after: readonly ScenarioResult[]): RequirementChange[] {
  const earlier = requirementVerdicts(before);
  return [...requirementVerdicts(after)].flatMap(([id, verdict]) => {
    const was = earlier.get(id);
    if (was === undefined || was === verdict) return [];
    const kind = verdict === 'fail' ? 'regression' : was === 'fail' && verdict !== 'inconclusive' ? 'fix' : 'changed';
    return [{ kind, id, before: was, after: verdict }];
  });
}

/** What is known to deviate says nothing here. */
function requirementVerdicts(scenarios: readonly ScenarioResult[]): Map<string, RequirementVerdict> {
  const judged = new Map<string, Judgement['verdict'][]>();
  for (const scenario of scenarios) {
    const open = { ...scenario, findings: scenario.findings.filter(({ known }) => known === undefined) };
    for (const { requirement, verdict } of judgementsIn(open)) {
      const verdicts = judged.get(requirement);
      if (verdicts === undefined) judged.set(requirement, [verdict]);
      else verdicts.push(verdict);
    }
  }
  return new Map([...judged].map(([id, verdicts]) => [id, requirementVerdict(verdicts)]));
}

/** That a run ended early, or that its profile is out of date, is no regression of the SUT. */
function newComplaints(before: RunRecord, after: RunRecord): string[] {
  const aboutSut = (record: RunRecord) =>
    complaintsOf({ ...record, stale: [] }).filter(({ kind }) => kind === 'failed');
  const known = new Set(aboutSut(before).map(({ name }) => name));
  return aboutSut(after).flatMap(({ name, texts }) => (known.has(name) ? [] : texts));
}

function caveatsOf(before: RunRecord, after: RunRecord): string[] {
  const aspects: readonly (readonly [what: string, of: (record: RunRecord) => string])[] = [
    ['the SUT', ({ sut }) => sut.name],
    ['the role of the SUT', ({ sut }) => sut.role],
    ['the version of msrpspec', ({ tool }) => tool.version],
    ['the reading', ({ reading = 'tolerant' }) => reading],
  ];
  const differing = aspects
    .filter(([, of]) => of(before) !== of(after))
    .map(([what, of]) => `${what} is another: ${of(before)}, then ${of(after)}`);
  const stopped = [
    ...(before.stopped === undefined ? [] : [`the earlier run ended early: ${before.stopped}`]),
    ...(after.stopped === undefined ? [] : [`the later run ended early: ${after.stopped}`]),
  ];
  return [...differing, ...stopped];
}
