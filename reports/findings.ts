import type pc from 'picocolors';
import type { Catalogue } from '../harness/catalogue/catalogue.ts';
import type { ComparedRecord, FindingRecord, ScenarioResult } from '../harness/runner/record.ts';
import type { WireEntry } from '../harness/wire/entry.ts';
import { headline, printable, printableLines } from '../harness/wire/text.ts';

export type Colours = ReturnType<typeof pc.createColors>;
type Verdict = ScenarioResult['verdict'];

/** Messages shown for one finding, and lines of each. */
const EVIDENCE_SHOWN = 4;
const LINES_SHOWN = 12;

/** How findings are put into words. */
export interface Wording {
  readonly catalogue: Catalogue;
  readonly colours: Colours;
}

export const isMiss = (verdict: Verdict): boolean => verdict !== 'pass' && verdict !== 'unsupported';

/**
 * The misses of a scenario, each with its requirements, what was due, what came, and the messages that prove it; then what
 * came out otherwise than captured.
 */
export function describeMisses(
  { findings, compared = [] }: Pick<ScenarioResult, 'findings' | 'compared'>,
  entries: readonly WireEntry[],
  wording: Wording,
): string[] {
  return [
    ...groups(findings).flatMap((group) => describeFinding(group, entries, wording)),
    ...compared
      .filter(({ verdict }) => isMiss(verdict))
      .flatMap((one) => describeFact(one, `step ${one.step ?? ''}`, 'captured', entries, wording.colours)),
  ];
}

function describeFinding(
  group: readonly FindingRecord[],
  entries: readonly WireEntry[],
  { catalogue, colours }: Wording,
): string[] {
  const [first] = group;
  if (first === undefined) return [];
  const lines: string[] = [];
  for (const { requirement, level } of group.slice(0, 4)) {
    const summary = catalogue.get(requirement)?.summary.trim() ?? '';
    lines.push(`${colours.cyan(requirement)} ${level}  ${summary}`);
  }
  if (group.length > 4) lines.push(`and ${group.length - 4} more requirements`);
  const where = first.step === undefined ? `rule ${first.rule ?? ''}` : `step ${first.step}`;
  return [...lines, ...describeFact(first, where, 'expected', entries, colours)];
}

/** `due` is what the expected is called. */
function describeFact(
  { verdict, message, expected, actual, evidence: proof }: ComparedRecord,
  where: string,
  due: 'expected' | 'captured',
  entries: readonly WireEntry[],
  colours: Colours,
): string[] {
  const lines = [`  ${verdictWord(verdict, colours)} ${where}: ${printable(message)}`];
  if (expected !== undefined) lines.push(...field(due, expected));
  if (actual !== undefined) lines.push(...field('actual', actual));
  for (const index of proof.slice(-EVIDENCE_SHOWN)) {
    const entry = entries[index];
    if (entry !== undefined) lines.push(...evidence(entry, colours));
  }
  return lines;
}

function field(name: string, value: string): string[] {
  const [first = '', ...rest] = printableLines(Buffer.from(value), LINES_SHOWN);
  const pad = ' '.repeat(12);
  return [`  ${name.padEnd(10)}${first}`, ...rest.map((line) => `${pad}${line}`)];
}

function evidence(entry: WireEntry, colours: Colours): string[] {
  const arrow = entry.direction === 'sent' ? '→' : '←';
  const place = colours.dim(`#${entry.index}, ${Math.round(entry.time)} ms`);
  const title = `  ${colours.yellow(`${entry.actor} ${arrow}`)} ${printable(headline(entry))}  ${place}`;
  return [title, ...printableLines(entry.octets, LINES_SHOWN).map((line) => colours.dim(`    ${line}`))];
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

/** What one step or rule found, over all requirements it cites; only what is worth a look. */
function groups(findings: readonly FindingRecord[]): FindingRecord[][] {
  const byCause = new Map<string, FindingRecord[]>();
  for (const finding of findings) {
    if (!isMiss(finding.verdict)) continue;
    const cause = JSON.stringify([finding.step, finding.rule, finding.message, finding.actual]);
    byCause.set(cause, [...(byCause.get(cause) ?? []), finding]);
  }
  return [...byCause.values()];
}
