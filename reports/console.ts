import { dirname } from 'node:path';
import pc from 'picocolors';
import type { Catalogue } from '../harness/catalogue/catalogue.ts';
import type { RunRecord, ScenarioResult } from '../harness/runner/record.ts';
import type { RunObserver } from '../harness/runner/run.ts';
import { isMiss } from './causes.ts';
import { endingLines, type Verbosity } from './ending.ts';
import { noLogs } from './evidence.ts';
import { type Colours, verdictWord, wrapped } from './findings.ts';
import { shown } from './markup.ts';
import { logsBelow } from './stored-log.ts';

export type { Verbosity } from './ending.ts';

/** Where the report goes; `columns` is the width of a terminal. */
export interface Terminal {
  write(text: string): void;
  readonly isTty: boolean;
  readonly colours: boolean;
  readonly columns: number;
}

const CLEAR_LINE = '\r\u001b[2K';

/** Shows a run on a terminal: progress while it lasts, then what did not pass, cause by cause, then the sum. */
export class ConsoleReporter implements RunObserver {
  readonly #terminal: Terminal;
  readonly #catalogue: Catalogue;
  readonly #verbosity: Verbosity;
  readonly #c: Colours;
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
    const times = rounds === 1 ? '' : `, ${rounds} times`;
    for (const line of wrapped(`The SUT offers: ${shown(offers)}. ${total} scenarios${times}.`, this.#columns()))
      this.#line(line);
  }

  scenarioStarted(id: string): void {
    this.#running.add(id);
    this.#progress();
  }

  scenarioEnded(result: ScenarioResult, _entries: readonly unknown[], round = 1): ScenarioResult {
    const { id, verdict, durationMs } = result;
    this.#running.delete(id);
    this.#done += 1;
    if (isMiss(verdict)) this.#misses += 1;
    if (this.#verbosity === 'verbose') {
      const which = this.#rounds === 1 ? '' : `, ${round} of ${this.#rounds}`;
      this.#line(`${verdictWord(verdict, this.#c)}  ${shown(id, 300)} ${this.#c.dim(`${durationMs} ms${which}`)}`);
    }
    this.#progress();
    return result;
  }

  /** `file` is where the record has been written, if it has: the wire logs are beside it. */
  finished(record: RunRecord, file: string | undefined): void {
    if (this.#terminal.isTty) this.#terminal.write(CLEAR_LINE);
    const columns = this.#columns();
    const lines = endingLines(record, {
      catalogue: this.#catalogue,
      colours: this.#c,
      ...(columns === undefined ? {} : { columns }),
      logs: file === undefined ? noLogs : logsBelow(dirname(file)),
      verbosity: this.#verbosity,
      planned: this.#total,
    });
    for (const line of lines) this.#line(line);
    if (file !== undefined) this.#line(this.#c.dim(`Record: ${file}`));
  }

  #progress(): void {
    if (!this.#terminal.isTty || this.#verbosity === 'quiet') return;
    const misses = this.#misses === 0 ? '' : `, ${this.#misses} not passed`;
    const round = Math.min(this.#rounds, Math.floor(this.#done / Math.max(1, this.#total)) + 1);
    const rounds = this.#rounds === 1 ? '' : `, round ${round} of ${this.#rounds}`;
    const running = shown([...this.#running].join(' '), 300);
    const text = `${this.#done}/${this.#total * this.#rounds}${rounds}${misses}  ${running}`;
    this.#terminal.write(CLEAR_LINE + text.slice(0, Math.max(0, this.#terminal.columns - 1)));
  }

  #line(text: string): void {
    this.#terminal.write(`${this.#terminal.isTty ? CLEAR_LINE : ''}${text}\n`);
  }

  /** A file is not wrapped: whoever reads it has a pager, or searches it. */
  #columns(): number | undefined {
    return this.#terminal.isTty ? this.#terminal.columns : undefined;
  }
}
