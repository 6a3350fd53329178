import { describe, expect, it } from 'vitest';
import { SimulatedClock } from '../net/simulated-clock.ts';
import { ok } from '../result.ts';
import { ContainerProgram } from './container-program.ts';

const clock = new SimulatedClock();
const program = (kept: string[] = []): ContainerProgram =>
  new ContainerProgram({ clock, called: 'the container of x', keep: (text) => kept.push(text) });
const readyLine = (line: string): string | undefined => (line.startsWith('ready') ? line : undefined);

describe('a program in a container', () => {
  it('is ready by a line that it has written already', async () => {
    const one = program();
    one.output('starting\nready at');
    one.output(' 5060\n');
    expect(await one.line(readyLine, 1000)).toEqual(ok('ready at 5060'));
  });

  it('is ready by a line that comes in pieces while it is waited for', async () => {
    const one = program();
    one.output('rea');
    const ready = one.line(readyLine, 1000);
    one.output('dy\r\nmore');
    expect(await ready).toEqual(ok('ready'));
  });

  it('says its last words in one line when it ends before it is ready', async () => {
    const one = program();
    const ready = one.line(readyLine, 1000);
    one.output('port taken\n  at once\n');
    one.end('ended with status 3');
    expect(await ready).toMatchObject({
      error: 'the container of x ended with status 3; its last words: port taken | at once',
    });
  });

  it('is given up when its time is over, and leaves no timer', async () => {
    const one = program();
    const ready = await clock.run(one.line(readyLine, 2000));
    expect(ready).toMatchObject({ error: 'the container of x was not ready after 2 s' });
    expect(clock.pending).toBe(0);
  });

  it('tells of its end once, also those who ask later, but not when it is stopped', () => {
    const heard: string[] = [];
    const died = program();
    died.onExit((how) => heard.push(how));
    died.end('ended with status 137');
    died.end('is lost');
    died.onExit((how) => heard.push(`later: ${how}`));
    const stopped = program();
    stopped.onExit((how) => heard.push(how));
    stopped.stopping();
    stopped.end('ended with status 0');
    expect(heard).toEqual([
      'the container of x ended with status 137',
      'later: the container of x ended with status 137',
    ]);
  });

  it('keeps everything but remembers only the last words', async () => {
    const kept: string[] = [];
    const one = program(kept);
    for (let i = 0; i < 200; i += 1) one.output('x'.repeat(1024));
    one.end('ended with status 1');
    expect(kept.join('')).toHaveLength(200 * 1024);
    expect((await one.ended).length).toBeLessThan(2200);
  });
});
