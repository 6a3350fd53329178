import type { Catalogue } from '../catalogue/catalogue.ts';
import { gradeOf } from '../catalogue/grade.ts';
import { type OrderName, orderNames } from '../driver/order.ts';
import type { SeededRandom } from '../net/seeded-random.ts';
import type { Recording } from '../packets/recording.ts';
import { err, type Result } from '../result.ts';
import { type Finding, overall, type Verdict } from '../rules/finding.ts';
import type { LoadedScenario } from '../scenario/load.ts';
import { perform, stepsOf, type Version } from '../scenario/perform.ts';
import type { Patience, Stage } from '../scenario/stage.ts';
import type { ClientSut } from '../sut/client-sut.ts';
import type { Sut } from '../sut/sut.ts';
import type { WireEntry } from '../wire/entry.ts';
import { enterStage } from './cast.ts';
import type { Ending } from './ending.ts';
import { type Performance, performBeforeClient, performBeforeFocus } from './performance.ts';
import type { World } from './world.ts';

/** A scenario that has been played: what was judged, and the wire log behind it. */
export interface Played {
  readonly verdict: Verdict;
  readonly durationMs: number;
  readonly findings: readonly Finding[];
  /** Of the main version, then of the twin; evidence counts through both. */
  readonly entries: readonly WireEntry[];
}

export interface Setting {
  readonly world: World;
  readonly sut: Sut | ClientSut;
  readonly catalogue: Catalogue;
  readonly capabilities: ReadonlySet<string>;
  readonly patience: Patience;
  readonly ending: Ending;
  /** Keeps one capture of both versions. */
  readonly recording?: Recording;
  /** Called when the SUT has closed a connection: it may be dead. */
  readonly suspect: () => void;
}

/** Plays a scenario and, where it has one, its twin, each in a room of its own. */
export async function play(scenario: LoadedScenario, setting: Setting, random: SeededRandom): Promise<Played> {
  const started = setting.world.clock.now();
  const missing = (scenario.scenario.needs ?? []).filter((need) => !setting.capabilities.has(need));
  if (missing.length > 0) return unsupported(scenario, `the SUT does not offer ${missing.join(', ')}`);

  const findings: Finding[] = [];
  const entries: WireEntry[] = [];
  for (const version of ['main', 'twin'] as const) {
    if (stepsOf(scenario, version).length === 0 || setting.ending.why !== undefined) continue;
    const part = await playVersion(scenario, version, setting, random.fork(version));
    if (typeof part === 'string') return unsupported(scenario, part);
    findings.push(...part.findings.map((finding) => shifted(finding, entries.length)));
    for (const entry of part.entries) entries.push({ ...entry, index: entries.length });
  }
  return {
    verdict: overall(findings.map((finding) => finding.verdict)),
    durationMs: setting.world.clock.now() - started,
    findings,
    entries,
  };
}

type Part = Pick<Played, 'findings' | 'entries'>;

/** A text: why it cannot be played. */
async function playVersion(
  scenario: LoadedScenario,
  version: Version,
  setting: Setting,
  random: SeededRandom,
): Promise<Part | string> {
  const prepared = await performance(scenario, setting, random);
  if (!prepared.ok) return prepared.error;
  const { stage, leave, judge, release } = prepared.value;
  try {
    stage.log.follow(({ content }) => {
      if (content.protocol === 'connection' && content.event !== 'opened' && content.by === 'peer') setting.suspect();
    });
    const played = playSteps(scenario, version, setting, stage);
    const cut = await Promise.race([played.then(() => false), setting.ending.whenEnded.then(() => true)]);
    const active = judgedIn(version, stage.judge.findings, stepsOf(scenario, version).length);
    if (cut) {
      // What the steps still come to belongs to no scenario any more; they end by themselves with their connections.
      played.catch(() => {});
      for (const actor of stage.actors.values()) actor.participant.vanish();
    }
    await leave(cut ? 'at once' : 'in order');
    const kept = withinBounds(active, stage.withheld(), scenario.scenario.covers);
    return { findings: [...kept, ...judge(setting.catalogue)], entries: stage.log.entries };
  } finally {
    await release();
  }
}

/** Where something was not sent, nobody knows what would have come of it. */
function withinBounds(findings: readonly Finding[], withheld: readonly string[], covers: readonly string[]): Finding[] {
  if (withheld.length === 0) return [...findings];
  const message = withheld.join('; ');
  return [
    ...findings.map(
      (one): Finding =>
        one.verdict === 'fail' || one.verdict === 'differs' ? { ...one, verdict: 'inconclusive' } : one,
    ),
    { requirements: covers, verdict: 'inconclusive', message, evidence: [] },
  ];
}

async function performance(
  scenario: LoadedScenario,
  { sut, ...setting }: Setting,
  random: SeededRandom,
): Promise<Result<Performance, string>> {
  if (sut.role !== 'participant') return performBeforeFocus(scenario, { ...setting, sut }, random);
  const missing = ordersOf(scenario).filter((order) => !sut.driver.orders.has(order));
  if (missing.length > 0) return err(`the client cannot be told to ${missing.join(', ')}`);
  return performBeforeClient(scenario, { ...setting, sut }, random);
}

/** What a scenario tells the client under test to do. */
const ordersOf = ({ scenario }: LoadedScenario): OrderName[] =>
  orderNames.filter((order) =>
    scenario.steps.some((step) => [step, ...(step.together ?? [])].some(({ client }) => client?.[order] !== undefined)),
  );

/** The twin repeats the way to its last step; only that step is new, and what leads to it has been judged before. */
const judgedIn = (version: Version, findings: readonly Finding[], steps: number): Finding[] =>
  version === 'main' ? [...findings] : findings.filter(({ step }) => step?.startsWith(`twin ${steps}:`) ?? true);

async function playSteps(scenario: LoadedScenario, version: Version, setting: Setting, stage: Stage): Promise<void> {
  const { covers } = scenario.scenario;
  const { sut } = setting;
  const blocked = await enterStage(stage, sut.role === 'participant' ? undefined : sut.hiddenLearnsBy);
  if (blocked !== undefined) {
    const charge = { step: 'before the first step', requirements: covers, miss: 'inconclusive' as const };
    // In a capture they all came in.
    const verdict = scenario.scenario.origin === 'captured' ? 'differs' : 'inconclusive';
    stage.judge.record(charge, { verdict, message: blocked });
    return;
  }
  const missOf = (requirements: readonly string[]): 'fail' | 'differs' | 'warn' =>
    requirements.length === 0 ? 'differs' : gradeOf(setting.catalogue, requirements);
  const defaults = { requirements: covers, missOf, prefix: version === 'twin' ? 'twin ' : '' };
  await perform(stage, stepsOf(scenario, version), defaults, () => setting.ending.why !== undefined);
}

const shifted = (finding: Finding, by: number): Finding => ({
  ...finding,
  evidence: finding.evidence.map((index) => index + by),
});

function unsupported({ scenario }: LoadedScenario, message: string): Played {
  const finding: Finding = { requirements: scenario.covers, verdict: 'unsupported', message, evidence: [] };
  return { verdict: 'unsupported', durationMs: 0, findings: [finding], entries: [] };
}
