import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { RunRecord } from '../runner/record.ts';
import { inFolders, Programs } from './program.fixture.ts';

const example = fileURLToPath(new URL('../../fixtures/suts/example-client.yaml', import.meta.url));
let folder: string;
const programs = new Programs();

inFolders(programs, (path) => {
  folder = path;
});

const record = (): RunRecord => JSON.parse(readFileSync(join(folder, 'latest', 'run.json'), 'utf8')) as RunRecord;

/** A profile whose client is this script. */
function profileOf(script: string, further = ''): string {
  const file = join(folder, 'client.yaml');
  const run = JSON.stringify([process.execPath, '-e', script]);
  writeFileSync(file, `role: participant\nname: Mine\ndriver: { program: { run: ${run} } }\n${further}`);
  return file;
}

const READY = `console.log('{"event":"ready"}');`;

describe('msrpspec run with the profile of a client', () => {
  it('judges the example client, and nothing but what is there for clients', async () => {
    const { status, stdout, stderr } = await programs.msrpspec('run', '--profile', example, '--out', folder).ended;
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toContain('scenarios against Example client');
    const { sut, summary, scenarios, requirements } = record();
    expect(sut).toMatchObject({ role: 'participant', kind: 'command', name: 'Example client' });
    expect(summary.pass).toBe(summary.total);
    expect(scenarios.filter(({ id }) => !id.startsWith('participant/'))).toEqual([]);
    expect(requirements.find(({ id }) => id === 'RFC7701-5.2-01')?.verdict).toBe('pass');
    const log = readFileSync(join(folder, 'latest', scenarios[0]?.wireLog ?? ''), 'utf8');
    expect(log).toContain('"actor":"room"');
    const capture = readFileSync(join(folder, 'latest', scenarios[0]?.capture ?? ''), 'latin1');
    expect(capture).toContain('room, connection room-');
  });

  it('keeps focus runs free of such scenarios', async () => {
    const { status, stderr } = await programs.msrpspec('run', 'participant', '--in-memory', '--out', folder).ended;
    expect([status, stderr]).toEqual([2, 'no scenario for a focus is left to run\n']);
  });

  it.each([
    ['a client that ends at once', 'process.exitCode = 9', 'ended with status 9'],
    ['a client that does nothing', `${READY} process.stdin.resume()`, 'was told to join sip:room-'],
    [
      'a client that says something else',
      `${READY} process.stdin.once('data', () => console.log('{"event":"jioned"}'))`,
      'no INVITE has come (but this: {"event":"jioned"} is no event',
    ],
    ['a client that dies when told to join', `${READY} process.stdin.once('data', () => process.exit(7))`, 'status 7'],
  ])('%s is told in one line, and nothing is judged', async (_what, script, message) => {
    const profile = profileOf(script, 'patience: { answer: 300 ms }\n');
    const { status, stdout, stderr } = await programs.msrpspec('run', '--profile', profile, '--out', folder).ended;
    expect([status, stdout]).toEqual([3, '']);
    expect(stderr).toContain(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  it('complains of a wrong profile with file, line and column', async () => {
    const profile = join(folder, 'client.yaml');
    writeFileSync(profile, 'role: participant\nname: x\ndriver: { htpp: {} }\n');
    const { status, stdout, stderr } = await programs.msrpspec('run', '--profile', profile, '--out', folder).ended;
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/client\.yaml:3:11 unknown key "htpp" \(did you mean "http"\?\)\n$/);
  });

  it('asks the person at the terminal, and says so when nobody is there', async () => {
    const profile = join(folder, 'client.yaml');
    writeFileSync(profile, 'role: participant\nname: By hand\ndriver: { person: {} }\n');
    const run = programs.msrpspec('run', '--profile', profile, '--out', folder);
    await run.line(/Join the chat room sip:room-\S+ as sip:client-/);
    run.child.stdin?.end();
    const { status, stderr } = await run.ended;
    expect(status).toBe(3);
    expect(stderr).toContain('the client could not be told to join: nobody answers at the terminal');
  });
});
