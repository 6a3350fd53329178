import { dirname } from 'node:path';
import { Command, Option } from 'commander';
import { ConsoleReporter, type Verbosity } from '../../reports/console.ts';
import { loadCatalogue } from '../catalogue/catalogue.ts';
import { type MergedRun, mergeRuns } from '../runner/merge.ts';
import type { RunRecord, ScenarioResult } from '../runner/record.ts';
import type { RunFolder } from '../runner/run-folder.ts';
import { exitStatus } from '../runner/summary.ts';
import { openFolder } from './launch.ts';
import { catalogueFolder } from './paths.ts';
import { readRecord, recordFile } from './read-run.ts';
import { terminal } from './terminal.ts';
import { UsageError } from './usage.ts';

interface MergeOptions {
  readonly out: string;
  readonly quiet?: true;
}

/** `msrpspec merge`: several records into one, as if it had been one run. */
export function mergeCommand(): Command {
  return new Command('merge')
    .description('put the records of shards, or of repeated runs, into one; the exit status is that of the whole')
    .argument('<runs...>', 'a folder of a run, its run.json, or a folder of runs, of which the newest is taken')
    .option('--out <folder>', 'where the record goes', 'reports/out')
    .addOption(new Option('-q, --quiet', 'only what did not pass, and the sum'))
    .addHelpText(
      'after',
      `
The runs have to agree in the version of msrpspec, the SUT and the reading. A scenario that several of them have played
counts as the worst of its verdicts, and is flaky if they differ. A shard that is missing is told, with exit status 3.

Examples:
  msrpspec merge shard-1 shard-2 shard-3
  msrpspec merge shards/*/latest --out merged`,
    )
    .action(action);
}

function action(paths: string[], { out, quiet }: MergeOptions): void {
  const [first, ...others] = paths.map(recordFile).map((file) => ({ name: file, record: readRecord(file) }));
  if (first === undefined) throw new UsageError('no run to merge');
  const runs: readonly [MergedRun, ...MergedRun[]] = [first, ...others];
  const argv = process.argv.slice(2);
  // What does not fit together leaves no folder behind.
  const tried = mergeRuns(runs, argv);
  if (!tried.ok) throw new UsageError(tried.error);
  const folder = openFolder(out);
  const [head, ...tail] = runs.map((run, index) => withFiles(run, folder, `run-${index + 1}`));
  const merged = head === undefined ? tried : mergeRuns([head, ...tail], argv);
  if (!merged.ok) throw new UsageError(merged.error);
  report(merged.value, folder.writeRecord(merged.value), quiet === true ? 'quiet' : 'normal');
  process.exitCode = exitStatus(merged.value);
}

/** The run with its wire logs and captures in the folder of the merged one. */
function withFiles({ name, record }: MergedRun, folder: RunFolder, under: string): MergedRun {
  const copied = (path: string | undefined): string | undefined =>
    path === undefined ? undefined : folder.copyFrom(dirname(name), path, under);
  const filesOf = ({ wireLog, capture }: Pick<ScenarioResult, 'wireLog' | 'capture'>) => ({
    wireLog: copied(wireLog),
    capture: copied(capture),
  });
  const scenarios = record.scenarios.map((result): ScenarioResult => {
    const { repeats } = result;
    const own = filesOf(result);
    return {
      ...result,
      ...own,
      ...(repeats === undefined ? {} : { repeats: repeats.map((one) => ({ ...one, ...filesOf(one) })) }),
    };
  });
  return { name, record: { ...record, scenarios } };
}

function report(record: RunRecord, file: string, verbosity: Verbosity): void {
  const reporter = new ConsoleReporter(terminal(), loadCatalogue(catalogueFolder), verbosity);
  reporter.started(record.sut.capabilities, record.scenarios.length);
  // The octets stay in the wire logs.
  for (const result of record.scenarios) reporter.scenarioEnded(result, []);
  reporter.finished(record, file);
}
