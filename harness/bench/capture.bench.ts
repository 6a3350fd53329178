import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { realClock } from '../net/real-clock.ts';
import { parsePackets } from '../packets/pcap-parser.fixture.ts';
import { readCapture } from '../packets/read-capture.ts';
import { writeLargeCapture } from './large-capture.ts';
import type { Reading } from './large-capture-reading.ts';
import type { BenchRow } from './msrp.bench.ts';

const OCTETS = 100e6;
const SAMPLE_MS = 20;

interface Finished {
  readonly seconds: number;
  readonly output: string;
  /** The most memory it had at once, where the operating system tells; in 10^6 octets. */
  readonly peakMegabytes: number | undefined;
}

/** Messages of a capture of 100 MB, beside tshark on the same; its packets, beside pcap-parser. Each in a process of its own. */
export async function captureBenchmark(): Promise<BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'msrpspec-bench-'));
  try {
    const path = join(folder, 'large.pcap');
    const written = await writeLargeCapture(path, OCTETS);
    const megabytes = statSync(path).size / 1e6;
    const rows = [await ours(path, written, megabytes)];
    rows.push(await tshark(path, megabytes));
    return [...rows, ...(await packets(path, megabytes))];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function ours(path: string, written: number, megabytes: number): Promise<BenchRow> {
  const script = fileURLToPath(new URL('large-capture-reading.ts', import.meta.url));
  // A heap as users have it.
  const options = process.execArgv.filter((option) => !option.startsWith('--max-semi-space-size'));
  const { seconds, output } = await run(process.execPath, [...options, script, path]);
  const reading = JSON.parse(output) as Reading;
  if (reading.messages !== written) throw new Error(`${reading.messages} of ${written} messages were found`);
  return row('messages of a capture of 100 MB', reading.messages, seconds, megabytes, reading.peakMegabytes);
}

async function tshark(path: string, megabytes: number): Promise<BenchRow> {
  const name = 'the same by tshark';
  if (spawnSync('tshark', ['-v']).error !== undefined) return { name, opsPerSecond: 0, note: 'no tshark here' };
  const fields = ['frame.number', 'sip.CSeq', 'msrp.transaction.id'].flatMap((field) => ['-e', field]);
  const args = ['-r', path, '-n', '-Y', 'sip || msrp', '-T', 'fields', ...fields];
  const { seconds, output, peakMegabytes } = await run('tshark', args);
  return row(name, output.split('\n').length - 1, seconds, megabytes, peakMegabytes);
}

async function packets(path: string, megabytes: number): Promise<BenchRow[]> {
  let count = 0;
  const start = realClock.now();
  const read = await readCapture(path, ({ type }) => {
    if (type === 'packet') count += 1;
  });
  const seconds = (realClock.now() - start) / 1000;
  if (!read.ok) throw new Error(read.error);
  const theirStart = realClock.now();
  let theirs = 0;
  await parsePackets(path, () => {
    theirs += 1;
  });
  const theirSeconds = (realClock.now() - theirStart) / 1000;
  if (theirs !== count) throw new Error(`${count} packets were read, by pcap-parser ${theirs}`);
  return [
    row('packets of it', count, seconds, megabytes, undefined),
    row('the same by pcap-parser', theirs, theirSeconds, megabytes, undefined),
  ];
}

function row(name: string, count: number, seconds: number, megabytes: number, peak: number | undefined): BenchRow {
  const note = peak === undefined ? {} : { note: `at most ${peak} MB of memory` };
  return { name, opsPerSecond: count / seconds, megabytesPerSecond: megabytes / seconds, ...note };
}

/** From start to end, with what a program needs to begin. */
async function run(program: string, args: readonly string[]): Promise<Finished> {
  const start = realClock.now();
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  let peakMegabytes: number | undefined;
  const sampling = setInterval(() => {
    peakMegabytes = peakOf(child) ?? peakMegabytes;
  }, SAMPLE_MS);
  const pieces: Buffer[] = [];
  child.stdout.on('data', (piece: Buffer) => pieces.push(piece));
  try {
    const status = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    if (status !== 0) throw new Error(`${program} ended with status ${status}`);
    return { seconds: (realClock.now() - start) / 1000, output: Buffer.concat(pieces).toString(), peakMegabytes };
  } finally {
    clearInterval(sampling);
  }
}

function peakOf({ pid }: ChildProcess): number | undefined {
  const file = `/proc/${pid}/status`;
  if (pid === undefined || !existsSync(file)) return undefined;
  const kilobytes = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(file, 'utf8'))?.[1];
  return kilobytes === undefined ? undefined : Math.round((Number(kilobytes) * 1024) / 1e6);
}
