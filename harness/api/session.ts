import { type Launch, prepare } from '../cli/launch.ts';
import { UnreachableError } from '../cli/usage.ts';
import { describeEnding, Ending } from '../runner/ending.ts';
import { type Barred, isPlayable, lookAtSut, type Ready } from '../runner/first-look.ts';
import { markKnown } from '../runner/known.ts';
import { type One, playOne } from '../runner/play-one.ts';
import type { ScenarioResult } from '../runner/record.ts';
import type { RunPlan } from '../runner/run.ts';
import type { LoadedScenario } from '../scenario/load.ts';
import type { KnownDeviation } from '../sut/profile/schema.ts';
import type { WireEntry } from '../wire/entry.ts';
import { Gate } from './gate.ts';

export interface Judged {
  readonly result: ScenarioResult;
  readonly entries: readonly WireEntry[];
}

/** What became of a scenario: judged, or why it was not played. */
export type Playing = ({ readonly kind: 'judged' } & Judged) | { readonly kind: 'left-out'; readonly why: string };

/** A SUT that is up, against which scenarios are played when somebody asks for them. */
export class Session {
  readonly #plan: RunPlan;
  readonly #look: Ready | Barred;
  readonly #ending: Ending;
  readonly #gate: Gate;
  /** By scenario, as it has come out. */
  readonly #results = new Map<string, ScenarioResult>();
  /** How the SUT died under several scenarios, and under which. */
  readonly #deaths = new Map<string, string[]>();
  /** Those that kill it alone. */
  readonly #killers = new Set<string>();

  /** Starts or finds the SUT and looks at it. @throws UsageError, UnreachableError; then nothing is left running */
  static async open(launch: Launch): Promise<Session> {
    const { plan } = await prepare(launch);
    const ending = new Ending(launch.signal);
    try {
      const look = await lookAtSut(plan, ending);
      if (look.kind === 'unreachable') throw new UnreachableError(`Nothing was judged: ${look.reason}`);
      return new Session(plan, look, ending);
    } catch (error) {
      await plan.arena.close();
      throw error;
    }
  }

  private constructor(plan: RunPlan, look: Ready | Barred, ending: Ending) {
    this.#plan = plan;
    this.#look = look;
    this.#ending = ending;
    this.#gate = new Gate(Math.max(1, Math.min(plan.jobs, plan.arena.concurrency)));
  }

  /** Where the SUT lets nobody in, and breaks a requirement by that. */
  get turnedAway(): Judged | undefined {
    return this.#look.kind === 'barred' ? this.#look : undefined;
  }

  /** What the profile of the SUT claims and the SUT does not show. */
  get notServed(): readonly string[] {
    return this.#look.kind === 'ready' ? this.#look.notServed : [];
  }

  /** Known deviations of the profile that the scenarios so far have looked at, and that do not occur any more. */
  get stale(): readonly KnownDeviation[] {
    return markKnown([...this.#results.values()], this.#knownDeviations).stale;
  }

  /** How the SUT has died where no scenario does that to it alone, in one line each. */
  get unexplainedDeaths(): readonly string[] {
    return [...this.#deaths]
      .filter(([, during]) => !during.some((id) => this.#killers.has(id)))
      .map(([how, during]) => `the SUT died during ${during.join(', ')}: ${how}`);
  }

  /** @throws UnreachableError when the SUT is gone for good */
  async play(scenario: LoadedScenario): Promise<Playing> {
    if (!isPlayable(this.#plan.arena, scenario)) return { kind: 'left-out', why: 'needs simulated time (inMemory)' };
    const look = this.#look;
    if (look.kind === 'barred') return { kind: 'left-out', why: look.reason };
    let one = await this.#gate.pass(() => this.#play(scenario, look));
    if (one.death !== undefined) one = await this.#again(scenario, look, one.death);
    const { scenarios } = markKnown([one.result], this.#knownDeviations);
    const result = scenarios[0] ?? one.result;
    this.#results.set(scenario.id, result);
    return { kind: 'judged', result, entries: one.entries };
  }

  close(): Promise<void> {
    return this.#plan.arena.close();
  }

  get #knownDeviations(): readonly KnownDeviation[] {
    return this.#plan.statements?.knownDeviations ?? [];
  }

  #play(scenario: LoadedScenario, { capabilities, patience }: Ready): Promise<One> {
    const { why } = this.#ending;
    if (why !== undefined) throw new UnreachableError(`not played: ${describeEnding(why)}`);
    return playOne({ ...this.#plan, patience }, scenario, capabilities, this.#ending);
  }

  /** Alone, so that the one that kills the SUT is known, and the others are judged. */
  async #again(scenario: LoadedScenario, look: Ready, death: string): Promise<One> {
    this.#deaths.set(death, [...(this.#deaths.get(death) ?? []), scenario.id]);
    const one = await this.#gate.alone(() => this.#play(scenario, look));
    if (one.death !== undefined) this.#killers.add(scenario.id);
    return one;
  }
}
