import { resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { ConsoleReporter, type Terminal, type Verbosity } from '../../reports/console.ts';
import { token } from '../net/random.ts';
import { realClock } from '../net/real-clock.ts';
import { systemRandom } from '../net/system-random.ts';
import { run, type Statements } from '../runner/run.ts';
import { RunFolder } from '../runner/run-folder.ts';
import { exitStatus } from '../runner/summary.ts';
import { DEFAULT_PATIENCE, type Patience } from '../scenario/stage.ts';
import type { Profile } from '../sut/profile/schema.ts';
import { packageVersion } from './paths.ts';
import { collect, loadSuite, type SelectionOptions, selected, withSelection } from './suite.ts';
import { arenaFor, type TargetArguments, targetOf } from './target.ts';
import { withTls } from './tls.ts';
import { UnreachableError, UsageError } from './usage.ts';

interface RunOptions extends SelectionOptions, TargetArguments {
  readonly strict?: true;
  readonly seed?: string;
  readonly jobs?: number;
  readonly out: string;
  readonly quiet?: true;
  readonly verbose?: true;
}

/** `msrpspec run`: play scenarios against a SUT and judge what is seen. */
export function runCommand(): Command {
  return withTls(withSelection(new Command('run').description('run scenarios against a SUT and judge it')))
    .addOption(
      new Option(
        '--sut <target>',
        'the SIP URI of a room: sip:room@host:5060;transport=tcp (default: builtin)',
      ).conflicts('profile'),
    )
    .option('--profile <file>', 'a profile that describes the SUT: how to reach or start it, rooms, accounts, claims')
    .option('--room <uri>', 'with a SIP URI: a room to use instead of the one in it; may be given again', collect)
    .option(
      '--in-memory',
      'built-in focus and participants in one process, simulated time: the same seed, the same octets',
    )
    .option('--strict', 'the stern reading: what the notes let pass with a warning is a failure')
    .option('--seed <text>', 'what all chance comes from (default: a new one)')
    .option('--jobs <n>', 'scenarios at the same time (default: 8)', positive)
    .option('--out <folder>', 'where the record goes', 'reports/out')
    .addOption(new Option('-q, --quiet', 'only what did not pass, and the sum').conflicts('verbose'))
    .option('-v, --verbose', 'a line for each scenario')
    .addHelpText(
      'after',
      '\nExamples:\n  msrpspec run\n  msrpspec run --profile my-server.yaml\n  msrpspec run rfc7701/7-nicknames\n  msrpspec run --sut "sip:room@10.0.0.5:5060;transport=tcp"\n  msrpspec run --in-memory --seed 1',
    )
    .action(action);
}

async function action(selectors: string[], options: RunOptions): Promise<void> {
  const suite = loadSuite(options);
  const scenarios = selected(suite, selectors, options);
  const seed = options.seed ?? token(systemRandom, 8);
  const needs = scenarios.map(({ scenario }) => scenario.room ?? {});
  const target = targetOf(options, suite);
  const profile = target.kind === 'profile' ? target.profile.profile : undefined;
  const jobs = options.jobs ?? profile?.load?.['scenarios-at-once'] ?? DEFAULT_JOBS;
  const folder = openFolder(options.out);
  const keepOutput = (text: string): void => folder.keepOutput(text);
  const inMemory = options.inMemory ?? false;
  const arena = await arenaFor(target, { seed, needs, jobs, inMemory, keepOutput }).catch((error: unknown) => {
    folder.discard();
    throw error;
  });
  const stop = new AbortController();
  const interrupted = onInterrupt(() => stop.abort());
  try {
    const verbosity: Verbosity = options.quiet ? 'quiet' : options.verbose ? 'verbose' : 'normal';
    const reporter = new ConsoleReporter(terminal(), suite.catalogue, verbosity);
    const outcome = await run(
      {
        scenarios,
        arena,
        catalogue: suite.catalogue,
        patience: patienceOf(profile),
        reading: options.strict === true ? 'strict' : 'tolerant',
        statements: statementsOf(profile),
        seed,
        jobs,
        argv: process.argv.slice(2),
        version: packageVersion,
        date: () => realClock.date(),
        now: () => realClock.now(),
        signal: stop.signal,
      },
      {
        started: (capabilities, total) => reporter.started(capabilities, total),
        scenarioStarted: (id) => reporter.scenarioStarted(id),
        scenarioEnded: (result, entries) =>
          reporter.scenarioEnded({ ...result, wireLog: folder.writeWireLog(result.id, entries) }, entries),
      },
    );
    if (outcome.kind === 'unreachable') {
      folder.discard();
      throw new UnreachableError(`Nothing was judged: ${outcome.reason}`);
    }
    reporter.finished(outcome.record, folder.writeRecord(outcome.record));
    process.exitCode = exitStatus(outcome.record);
  } finally {
    interrupted();
    await arena.close();
  }
}

const DEFAULT_JOBS = 8;

function patienceOf(profile: Profile | undefined): Patience {
  const { answer, delivery, quiet } = profile?.patience ?? {};
  return {
    answerMs: answer ?? DEFAULT_PATIENCE.answerMs,
    deliveryMs: delivery ?? DEFAULT_PATIENCE.deliveryMs,
    quietMs: quiet ?? DEFAULT_PATIENCE.quietMs,
  };
}

const statementsOf = (profile: Profile | undefined): Statements => ({
  claims: profile?.capabilities ?? {},
  knownDeviations: profile?.['known-deviations'] ?? [],
});

function openFolder(path: string): RunFolder {
  try {
    return new RunFolder(resolve(path), realClock.date());
  } catch (error) {
    throw new UsageError(`--out ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** The first Ctrl-C ends the run in good order; a second one ends the program. Returns how to stop listening. */
function onInterrupt(stop: () => void): () => void {
  let asked = false;
  const listener = (): void => {
    if (asked) process.exit(130);
    asked = true;
    process.stderr.write('\nStopping; what has been judged is kept. Ctrl-C once more ends at once.\n');
    stop();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, listener);
  return () => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, listener);
  };
}

function terminal(): Terminal {
  const { stdout, env } = process;
  return {
    write: (text) => stdout.write(text),
    isTty: stdout.isTTY === true,
    colours:
      (stdout.isTTY === true && env.NO_COLOR === undefined && env.TERM !== 'dumb') || env.FORCE_COLOR !== undefined,
    columns: stdout.columns ?? 80,
  };
}

function positive(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('a whole number above 0 is due.');
  return value;
}
