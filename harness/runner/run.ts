import type { Catalogue } from '../catalogue/catalogue.ts';
import { seededRandom } from '../net/seeded-random.ts';
import type { LoadedScenario } from '../scenario/load.ts';
import type { Patience } from '../scenario/stage.ts';
import type { Claim, KnownDeviation } from '../sut/profile/schema.ts';
import type { WireEntry } from '../wire/entry.ts';
import type { Arena } from './arena.ts';
import { describeEnding, Ending } from './ending.ts';
import { markKnown } from './known.ts';
import { playAll } from './play-all.ts';
import { preflight } from './preflight.ts';
import type { Reading } from './reading.ts';
import type { RunRecord, ScenarioResult } from './record.ts';
import { combined, flakyOf } from './repeats.ts';
import { requirementResults } from './requirements.ts';
import { summarise } from './summary.ts';

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
  /** How many times everything is played; once if absent. */
  readonly rounds?: number;
  /** Which part of the selection `scenarios` are. */
  readonly shard?: NonNullable<RunRecord['shard']>;
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
  started?(capabilities: readonly string[], total: number, rounds: number): void;
  scenarioStarted?(id: string): void;
  /** Called once for each scenario that was played, and again in each further round, as soon as it is judged. */
  scenarioEnded?(result: ScenarioResult, entries: readonly WireEntry[], round: number): ScenarioResult;
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
  const { rounds = 1, shard } = plan;
  observer.started?.(capabilities, playable.length, rounds);

  const { playings, deaths } = await playAll(plan, observer, playable, capabilities, ending);
  const each = plan.scenarios.map(({ id }) => playings.get(id) ?? []);
  const played = each.flatMap((one) => combined(one) ?? []);
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
      role: 'focus',
      target,
      capabilities: [...capabilities],
      ...(notServed.length === 0 ? {} : { notServed: [...notServed] }),
    },
    ...(ending.why === undefined ? {} : { stopped: describeEnding(ending.why) }),
    ...(deaths.length === 0 ? {} : { deaths: [...deaths] }),
    ...(leftOut.length === 0 ? {} : { leftOut }),
    ...(stale.length === 0 ? {} : { stale: stale.map(({ link: _, ...one }) => one) }),
    ...flakyOf(scenarios),
    summary: summarise(scenarios),
    scenarios: [...scenarios],
    requirements: requirementResults(
      plan.catalogue,
      each.flat().map(({ result }) => result),
    ),
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
  const entered = await arena.enter(`${seed} preflight`, 'preflight');
  const inner = ending.within();
  entered.sut.onExit((how) => inner.end({ kind: 'sut-gone', how }));
  try {
    const random = seededRandom(`${seed} preflight`);
    return await entered.world.run(preflight(entered.world, entered.sut, random, patience, inner));
  } finally {
    await entered.leave();
  }
}
