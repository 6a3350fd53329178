import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, inject } from 'vitest';

/** The command `msrpspec` as the set-up of the tests has built it from the source as it is. */
export const builtProgram: readonly [string, string] = [process.execPath, inject('builtProgram')];

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Waiting {
  resolve(line: string): void;
  reject(error: Error): void;
}

/** A program as a user starts it: what it prints, and how it ends. */
export class Program {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  readonly #lines: string[] = [];
  readonly #waiting = new Map<RegExp, Waiting>();

  constructor(program: string, args: readonly string[]) {
    this.child = spawn(program, args, { env: { ...process.env, NO_COLOR: '1' } });
    let stderr = '';
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    if (this.child.stderr !== null)
      createInterface({ input: this.child.stderr }).on('line', (line) => this.#tell(line));
    if (this.child.stdout !== null) {
      createInterface({ input: this.child.stdout }).on('line', (line) => {
        this.#lines.push(line);
        this.#tell(line);
      });
    }
    this.ended = new Promise((resolve) => {
      this.child.once('close', (status) => {
        for (const { reject } of this.#waiting.values()) reject(new Error(`it ended with ${status}: ${stderr}`));
        resolve({ status, stdout: this.#lines.join('\n'), stderr });
      });
    });
  }

  /**
   * The first line on either stream that matches; one that stdout has shown already counts. To be asked for while the
   * program runs.
   * @throws when it ends without.
   */
  line(pattern: RegExp): Promise<string> {
    const seen = this.#lines.find((line) => pattern.test(line));
    if (seen !== undefined) return Promise.resolve(seen);
    return new Promise((resolve, reject) => this.#waiting.set(pattern, { resolve, reject }));
  }

  #tell(line: string): void {
    for (const [pattern, { resolve }] of this.#waiting) if (pattern.test(line)) resolve(line);
  }
}

/** Programs of one test, none of which outlives it. */
export class Programs {
  readonly #all: Program[] = [];

  msrpspec(...args: string[]): Program {
    return this.start(...builtProgram, ...args);
  }

  start(program: string, ...args: string[]): Program {
    const started = new Program(program, args);
    this.#all.push(started);
    return started;
  }

  async endAll(): Promise<void> {
    for (const { child } of this.#all) child.kill('SIGKILL');
    await Promise.all(this.#all.splice(0).map(({ ended }) => ended));
  }
}

/** Gives each test of a file a folder of its own; with the test it goes, and before it the programs that still run. */
export function inFolders(programs: Programs, enter: (path: string) => void): void {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'msrpspec-'));
    enter(folder);
  });
  afterEach(async () => {
    await programs.endAll();
    rmSync(folder, { recursive: true, force: true });
  });
}
