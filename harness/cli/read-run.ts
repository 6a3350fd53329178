import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type RunRecord, runRecordSchema } from '../runner/record.ts';
import { UsageError } from './usage.ts';

/** Reads the record of an earlier run: a folder or its run.json. @throws UsageError that says what is wrong with it. */
export function readRun(path: string): RunRecord {
  const file = isFolder(path) ? join(path, 'run.json') : path;
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new UsageError(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
  const parsed = runRecordSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new UsageError(`${file} is no run record: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`);
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
