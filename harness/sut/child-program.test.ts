import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Clock } from '../net/clock.ts';
import { realClock } from '../net/real-clock.ts';
import { ChildProgram } from './child-program.ts';

const started: ChildProgram[] = [];
const program = (script: string, keep?: (text: string) => void): ChildProgram => {
  const child = new ChildProgram([process.execPath, '-e', script], {
    clock: realClock,
    called: 'the program',
    ...(keep === undefined ? {} : { keep }),
  });
  started.push(child);
  return child;
};
/** A zombie is dead; where nobody buries it, it keeps its number. */
const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return !/^State:\tZ/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};
/** Time that passes when the test says so. */
const handClock = (): Clock & { strike(): void } => {
  const due = new Set<() => void>();
  return {
    ...realClock,
    after(_delayMs, call) {
      due.add(call);
      return { cancel: () => due.delete(call) };
    },
    strike() {
      for (const call of due) call();
    },
  };
};
const word = (line: string): string | undefined => /^ready (\S+)$/.exec(line)?.[1];
const LONG_MS = 60_000;

afterEach(async () => {
  await Promise.all(started.splice(0).map((one) => one.stop()));
});

describe('a child program', () => {
  it('is ready with the line that is waited for', async () => {
    const child = program('console.log("starting"); console.log("ready 5060"); setInterval(() => {}, 1e6)');
    expect(await child.line(word, LONG_MS)).toEqual({ ok: true, value: '5060' });
  });

  it('is not ready when it ends first, and its last words are told', async () => {
    const child = program('console.error("port 5060 is taken"); process.exitCode = 7');
    expect(await child.line(word, LONG_MS)).toEqual({
      ok: false,
      error: 'the program ended with status 7; its last words: port 5060 is taken',
    });
  });

  it('is not ready when it takes too long', async () => {
    const clock = handClock();
    const child = new ChildProgram([process.execPath, '-e', 'setInterval(() => {}, 1e6)'], { clock, called: 'it' });
    started.push(child);
    const outcome = child.line(word, 5_000);
    clock.strike();
    expect(await outcome).toEqual({ ok: false, error: 'it was not ready after 5 s' });
  });

  it('cannot be started when it is not there', async () => {
    const child = new ChildProgram(['/no/such/program'], { clock: realClock, called: 'the command /no/such/program' });
    expect(await child.line(word, LONG_MS)).toEqual({
      ok: false,
      error: 'the command /no/such/program could not be started: spawn /no/such/program ENOENT',
    });
  });

  it('takes with it what it has started', async () => {
    const child = program(
      `const { spawn } = require('node:child_process');
       const inner = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'], { stdio: 'inherit' });
       console.log('ready ' + inner.pid); setInterval(() => {}, 1e6)`,
    );
    const inner = await child.line(word, LONG_MS);
    const pid = Number(inner.ok ? inner.value : 0);
    expect(isAlive(pid)).toBe(true);
    const gone = new Promise<string>((resolve) => child.onExit(resolve));
    if (child.processId !== undefined) process.kill(child.processId, 'SIGKILL');
    expect(await gone).toMatch(/^the program was ended by SIGKILL; its last words: ready/);
    // Its pipe is closed a moment before the system calls it dead.
    await vi.waitFor(() => expect(isAlive(pid)).toBe(false));
  });

  it('is ended although it does not want to', async () => {
    const clock = handClock();
    const child = new ChildProgram(
      [process.execPath, '-e', 'process.on("SIGTERM", () => {}); console.log("ready x"); setInterval(() => {}, 1e6)'],
      { clock, called: 'it' },
    );
    expect((await child.line(word, LONG_MS)).ok).toBe(true);
    const stopped = child.stop();
    clock.strike();
    await stopped;
    expect(isAlive(child.processId ?? 0)).toBe(false);
  });

  it('has everything kept that it writes', async () => {
    let kept = '';
    const child = program('console.log("ready x"); console.error("é".repeat(3))', (text) => {
      kept += text;
    });
    const gone = new Promise<string>((resolve) => child.onExit(resolve));
    expect(await gone).toMatch(/^the program ended with status 0/);
    expect(kept.split('\n').sort()).toEqual(['', 'ready x', 'ééé']);
  });

  it('ends with the program that has started it, in whatever haste that ends', async () => {
    const source = fileURLToPath(new URL('./child-program.ts', import.meta.url));
    const clock = fileURLToPath(new URL('../net/real-clock.ts', import.meta.url));
    const script = `Promise.all([import(${JSON.stringify(source)}), import(${JSON.stringify(clock)})]).then(
      ([{ ChildProgram }, { realClock }]) => {
        const inner = new ChildProgram([process.execPath, '-e', 'setInterval(() => {}, 1e6)'], { clock: realClock, called: 'it' });
        console.log('ready ' + inner.processId);
        process.exit(130);
      })`;
    const outer = new ChildProgram([process.execPath, '--import', 'tsx', '-e', script], {
      clock: realClock,
      called: 'the program',
    });
    started.push(outer);
    const gone = new Promise<string>((resolve) => outer.onExit(resolve));
    const inner = await outer.line(word, LONG_MS);
    expect(await gone).toMatch(/^the program ended with status 130/);
    await vi.waitFor(() => expect(isAlive(Number(inner.ok ? inner.value : 0))).toBe(false));
  });
});
