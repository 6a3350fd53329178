import pc from 'picocolors';
import type { Catalogue } from '../harness/catalogue/catalogue.ts';
import { overall } from '../harness/rules/finding.ts';
import type { RunRecord, ScenarioResult } from '../harness/runner/record.ts';
import { isFlaky } from '../harness/runner/repeats.ts';
import type { RunObserver } from '../harness/runner/run.ts';
import type { WireEntry } from '../harness/wire/entry.ts';
import { printable } from '../harness/wire/text.ts';
import { type Colours, describeMisses, isMiss, paint, verdictWord } from './findings.ts';

/** Where the report goes; `columns` is the width of a terminal. */
export interface Terminal {
  write(text: string): void;
  readonly isTty: boolean;
  readonly colours: boolean;
  readonly columns: number;
}

export type Verbosity = 'quiet' | 'normal' | 'verbose';

const CLEAR_LINE = '\r\u001b[2K';

type Verdict = ScenarioResult['verdict'];

/** Shows a run on a terminal: progress while it lasts, then each miss with the octets that prove it, then the sum. */
export class ConsoleReporter implements RunObserver {
  readonly #terminal: Terminal;
  readonly #catalogue: Catalogue;
  readonly #verbosity: Verbosity;
  readonly #c: Colours;
  /** Of each scenario that did not pass, what was worst. */
  readonly #details = new Map<string, { readonly verdict: Verdict; readonly lines: readonly string[] }>();
  readonly #running = new Set<string>();
  #total = 0;
  #rounds = 1;
  #done = 0;
  #misses = 0;

  constructor(terminal: Terminal, catalogue: Catalogue, verbosity: Verbosity) {
    this.#terminal = terminal;
    this.#catalogue = catalogue;
    this.#verbosity = verbosity;
    this.#c = pc.createColors(terminal.colours);
  }

  started(capabilities: readonly string[], total: number, rounds = 1): void {
    this.#total = total;
    this.#rounds = rounds;
    if (this.#verbosity === 'quiet') return;
    const offers = capabilities.length === 0 ? 'nothing beyond room messages' : capabilities.join(', ');
    this.#line(`The SUT offers: ${offers}. ${total} scenarios${rounds === 1 ? '' : `, ${rounds} times`}.`);
  }

  scenarioStarted(id: string): void {
    this.#running.add(id);
    this.#progress();
  }

  scenarioEnded(result: ScenarioResult, entries: readonly WireEntry[], round = 1): ScenarioResult {
    const { id, verdict, durationMs } = result;
    this.#running.delete(id);
    this.#done += 1;
    if (isMiss(verdict)) {
      this.#misses += 1;
      const worst = this.#details.get(id)?.verdict;
      if (worst === undefined || (worst !== verdict && overall([worst, verdict]) === verdict))
        this.#details.set(id, { verdict, lines: this.#describe(result, entries) });
    }
    if (this.#verbosity === 'verbose') {
      const which = this.#rounds === 1 ? '' : `, ${round} of ${this.#rounds}`;
      this.#line(`${this.#word(verdict)}  ${id} ${this.#c.dim(`${durationMs} ms${which}`)}`);
    }
    this.#progress();
    return result;
  }

  /** `file` is where the record has been written, if it has. */
  finished(record: RunRecord, file: string | undefined): void {
    if (this.#terminal.isTty) this.#terminal.write(CLEAR_LINE);
    for (const { id, known } of record.scenarios)
      if (known === undefined) for (const line of this.#details.get(id)?.lines ?? []) this.#line(line);
    for (const line of this.#said(record)) this.#line(line);
    if (this.#verbosity !== 'quiet') for (const line of this.#areas(record)) this.#line(line);
    this.#line(this.#sum(record));
    if (record.load !== undefined && this.#verbosity !== 'quiet') this.#line(this.#c.dim(loadLine(record.load)));
    if (record.leftOut !== undefined && this.#verbosity !== 'quiet')
      this.#line(this.#c.dim(`${record.leftOut.length} more need simulated time (--in-memory).`));
    if (record.stopped !== undefined) this.#line(this.#c.red(`The run ended early: ${printable(record.stopped)}`));
    if (file !== undefined) this.#line(this.#c.dim(`Record: ${file}`));
  }

  /** What the profile says of the SUT, beside what was seen. */
  #said({ scenarios, shard, stale = [], deaths = [], sut }: RunRecord): string[] {
    const known = scenarios.filter((one) => one.known !== undefined);
    return [
      ...deaths.map(({ during, how }) => this.#c.red(`The SUT died during ${during.join(', ')}: ${printable(how)}`)),
      ...(known.length === 0 ? [] : ['', this.#c.bold('Known deviations')]),
      ...known.map(({ id, known: reason = '' }) => `  ${id}: ${printable(reason)}`),
      ...this.#flaky(scenarios),
      ...(shard === undefined ? stale : []).map(({ requirement, scenario, reason }) => {
        const what = [requirement, scenario].filter((one) => one !== undefined).join(' in ');
        return this.#c.red(`Not so any more, take it off the profile: ${what} (${printable(reason)})`);
      }),
      ...(sut.notServed ?? []).map((name) => this.#c.red(`The profile claims ${name}, and the SUT does not show it.`)),
    ];
  }

  /** Each scenario that did not come out the same each time, with how often it came out how. */
  #flaky(scenarios: readonly ScenarioResult[]): string[] {
    const flaky = scenarios.filter(isFlaky);
    if (flaky.length === 0) return [];
    const line = ({ id, repeats = [] }: ScenarioResult): string =>
      `  ${id}: ${this.#tally(repeats.map(({ verdict }) => verdict))} in ${repeats.length}`;
    return ['', this.#c.bold('Flaky, which counts as the worst of their verdicts'), ...flaky.map(line)];
  }

  #describe(result: ScenarioResult, entries: readonly WireEntry[]): string[] {
    const wording = { catalogue: this.#catalogue, colours: this.#c };
    const misses = describeMisses(result, entries, wording).map((line) => `      ${line}`);
    return ['', `${this.#word(result.verdict)}  ${this.#c.bold(result.id)}`, `      ${result.title}`, ...misses];
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
    return (['pass', 'fail', 'differs', 'warn', 'inconclusive', 'unsupported', 'error'] as const)
      .map((verdict) => [verdict, verdicts.filter((one) => one === verdict).length] as const)
      .filter(([, count]) => count > 0)
      .map(([verdict, count]) => paint(verdict, `${count} ${verdict}`, this.#c))
      .join(', ');
  }

  #sum({ scenarios, sut, shard, durationMs }: RunRecord): string {
    const tally = this.#tally(scenarios.map((one) => one.verdict)) || 'nothing judged';
    return `\n${this.#c.bold(`${scenarios.length} of ${this.#total} scenarios`)}${shard === undefined ? '' : ` (shard ${shard.index}/${shard.of} of ${shard.selected})`} against ${printable(sut.name)} in ${(durationMs / 1000).toFixed(1)} s: ${tally}`;
  }

  #progress(): void {
    if (!this.#terminal.isTty || this.#verbosity === 'quiet') return;
    const misses = this.#misses === 0 ? '' : `, ${this.#misses} not passed`;
    const round = Math.min(this.#rounds, Math.floor(this.#done / Math.max(1, this.#total)) + 1);
    const rounds = this.#rounds === 1 ? '' : `, round ${round} of ${this.#rounds}`;
    const text = `${this.#done}/${this.#total * this.#rounds}${rounds}${misses}  ${[...this.#running].join(' ')}`;
    this.#terminal.write(CLEAR_LINE + text.slice(0, Math.max(0, this.#terminal.columns - 1)));
  }

  #line(text: string): void {
    this.#terminal.write(`${this.#terminal.isTty ? CLEAR_LINE : ''}${text}\n`);
  }

  #word(verdict: Verdict): string {
    return verdictWord(verdict, this.#c);
  }
}

function loadLine({ rooms, connections, peakConnections, messages }: NonNullable<RunRecord['load']>): string {
  return `Put on the SUT: ${messages} requests over ${connections} connections, ${peakConnections} at most at the same time, in ${rooms} rooms.`;
}
