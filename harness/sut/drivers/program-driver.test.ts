import { afterEach, describe, expect, it } from 'vitest';
import { realClock } from '../../net/real-clock.ts';
import type { Result } from '../../result.ts';
import { Notes } from './drivers.fixture.ts';
import type { OpenDriver } from './open-driver.ts';
import { openProgramDriver } from './program-driver.ts';

const opened: OpenDriver[] = [];
async function open(script: string): Promise<Result<OpenDriver, string>> {
  const run = [process.execPath, '-e', script];
  const outcome = await openProgramDriver({ run }, { clock: realClock, folder: process.cwd() });
  if (outcome.ok) opened.push(outcome.value);
  return outcome;
}
async function up(script: string): Promise<OpenDriver> {
  const outcome = await open(script);
  if (!outcome.ok) throw new Error(outcome.error);
  return outcome.value;
}

const ECHO = `
  console.log('hello');
  console.log('{"event":"ready"}');
  require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
    const order = JSON.parse(line);
    console.log('working on it');
    console.error('{"event":"left"}');
    console.log(JSON.stringify({ event: 'message', text: order.text ?? order.do, from: 'x', hint: 1 }));
  });`;

afterEach(async () => {
  await Promise.all(opened.splice(0).map(({ running }) => running.stop()));
});

describe('a client that speaks JSON lines', () => {
  it('gets orders as lines and tells events as lines, among chatter', async () => {
    const { driver } = await up(ECHO);
    const notes = new Notes();
    driver.watch(notes);
    expect(await driver.order({ do: 'send', text: 'Grüße\n{}' })).toEqual({ ok: true, value: undefined });
    await driver.order({ do: 'leave' });
    expect(await notes.count(2)).toEqual([
      { event: 'message', text: 'Grüße\n{}', from: 'x' },
      { event: 'message', text: 'leave', from: 'x' },
    ]);
  });

  it('is told of when it speaks nonsense', async () => {
    const { driver } = await up(`console.log('{"event":"ready"}'); process.stdin.on('data', () => {
      console.log('{"event":"joinde"}'); console.log('{"event"'); console.log('{"event":"message"}'); })`);
    const notes = new Notes();
    driver.watch(notes);
    await driver.order({ do: 'leave' });
    const told = await notes.count(3);
    expect(told[0]).toMatch(/^\{"event":"joinde"\} is no event: event: /);
    expect(told[1]).toBe('{"event" is no JSON');
    expect(told[2]).toMatch(/^\{"event":"message"\} is no event: text: /);
  });

  it('is no client before it is ready', async () => {
    expect(await open('console.log("no such display"); process.exitCode = 3')).toEqual({
      ok: false,
      error: expect.stringMatching(/^the client .* ended with status 3; its last words: no such display$/),
    });
  });

  it('takes no orders when it has ended, and its end is told', async () => {
    const { driver, running } = await up(
      `console.log('{"event":"ready"}'); process.stdin.once('data', () => process.exit(5))`,
    );
    const ended = new Promise<string>((resolve) => running.onExit(resolve));
    await driver.order({ do: 'leave' });
    expect(await ended).toMatch(/^the client .* ended with status 5/);
    expect(await driver.order({ do: 'leave' })).toEqual({ ok: false, error: 'the client does not read its input' });
  });
});
