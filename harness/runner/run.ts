import type { Catalogue } from '../catalogue/catalogue.ts';
import { seededRandom } from '../net/seeded-random.ts';
import type { LoadedScenario } from '../scenario/load.ts';
import type { Patience } from '../scenario/stage.ts';
import type { Claim, KnownDeviation } from '../sut/profile/schema.ts';
import type { WireEntry } from '../wire/entry.ts';
import type { Arena } from './arena.ts';
import { describeEnding, Ending } from './ending.ts';
import { markKnown } from './known.ts';
import { type One, playOne } from './play-one.ts';
import { preflight } from './preflight.ts';
import type { Reading } from './reading.ts';
import type { RunRecord, ScenarioResult } from './record.ts';
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

  const { results, deaths } = await playAll(plan, observer, playable, capabilities, ending);
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
    ...(deaths.length === 0 ? {} : { deaths: [...deaths] }),
    ...(leftOut.length === 0 ? {} : { leftOut }),
    ...(stale.length === 0 ? {} : { stale: stale.map(({ link: _, ...one }) => one) }),
    summary: summarise(scenarios),
    scenarios: [...scenarios],
    requirements: requirementResults(plan.catalogue, scenarios),
  };
  return { kind: 'judged', record };
}

type Death = NonNullable<RunRecord['deaths']>[number];

interface AllPlayed {
  readonly results: ReadonlyMap<string, ScenarioResult>;
  readonly deaths: readonly Death[];
}

/**
 * Several at a time. Where the SUT died under several scenarios, each of them is played once more, alone: so the one
 * that kills it is known, and the others are judged.
 */
async function playAll(
  plan: RunPlan,
  observer: RunObserver,
  playable: readonly LoadedScenario[],
  capabilities: readonly string[],
  ending: Ending,
): Promise<AllPlayed> {
  const results = new Map<string, ScenarioResult>();
  const deaths: Death[] = [];
  const report = (id: string, { result, entries }: One): void => {
    results.set(id, observer.scenarioEnded?.(result, entries) ?? result);
  };
  const killed: { readonly scenario: LoadedScenario; readonly one: One & { readonly death: string } }[] = [];
  const queue = [...playable];
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      if (ending.why !== undefined) return;
      observer.scenarioStarted?.(next.id);
      const { death, ...one } = await playOne(plan, next, capabilities, ending);
      if (death === undefined) report(next.id, one);
      else killed.push({ scenario: next, one: { ...one, death } });
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, Math.min(plan.jobs, plan.arena.concurrency)) }, worker));
  for (const { scenario, one } of killed) {
    const together = killed.filter((other) => other.one.death === one.death);
    const last =
      together.length === 1 || ending.why !== undefined ? one : await playOne(plan, scenario, capabilities, ending);
    report(scenario.id, last);
    if (last.death !== undefined) deaths.push({ during: [scenario.id], how: last.death });
  }
  for (const how of new Set(killed.map(({ one }) => one.death))) {
    const during = killed.filter(({ one }) => one.death === how).map(({ scenario }) => scenario.id);
    const found = deaths.some((death) => death.during.some((id) => during.includes(id)));
    if (!found) deaths.push({ during, how });
  }
  return { results, deaths };
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
