import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunRecord } from '../runner/record.ts';
import { inFolders, type Program, Programs } from './program.fixture.ts';

let folder: string;
const programs = new Programs();
const start = (...args: string[]): Program => programs.msrpspec(...args);

inFolders(programs, (path) => {
  folder = path;
});

const record = (): RunRecord => JSON.parse(readFileSync(join(folder, 'latest', 'run.json'), 'utf8')) as RunRecord;

describe('msrpspec run', () => {
  it('judges the built-in focus as a process of its own and writes the record', async () => {
    const { status, stdout, stderr } = await start('run', 'rfc7701/9-examples', '--out', folder).ended;
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toContain('6 of 6 scenarios against the built-in focus');
    const { format, sut, summary, scenarios, requirements } = record();
    expect(format).toBe('msrpspec-run/1');
    expect(sut).toMatchObject({ kind: 'built-in', role: 'focus', target: 'builtin' });
    expect(summary).toMatchObject({ pass: 6, total: 6 });
    for (const { id, wireLog, capture } of scenarios) {
      expect(existsSync(join(folder, 'latest', wireLog ?? 'none'))).toBe(true);
      expect(capture).toBe(`captures/${id}.pcapng`);
      expect(readFileSync(join(folder, 'latest', capture ?? 'none'), 'latin1')).toContain(
        'alice, connection alice-1, ',
      );
    }
    expect(requirements.find(({ id }) => id === 'RFC7701-7.1-26')?.verdict).toBe('pass');
    expect(requirements.some(({ verdict }) => verdict === 'untested')).toBe(true);
  });

  it.each([
    ['pcap', 'captures/rfc7701/9-examples/join.pcap', ['captures', 'run.json', 'wire']],
    ['none', undefined, ['run.json', 'wire']],
  ])('leaves the capture that is asked for: %s', async (kind, path, files) => {
    const { status } = await start('run', 'rfc7701/9-examples/join', '--in-memory', '--capture', kind, '--out', folder)
      .ended;
    expect(status).toBe(0);
    expect(record().scenarios.map(({ capture }) => capture)).toEqual([path]);
    expect(readdirSync(join(folder, 'latest')).sort()).toEqual(files);
    const magic = path === undefined ? undefined : readFileSync(join(folder, 'latest', path)).readUInt32LE(0);
    expect(magic).toBe(path === undefined ? undefined : 0xa1b2c3d4);
    expect(
      readFileSync(join(folder, 'latest', 'wire/rfc7701/9-examples/join.jsonl'), 'utf8').includes('"frames":['),
    ).toBe(path !== undefined);
  });

  it('names file, line, column and what was meant in a scenario with a typo', async () => {
    mkdirSync(join(folder, 'mine'));
    writeFileSync(
      join(folder, 'mine', 'typo.yaml'),
      'title: x\ncovers: [RFC7701-7.1-26]\ncast: [alice]\nsteps:\n  - alice: { nickame: x }\n',
    );
    const { status, stdout, stderr } = await start('run', '--scenarios', join(folder, 'mine')).ended;
    expect(status).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/typo\.yaml:5:14 unknown key "nickame" \(did you mean "nickname"\?\)\n$/);
  });

  it.each([
    [['run', 'no-such-scenario'], 'no scenario matches "no-such-scenario"'],
    [['run', '--sut', 'http://x'], '--sut "http://x" is none of builtin, a SIP URI'],
    [['run', '--jobs', '0'], 'a whole number above 0 is due'],
    [['run', '--in-memory', '--sut', 'sip:a@127.0.0.1'], '--in-memory goes with the built-in focus only'],
    [['runn'], "unknown command 'runn'"],
    [['focus', '--room', 'a:no-nick'], 'no room policy is called "no-nick"'],
    [['join', 'lobby'], '"lobby" is no SIP URI'],
  ])('%j is wrong usage', async (args, message) => {
    const { status, stdout, stderr } = await start(...args).ended;
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
  });

  it('says so when nobody is there', async () => {
    const target = 'sip:room@127.0.0.1:1;transport=tcp';
    const { status, stderr } = await start('run', '--sut', target, '--out', folder).ended;
    expect(status).toBe(3);
    expect(stderr).toMatch(/^Nothing was judged: no answer to INVITE sip:room@127\.0\.0\.1:1 at tcp .*refused.*\n$/);
  });

  it('ends by itself when the SUT dies, and keeps what was judged', async () => {
    const focus = start('focus', '--ready', '--sip-port', '0', '--msrp-port', '0', '--on-demand', '');
    const { tcp } = JSON.parse(await focus.line(/ready/)) as { tcp: number };
    const run = start('run', 'rfc7701', '--verbose', '--sut', `sip:r1@127.0.0.1:${tcp};transport=tcp`, '--out', folder);
    await run.line(/^PASS/);
    focus.child.kill('SIGKILL');
    const { status, stdout } = await run.ended;
    expect(status).toBe(3);
    expect(stdout).toContain('The run ended early: the SUT does not answer any more');
    const { stopped, summary } = record();
    expect(stopped).toContain('the SUT does not answer any more');
    expect(summary.pass).toBeGreaterThan(0);
    expect(summary.inconclusive).toBeGreaterThan(0);
    expect(summary.fail).toBe(0);
  });

  it('writes the record when it is interrupted', async () => {
    const run = start('run', '--verbose', '--out', folder);
    await run.line(/^PASS/);
    run.child.kill('SIGINT');
    const { status } = await run.ended;
    expect(status).toBe(3);
    expect(record().stopped).toBe('interrupted');
    expect(record().summary.pass).toBeGreaterThan(0);
  });
});
