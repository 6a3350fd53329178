import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runRecordSchema } from '../runner/record.ts';
import { packageRoot } from './paths.ts';
import { builtProgram, inFolders, Programs } from './program.fixture.ts';

const programs = new Programs();
let folder: string;

inFolders(programs, (path) => {
  folder = path;
});

const profile = (...lines: string[]): string => {
  const file = join(folder, 'profile.yaml');
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
};
const command = (script: string, ...more: string[]): string[] => [
  'name: A command',
  'sip: "sip:127.0.0.1:{sip.port};transport=tcp"',
  'rooms: { template: "sip:r{n}@127.0.0.1" }',
  'command:',
  `  run: [${JSON.stringify(process.execPath)}, -e, ${JSON.stringify(script)}, "{sip.port}"]`,
  ...more,
];
const outcome = async (file: string, ...more: string[]): Promise<[number | null, string]> => {
  const args = ['run', 'rfc7701/9-examples', '--profile', file, '--out', join(folder, 'out'), ...more];
  const { status, stderr } = await programs.msrpspec(...args).ended;
  return [status, stderr.trimEnd()];
};

describe('a profile that does not work', () => {
  it.each<[string, () => string[], number, RegExp]>([
    [
      'a misspelt key',
      () => [...command(''), 'patiense: {}'],
      2,
      /profile\.yaml:6:1 unknown key "patiense" \(did you mean "patience"\?\)$/,
    ],
    [
      'a command that ends at once',
      () => command('console.error("port 5060 is taken"); process.exit(7)'),
      3,
      /profile\.yaml: the command .* ended with status 7; its last words: port 5060 is taken$/,
    ],
    [
      'a program that is not there',
      () => command('').map((line) => line.replace(process.execPath, '/no/such/program')),
      3,
      /profile\.yaml: the command \/no\/such\/program could not be started: spawn \/no\/such\/program ENOENT$/,
    ],
    [
      'a command that is never ready',
      () => command('setInterval(() => {}, 1e6)', '  ready: { line: ready }', '  ready-within: 300 ms'),
      3,
      /profile\.yaml: the command .* was not ready after 0\.3 s$/,
    ],
  ])('says so in one line: %s', async (_what, lines, status, message) => {
    const [ended, stderr] = await outcome(profile(...lines()));
    expect(ended).toBe(status);
    expect(stderr.split('\n')).toHaveLength(1);
    expect(stderr).toMatch(message);
  });

  it('says what the command says of a port that is taken', async () => {
    const taken = await listening();
    const address = taken.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const script = `require('node:net').createServer().listen(${port}, '127.0.0.1')`;
    const [status, stderr] = await outcome(profile(...command(script, '  ready: { line: never }')));
    await new Promise((resolve) => taken.close(resolve));
    expect(status).toBe(3);
    expect(stderr).toContain(`EADDRINUSE: address already in use 127.0.0.1:${port}`);
  });

  it('goes with no other target', async () => {
    const [status, stderr] = await outcome(profile(...command('')), '--in-memory');
    expect([status, stderr]).toEqual([2, '--in-memory goes with the built-in focus only']);
  });
});

describe('a command of a profile', () => {
  it('is started, judged and stopped, and what it says is kept', async () => {
    const focus = [
      ...builtProgram,
      'focus',
      '--sip-port',
      '{sip.port}',
      '--msrp-port',
      '{msrp.port}',
      '--on-demand',
      '',
    ];
    const file = profile(
      'name: The reference focus as a command',
      'sip: "sip:127.0.0.1:{sip.port};transport=tcp"',
      'rooms: { template: "sip:r{n}@127.0.0.1" }',
      'capabilities: { nickname: claimed, anonymity: denied }',
      'known-deviations: [{ requirement: RFC7701-7.1-26, reason: not so any more }]',
      'command:',
      `  run: ${JSON.stringify(focus)}`,
      `  directory: ${packageRoot}`,
    );
    const args = ['run', 'rfc7701/9-examples', 'RFC7701-7.1-26', '--profile', file, '--out', join(folder, 'out')];
    const { status, stdout } = await programs.msrpspec(...args).ended;
    const record = runRecordSchema.parse(JSON.parse(readFileSync(join(folder, 'out', 'latest', 'run.json'), 'utf8')));
    expect(record.sut).toMatchObject({ kind: 'command', name: 'The reference focus as a command' });
    expect(record.sut.capabilities).toContain('nickname');
    expect(record.sut.capabilities).not.toContain('anonymity');
    expect(record.summary).toMatchObject({ fail: 0, inconclusive: 0, error: 0 });
    // All is right with it, but for what its profile says.
    expect(record.stale).toEqual([{ requirement: 'RFC7701-7.1-26', reason: 'not so any more' }]);
    expect(stdout).toContain('Not so any more, take it off the profile: RFC7701-7.1-26 (not so any more)');
    expect(status).toBe(1);
    expect(readFileSync(join(folder, 'out', 'latest', 'sut-output.txt'), 'utf8')).toMatch(/sip/i);
  });
});

describe('a command on the command line', () => {
  const run = (...args: string[]) => programs.msrpspec('run', 'rfc7701/9-examples', '--out', folder, ...args).ended;

  it('is started, judged and stopped', async () => {
    const focus = [...builtProgram, 'focus', '--sip-port={sip.port}', '--msrp-port={msrp.port}', '--on-demand', 'test'];
    const sut = `command:${focus.map((word) => `"${word}"`).join(' ')}`;
    const { status, stdout, stderr } = await run('--sut', sut, '--room', 'sip:test-{n}@127.0.0.1');
    expect([status, stderr], stdout).toEqual([0, '']);
    const record = runRecordSchema.parse(JSON.parse(readFileSync(join(folder, 'latest', 'run.json'), 'utf8')));
    expect(record).toMatchObject({ sut: { kind: 'command', name: sut }, summary: { pass: 6, total: 6 } });
  });

  it.each([
    ['command:server {sip.prot}', 2, '--sut "command:server {sip.prot}": nothing is known of {sip.prot}'],
    ['command:/no/such/program', 3, '--sut: the command /no/such/program could not be started: spawn'],
  ])('%s is complained of in one line', async (sut, expected, message) => {
    const { status, stdout, stderr } = await run('--sut', sut);
    expect([status, stdout, stderr.split('\n').length]).toEqual([expected, '', 2]);
    expect(stderr).toContain(message);
  });
});

function listening(): Promise<Server> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
}
