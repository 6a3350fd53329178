import type { ScenarioResult } from '../../harness/runner/record.ts';
import type { StoredLine } from '../stored-log.ts';

/**
 * A sequence diagram, before it is drawn: one lifeline for each participant, in the order in which they appear, and the
 * SUT on the right; below them what happened, in the order of the wire log.
 */
export interface Ladder {
  readonly lifelines: readonly Lifeline[];
  readonly rows: readonly Row[];
}

export interface Lifeline {
  readonly name: string;
  readonly kind: 'participant' | 'others' | 'sut';
}

/** `at`, `from`, `to`: positions in `lifelines`. `index`: the position in the wire log. `time` in ms since it began. */
export type Row =
  | {
      readonly kind: 'message';
      readonly index: number;
      readonly time: number;
      readonly from: number;
      readonly to: number;
      readonly protocol: 'sip' | 'msrp' | 'unknown';
      readonly headline: string;
      /** Of the message, in octets. */
      readonly size: number;
      readonly mark: Mark;
    }
  | {
      readonly kind: 'connection';
      readonly index: number;
      readonly time: number;
      readonly at: number;
      /** Beside `at`: which of its connections, e.g. `alice-2`. */
      readonly connection: string;
      readonly headline: string;
      readonly mark: Mark;
    }
  /** Rows that are not shown, so that the diagram stays readable. */
  | { readonly kind: 'skipped'; readonly count: number; readonly first: number; readonly last: number };

/** `divergent`: the first message that is not what was due; `evidence`: named by a finding that is no pass. */
export type Mark = 'none' | 'evidence' | 'divergent';

export interface Marks {
  readonly divergent?: number;
  readonly evidence: ReadonlySet<number>;
}

/** What a diagram may hold. */
export interface Bounds {
  /** Participants with a lifeline of their own; the rest share one. */
  readonly lifelines: number;
  readonly rows: number;
}

export const DEFAULT_BOUNDS: Bounds = { lifelines: 12, rows: 300 };

/** Of a headline, in characters. */
const MAX_HEADLINE = 200;

type Finding = Pick<ScenarioResult['findings'][number], 'verdict' | 'evidence'>;

/** What the findings of a scenario make worth a look; the divergent one is that of the worst verdict. */
export function marksOf({ findings }: { readonly findings: readonly Finding[] }): Marks {
  const misses = findings.filter(({ verdict }) => verdict !== 'pass' && verdict !== 'unsupported');
  const evidence = new Set(misses.flatMap((one) => one.evidence));
  for (const worst of ['fail', 'error', 'inconclusive', 'warn'] as const) {
    // Of request and answer it is the answer that diverges: findings name it last.
    const ends = misses.flatMap((one) => (one.verdict === worst ? one.evidence.slice(-1) : []));
    if (ends.length > 0) return { evidence, divergent: ends.reduce((a, b) => Math.min(a, b)) };
  }
  return { evidence };
}

/** Draws nothing yet, and holds no octets. Between whom the lines passed: an actor of the log, and the SUT. */
export function ladderOf(
  lines: Iterable<StoredLine>,
  marks: Marks,
  sut: string,
  bounds: Bounds = DEFAULT_BOUNDS,
): Ladder {
  const actors = new Map<string, number>();
  const drawn: Drawn[] = [];
  for (const line of lines) {
    const actor = actors.get(line.actor) ?? actors.size;
    actors.set(line.actor, actor);
    drawn.push(drawnFrom(line, actor, markOf(line.index, marks)));
  }
  const names = [...actors.keys()];
  const shared = names.length > bounds.lifelines ? Math.max(1, bounds.lifelines - 1) : names.length;
  const others = names.length - shared;
  const lifelines: Lifeline[] = [
    ...names.slice(0, shared).map((name) => ({ name: clip(name), kind: 'participant' as const })),
    ...(others > 0 ? [{ name: `${others} others`, kind: 'others' as const }] : []),
    { name: clip(sut), kind: 'sut' },
  ];
  const sutAt = lifelines.length - 1;
  return { lifelines, rows: bounded(drawn, bounds.rows).map((one) => placed(one, shared, sutAt)) };
}

type Skipped = Extract<Row, { kind: 'skipped' }>;

/** A row that does not know yet where the SUT stands: it comes after all participants. */
interface Drawn {
  readonly kind: 'drawn';
  readonly actor: number;
  readonly direction: StoredLine['direction'];
  readonly index: number;
  readonly time: number;
  readonly protocol: StoredLine['protocol'];
  readonly connection: string;
  readonly headline: string;
  readonly size: number;
  readonly mark: Mark;
}

function drawnFrom(line: StoredLine, actor: number, mark: Mark): Drawn {
  const { direction, index, time, protocol, connection, headline, octets } = line;
  const size = octets.length;
  const texts = { connection: clip(connection), headline: clip(headline) };
  return { kind: 'drawn', actor, direction, index, time, protocol, ...texts, size, mark };
}

function placed(one: Drawn | Skipped, shared: number, sutAt: number): Row {
  if (one.kind === 'skipped') return one;
  const { index, time, protocol, connection, headline, size, mark } = one;
  const at = Math.min(one.actor, shared);
  if (protocol === 'connection') return { kind: 'connection', index, time, at, connection, headline, mark };
  const ends = one.direction === 'sent' ? { from: at, to: sutAt } : { from: sutAt, to: at };
  return { kind: 'message', index, time, ...ends, protocol, headline, size, mark };
}

/** Keeps the beginning and what is near to a mark; runs in between become one row each. */
function bounded(drawn: readonly Drawn[], limit: number): (Drawn | Skipped)[] {
  if (drawn.length <= limit) return [...drawn];
  const distances = distancesToMarks(drawn);
  const order = distances.map((_, at) => at).toSorted((a, b) => (distances[a] ?? 0) - (distances[b] ?? 0) || a - b);
  const kept = new Set(order.slice(0, limit));
  const rows: (Drawn | Skipped)[] = [];
  for (const [at, one] of drawn.entries()) {
    const last = rows.at(-1);
    // A single row is shown as it is: its stead would take as much room.
    if (kept.has(at) || (kept.has(at - 1) && kept.has(at + 1))) rows.push(one);
    else if (last?.kind === 'skipped') rows[rows.length - 1] = { ...last, count: last.count + 1, last: one.index };
    else rows.push({ kind: 'skipped', count: 1, first: one.index, last: one.index });
  }
  return rows;
}

/** Of each row to the nearest marked one; the first row and the last count as marked. */
function distancesToMarks(drawn: readonly Drawn[]): number[] {
  const distances = drawn.map(({ mark }, at) => {
    const isMarked = mark !== 'none' || at === 0 || at === drawn.length - 1;
    return isMarked ? rank(mark) : Number.MAX_SAFE_INTEGER;
  });
  for (let at = 1; at < distances.length; at += 1)
    distances[at] = Math.min(distances[at] ?? 0, (distances[at - 1] ?? 0) + 1);
  for (let at = distances.length - 2; at >= 0; at -= 1)
    distances[at] = Math.min(distances[at] ?? 0, (distances[at + 1] ?? 0) + 1);
  return distances;
}

/** Where there are more marks than rows, the divergent message stays. */
const rank = (mark: Mark): number => (mark === 'divergent' ? -2 : mark === 'evidence' ? -1 : 0);

function markOf(index: number, { divergent, evidence }: Marks): Mark {
  if (index === divergent) return 'divergent';
  return evidence.has(index) ? 'evidence' : 'none';
}

const clip = (text: string): string => (text.length > MAX_HEADLINE ? `${text.slice(0, MAX_HEADLINE - 1)}…` : text);
