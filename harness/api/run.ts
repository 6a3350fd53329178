import { launch } from '../cli/launch.ts';
import type { RunRecord } from '../runner/record.ts';
import type { RunObserver } from '../runner/run.ts';
import { launchOf, type RunOptions } from './options.ts';

/**
 * Plays scenarios against a SUT and judges what is seen, as `msrpspec run` does. A SUT that is started here is stopped
 * again, whatever happens. Nothing is printed; `observer` is told of each scenario as soon as it is judged.
 *
 * @returns the record, the same as in `run.json`; `exitStatus(record)` says in a number whether the SUT conforms
 * @throws UsageError for wrong options, an invalid scenario or profile: in one line for each fault
 * @throws UnreachableError when the SUT cannot be reached or started, in one line
 */
export async function run(options: RunOptions = {}, observer: RunObserver = {}): Promise<RunRecord> {
  const { record } = await launch(launchOf(options), observer);
  return record;
}
