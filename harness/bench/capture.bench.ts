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
  /** Where the operating system tells. */
  readonly used: Used | undefined;
}

interface Used {
  /** The most memory at once, in 10^6 octets. */
  readonly peakMegabytes: number;
  /** Of the processor: what counts on a machine that has something else to do. */
  readonly seconds: number;
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
  const { seconds, output, used } = await run(process.execPath, [...options, script, path]);
  const { messages, peakMegabytes } = JSON.parse(output) as Reading;
  if (messages !== written) throw new Error(`${messages} of ${written} messages were found`);
  const exact = used && { ...used, peakMegabytes };
  return row('messages of a capture of 100 MB', messages, seconds, megabytes, exact);
}

async function tshark(path: string, megabytes: number): Promise<BenchRow> {
  const name = 'the same by tshark';
  if (spawnSync('tshark', ['-v']).error !== undefined) return { name, opsPerSecond: 0, note: 'no tshark here' };
  const fields = ['frame.number', 'sip.CSeq', 'msrp.transaction.id'].flatMap((field) => ['-e', field]);
  const args = ['-r', path, '-n', '-Y', 'sip || msrp', '-T', 'fields', ...fields];
  const { seconds, output, used } = await run('tshark', args);
  return row(name, output.split('\n').length - 1, seconds, megabytes, used);
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
    row('packets of it', count, seconds, megabytes),
    row('the same by pcap-parser', theirs, theirSeconds, megabytes),
  ];
}

function row(name: string, count: number, seconds: number, megabytes: number, used?: Used): BenchRow {
  const note = used && { note: `${used.seconds.toFixed(1)} s of processor time, at most ${used.peakMegabytes} MB` };
  return { name, opsPerSecond: count / seconds, megabytesPerSecond: megabytes / seconds, ...note };
}

/** From start to end, with what a program needs to begin. */
async function run(program: string, args: readonly string[]): Promise<Finished> {
  const start = realClock.now();
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  let used: Used | undefined;
  const sampling = setInterval(() => {
    used = usedBy(child) ?? used;
  }, SAMPLE_MS);
  const pieces: Buffer[] = [];
  child.stdout.on('data', (piece: Buffer) => pieces.push(piece));
  try {
    const status = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    if (status !== 0) throw new Error(`${program} ended with status ${status}`);
    return { seconds: (realClock.now() - start) / 1000, output: Buffer.concat(pieces).toString(), used };
  } finally {
    clearInterval(sampling);
  }
}

/** proc(5). */
function usedBy({ pid }: ChildProcess): Used | undefined {
  const folder = `/proc/${pid}`;
  if (pid === undefined || !existsSync(folder)) return undefined;
  const kilobytes = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`${folder}/status`, 'utf8'))?.[1];
  const [user, system] = readFileSync(`${folder}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
    .slice(11, 13);
  // A process that has ended and was not waited for has no memory any more.
  if (kilobytes === undefined || user === undefined || system === undefined) return undefined;
  const ticksOfSecond = 100;
  return {
    peakMegabytes: Math.round((Number(kilobytes) * 1024) / 1e6),
    seconds: (Number(user) + Number(system)) / ticksOfSecond,
  };
}
