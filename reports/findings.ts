import type pc from 'picocolors';
import type { Catalogue } from '../harness/catalogue/catalogue.ts';
import type { ScenarioResult } from '../harness/runner/record.ts';
import type { WireEntry } from '../harness/wire/entry.ts';
import { printableLines } from '../harness/wire/text.ts';
import { type Fact, factsOf } from './causes.ts';
import { evidenceOf, MESSAGES_SHOWN } from './evidence.ts';
import { shown } from './markup.ts';
import { lineOf, type StoredLine, type StoredLogs } from './stored-log.ts';

export type Colours = ReturnType<typeof pc.createColors>;
type Verdict = ScenarioResult['verdict'];

/** Of one message, and of what was due or came. */
const LINES_SHOWN = 12;
const REQUIREMENTS_SHOWN = 4;
/** Where lines may be as long as they like, these are not. */
const MAX_COLUMNS = 160;

/** How findings are put into words. */
export interface Wording {
  readonly catalogue: Catalogue;
  readonly colours: Colours;
  /** Of the terminal; absent where lines may be long. */
  readonly columns?: number;
}

/**
 * The misses of a scenario, each with its requirements, what was due, what came, and the messages that prove it; then what
 * came out otherwise than captured.
 */
export function describeMisses(result: Misses, entries: readonly WireEntry[], wording: Wording): string[] {
  const lines = new Map(entries.map((entry) => [entry.index, entry]));
  const at = (index: number): StoredLine | undefined => {
    const entry = lines.get(index);
    return entry === undefined ? undefined : lineOf(entry);
  };
  return factsOf(result).flatMap((fact) => describeFact(fact, at, wording));
}

type Misses = Pick<ScenarioResult, 'findings' | 'compared' | 'verdict' | 'known'>;

/** Facts of a scenario that are told; who has more is wrong in another way. */
const FACTS_SHOWN = 20;

/** The same of a run that is over. Never more than `FACTS_SHOWN` facts. */
export function describeStored(result: ScenarioResult, logs: StoredLogs, wording: Wording): string[] {
  const all = factsOf(result);
  const facts = all.slice(0, FACTS_SHOWN);
  const evidence = evidenceOf(facts, result, logs);
  const at = (index: number): StoredLine | undefined => (evidence.ok ? evidence.value.get(index) : undefined);
  return [
    ...facts.flatMap((fact) => describeFact(fact, at, wording)),
    ...(evidence.ok ? [] : [`(${shown(evidence.error)})`]),
    ...(all.length === facts.length ? [] : [`and ${all.length - facts.length} more findings`]),
  ];
}

function describeFact(fact: Fact, at: (index: number) => StoredLine | undefined, wording: Wording): string[] {
  const messages = fact.evidence.slice(-MESSAGES_SHOWN).flatMap((index) => at(index) ?? []);
  const where = `${verdictWord(fact.verdict, wording.colours)} ${placeOf(fact)}`;
  return [
    ...describeRequirements(fact, wording),
    `  ${where}: ${shown(fact.message, 1000)}`,
    ...describePair(fact, wording, '  '),
    ...messages.flatMap((line) => describeMessage(line, wording, '  ')),
  ];
}

/** In which step, or by which rule. */
export const placeOf = ({ step, rule }: Pick<Fact, 'step' | 'rule'>): string =>
  step === undefined ? (rule === undefined ? 'the scenario' : `rule ${rule}`) : `step ${shown(step, 300)}`;

/** One line for each requirement, wrapped at the columns of the terminal. */
export function describeRequirements({ requirements }: Fact, { catalogue, colours, columns }: Wording): string[] {
  const lines = requirements.slice(0, REQUIREMENTS_SHOWN).flatMap(({ id, level }) => {
    const summary = catalogue.get(id)?.summary.trim().replace(/\s+/g, ' ') ?? '';
    const [first = '', ...rest] = wrapped(
      `${shown(id, 100)} ${level}  ${summary}`,
      columns === undefined ? undefined : columns - 2,
    );
    return [first.replace(/^\S+/, (word) => colours.cyan(word)), ...rest.map((line) => `  ${line}`)];
  });
  const more = requirements.length - REQUIREMENTS_SHOWN;
  return more <= 0 ? lines : [...lines, `and ${more} more requirement${more === 1 ? '' : 's'}`];
}

/** What was due, and what came. */
export function describePair({ due, actual }: Fact, { columns }: Wording, indent: string): string[] {
  return [
    ...(due === undefined ? [] : field(due.by === 'capture' ? 'captured' : 'expected', due.text, indent, columns)),
    ...(actual === undefined ? [] : field('actual', actual, indent, columns)),
  ];
}

function field(name: string, value: string, indent: string, columns: number | undefined): string[] {
  const room = roomFor(columns, indent.length + 10);
  const [first = '', ...rest] = printableLines(Buffer.from(value), LINES_SHOWN, room);
  const pad = ' '.repeat(10);
  return [`${indent}${name.padEnd(10)}${first}`, ...rest.map((line) => `${indent}${pad}${line}`)];
}

/** A message as it passed, with who sent or received it. */
export function describeMessage(line: StoredLine, { colours, columns }: Wording, indent: string): string[] {
  const arrow = line.direction === 'sent' ? '→' : '←';
  const room = roomFor(columns, indent.length);
  const actor = shown(line.actor, 40);
  const title = `${actor} ${arrow} ${shown(line.headline, 300)}`;
  const place = `  #${line.index}, ${Math.round(line.time)} ms${framesOf(line)}`;
  const clipped =
    title.length + place.length > room ? `${title.slice(0, Math.max(1, room - place.length - 1))}…` : title;
  const coloured = clipped.replace(/^\S+ [→←]/, (who) => colours.yellow(who));
  const octets = printableLines(line.octets, LINES_SHOWN, roomFor(columns, indent.length + 2));
  return [`${indent}${coloured}${colours.dim(place)}`, ...octets.map((text) => colours.dim(`${indent}  ${text}`))];
}

/** The packets that carried it, as Wireshark counts. */
function framesOf({ frames = [] }: StoredLine): string {
  const [first, ...more] = frames;
  if (first === undefined) return '';
  return more.length === 0 ? `, frame ${first}` : `, frames ${first} to ${more.at(-1)}`;
}

const roomFor = (columns: number | undefined, taken: number): number =>
  columns === undefined ? MAX_COLUMNS : Math.max(12, Math.min(MAX_COLUMNS, columns - taken));

/** Lines of at most `columns`, broken between words where there are any; one line without `columns`. */
export function wrapped(text: string, columns: number | undefined): string[] {
  if (columns === undefined) return [text];
  const width = Math.max(12, columns);
  const lines: string[] = [];
  let rest = text;
  while (rest.length > width) {
    const at = rest.lastIndexOf(' ', width);
    const end = at > width / 3 ? at : width;
    lines.push(rest.slice(0, end).trimEnd());
    rest = rest.slice(end).trimStart();
  }
  return [...lines, rest];
}

/** The verdict as it stands in front of a line. */
export const verdictWord = (verdict: Verdict, colours: Colours): string =>
  paint(verdict, verdict.toUpperCase().padEnd(4), colours);

export function paint(verdict: Verdict, text: string, colours: Colours): string {
  switch (verdict) {
    case 'pass':
      return colours.green(text);
    case 'fail':
    case 'error':
      return colours.red(text);
    case 'warn':
    case 'differs':
    case 'inconclusive':
      return colours.yellow(text);
    case 'unsupported':
      return colours.dim(text);
  }
}
