import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type RunRecord, runRecordSchema } from '../runner/record.ts';
import { inLine, UsageError } from './usage.ts';

/** Reads the record of an earlier run by its folder, its run.json, or `--out`. @throws UsageError that says what is wrong with it. */
export const readRun = (path: string): RunRecord => readRecord(recordFile(path));

/** The `run.json` that is meant: in a folder of several runs the newest. */
export function recordFile(path: string): string {
  if (!isFolder(path)) return path;
  const own = join(path, 'run.json');
  if (isFile(own)) return own;
  // The folders of runs are named by their time.
  const newest = readdirSync(path)
    .toSorted()
    .map((name) => join(path, name, 'run.json'))
    .findLast(isFile);
  return newest ?? own;
}

/** @throws UsageError that says what is wrong with the file. */
export function readRecord(file: string): RunRecord {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new UsageError(`${file}: ${inLine(error)}`);
  }
  const parsed = runRecordSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = (issue?.path ?? []).map((key) => `${String(key)}: `).join('');
  throw new UsageError(`${file} is no run record: ${where}${issue?.message ?? ''}`);
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
