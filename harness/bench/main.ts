import { arch, cpus, platform, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { captureBenchmark } from './capture.bench.ts';
import { fanOutBenchmark } from './fan-out.bench.ts';
import { type BenchRow, msrpBenchmarks } from './msrp.bench.ts';
import { reportBenchmark } from './report.bench.ts';
import { wholeRunBenchmark } from './whole-run.bench.ts';

/** `npm run bench`: figures with the machine they were taken on. Nothing here is a test. */
const [cpu] = cpus();
const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
process.stdout.write(
  `Node ${process.version}, ${platform()} ${arch()}, ${cpus().length} × ${cpu?.model}, ${memory}\n\n`,
);

const cli = fileURLToPath(new URL('../cli/main.ts', import.meta.url));
const program: [string, ...string[]] = [process.execPath, ...process.execArgv, cli];

for (const row of await captureBenchmark()) process.stdout.write(`${line(row)}\n`);
process.stdout.write(`${line(await fanOutBenchmark(program))}\n`);
process.stdout.write(`${line(reportBenchmark())}\n`);
for (const row of await wholeRunBenchmark(program)) process.stdout.write(`${line(row)}\n`);
for (const row of await msrpBenchmarks()) process.stdout.write(`${line(row)}\n`);

function line({ name, opsPerSecond, megabytesPerSecond, note }: BenchRow): string {
  const rate = `${Math.round(opsPerSecond).toLocaleString('en')}/s`.padStart(16);
  const octets = megabytesPerSecond === undefined ? '' : `${Math.round(megabytesPerSecond).toLocaleString('en')} MB/s`;
  return `${name.padEnd(44)}${rate}${octets.padStart(14)}${note === undefined ? '' : `  ${note}`}`;
}
