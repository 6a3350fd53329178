import { writeFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import picomatch from 'picomatch';
import { clientMutants } from '../driver/mutants/index.ts';
import { clientVariants } from '../driver/mutants/variants.ts';
import { mutants } from '../focus/mutants/index.ts';
import { variants } from '../focus/variants/index.ts';
import { realClock } from '../net/real-clock.ts';
import { tryAll } from '../runner/mutants-pool.ts';
import { outcomeOf, sumLine, type Trial, trialLine, trialsExitStatus } from '../runner/mutants-report.ts';
import { roleOf } from '../runner/select.ts';
import { didYouMean } from '../scenario/nearest.ts';
import { catalogueFolder, scenarioFolder } from './paths.ts';
import { loadSuite } from './suite.ts';
import { UsageError } from './usage.ts';

interface MutantsOptions {
  readonly all?: true;
  readonly clients?: true;
  readonly json?: string;
  readonly seed: string;
  readonly threads: string;
  readonly quiet?: true;
}

/** `msrpspec mutants`: is the suite stern enough, and fair enough? */
export function mutantsCommand(): Command {
  return new Command('mutants')
    .description('try the suite on focuses that are wrong (mutants) and on others that are right (variants)')
    .argument('[names...]', 'names of mutants and variants, or globs over them (default: all)')
    .option('--all', 'play every scenario: do not stop at the first that convicts a mutant, nor try variants on a part')
    .option('--clients', 'try the scenarios for clients on clients that are wrong and on others that are right')
    .option('--json <file>', 'write the matrix to a file')
    .option('--seed <text>', 'what all chance comes from', '1')
    .addOption(new Option('--threads <n>', 'how many are tried at the same time').default('2'))
    .option('-q, --quiet', 'only what went wrong, and the sum')
    .addHelpText(
      'after',
      '\nExamples:\n  msrpspec mutants\n  msrpspec mutants echoes-to-the-sender --all\n  msrpspec mutants "*nickname*" --json matrix.json\n  msrpspec mutants --clients',
    )
    .action(action);
}

async function action(names: string[], options: MutantsOptions): Promise<void> {
  const threads = Number(options.threads);
  if (!Number.isInteger(threads) || threads < 1) throw new UsageError('--threads: a whole number above 0 is due');
  const chosen = chosenNames(
    names,
    options.clients === undefined ? [mutants, variants] : [clientMutants, clientVariants],
  );
  // Invalid scenarios are told here, with file and line, before any thread meets them.
  const role = options.clients === undefined ? 'focus' : 'participant';
  const scenarios = loadSuite().scenarios.filter((one) => roleOf(one) === role);
  const width = Math.max(...chosen.map((name) => name.length));
  const started = realClock.now();
  const trials = new Map<string, Trial>();
  const start = {
    scenarioFolder,
    catalogueFolder,
    seed: options.seed,
    extent: options.all === undefined ? ('brief' as const) : ('all' as const),
  };
  await tryAll(chosen, threads, start, (trial) => {
    trials.set(trial.name, trial);
    const wanted = options.quiet === undefined || !['killed', 'passed'].includes(outcomeOf(trial));
    if (wanted) process.stdout.write(`${trialLine(trial, width)}\n`);
  });
  const ordered = chosen.flatMap((name) => trials.get(name) ?? []);
  const seconds = ((realClock.now() - started) / 1000).toFixed(1);
  process.stdout.write(`\n${sumLine(ordered)} by ${scenarios.length} scenarios in ${seconds} s\n`);
  if (options.json !== undefined) {
    const judged = ordered.map((trial) => ({ ...trial, outcome: outcomeOf(trial) }));
    const matrix = {
      format: 'msrpspec-mutants/1',
      seed: options.seed,
      scenarios: scenarios.length,
      mutants: judged.filter(({ kind }) => kind === 'mutant'),
      variants: judged.filter(({ kind }) => kind === 'variant'),
    };
    writeFileSync(options.json, `${JSON.stringify(matrix, undefined, 2)}\n`);
  }
  process.exitCode = trialsExitStatus(ordered);
}

/** @throws UsageError for a name that is none. */
function chosenNames(
  wanted: readonly string[],
  kinds: readonly (readonly { readonly name: string }[])[],
): readonly string[] {
  const all = kinds.flat().map(({ name }) => name);
  if (wanted.length === 0) return all;
  const chosen = new Set<string>();
  for (const one of wanted) {
    const named = all.filter((name) => name === one || (/[*?[{]/.test(one) && picomatch.isMatch(name, one)));
    if (named.length === 0) throw new UsageError(`no mutant or variant is called "${one}"${didYouMean(one, all)}`);
    for (const name of named) chosen.add(name);
  }
  return all.filter((name) => chosen.has(name));
}
