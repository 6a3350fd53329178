import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import type { Clock } from '../net/clock.ts';
import { err, ok, type Result } from '../result.ts';
import { TEST_ROSTER_INTERVAL_MS } from './focus-rooms.ts';
import { OwnRooms, type RoomPattern } from './own-rooms.ts';
import { formatPolicyWords } from './policy-words.ts';
import type { Sut } from './sut.ts';

/** The line that `msrpspec focus --ready` prints once it listens. */
export const readyLineSchema = z.object({
  ready: z.literal('msrpspec-focus'),
  host: z.string(),
  domain: z.string(),
  udp: z.int(),
  tcp: z.int(),
  msrp: z.int(),
});

export interface FocusProcessOptions {
  readonly clock: Clock;
  /** Program and arguments in front of `focus …`. */
  readonly command: readonly [string, ...string[]];
  readonly patterns: readonly RoomPattern[];
  /** Scenarios at the same time. */
  readonly jobs: number;
}

const START_MS = 20_000;
const STOP_MS = 3_000;
/** Of what a dead SUT has written last. */
const OUTPUT_KEPT = 2_000;

/** Starts the reference focus as a process of its own and waits until it listens. */
export async function focusProcess(options: FocusProcessOptions): Promise<Result<Sut, string>> {
  const [program, ...before] = options.command;
  const onDemand = options.patterns.flatMap(({ prefix, need }) => [
    '--on-demand',
    `${prefix}:${formatPolicyWords(need)}`,
  ]);
  const args = [
    ...before,
    'focus',
    '--ready',
    '--host',
    '127.0.0.1',
    '--sip-port',
    '0',
    '--msrp-port',
    '0',
    '--roster-interval',
    String(TEST_ROSTER_INTERVAL_MS),
    ...onDemand,
  ];
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const life = new ProcessLife(child, options.clock);
  const ready = await life.ready(START_MS);
  if (!ready.ok) {
    await life.stop();
    return ready;
  }
  const { host, tcp, domain } = ready.value;
  return ok({
    name: 'the built-in focus',
    kind: 'built-in',
    target: 'builtin',
    ...(child.pid === undefined ? {} : { processId: child.pid }),
    sip: { transport: 'tcp', address: { host, port: tcp } },
    domain,
    localHost: host,
    rooms: new OwnRooms(options.patterns, domain, options.jobs),
    onExit: (listener) => life.onExit(listener),
    stop: () => life.stop(),
  });
}

type Ready = z.infer<typeof readyLineSchema>;

/** A child process from its first line to its end. */
class ProcessLife {
  readonly #child: ChildProcess;
  readonly #clock: Clock;
  readonly #ended: Promise<void>;
  readonly #listeners = new Set<(how: string) => void>();
  readonly #firstLine: Promise<string | undefined>;
  #output = '';
  #how: string | undefined;
  #stopping = false;

  constructor(child: ChildProcess, clock: Clock) {
    this.#child = child;
    this.#clock = clock;
    child.stderr?.setEncoding('utf8').on('data', (text: string) => this.#keep(text));
    this.#firstLine = new Promise((resolve) => {
      if (child.stdout === null) return resolve(undefined);
      const lines = createInterface({ input: child.stdout });
      lines.once('line', resolve);
      lines.on('line', (line) => this.#keep(`${line}\n`));
      lines.once('close', () => resolve(undefined));
    });
    this.#ended = new Promise((resolve) => {
      child.once('error', (error) => this.#end(`the focus could not be started: ${error.message}`, resolve));
      child.once('exit', (code, signal) =>
        this.#end(
          signal === null ? `the focus ended with status ${code}` : `the focus was ended by ${signal}`,
          resolve,
        ),
      );
    });
  }

  async ready(withinMs: number): Promise<Result<Ready, string>> {
    const late = new Promise<'late'>((resolve) => {
      const timer = this.#clock.after(withinMs, () => resolve('late'));
      void Promise.race([this.#firstLine, this.#ended]).then(() => timer.cancel());
    });
    const line = await Promise.race([this.#firstLine, late]);
    if (line === 'late') return err(`the focus was not ready after ${withinMs / 1000} s`);
    if (line === undefined) {
      await this.#ended;
      return err(this.#how ?? 'the focus ended');
    }
    const parsed = readyLineSchema.safeParse(parseJson(line));
    return parsed.success ? ok(parsed.data) : err(`the focus said "${line.slice(0, 200)}" where its addresses are due`);
  }

  onExit(listener: (how: string) => void): void {
    if (this.#how !== undefined && !this.#stopping) listener(this.#how);
    else this.#listeners.add(listener);
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    if (this.#how !== undefined) return;
    this.#child.kill('SIGTERM');
    const timer = this.#clock.after(STOP_MS, () => this.#child.kill('SIGKILL'));
    await this.#ended;
    timer.cancel();
  }

  #keep(text: string): void {
    this.#output = (this.#output + text).slice(-OUTPUT_KEPT);
  }

  #end(how: string, resolve: () => void): void {
    const said = this.#output.trim();
    this.#how = said === '' ? how : `${how}; its last words: ${said}`;
    resolve();
    if (this.#stopping) return;
    for (const listener of this.#listeners) listener(this.#how);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
