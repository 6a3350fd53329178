import { accessSync, constants, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { FORMAT_NAMES, FORMATS, type FormatName, isFormatName } from '../../reports/formats.ts';
import type { Reported } from '../../reports/reported.ts';
import { logsBelow } from '../../reports/stored-log.ts';
import { loadCatalogue } from '../catalogue/catalogue.ts';
import { makeFolder } from '../runner/run-folder.ts';
import { catalogueFolder } from './paths.ts';
import { readRecord, recordFile } from './read-run.ts';
import { inLine, UsageError } from './usage.ts';

/** A report that is wanted once a run is over: `junit=FILE`; without a file it goes into the folder of the run. */
export interface WantedReport {
  readonly format: FormatName;
  readonly file?: string;
}

/** For the option `--report`, which may be given again. */
export function parseWanted(text: string, earlier: readonly WantedReport[] = []): readonly WantedReport[] {
  const [, format = '', file] = /^([^=]*)(?:=(.*))?$/s.exec(text) ?? [];
  if (!isFormatName(format)) throw new InvalidArgumentError(`the formats are ${FORMAT_NAMES.join(', ')}.`);
  if (file === '') throw new InvalidArgumentError('a file is due after "=".');
  return [...earlier, file === undefined ? { format } : { format, file }];
}

/** What a run folder holds, for the renderers. @throws UsageError */
export function readReported(run: string): Reported {
  const file = recordFile(run);
  const folder = dirname(file);
  return { record: readRecord(file), catalogue: loadCatalogue(catalogueFolder), folder, logs: logsBelow(folder) };
}

/** Before a long run: can these files be written? Makes their folders. @throws UsageError */
export function checkWritable(wanted: readonly WantedReport[]): void {
  for (const { file } of wanted) {
    if (file === undefined) continue;
    attempt(file, () => {
      makeFolder(dirname(resolve(file)));
      accessSync(dirname(file), constants.W_OK);
      if (statSync(file, { throwIfNoEntry: false })?.isDirectory()) throw new Error('this is a folder');
    });
  }
}

/** Writes them one by one; what goes wrong with one keeps no other from being written. Returns the files. @throws UsageError */
export async function writeReports(wanted: readonly WantedReport[], reported: Reported): Promise<string[]> {
  const written: string[] = [];
  const failures: string[] = [];
  for (const { format, file = join(reported.folder, FORMATS[format].file) } of wanted) {
    try {
      writeText(file, await FORMATS[format].render(reported));
      written.push(file);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      failures.push(error.message);
    }
  }
  if (failures.length > 0) throw new UsageError(failures.join('\n'));
  return written;
}

/** The record is there already, and its exit status stands: a report that cannot be written does not hide a deviation. */
export async function reportAfterwards(wanted: readonly WantedReport[], file: string): Promise<void> {
  if (wanted.length === 0) return;
  try {
    for (const written of await writeReports(wanted, readReported(file))) process.stdout.write(`Report: ${written}\n`);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode ||= 2;
  }
}

/** Makes the folder of the file, too. @throws UsageError */
export function writeText(file: string, text: string): void {
  attempt(file, () => {
    makeFolder(dirname(resolve(file)));
    writeFileSync(file, text);
  });
}

/** Without a file to standard output; else into it, and its name to standard output. @throws UsageError */
export function printText(file: string | undefined, text: string): void {
  if (file === undefined) {
    process.stdout.write(text);
    return;
  }
  writeText(file, text);
  process.stdout.write(`${file}\n`);
}

function attempt(file: string, action: () => void): void {
  try {
    action();
  } catch (error) {
    throw new UsageError(`${file}: ${inLine(error)}`);
  }
}
