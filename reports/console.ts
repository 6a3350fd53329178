import pc from 'picocolors';
import type { Catalogue } from '../harness/catalogue/catalogue.ts';
import type { FindingRecord, RunRecord, ScenarioResult } from '../harness/runner/record.ts';
import type { RunObserver } from '../harness/runner/run.ts';
import type { WireEntry } from '../harness/wire/entry.ts';
import { headline, printable, printableLines } from '../harness/wire/text.ts';

/** Where the report goes; `columns` is the width of a terminal. */
export interface Terminal {
  write(text: string): void;
  readonly isTty: boolean;
  readonly colours: boolean;
  readonly columns: number;
}

export type Verbosity = 'quiet' | 'normal' | 'verbose';

/** Messages shown for one finding, and lines of each. */
const EVIDENCE_SHOWN = 4;
const LINES_SHOWN = 12;
const CLEAR_LINE = '\r\u001b[2K';

type Colours = ReturnType<typeof pc.createColors>;
type Verdict = ScenarioResult['verdict'];

/** Shows a run on a terminal: progress while it lasts, then each miss with the octets that prove it, then the sum. */
export class ConsoleReporter implements RunObserver {
  readonly #terminal: Terminal;
  readonly #catalogue: Catalogue;
  readonly #verbosity: Verbosity;
  readonly #c: Colours;
  readonly #details = new Map<string, string[]>();
  readonly #running = new Set<string>();
  #total = 0;
  #done = 0;
  #misses = 0;

  constructor(terminal: Terminal, catalogue: Catalogue, verbosity: Verbosity) {
    this.#terminal = terminal;
    this.#catalogue = catalogue;
    this.#verbosity = verbosity;
    this.#c = pc.createColors(terminal.colours);
  }

  started(capabilities: readonly string[], total: number): void {
    this.#total = total;
    if (this.#verbosity === 'quiet') return;
    const offers = capabilities.length === 0 ? 'nothing beyond room messages' : capabilities.join(', ');
    this.#line(`The SUT offers: ${offers}. ${total} scenarios.`);
  }

  scenarioStarted(id: string): void {
    this.#running.add(id);
    this.#progress();
  }

  scenarioEnded(result: ScenarioResult, entries: readonly WireEntry[]): ScenarioResult {
    this.#running.delete(result.id);
    this.#done += 1;
    if (isMiss(result.verdict)) {
      this.#misses += 1;
      this.#details.set(result.id, this.#describe(result, entries));
    }
    if (this.#verbosity === 'verbose') {
      this.#line(`${this.#word(result.verdict)}  ${result.id} ${this.#c.dim(`${result.durationMs} ms`)}`);
    }
    this.#progress();
    return result;
  }

  /** `file` is where the record has been written. */
  finished(record: RunRecord, file: string): void {
    if (this.#terminal.isTty) this.#terminal.write(CLEAR_LINE);
    for (const { id, known } of record.scenarios)
      if (known === undefined) for (const line of this.#details.get(id) ?? []) this.#line(line);
    for (const line of this.#said(record)) this.#line(line);
    if (this.#verbosity !== 'quiet') for (const line of this.#areas(record)) this.#line(line);
    this.#line(this.#sum(record));
    if (record.leftOut !== undefined && this.#verbosity !== 'quiet')
      this.#line(this.#c.dim(`${record.leftOut.length} more need simulated time (--in-memory).`));
    if (record.stopped !== undefined) this.#line(this.#c.red(`The run ended early: ${printable(record.stopped)}`));
    this.#line(this.#c.dim(`Record: ${file}`));
  }

  /** What the profile says of the SUT, beside what was seen. */
  #said({ scenarios, stale = [], deaths = [], sut }: RunRecord): string[] {
    const known = scenarios.filter((one) => one.known !== undefined);
    return [
      ...deaths.map(({ during, how }) => this.#c.red(`The SUT died during ${during.join(', ')}: ${printable(how)}`)),
      ...(known.length === 0 ? [] : ['', this.#c.bold('Known deviations')]),
      ...known.map(({ id, known: reason = '' }) => `  ${id}: ${printable(reason)}`),
      ...stale.map(({ requirement, scenario, reason }) => {
        const what = [requirement, scenario].filter((one) => one !== undefined).join(' in ');
        return this.#c.red(`Not so any more, take it off the profile: ${what} (${printable(reason)})`);
      }),
      ...(sut.notServed ?? []).map((name) => this.#c.red(`The profile claims ${name}, and the SUT does not show it.`)),
    ];
  }

  #describe(result: ScenarioResult, entries: readonly WireEntry[]): string[] {
    const lines = ['', `${this.#word(result.verdict)}  ${this.#c.bold(result.id)}`, `      ${result.title}`];
    for (const group of groups(result.findings)) lines.push(...this.#finding(group, entries));
    return lines;
  }

  #finding(group: readonly FindingRecord[], entries: readonly WireEntry[]): string[] {
    const [first] = group;
    if (first === undefined) return [];
    const lines: string[] = [];
    for (const { requirement, level } of group.slice(0, 4)) {
      const summary = this.#catalogue.get(requirement)?.summary.trim() ?? '';
      lines.push(`      ${this.#c.cyan(requirement)} ${level}  ${summary}`);
    }
    if (group.length > 4) lines.push(`      and ${group.length - 4} more requirements`);
    const where = first.step === undefined ? `rule ${first.rule ?? ''}` : `step ${first.step}`;
    lines.push(`        ${this.#word(first.verdict)} ${where}: ${printable(first.message)}`);
    if (first.expected !== undefined) lines.push(...this.#field('expected', first.expected));
    if (first.actual !== undefined) lines.push(...this.#field('actual', first.actual));
    for (const index of first.evidence.slice(-EVIDENCE_SHOWN)) {
      const entry = entries[index];
      if (entry !== undefined) lines.push(...this.#evidence(entry));
    }
    return lines;
  }

  #field(name: string, value: string): string[] {
    const [first = '', ...rest] = printableLines(Buffer.from(value), LINES_SHOWN);
    const pad = ' '.repeat(18);
    return [`        ${name.padEnd(10)}${first}`, ...rest.map((line) => `${pad}${line}`)];
  }

  #evidence(entry: WireEntry): string[] {
    const arrow = entry.direction === 'sent' ? '→' : '←';
    const title = `        ${this.#c.yellow(`${entry.actor} ${arrow}`)} ${printable(headline(entry))}  ${this.#c.dim(`#${entry.index}, ${Math.round(entry.time)} ms`)}`;
    return [title, ...printableLines(entry.octets, LINES_SHOWN).map((line) => this.#c.dim(`          ${line}`))];
  }

  #areas({ scenarios }: RunRecord): string[] {
    const areas = new Map<string, Verdict[]>();
    for (const { id, verdict } of scenarios) {
      const area = id.split('/').slice(0, -1).join('/');
      areas.set(area, [...(areas.get(area) ?? []), verdict]);
    }
    const width = Math.max(...[...areas.keys()].map((area) => area.length), 0);
    return ['', ...[...areas].map(([area, verdicts]) => `  ${area.padEnd(width)}  ${this.#tally(verdicts)}`)];
  }

  #tally(verdicts: readonly Verdict[]): string {
    return (['pass', 'fail', 'warn', 'inconclusive', 'unsupported', 'error'] as const)
      .map((verdict) => [verdict, verdicts.filter((one) => one === verdict).length] as const)
      .filter(([, count]) => count > 0)
      .map(([verdict, count]) => this.#paint(verdict, `${count} ${verdict}`))
      .join(', ');
  }

  #sum({ scenarios, sut, durationMs }: RunRecord): string {
    const tally = this.#tally(scenarios.map((one) => one.verdict)) || 'nothing judged';
    return `\n${this.#c.bold(`${scenarios.length} of ${this.#total} scenarios`)} against ${printable(sut.name)} in ${(durationMs / 1000).toFixed(1)} s: ${tally}`;
  }

  #progress(): void {
    if (!this.#terminal.isTty || this.#verbosity === 'quiet') return;
    const misses = this.#misses === 0 ? '' : `, ${this.#misses} not passed`;
    const text = `${this.#done}/${this.#total}${misses}  ${[...this.#running].join(' ')}`;
    this.#terminal.write(CLEAR_LINE + text.slice(0, Math.max(0, this.#terminal.columns - 1)));
  }

  #line(text: string): void {
    this.#terminal.write(`${this.#terminal.isTty ? CLEAR_LINE : ''}${text}\n`);
  }

  #word(verdict: Verdict): string {
    return this.#paint(verdict, verdict.toUpperCase().padEnd(4));
  }

  #paint(verdict: Verdict, text: string): string {
    switch (verdict) {
      case 'pass':
        return this.#c.green(text);
      case 'fail':
      case 'error':
        return this.#c.red(text);
      case 'warn':
      case 'inconclusive':
        return this.#c.yellow(text);
      case 'unsupported':
        return this.#c.dim(text);
    }
  }
}

const isMiss = (verdict: Verdict): boolean => verdict !== 'pass' && verdict !== 'unsupported';

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
