import { type ChildProcess, spawn } from 'node:child_process';
import { StringDecoder } from 'node:string_decoder';
import type { Clock } from '../net/clock.ts';
import { err, ok, type Result } from '../result.ts';

export interface ProgramOptions {
  readonly clock: Clock;
  /** As messages call it: `the focus`. */
  readonly called: string;
  readonly directory?: string;
  /** Beside the environment of this program. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Gets everything that it writes. */
  readonly keep?: (text: string) => void;
  /** `lines`: `writeLine` reaches its standard input, which is closed when it is to end. */
  readonly input?: 'none' | 'lines';
}

const STOP_MS = 3_000;
const LAST_WORDS_MS = 500;
/** Of what a dead program has written last, in characters. */
const LAST_WORDS = 2_000;
/** Of what has been written to its standard input, in octets. */
const MOST_UNREAD = 1024 * 1024;
/** A line longer than this is looked at in pieces, in characters. */
const MAX_LINE = 64 * 1024;

/** Groups that are alive. They end with this program, in whatever haste it ends. */
const alive = new Set<() => void>();
process.on('exit', () => {
  for (const kill of alive) kill();
});

/**
 * A child process from its first line to its end. It leads a process group of its own: what it starts ends with it, and
 * a Ctrl-C at the terminal does not reach it past this program.
 */
export class ChildProgram {
  readonly #child: ChildProcess;
  readonly #options: ProgramOptions;
  readonly #ended: Promise<void>;
  readonly #exitListeners = new Set<(how: string) => void>();
  readonly #lineListeners = new Set<(line: string) => void>();
  readonly #outputListeners = new Set<(line: string) => void>();
  #lastWords = '';
  #how: string | undefined;
  #stopping = false;

  constructor([program, ...args]: readonly [string, ...string[]], options: ProgramOptions) {
    this.#options = options;
    const { directory, environment, input } = options;
    this.#child = spawn(program, args, {
      stdio: [input === 'lines' ? 'pipe' : 'ignore', 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
      env: { ...process.env, ...environment },
      ...(directory === undefined ? {} : { cwd: directory }),
    });
    // Who does not read, or has ended, is noticed by its end.
    this.#child.stdin?.on('error', () => {});
    this.#read(this.#child.stdout, this.#outputListeners);
    this.#read(this.#child.stderr, new Set());
    const kill = (): void => this.#signal('SIGKILL');
    alive.add(kill);
    this.#ended = new Promise((resolve) => {
      this.#child.once('error', (error) => {
        alive.delete(kill);
        this.#end(`${options.called} could not be started: ${error.message}`, resolve);
      });
      this.#child.once('exit', (code, signal) => {
        // What it has started must not outlive it.
        kill();
        alive.delete(kill);
        const how = `${options.called} ${signal === null ? `ended with status ${code}` : `was ended by ${signal}`}`;
        // Its last words may still be on their way; somebody else may hold its output open for ever.
        const timer = options.clock.after(LAST_WORDS_MS, () => this.#end(how, resolve));
        this.#child.once('close', () => {
          timer.cancel();
          this.#end(how, resolve);
        });
      });
    });
  }

  get processId(): number | undefined {
    return this.#child.pid;
  }

  /** The status it has ended with; undefined: it has not, or a signal has ended it. */
  get status(): number | undefined {
    return this.#child.exitCode ?? undefined;
  }

  /** Waits for a line of its output that `find` makes something of. Error: it ended first, or took too long. */
  async line<T>(find: (line: string) => T | undefined, withinMs: number): Promise<Result<T, string>> {
    let listener: (line: string) => void = () => {};
    const found = new Promise<Result<T, string>>((resolve) => {
      listener = (line) => {
        const value = find(line);
        if (value !== undefined) resolve(ok(value));
      };
      this.#lineListeners.add(listener);
    });
    const outcome = await this.ready(found, withinMs);
    this.#lineListeners.delete(listener);
    return outcome;
  }

  /** Waits for a sign that it is ready. Error: it ended first, or took too long; `missing` says what has not come. */
  async ready<T>(sign: Promise<Result<T, string>>, withinMs: number, missing?: string): Promise<Result<T, string>> {
    const what = missing === undefined ? '' : ` (${missing})`;
    let settle: () => void = () => {};
    const late = new Promise<Result<T, string>>((resolve) => {
      const timer = this.#options.clock.after(withinMs, () =>
        resolve(err(`${this.#options.called} was not ready after ${withinMs / 1000} s${what}${this.#said()}`)),
      );
      settle = () => timer.cancel();
    });
    const ended = this.#ended.then((): Result<T, string> => err(`${this.#how ?? ''}`));
    const outcome = await Promise.race([sign, ended, late]);
    settle();
    return outcome;
  }

  /** Calls back for every line of its standard output from now on. */
  onOutput(listener: (line: string) => void): void {
    this.#outputListeners.add(listener);
  }

  /** False: it does not read any more, or has so far left too much unread. */
  writeLine(line: string): boolean {
    const { stdin } = this.#child;
    if (stdin === null || !stdin.writable || this.#how !== undefined || stdin.writableLength > MOST_UNREAD)
      return false;
    stdin.write(`${line}\n`);
    return true;
  }

  onExit(listener: (how: string) => void): void {
    if (this.#how === undefined) this.#exitListeners.add(listener);
    else if (!this.#stopping) listener(this.#how);
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    if (this.#how !== undefined) return;
    this.#child.stdin?.end();
    this.#signal('SIGTERM');
    const timer = this.#options.clock.after(STOP_MS, () => this.#signal('SIGKILL'));
    await this.#ended;
    timer.cancel();
  }

  /** To the whole group: also to what outlives the program that started it. */
  #signal(signal: NodeJS.Signals): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      if (process.platform === 'win32') this.#child.kill(signal);
      else process.kill(-pid, signal);
    } catch {
      // Nobody of the group is left.
    }
  }

  #read(stream: NodeJS.ReadableStream | null, further: ReadonlySet<(line: string) => void>): void {
    const decoder = new StringDecoder('utf8');
    let open = '';
    stream?.on('data', (octets: Buffer) => {
      const text = decoder.write(octets);
      this.#options.keep?.(text);
      this.#lastWords = (this.#lastWords + text).slice(-LAST_WORDS);
      if (this.#lineListeners.size === 0 && further.size === 0) return;
      const lines = (open + text).split(/\r?\n/);
      open = (lines.pop() ?? '').slice(-MAX_LINE);
      for (const line of lines) for (const listener of [...this.#lineListeners, ...further]) listener(line);
    });
  }

  #said(): string {
    const said = this.#lastWords.trim();
    return said === '' ? '' : `; its last words: ${said}`;
  }

  #end(how: string, resolve: () => void): void {
    if (this.#how !== undefined) return;
    this.#how = `${how}${this.#said()}`;
    resolve();
    if (this.#stopping) return;
    for (const listener of this.#exitListeners) listener(this.#how);
  }
}
