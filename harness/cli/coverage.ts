import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { bindsFocus } from '../catalogue/roles.ts';
import { realClock } from '../net/real-clock.ts';
import { type CoverageRow, coverage } from '../runner/coverage.ts';
import { run } from '../runner/run.ts';
import type { LoadedScenario } from '../scenario/load.ts';
import { DEFAULT_PATIENCE } from '../scenario/stage.ts';
import { packageVersion } from './paths.ts';
import type { Suite } from './suite.ts';
import { arenaFor } from './target.ts';
import { UsageError } from './usage.ts';

const matrixSchema = z.object({
  format: z.literal('msrpspec-mutants/1'),
  mutants: z.array(z.object({ outcome: z.string(), kills: z.array(z.object({ requirement: z.string() })) })),
});

/** Requirements that a killed mutant breaks, by a matrix of `msrpspec mutants --json`. @throws UsageError */
function provedBy(file: string): ReadonlySet<string> {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new UsageError(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
  const matrix = matrixSchema.safeParse(value);
  if (!matrix.success) throw new UsageError(`${file} is no matrix of msrpspec mutants --json`);
  return new Set(
    matrix.data.mutants.flatMap(({ outcome, kills }) =>
      outcome === 'killed' ? kills.map((kill) => kill.requirement) : [],
    ),
  );
}

/** Plays the scenarios in memory and prints which requirements they and the rules judge. */
export async function printCoverage(
  suite: Suite,
  scenarios: readonly LoadedScenario[],
  matrixFile: string | undefined,
): Promise<void> {
  const proved = matrixFile === undefined ? undefined : provedBy(matrixFile);
  const needs = scenarios.map(({ scenario }) => scenario.room ?? {});
  const arena = await arenaFor(
    { kind: 'built-in' },
    { seed: '1', needs, jobs: 1, inMemory: true, keepOutput: () => {} },
  );
  const outcome = await run(
    {
      scenarios,
      arena,
      catalogue: suite.catalogue,
      patience: DEFAULT_PATIENCE,
      reading: 'tolerant',
      seed: '1',
      jobs: 1,
      argv: [],
      version: packageVersion,
      date: () => realClock.date(),
      now: () => realClock.now(),
      signal: new AbortController().signal,
    },
    {},
  );
  if (outcome.kind !== 'judged') throw new Error(outcome.reason);
  const { requirements } = outcome.record;
  const rows = coverage(suite.catalogue.requirements, requirements, proved);
  print(['RFC', 'level', 'testable', 'judged', ...(proved === undefined ? [] : ['proved']), 'partly', 'judged'], rows);
  const judged = new Set(requirements.filter(({ by }) => by.length > 0).map(({ id }) => id));
  const open = suite.catalogue.requirements.filter(
    (one) => bindsFocus(one) && one.testable === 'yes' && !judged.has(one.id),
  );
  const leftOut = open.filter((one) => one.leftOut !== undefined);
  process.stdout.write(`\nTestable, but left out on purpose: ${leftOut.length} (run.json says why)\n`);
  process.stdout.write('Testable and not judged:');
  const missing = open.filter((one) => one.leftOut === undefined);
  if (missing.length === 0) process.stdout.write(' none');
  for (const [i, { id }] of missing.entries()) process.stdout.write(i % 5 === 0 ? `\n  ${id}` : ` ${id}`);
  process.stdout.write('\n');
}

function print(head: readonly string[], rows: readonly CoverageRow[]): void {
  const line = (cells: readonly (string | number)[]): string =>
    cells.map((cell, i) => (i === 1 ? String(cell).padEnd(10) : String(cell).padStart(9))).join(' ');
  process.stdout.write(`${line(head)}\n`);
  for (const { rfc, level, testable, judged, proved, partly, partlyJudged } of rows) {
    process.stdout.write(
      `${line([rfc, level, testable, judged, ...(proved === undefined ? [] : [proved]), partly, partlyJudged])}\n`,
    );
  }
}
