import { err, ok, type Result } from '../harness/result.ts';
import type { ScenarioResult } from '../harness/runner/record.ts';
import { type StoredLine, StoredLogError, type StoredLogs } from './stored-log.ts';

/** Messages shown for one fact: what decided stands at the end. */
const SHOWN = 4;

/** The last messages that a fact is about. Error: one line that says why they cannot be shown. */
export function evidenceOf(
  { evidence }: { readonly evidence: readonly number[] },
  { wireLog }: Pick<ScenarioResult, 'wireLog'>,
  logs: StoredLogs,
): Result<readonly StoredLine[], string> {
  const wanted = new Set(evidence.slice(-SHOWN));
  if (wanted.size === 0) return ok([]);
  if (wireLog === undefined) return err('no wire log has been kept');
  const found = new Map<number, StoredLine>();
  try {
    for (const line of logs(wireLog)) {
      if (wanted.has(line.index)) found.set(line.index, line);
      if (found.size === wanted.size) break;
    }
  } catch (error) {
    if (error instanceof StoredLogError) return err(error.message);
    throw error;
  }
  return ok([...wanted].flatMap((index) => found.get(index) ?? []));
}

/** For a run whose wire logs are not at hand. */
export const noLogs: StoredLogs = (path) => {
  throw new StoredLogError(`${path} is not at hand`);
};
