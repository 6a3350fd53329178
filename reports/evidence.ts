import { err, ok, type Result } from '../harness/result.ts';
import type { ScenarioResult } from '../harness/runner/record.ts';
import { type StoredLine, StoredLogError, type StoredLogs } from './stored-log.ts';

/** Messages shown for one fact: what decided stands at the end. */
export const MESSAGES_SHOWN = 4;

type Evidence = Result<ReadonlyMap<number, StoredLine>, string>;

/** The last messages that facts are about, by their positions. Error: one line that says why they cannot be shown. */
export function evidenceOf(
  facts: Iterable<{ readonly evidence: readonly number[] }>,
  { wireLog }: Pick<ScenarioResult, 'wireLog'>,
  logs: StoredLogs,
): Evidence {
  const wanted = new Set([...facts].flatMap(({ evidence }) => evidence.slice(-MESSAGES_SHOWN)));
  const found = new Map<number, StoredLine>();
  if (wanted.size === 0) return ok(found);
  if (wireLog === undefined) return err('no wire log has been kept');
  try {
    for (const line of logs(wireLog)) {
      if (wanted.has(line.index)) found.set(line.index, line);
      if (found.size === wanted.size) break;
    }
  } catch (error) {
    if (error instanceof StoredLogError) return err(error.message);
    throw error;
  }
  return ok(found);
}

/** For a run whose wire logs are not at hand. */
export const noLogs: StoredLogs = (path) => {
  throw new StoredLogError(`${path} is not at hand`);
};
