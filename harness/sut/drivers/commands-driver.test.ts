import { afterEach, describe, expect, it } from 'vitest';
import { realClock } from '../../net/real-clock.ts';
import { openCommandsDriver } from './commands-driver.ts';
import { Notes } from './drivers.fixture.ts';
import type { OpenDriver } from './open-driver.ts';

const node = (script: string, ...args: string[]): string[] => [process.execPath, '-e', script, ...args];
const opened: OpenDriver[] = [];
function up(commands: Parameters<typeof openCommandsDriver>[0]): { driver: OpenDriver['driver']; notes: Notes } {
  const open = openCommandsDriver(commands, { clock: realClock, folder: process.cwd() });
  opened.push(open);
  const notes = new Notes();
  open.driver.watch(notes);
  return { driver: open.driver, notes };
}

/** Tells its arguments as an event. */
const SAYS = `console.log('busy'); console.log(JSON.stringify({ event: 'message', text: process.argv.slice(1).join('|') }))`;
const NEVER = 'setInterval(() => {}, 1e6)';

afterEach(async () => {
  await Promise.all(opened.splice(0).map(({ running }) => running.stop()));
});

describe('a client that is driven by commands', () => {
  it('gets the values of the order, whatever is in them', async () => {
    const { driver, notes } = up({
      join: node(NEVER),
      send: node(SAYS, 'room', '{text}'),
      'send-privately': node(SAYS, '{to}', '{text}'),
    });
    expect([...driver.orders]).toEqual(['join', 'send']);
    await driver.order({ do: 'send', text: 'a {to} "b" $(c)' });
    await notes.count(1);
    await driver.order({ do: 'send', text: 'd', to: 'sip:bob@h' });
    expect(await notes.count(2)).toEqual([
      { event: 'message', text: 'room|a {to} "b" $(c)' },
      { event: 'message', text: 'sip:bob@h|d' },
    ]);
  });

  it('has come to nothing when the command ends with another status than 0', async () => {
    const { driver, notes } = up({ join: node('console.error("no such room"); process.exitCode = 4') });
    expect((await driver.order({ do: 'join', room: 'sip:r@h', as: 'sip:a@h' })).ok).toBe(true);
    const [event] = await notes.count(1);
    expect(event).toMatchObject({ event: 'refused', order: 'join' });
    expect(JSON.stringify(event)).toContain('ended with status 4; its last words: no such room');
  });

  it('cannot be told what there is no command for, or none that starts', async () => {
    const { driver } = up({ join: ['/no/such/client'], nickname: node(NEVER, '{text}') });
    expect(await driver.order({ do: 'join', room: 'sip:r@h', as: 'sip:a@h' })).toEqual({
      ok: false,
      error: 'the command /no/such/client could not be started: spawn /no/such/client ENOENT',
    });
    expect(await driver.order({ do: 'leave' })).toEqual({ ok: false, error: 'the profile has no command to leave' });
    expect(await driver.order({ do: 'nickname', nickname: 'x' })).toEqual({
      ok: false,
      error: 'the command to nickname: nothing is known of {text}',
    });
  });

  it('leaves nothing running', async () => {
    const { driver, notes } = up({
      join: node(`console.log(JSON.stringify({ event: 'message', text: String(process.pid) })); ${NEVER}`),
    });
    await driver.order({ do: 'join', room: 'sip:r@h', as: 'sip:a@h' });
    const [event] = await notes.count(1);
    const pid = typeof event === 'object' && event.event === 'message' ? Number(event.text) : 0;
    expect(process.kill(pid, 0)).toBe(true);
    await opened.splice(0)[0]?.running.stop();
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });
});
