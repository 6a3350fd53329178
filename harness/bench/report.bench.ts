import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { renderHtml } from '../../reports/html/index.ts';
import { conversation, madeRun } from '../../reports/html/made-run.fixture.ts';
import { loadCatalogue } from '../catalogue/catalogue.ts';
import type { BenchRow } from './msrp.bench.ts';

const SCENARIOS = 1000;
const MESSAGES = 100;

/** Messages a second of the HTML report of a run of 1,000 scenarios with 100,000 messages. */
export function reportBenchmark(): BenchRow {
  const catalogue = loadCatalogue(fileURLToPath(new URL('../../scenarios/requirements', import.meta.url)));
  const { folder, record } = madeRun(
    Array.from({ length: SCENARIOS }, (_, at) => ({
      result: { id: `area-${at % 20}/scenario-${at}` },
      lines: conversation(at, MESSAGES),
    })),
  );
  try {
    const start = performance.now();
    const html = renderHtml(record, folder, catalogue);
    const seconds = (performance.now() - start) / 1000;
    const memory = Math.round(process.memoryUsage().rss / 2 ** 20);
    const note = `${(html.length / 1e6).toFixed(1)} MB, with ${memory} MiB of memory`;
    return {
      name: `HTML report, 100,000 messages (${seconds.toFixed(1)} s)`,
      opsPerSecond: (SCENARIOS * MESSAGES) / seconds,
      note,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
