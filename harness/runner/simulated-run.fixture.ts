import { fileURLToPath } from 'node:url';
import { loadCatalogue } from '../catalogue/catalogue.ts';
import type { Alteration } from '../focus/alteration.ts';
import { loadScenarios } from '../scenario/load.ts';
import { DEFAULT_PATIENCE } from '../scenario/stage.ts';
import { roomPatterns } from '../sut/own-rooms.ts';
import type { RunRecord } from './record.ts';
import { type RunObserver, type RunPlan, run } from './run.ts';
import { focusArena } from './simulation.ts';

const folder = fileURLToPath(new URL('../../scenarios', import.meta.url));
export const catalogue = loadCatalogue(`${folder}/requirements`);
const loaded = loadScenarios(folder, catalogue);
if (!loaded.ok) throw new Error(JSON.stringify(loaded.error));

/** A part of the suite by the beginning of ids. */
export const suiteBelow = (path: string): RunPlan['scenarios'] => loaded.value.filter(({ id }) => id.startsWith(path));

/** A run in memory against the reference focus, or an altered one. */
export async function simulatedRun(
  scenarios: RunPlan['scenarios'],
  options: Partial<RunPlan> = {},
  alteration?: Alteration,
  observer: RunObserver = {},
): Promise<RunRecord> {
  const patterns = roomPatterns(scenarios.map(({ scenario }) => scenario.room ?? {}));
  const outcome = await run(
    {
      scenarios,
      arena: focusArena(patterns, 'focus', alteration),
      catalogue,
      patience: DEFAULT_PATIENCE,
      reading: 'tolerant',
      seed: 'seed',
      jobs: 1,
      argv: [],
      version: '0',
      date: () => new Date(0),
      now: () => 0,
      signal: new AbortController().signal,
      ...options,
    },
    observer,
  );
  if (outcome.kind !== 'judged') throw new Error(outcome.reason);
  return outcome.record;
}
