import type { Clock } from '../net/clock.ts';
import { err, ok, type Result } from '../result.ts';

export interface ContainerProgramOptions {
  readonly clock: Clock;
  /** As messages call it: `the container of msrpspec`. */
  readonly called: string;
  /** Gets everything that it writes. */
  readonly keep?: (text: string) => void;
}

/** Of what a dead program has written last, in characters. */
const LAST_WORDS = 2_000;
/** Of what it wrote before somebody waited for a line, in characters. */
const MOST_REMEMBERED = 64 * 1024;

/** The program in a container as its engine tells of it: what it writes, and that it ends. */
export class ContainerProgram {
  readonly #options: ContainerProgramOptions;
  readonly #exitListeners = new Set<(how: string) => void>();
  readonly #lineListeners = new Set<(line: string) => void>();
  readonly #ended: Promise<string>;
  #settle: (how: string) => void = () => {};
  #written = '';
  #open = '';
  #how: string | undefined;
  #stopping = false;

  constructor(options: ContainerProgramOptions) {
    this.#options = options;
    this.#ended = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  /** It has written this. */
  output(text: string): void {
    this.#options.keep?.(text);
    this.#written = (this.#written + text).slice(-MOST_REMEMBERED);
    const lines = (this.#open + text).split(/\r?\n/);
    this.#open = (lines.pop() ?? '').slice(-MOST_REMEMBERED);
    for (const line of lines) for (const listener of this.#lineListeners) listener(line);
  }

  /** It has ended, or nobody can tell any more; `how` begins with a verb. */
  end(how: string): void {
    if (this.#how !== undefined) return;
    this.#how = `${this.#options.called} ${how}${this.#said()}`;
    this.#settle(this.#how);
    if (this.#stopping) return;
    for (const listener of this.#exitListeners) listener(this.#how);
  }

  /** From now on its end is no news. */
  stopping(): void {
    this.#stopping = true;
  }

  /** Resolves with how it has ended. */
  get ended(): Promise<string> {
    return this.#ended;
  }

  onExit(listener: (how: string) => void): void {
    if (this.#how === undefined) this.#exitListeners.add(listener);
    else if (!this.#stopping) listener(this.#how);
  }

  /** Waits for a line, past or to come, that `find` makes something of. Error: it ended first, or took too long. */
  async line<T>(find: (line: string) => T | undefined, withinMs: number): Promise<Result<T, string>> {
    let listener: (line: string) => void = () => {};
    const found = new Promise<Result<T, string>>((resolve) => {
      listener = (line) => {
        const value = find(line);
        if (value !== undefined) resolve(ok(value));
      };
      // The last one may not be whole yet.
      for (const line of this.#written.split(/\r?\n/).slice(0, -1)) listener(line);
      this.#lineListeners.add(listener);
    });
    const outcome = await this.ready(found, withinMs);
    this.#lineListeners.delete(listener);
    return outcome;
  }

  /** Waits for a sign that it is ready. Error: it ended first, or took too long; `missing` says what has not come. */
  async ready<T>(sign: Promise<Result<T, string>>, withinMs: number, missing?: string): Promise<Result<T, string>> {
    const what = missing === undefined ? '' : ` (${missing})`;
    const { clock, called } = this.#options;
    let settle: () => void = () => {};
    const late = new Promise<Result<T, string>>((resolve) => {
      const timer = clock.after(withinMs, () =>
        resolve(err(`${called} was not ready after ${withinMs / 1000} s${what}${this.#said()}`)),
      );
      settle = () => timer.cancel();
    });
    const ended = this.#ended.then((how): Result<T, string> => err(how));
    const outcome = await Promise.race([sign, ended, late]);
    settle();
    return outcome;
  }

  #said(): string {
    const said = this.#written
      .slice(-LAST_WORDS)
      .trim()
      .replace(/\s*\n\s*/g, ' | ');
    return said === '' ? '' : `; its last words: ${said}`;
  }
}
