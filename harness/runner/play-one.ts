import type { Catalogue } from '../catalogue/catalogue.ts';
import { delay } from '../net/clock.ts';
import { seededRandom } from '../net/seeded-random.ts';
import type { Recording } from '../packets/recording.ts';
import { type Finding, overall } from '../rules/finding.ts';
import type { LoadedScenario } from '../scenario/load.ts';
import { NoRoomError } from '../sut/sut.ts';
import type { WireEntry } from '../wire/entry.ts';
import { deadSut } from './alive.ts';
import { type Entered, enterWithLoad, SutLostError } from './arena.ts';
import { describeEnding, type Ending, type Why } from './ending.ts';
import { withKeptApart } from './judgements.ts';
import { type Played, play } from './play.ts';
import type { ScenarioResult } from './record.ts';
import type { RunPlan } from './run.ts';
import { comparedRecords, findingRecords } from './summary.ts';

export interface One {
  readonly result: ScenarioResult;
  readonly entries: readonly WireEntry[];
  /** Where one was wanted. */
  readonly recording?: Recording;
  /** How the SUT died meanwhile, where that does not end the run. */
  readonly death?: string;
}

/** Plays one scenario, whatever comes: a SUT that dies ends the run, or the scenario alone where it is started again. */
export async function playOne(
  plan: RunPlan,
  scenario: LoadedScenario,
  capabilities: readonly string[],
  ending: Ending,
): Promise<One> {
  const seed = `${plan.seed} ${scenario.id}`;
  let entered: Entered | undefined;
  try {
    entered = await enterWithLoad(plan, seed, scenario.id);
    const { world, sut } = entered;
    const { catalogue, patience, arena } = plan;
    const inner = arena.renews ? ending.within() : ending;
    sut.onExit((how) => inner.end({ kind: 'sut-gone', how }));
    const probe = new LifeProbe(plan, entered, inner);
    const suspect = (): void => void probe.ask();
    const recording = plan.newRecording?.(world.clock);
    const recorded = recording === undefined ? {} : { recording };
    const able = new Set(capabilities);
    const setting = { world, sut, catalogue, capabilities: able, patience, ending: inner, suspect, ...recorded };
    const played = await world.run(play(scenario, setting, seededRandom(seed)));
    if (['fail', 'differs', 'inconclusive'].includes(played.verdict)) await probe.ask();
    const result = resultOf(plan, scenario, played, inner.why);
    const death = arena.renews && inner.why?.kind === 'sut-gone' ? { death: inner.why.how } : {};
    return { result, entries: played.entries, ...recorded, ...death };
  } catch (error) {
    if (error instanceof NoRoomError) return { result: notPlayed(plan, scenario, error.message), entries: [] };
    if (!(error instanceof SutLostError)) return { result: failed(plan.catalogue, scenario, error), entries: [] };
    const why: Why = { kind: 'sut-gone', how: error.message };
    ending.end(why);
    const nothing: Played = { verdict: 'inconclusive', durationMs: 0, findings: [], entries: [] };
    return { result: resultOf(plan, scenario, nothing, why), entries: [] };
  } finally {
    await entered?.leave();
  }
}

/** So long the end of a program may take to be told. */
const LAST_WORDS_MS = 1_000;

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

  /** A program of ours that does not answer any more may have ended: then its end says more. */
  async #lastWords(): Promise<string | undefined> {
    const { world, sut } = this.#entered;
    if (!this.#plan.arena.renews) return undefined;
    const ended = new Promise<string>((resolve) => sut.onExit(resolve));
    return Promise.race([ended, delay(world.clock, LAST_WORDS_MS).then(() => undefined)]);
  }

  async #ask(): Promise<void> {
    const { world, sut } = this.#entered;
    // A client answers no requests; it shows its end by itself.
    if (sut.role === 'participant') return;
    const how = await deadSut(world, sut, seededRandom(`${this.#plan.seed} alive`), this.#plan.patience);
    if (how === undefined) return;
    this.#entered.condemn();
    this.#ending.end({ kind: 'sut-gone', how: (await this.#lastWords()) ?? how });
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
  const compared = comparedRecords(seen);
  return {
    id,
    title: scenario.title,
    verdict: overall([...findings, ...compared].map(({ verdict }) => verdict)),
    durationMs: Math.round(played.durationMs),
    covers: [...scenario.covers],
    ...withKeptApart(findings),
    ...(compared.length === 0 ? {} : { compared }),
  };
}

/**
 * A scenario that was under way when the run ended has not been seen to its end. What a dead SUT failed to do it may have
 * failed to do for being dead, so that counts as not seen either.
 */
function endedEarly(findings: readonly Finding[], covers: readonly string[], why: Why): Finding[] {
  const message = `${why.kind === 'sut-gone' ? 'the SUT was lost' : 'the run ended'} during this scenario: ${describeEnding(why)}`;
  return [
    ...findings.map(
      (one): Finding => (why.kind === 'sut-gone' && isHeld(one) ? { ...one, verdict: 'inconclusive' } : one),
    ),
    { requirements: covers, verdict: 'inconclusive', message, evidence: [] },
  ];
}

/** Held against the SUT. */
const isHeld = ({ verdict }: Finding): boolean => verdict === 'fail' || verdict === 'differs';

function notPlayed(plan: RunPlan, scenario: LoadedScenario, message: string): ScenarioResult {
  const finding: Finding = { requirements: scenario.scenario.covers, verdict: 'inconclusive', message, evidence: [] };
  const played: Played = { verdict: 'inconclusive', durationMs: 0, findings: [finding], entries: [] };
  return resultOf(plan, scenario, played, undefined);
}

/** A fault of the suite itself must not pass for one of the SUT, nor end the run. */
function failed(catalogue: Catalogue, { id, scenario }: LoadedScenario, error: unknown): ScenarioResult {
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const fault: Finding[] = [{ requirements: scenario.covers, verdict: 'error', message, evidence: [] }];
  const compared = comparedRecords(fault);
  return {
    id,
    title: scenario.title,
    verdict: 'error',
    durationMs: 0,
    covers: [...scenario.covers],
    findings: findingRecords(catalogue, fault),
    ...(compared.length === 0 ? {} : { compared }),
  };
}
