import type { Catalogue } from '../catalogue/catalogue.ts';
import { seededRandom } from '../net/seeded-random.ts';
import { type Finding, overall } from '../rules/finding.ts';
import type { LoadedScenario } from '../scenario/load.ts';
import type { Patience } from '../scenario/stage.ts';
import type { Claim, KnownDeviation } from '../sut/profile/schema.ts';
import type { WireEntry } from '../wire/entry.ts';
import { deadSut } from './alive.ts';
import type { Arena, Entered } from './arena.ts';
import { describeEnding, Ending, type Why } from './ending.ts';
import { markKnown } from './known.ts';
import { type Played, play } from './play.ts';
import { preflight } from './preflight.ts';
import type { Reading } from './reading.ts';
import type { RunRecord, ScenarioResult } from './record.ts';
import { requirementResults } from './requirements.ts';
import { findingRecords, summarise } from './summary.ts';

/** What is said of a SUT in front of the run. */
export interface Statements {
  readonly claims?: Readonly<Partial<Record<string, Claim>>>;
  readonly knownDeviations?: readonly KnownDeviation[];
}

export interface RunPlan {
  readonly scenarios: readonly LoadedScenario[];
  readonly arena: Arena;
  readonly catalogue: Catalogue;
  readonly patience: Patience;
  readonly reading: Reading;
  /** What the profile of the SUT claims and admits. */
  readonly statements?: Statements;
  readonly seed: string;
  readonly jobs: number;
  readonly argv: readonly string[];
  readonly version: string;
  /** Calendar time, for the record. */
  readonly date: () => Date;
  /** Milliseconds, for the record. */
  readonly now: () => number;
  /** Ends the run early; what has been judged is kept. */
  readonly signal: AbortSignal;
}

/** What watches a run: reporters, the writer of wire logs. */
export interface RunObserver {
  started?(capabilities: readonly string[], total: number): void;
  scenarioStarted?(id: string): void;
  /** Called once for each scenario that was played, as soon as it is judged. */
  scenarioEnded?(result: ScenarioResult, entries: readonly WireEntry[]): ScenarioResult;
}

export type RunOutcome =
  | { readonly kind: 'judged'; readonly record: RunRecord }
  /** Nothing was judged: one line that says why. */
  | { readonly kind: 'unreachable'; readonly reason: string };

/** Plays all scenarios, several at a time, and puts the record together in their order. */
export async function run(plan: RunPlan, observer: RunObserver): Promise<RunOutcome> {
  const started = plan.date();
  const startedMs = plan.now();
  const ending = new Ending(plan.signal);
  const ready = await lookAtSut(plan, ending);
  if (ready.kind === 'unreachable') return ready;
  const { capabilities, notServed } = weighed(ready.capabilities, plan.statements?.claims ?? {});
  const playable = plan.scenarios.filter((one) => isPlayable(plan.arena, one));
  const leftOut = plan.scenarios.filter((one) => !isPlayable(plan.arena, one)).map(({ id }) => id);
  observer.started?.(capabilities, playable.length);

  const results = new Map<string, ScenarioResult>();
  const queue = [...playable];
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      if (ending.why !== undefined) return;
      observer.scenarioStarted?.(next.id);
      const { result, entries } = await playOne(plan, next, capabilities, ending);
      results.set(next.id, observer.scenarioEnded?.(result, entries) ?? result);
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, Math.min(plan.jobs, plan.arena.concurrency)) }, worker));

  const played = plan.scenarios.flatMap(({ id }) => results.get(id) ?? []);
  const { scenarios, stale } = markKnown(played, plan.statements?.knownDeviations ?? []);
  const { name, kind, target } = plan.arena.sut;
  const record: RunRecord = {
    format: 'msrpspec-run/1',
    tool: { name: 'msrpspec', version: plan.version },
    started: started.toISOString(),
    durationMs: Math.round(plan.now() - startedMs),
    seed: plan.seed,
    reading: plan.reading,
    argv: [...plan.argv],
    sut: {
      name,
      kind,
      role: 'focus',
      target,
      capabilities: [...capabilities],
      ...(notServed.length === 0 ? {} : { notServed: [...notServed] }),
    },
    ...(ending.why === undefined ? {} : { stopped: describeEnding(ending.why) }),
    ...(leftOut.length === 0 ? {} : { leftOut }),
    ...(stale.length === 0 ? {} : { stale: stale.map(({ link: _, ...one }) => one) }),
    summary: summarise(scenarios),
    scenarios: [...scenarios],
    requirements: requirementResults(plan.catalogue, scenarios),
  };
  return { kind: 'judged', record };
}

/** What takes hours is for simulated time alone. */
const isPlayable = ({ time }: Arena, { scenario }: LoadedScenario): boolean =>
  time === 'simulated' || scenario.simulated !== true;

/** What is claimed has to be served and is judged; what is denied is not looked at; otherwise what was seen decides. */
function weighed(
  seen: readonly string[],
  claims: NonNullable<Statements['claims']>,
): { readonly capabilities: readonly string[]; readonly notServed: readonly string[] } {
  const claimed = Object.keys(claims).filter((name) => claims[name] === 'claimed');
  const capabilities = [...seen.filter((name) => claims[name] !== 'denied'), ...claimed];
  return { capabilities: [...new Set(capabilities)], notServed: claimed.filter((name) => !seen.includes(name)) };
}

type Ready = { readonly kind: 'ready'; readonly capabilities: readonly string[] };

async function lookAtSut(
  { arena, seed, patience }: RunPlan,
  ending: Ending,
): Promise<Ready | Extract<RunOutcome, { kind: 'unreachable' }>> {
  const entered = await arena.enter(`${seed} preflight`);
  entered.sut.onExit((how) => ending.end({ kind: 'sut-gone', how }));
  try {
    const random = seededRandom(`${seed} preflight`);
    return await entered.world.run(preflight(entered.world, entered.sut, random, patience, ending));
  } finally {
    await entered.leave();
  }
}

interface One {
  readonly result: ScenarioResult;
  readonly entries: readonly WireEntry[];
}

async function playOne(
  plan: RunPlan,
  scenario: LoadedScenario,
  capabilities: readonly string[],
  ending: Ending,
): Promise<One> {
  const seed = `${plan.seed} ${scenario.id}`;
  let entered: Entered | undefined;
  try {
    entered = await plan.arena.enter(seed);
    const { world, sut } = entered;
    sut.onExit((how) => ending.end({ kind: 'sut-gone', how }));
    const { catalogue, patience } = plan;
    const probe = new LifeProbe(plan, entered, ending);
    const suspect = (): void => void probe.ask();
    const setting = { world, sut, catalogue, capabilities: new Set(capabilities), patience, ending, suspect };
    const played = await world.run(play(scenario, setting, seededRandom(seed)));
    if (played.verdict === 'fail' || played.verdict === 'inconclusive') await probe.ask();
    return { result: resultOf(plan, scenario, played, ending.why), entries: played.entries };
  } catch (error) {
    return { result: failed(plan.catalogue, scenario, error), entries: [] };
  } finally {
    await entered?.leave();
  }
}

/** Asks a SUT that has failed somebody whether it is still alive; one question at a time. */
class LifeProbe {
  readonly #plan: RunPlan;
  readonly #entered: Entered;
  readonly #ending: Ending;
  #asking: Promise<void> | undefined;

  constructor(plan: RunPlan, entered: Entered, ending: Ending) {
    this.#plan = plan;
    this.#entered = entered;
    this.#ending = ending;
  }

  ask(): Promise<void> {
    if (this.#plan.arena.kind === 'simulated' || this.#ending.why !== undefined) return Promise.resolve();
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  async #ask(): Promise<void> {
    const { world, sut } = this.#entered;
    const how = await deadSut(world, sut, seededRandom(`${this.#plan.seed} alive`), this.#plan.patience);
    if (how !== undefined) this.#ending.end({ kind: 'sut-gone', how });
  }
}

function resultOf(
  { catalogue, reading }: RunPlan,
  { id, scenario }: LoadedScenario,
  played: Played,
  why: Why | undefined,
): ScenarioResult {
  const seen = why === undefined ? played.findings : endedEarly(played.findings, scenario.covers, why);
  const findings = findingRecords(catalogue, seen, reading);
  return {
    id,
    title: scenario.title,
    verdict: overall(findings.map((finding) => finding.verdict)),
    durationMs: Math.round(played.durationMs),
    covers: [...scenario.covers],
    findings,
  };
}

/**
 * A scenario that was under way when the run ended has not been seen to its end. What a dead SUT failed to do it may have
 * failed to do for being dead, so that counts as not seen either.
 */
function endedEarly(findings: readonly Finding[], covers: readonly string[], why: Why): Finding[] {
  const message = `the run ended during this scenario: ${describeEnding(why)}`;
  return [
    ...findings.map(
      (one): Finding => (why.kind === 'sut-gone' && one.verdict === 'fail' ? { ...one, verdict: 'inconclusive' } : one),
    ),
    { requirements: covers, verdict: 'inconclusive', message, evidence: [] },
  ];
}

/** A fault of the suite itself must not pass for one of the SUT, nor end the run. */
function failed(catalogue: Catalogue, { id, scenario }: LoadedScenario, error: unknown): ScenarioResult {
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const findings = findingRecords(catalogue, [
    { requirements: scenario.covers, verdict: 'error', message, evidence: [] },
  ]);
  return { id, title: scenario.title, verdict: 'error', durationMs: 0, covers: [...scenario.covers], findings };
}
