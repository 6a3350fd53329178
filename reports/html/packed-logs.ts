import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { RunRecord, ScenarioResult } from '../../harness/runner/record.ts';
import { isMiss } from '../causes.ts';
import { logsBelow, type StoredLine, StoredLogError, type StoredLogs } from '../stored-log.ts';
import { type Mark, marksIn, type Said } from './marks.ts';
import { type Keeping, type Place, WirePack } from './wire-pack.ts';

/** What the headlines of a wire log take, in octets, for each octet of it. */
const HEADLINES = 0.004;

/** Misses are kept whole as far as anybody reads; what has passed gives way, the vast logs first. */
const OF_MISSES: Keeping = { most: 16_384, mostOfEvidence: 65_536 };
const OF_PASSES: Keeping = { most: 2048, mostOfEvidence: 2048 };
const OF_VAST_PASSES: Keeping = { most: 1000, mostOfEvidence: 1000 };
const BEYOND: Keeping = { most: 0, mostOfEvidence: 4096 };
/** In octets of the file. */
const VAST = 100_000;

/** What the page knows of the wire log of a scenario, where it has any. */
interface LogDigest {
  readonly place?: Place;
  /** By position in the wire log: the octets that findings are about. */
  readonly marks: Readonly<Record<number, readonly Mark[]>>;
  /** Why there is none. */
  readonly why?: string;
}

/** Wire logs as far as `budget` (in octets) goes: misses first, then the others, the small before the vast. */
export function packedLogs(
  record: RunRecord,
  folder: string,
  budget: number,
): { readonly logs: readonly LogDigest[]; readonly pieces: readonly string[] } {
  const logs: LogDigest[] = record.scenarios.map(() => ({ marks: {} }));
  const pack = new WirePack();
  const read = logsBelow(folder);
  const queue = wireLogs(record, folder).toSorted((a, b) => Number(b.isMiss) - Number(a.isMiss) || a.size - b.size);
  // In a capture the room stands where otherwise the SUT does, whoever is judged.
  const sut = record.sut.kind === 'capture' ? 'focus' : record.sut.name;
  let waiting = queue.reduce((sum, { size }) => sum + size, 0);
  for (const one of queue) {
    waiting -= one.size;
    const within = { size: budget - waiting * HEADLINES, keeping: keepingOf(one), beyond: BEYOND };
    const log = logDigest(one, (lines, evidence) => pack.add(lines, sut, evidence, within), read);
    for (const at of one.positions) logs[at] = log;
  }
  pack.close();
  return { logs, pieces: pack.pieces };
}

function keepingOf({ isMiss: missed, size }: WireLog): Keeping {
  if (missed) return OF_MISSES;
  return size < VAST ? OF_PASSES : OF_VAST_PASSES;
}

function logDigest(
  { path, results }: WireLog,
  add: (lines: Iterable<StoredLine>, evidence: ReadonlySet<number>) => Place,
  read: StoredLogs,
): LogDigest {
  const said = saidOf(results);
  const marks: Record<number, readonly Mark[]> = {};
  try {
    return { place: add(marking(read(path), said, marks), new Set(said.keys())), marks };
  } catch (error) {
    if (!(error instanceof StoredLogError)) throw error;
    return { marks: {}, why: error.message };
  }
}

/** By position in the wire log: what findings that are no pass say of it. */
function saidOf(results: readonly ScenarioResult[]): ReadonlyMap<number, readonly Said[]> {
  const said = new Map<number, Said[]>();
  const say = (evidence: readonly number[], what: Said): void => {
    for (const index of evidence) {
      const known = said.get(index);
      if (known === undefined) said.set(index, [what]);
      else known.push(what);
    }
  };
  for (const { findings, compared = [] } of results) {
    for (const { verdict, requirement, message, actual, evidence } of findings)
      if (isMiss(verdict)) say(evidence, { requirements: [requirement], message, actual });
    for (const { verdict, message, actual, evidence } of compared)
      if (isMiss(verdict)) say(evidence, { requirements: [], message, actual });
  }
  return said;
}

/** Passes the lines on, and notes which octets of them the findings are about. */
function* marking(
  lines: Iterable<StoredLine>,
  said: ReadonlyMap<number, readonly Said[]>,
  marks: Record<number, readonly Mark[]>,
): Generator<StoredLine> {
  for (const line of lines) {
    const about = said.get(line.index);
    const found = about === undefined ? [] : marksIn(line, about);
    if (found.length > 0) marks[line.index] = found;
    yield line;
  }
}

/** A wire log and those who share it: the parties of one room in a capture. */
interface WireLog {
  readonly path: string;
  readonly results: readonly ScenarioResult[];
  /** Of the results, in the record. */
  readonly positions: readonly number[];
  readonly isMiss: boolean;
  /** Of the file, in octets. */
  readonly size: number;
}

function wireLogs({ scenarios }: RunRecord, folder: string): WireLog[] {
  const positions = new Map<string, number[]>();
  for (const [at, { wireLog }] of scenarios.entries()) {
    if (wireLog === undefined) continue;
    const known = positions.get(wireLog);
    if (known === undefined) positions.set(wireLog, [at]);
    else known.push(at);
  }
  return [...positions].map(([path, those]) => {
    const results = those.flatMap((at) => scenarios[at] ?? []);
    const missed = results.some(({ verdict }) => isMiss(verdict));
    return { path, results, positions: those, isMiss: missed, size: sizeOf(join(folder, path)) };
  });
}

const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;
