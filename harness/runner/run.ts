import type { Catalogue } from '../catalogue/catalogue.ts';
import type { Clock } from '../net/clock.ts';
import type { Recording } from '../packets/recording.ts';
import type { LoadedScenario } from '../scenario/load.ts';
import type { Patience } from '../scenario/stage.ts';
import type { Claim, KnownDeviation } from '../sut/profile/schema.ts';
import type { WireEntry } from '../wire/entry.ts';
import { Load } from '../wire/load.ts';
import type { Arena } from './arena.ts';
import { describeEnding, Ending } from './ending.ts';
import { type Barred, isPlayable, lookAtSut } from './first-look.ts';
import { markKnown } from './known.ts';
import { type AllPlayed, playAll } from './play-all.ts';
import type { Reading } from './reading.ts';
import type { RunRecord, ScenarioResult } from './record.ts';
import { combined, flakyOf } from './repeats.ts';
import { requirementResults } from './requirements.ts';
import { roleOf } from './select.ts';
import { summarise } from './summary.ts';
import { FIRST_LOOK } from './turned-away.ts';

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
  /** What is put on the SUT: counted, and kept within limits. */
  readonly load?: Load;
  readonly seed: string;
  readonly jobs: number;
  /** How many times everything is played; once if absent. */
  readonly rounds?: number;
  /** Which part of the selection `scenarios` are. */
  readonly shard?: NonNullable<RunRecord['shard']>;
  readonly argv: readonly string[];
  readonly version: string;
  /** Makes what a capture of a scenario is kept in; absent: none is wanted. */
  readonly newRecording?: (clock: Clock) => Recording;
  /** Calendar time, for the record. */
  readonly date: () => Date;
  /** Milliseconds, for the record. */
  readonly now: () => number;
  /** Ends the run early; what has been judged is kept. */
  readonly signal: AbortSignal;
}

/** What watches a run: reporters, the writer of wire logs. */
export interface RunObserver {
  started?(capabilities: readonly string[], total: number, rounds: number): void;
  scenarioStarted?(id: string): void;
  /**
   * Called once for each scenario that was played, and again in each further round, as soon as it is judged; with what
   * was recorded, where that was wanted and anything passed.
   */
  scenarioEnded?(
    result: ScenarioResult,
    entries: readonly WireEntry[],
    round: number,
    recording?: Recording,
  ): ScenarioResult;
}

export type RunOutcome =
  | { readonly kind: 'judged'; readonly record: RunRecord }
  /** Nothing was judged: one line that says why. */
  | { readonly kind: 'unreachable'; readonly reason: string };

/** Plays all scenarios, several at a time, and puts the record together in their order. */
export async function run(planned: RunPlan, observer: RunObserver): Promise<RunOutcome> {
  const { load = new Load() } = planned;
  const plan = { ...planned, load };
  const started = plan.date();
  const startedMs = plan.now();
  const ending = new Ending(plan.signal);
  const look = await lookAtSut(plan, ending);
  if (look.kind === 'unreachable') return look;
  const { role = 'focus' } = plan.arena.sut;
  const ofRole = plan.scenarios.filter((one) => roleOf(one) === role);
  const playable = ofRole.filter((one) => isPlayable(plan.arena, one));
  const leftOut = ofRole.filter((one) => !isPlayable(plan.arena, one)).map(({ id }) => id);
  const { rounds = 1, shard } = plan;
  const { capabilities = [], notServed = [] } = look.kind === 'ready' ? look : {};
  observer.started?.(capabilities, playable.length, rounds);

  const { playings, deaths } =
    look.kind === 'ready'
      ? await playAll({ ...plan, patience: look.patience }, observer, playable, capabilities, ending)
      : barred(look, plan, observer);
  const order = look.kind === 'ready' ? ofRole.map(({ id }) => id) : [FIRST_LOOK];
  const each = order.map((id) => playings.get(id) ?? []);
  const played = each.flatMap((one) => combined(one) ?? []);
  const stopped = look.kind === 'barred' ? look.reason : ending.why && describeEnding(ending.why);
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
    ...(shard === undefined ? {} : { shard }),
    sut: {
      name,
      kind,
      role,
      target,
      capabilities: [...capabilities],
      ...(notServed.length === 0 ? {} : { notServed: [...notServed] }),
    },
    ...(stopped === undefined ? {} : { stopped }),
    ...(deaths.length === 0 ? {} : { deaths: [...deaths] }),
    ...(leftOut.length === 0 ? {} : { leftOut }),
    ...(stale.length === 0 ? {} : { stale: stale.map(({ link: _, ...one }) => one) }),
    ...flakyOf(scenarios),
    load: load.figures,
    summary: summarise(scenarios),
    scenarios: [...scenarios],
    requirements: requirementResults(
      plan.catalogue,
      each.flat().map(({ result }) => result),
      role,
    ),
  };
  return { kind: 'judged', record };
}

/** Nothing is played: why nobody gets in is all there is to tell. */
function barred({ result, entries }: Barred, { seed }: RunPlan, observer: RunObserver): AllPlayed {
  const kept = observer.scenarioEnded?.(result, entries, 1) ?? result;
  return { playings: new Map([[kept.id, [{ result: kept, seed }]]]), deaths: [] };
}
