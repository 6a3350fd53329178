import { type Launch, type Prepared, prepare } from '../cli/launch.ts';
import { UnreachableError } from '../cli/usage.ts';
import { describeEnding, Ending } from '../runner/ending.ts';
import { isPlayable, lookAtSut, type Ready } from '../runner/first-look.ts';
import { markKnown } from '../runner/known.ts';
import { playOne } from '../runner/play-one.ts';
import type { ScenarioResult } from '../runner/record.ts';
import type { RunPlan } from '../runner/run.ts';
import type { LoadedScenario } from '../scenario/load.ts';
import type { WireEntry } from '../wire/entry.ts';
import { Gate } from './gate.ts';

export interface Judged {
  readonly result: ScenarioResult;
  readonly entries: readonly WireEntry[];
}

/** A SUT that is up, against which scenarios are played when somebody asks for them. */
export class Session {
  readonly #plan: RunPlan;
  readonly #ready: Ready;
  readonly #ending: Ending;
  readonly #gate: Gate;

  /** Starts or finds the SUT and looks at it. @throws UsageError, UnreachableError; then nothing is left running */
  static async open(launch: Launch): Promise<Session> {
    const { plan }: Prepared = await prepare(launch);
    const ending = new Ending(launch.signal);
    try {
      const ready = await lookAtSut(plan, ending);
      if (ready.kind === 'unreachable') throw new UnreachableError(`Nothing was judged: ${ready.reason}`);
      return new Session(plan, ready, ending);
    } catch (error) {
      await plan.arena.close();
      throw error;
    }
  }

  private constructor(plan: RunPlan, ready: Ready, ending: Ending) {
    this.#plan = plan;
    this.#ready = ready;
    this.#ending = ending;
    this.#gate = new Gate(Math.max(1, Math.min(plan.jobs, plan.arena.concurrency)));
  }

  /** What the profile of the SUT claims and the SUT does not show. */
  get notServed(): readonly string[] {
    return this.#ready.notServed;
  }

  /** Undefined: it takes hours and can be played in simulated time only. @throws UnreachableError when the SUT is gone for good */
  async play(scenario: LoadedScenario): Promise<Judged | undefined> {
    if (!isPlayable(this.#plan.arena, scenario)) return undefined;
    return this.#gate.pass(async () => {
      const { why } = this.#ending;
      if (why !== undefined) throw new UnreachableError(`not played: ${describeEnding(why)}`);
      const { result, entries } = await playOne(this.#plan, scenario, this.#ready.capabilities, this.#ending);
      const { scenarios } = markKnown([result], this.#plan.statements?.knownDeviations ?? []);
      return { result: scenarios[0] ?? result, entries };
    });
  }

  close(): Promise<void> {
    return this.#plan.arena.close();
  }
}
