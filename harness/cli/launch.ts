import { resolve } from 'node:path';
import type { Alteration } from '../focus/alteration.ts';
import type { Clock } from '../net/clock.ts';
import { token } from '../net/random.ts';
import { realClock } from '../net/real-clock.ts';
import { systemRandom } from '../net/system-random.ts';
import { Recording } from '../packets/recording.ts';
import type { CaptureKind } from '../packets/write-capture.ts';
import type { RunRecord, ScenarioResult } from '../runner/record.ts';
import { type RunObserver, type RunPlan, run, type Statements } from '../runner/run.ts';
import { RunFolder } from '../runner/run-folder.ts';
import { formatShard, type Shard, shardOf } from '../runner/shard.ts';
import type { LoadedScenario } from '../scenario/load.ts';
import { DEFAULT_PATIENCE, type Patience } from '../scenario/stage.ts';
import type { Profile } from '../sut/profile/schema.ts';
import { Load, type LoadLimits } from '../wire/load.ts';
import { packageVersion } from './paths.ts';
import { type SelectionOptions, type Suite, selected } from './suite.ts';
import { arenaFor, roleOfTarget, type Target, type TargetArguments, targetOf } from './target.ts';
import { UnreachableError, UsageError } from './usage.ts';

export interface LaunchOptions extends SelectionOptions, TargetArguments {
  readonly strict?: true;
  /** A new one if absent. */
  readonly seed?: string;
  readonly jobs?: number;
  readonly repeat?: number;
  readonly shard?: Shard;
  /** With `inMemory`: how the built-in focus differs from the reference. */
  readonly alteration?: Alteration;
  /** Below it the folder of the run is made; absent: nothing is written. */
  readonly out?: string;
  /** With `out`: what captures are written as; pcapng if absent. */
  readonly capture?: CaptureKind | 'none';
}

export interface Launch {
  readonly suite: Suite;
  readonly selectors: readonly string[];
  readonly options: LaunchOptions;
  /** For the record. */
  readonly argv: readonly string[];
  /** Ends the run early; what has been judged is kept. */
  readonly signal: AbortSignal;
}

/** A plan whose SUT is up: `arena.close()` is due, whatever happens. */
export interface Prepared {
  readonly plan: RunPlan;
  readonly folder: RunFolder | undefined;
  /** What captures go to the folder as; absent: there are none. */
  readonly captures?: CaptureKind;
}

export interface Launched {
  readonly record: RunRecord;
  /** The `run.json`, where one has been written. */
  readonly file?: string;
}

/** The scenarios that a run would play, or a shard be taken of. @throws UsageError */
export const selectionOf = ({ suite, selectors, options }: Launch): readonly LoadedScenario[] =>
  selected(suite, selectors, options, roleOfTarget(targetOf(options, suite)));

/** Makes the plan of a run and starts or finds its SUT. @throws UsageError, UnreachableError */
export async function prepare({ suite, selectors, options, argv, signal }: Launch): Promise<Prepared> {
  const target = targetOf(options, suite);
  const wanted = selected(suite, selectors, options, roleOfTarget(target));
  const scenarios = options.shard === undefined ? wanted : partOf(wanted, options.shard);
  const seed = options.seed ?? token(systemRandom, 8);
  const profile = profileOf(target);
  const load = target.kind === 'profile' ? target.profile.profile.load : undefined;
  const jobs = options.jobs ?? load?.['scenarios-at-once'] ?? DEFAULT_JOBS;
  const folder = options.out === undefined ? undefined : openFolder(options.out);
  const put = new Load(load === undefined ? {} : limitsOf(load));
  const arena = await arenaFor(target, {
    load: put,
    seed,
    needs: scenarios.map(({ scenario }) => scenario.room ?? {}),
    jobs,
    inMemory: options.inMemory ?? false,
    ...(options.alteration === undefined ? {} : { alteration: options.alteration }),
    keepOutput: (text) => folder?.keepOutput(text),
  }).catch((error: unknown) => {
    folder?.discard();
    throw error;
  });
  const { capture = 'pcapng' } = options;
  const captures = folder === undefined || capture === 'none' ? undefined : capture;
  const plan: RunPlan = {
    scenarios,
    arena,
    catalogue: suite.catalogue,
    patience: patienceOf(profile),
    reading: options.strict === true ? 'strict' : 'tolerant',
    statements: statementsOf(profile),
    load: put,
    seed,
    jobs,
    rounds: options.repeat ?? 1,
    ...(options.shard === undefined ? {} : { shard: { ...options.shard, selected: wanted.length } }),
    ...(captures === undefined ? {} : { newRecording: (clock: Clock) => new Recording(clock) }),
    argv,
    version: packageVersion,
    date: () => realClock.date(),
    now: () => realClock.now(),
    signal,
  };
  return { plan, folder, ...(captures === undefined ? {} : { captures }) };
}

/** One run from its options to its record; the SUT is stopped again. @throws UsageError, UnreachableError */
export async function launch(launching: Launch, observer: RunObserver): Promise<Launched> {
  const { plan, folder, captures } = await prepare(launching);
  try {
    const outcome = await run(plan, {
      started: (...details) => observer.started?.(...details),
      scenarioStarted: (id) => observer.scenarioStarted?.(id),
      scenarioEnded: (result, entries, round, recording) => {
        // In further rounds only what went wrong is worth its octets.
        const kept = folder !== undefined && (round === 1 || result.verdict !== 'pass');
        const written = {
          ...result,
          ...(kept ? { wireLog: folder.writeWireLog(result.id, entries, round) } : {}),
          ...(kept && captures !== undefined ? writtenCapture(folder, result.id, recording, captures, round) : {}),
        };
        return observer.scenarioEnded?.(written, entries, round, recording) ?? written;
      },
    });
    if (outcome.kind === 'unreachable') {
      folder?.discard();
      throw new UnreachableError(`Nothing was judged: ${outcome.reason}`);
    }
    const { record } = outcome;
    return folder === undefined ? { record } : { record, file: folder.writeRecord(record) };
  } finally {
    await plan.arena.close();
  }
}

const DEFAULT_JOBS = 8;

/** For the result of the scenario. Where nothing passed there is no capture. */
function writtenCapture(
  folder: RunFolder,
  id: string,
  recording: Recording | undefined,
  kind: CaptureKind,
  round: number,
): Pick<ScenarioResult, 'capture' | 'leftOutOfCapture'> {
  if (recording === undefined || recording.frames === 0) return {};
  const octets = recording.write(kind, `msrpspec ${packageVersion}`, id);
  const { leftOut } = recording;
  return {
    capture: folder.writeCapture(id, octets, kind, round),
    ...(leftOut === 0 ? {} : { leftOutOfCapture: leftOut }),
  };
}

const limitsOf = ({
  connections,
  'messages-per-second': messagesPerSecond,
}: NonNullable<Profile['load']>): LoadLimits => ({
  ...(connections === undefined ? {} : { connections }),
  ...(messagesPerSecond === undefined ? {} : { messagesPerSecond }),
});

function partOf(wanted: readonly LoadedScenario[], shard: Shard): readonly LoadedScenario[] {
  const part = shardOf(wanted, shard);
  if (part.length > 0) return part;
  const number = wanted.length === 1 ? 'one scenario is' : `${wanted.length} scenarios are`;
  throw new UsageError(`--shard ${formatShard(shard)}: only ${number} selected`);
}

/** What profiles of both roles say. */
type Common = Pick<Profile, 'patience' | 'capabilities' | 'known-deviations'>;

function profileOf(target: Target): Common | undefined {
  switch (target.kind) {
    case 'built-in':
      return undefined;
    case 'profile':
      return target.profile.profile;
    case 'client':
      return target.client.client;
  }
}

function patienceOf(profile: Common | undefined): Patience {
  const { answer, delivery, quiet } = profile?.patience ?? {};
  return {
    answerMs: answer ?? DEFAULT_PATIENCE.answerMs,
    deliveryMs: delivery ?? DEFAULT_PATIENCE.deliveryMs,
    quietMs: quiet ?? DEFAULT_PATIENCE.quietMs,
  };
}

const statementsOf = (profile: Common | undefined): Statements => ({
  claims: profile?.capabilities ?? {},
  knownDeviations: profile?.['known-deviations'] ?? [],
});

/** Where a record goes. @throws UsageError */
export function openFolder(path: string): RunFolder {
  try {
    return new RunFolder(resolve(path), realClock.date());
  } catch (error) {
    throw new UsageError(`--out ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
