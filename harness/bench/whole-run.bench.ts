import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunRecord } from '../runner/record.ts';
import type { BenchRow } from './msrp.bench.ts';

/** Scenarios a second of a whole run: over real sockets, and in memory. */
export async function wholeRunBenchmark(command: readonly [string, ...string[]]): Promise<BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'msrpspec-bench-'));
  try {
    const rows: BenchRow[] = [];
    for (const [name, ...further] of [['whole suite, sockets'], ['whole suite, in memory', '--in-memory']] as const) {
      const { scenarios, durationMs } = await oneRun(command, [...further, '--quiet', '--out', folder], folder);
      const seconds = durationMs / 1000;
      rows.push({ name: `${name} (${seconds.toFixed(1)} s)`, opsPerSecond: scenarios.length / seconds });
    }
    return rows;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function oneRun(
  [program, ...before]: readonly [string, ...string[]],
  args: readonly string[],
  folder: string,
): Promise<RunRecord> {
  await new Promise<void>((resolve, reject) => {
    const child = spawn(program, [...before, 'run', ...args], { stdio: 'ignore' });
    child.once('error', reject);
    child.once('exit', () => resolve());
  });
  return JSON.parse(readFileSync(join(folder, 'latest', 'run.json'), 'utf8')) as RunRecord;
}
