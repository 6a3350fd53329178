import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunRecord, runRecordSchema } from '../runner/record.ts';
import { type Program, Programs } from './program.fixture.ts';

const programs = new Programs();
const start = (...args: string[]): Program => programs.msrpspec(...args);

let folder: string;
const below = (...path: string[]): string => join(folder, ...path);
const runInMemory = (out: string, ...args: string[]): Program =>
  start('run', 'rfc7701/9-examples', '--in-memory', '--seed', '1', '--out', below(out), ...args);
const record = (out: string): RunRecord =>
  runRecordSchema.parse(JSON.parse(readFileSync(below(out, 'latest', 'run.json'), 'utf8')));

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'msrpspec-'));
  const runs = [runInMemory('whole'), runInMemory('1', '--shard', '1/2'), runInMemory('2', '--shard', '2/2')];
  const ended = await Promise.all(runs.map((one) => one.ended));
  expect(ended.map(({ status }) => status)).toEqual([0, 0, 0]);
  expect(ended[1]?.stdout).toContain('3 of 3 scenarios (shard 1/2 of 6) against');
});

afterAll(async () => {
  await programs.endAll();
  rmSync(folder, { recursive: true, force: true });
});

describe('msrpspec merge', () => {
  it('makes of shards what one run would have made, with every wire log', async () => {
    const { status, stdout, stderr } = await start('merge', below('2'), below('1', 'latest'), '--out', below('both'))
      .ended;
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toContain('6 of 6 scenarios against the built-in focus in memory');
    const [merged, whole] = [record('both'), record('whole')];
    const verdicts = ({ scenarios }: RunRecord): unknown => scenarios.map(({ id, verdict }) => [id, verdict]);
    expect(verdicts(merged)).toEqual(verdicts(whole));
    const octets = (out: string, one: RunRecord): string[] =>
      one.scenarios.map(({ wireLog = 'none' }) => readFileSync(below(out, 'latest', wireLog), 'utf8'));
    expect(octets('both', merged)).toEqual(octets('whole', whole));
    const captures = (out: string, one: RunRecord): string[] =>
      one.scenarios.map(({ capture = 'none' }) => readFileSync(below(out, 'latest', capture), 'latin1'));
    expect(captures('both', merged)).toEqual(captures('whole', whole));
    expect(merged.argv.slice(0, 2)).toEqual(['merge', below('2')]);
  });

  it('tells which shard is missing, and does not conform without it', async () => {
    const { status, stdout } = await start('merge', below('1'), '--out', below('half'), '--quiet').ended;
    expect(status).toBe(3);
    expect(stdout).toContain('The run ended early: shard 2/2 is missing');
  });

  it('keeps no file that lies outside the folder of a run', async () => {
    const [first, ...others] = record('1').scenarios;
    const stranger = { ...record('1'), scenarios: [{ ...first, wireLog: '../../whole/latest/run.json' }, ...others] };
    writeFileSync(below('stranger.json'), JSON.stringify(stranger));
    const { status } = await start('merge', below('stranger.json'), below('2'), '--out', below('strange')).ended;
    expect(status).toBe(0);
    expect(record('strange').scenarios.filter(({ wireLog }) => wireLog === undefined).length).toBeGreaterThan(0);
    expect(readdirSync(below('strange', 'latest')).sort()).toEqual(['run-2', 'run.json']);
  });

  it('refuses what does not fit together in one line, and leaves no folder', async () => {
    writeFileSync(below('other.json'), JSON.stringify({ ...record('2'), reading: 'strict' }));
    const { status, stdout, stderr } = await start('merge', below('1'), below('other.json'), '--out', below('none'))
      .ended;
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^\S*other\.json has another reading than \S*run\.json: strict, not tolerant\n$/);
    expect(existsSync(below('none'))).toBe(false);
  });

  it.each([
    [['merge', '/nowhere/at/all'], /^\/nowhere\/at\/all: ENOENT.*\n$/],
    [['run', '--shard', '0/3'], /"0\/3" is no shard: the second of three is 2\/3\n$/],
    [['run', '--shard', '4/3'], /"4\/3" is no shard: the second of three is 2\/3\n$/],
    [['run', '--shard', 'x'], /"x" is no shard: the second of three is 2\/3\n$/],
    [['run', 'rfc7701/9-examples', '--shard', '7/8'], /^--shard 7\/8: only 6 scenarios are selected\n$/],
    [['run', '--repeat', '0'], /a whole number above 0 is due\.\n$/],
  ])('%j is wrong usage, told in one line', async (args, message) => {
    const { status, stdout, stderr } = await start(...args).ended;
    expect([status, stdout, stderr.split('\n').length]).toEqual([2, '', 2]);
    expect(stderr).toMatch(message);
  });
});

describe('msrpspec run --repeat', () => {
  it('plays everything so many times and keeps the octets of the first', async () => {
    const { status, stdout } = await runInMemory('repeated', '--repeat', '3', '--verbose').ended;
    expect(status).toBe(0);
    expect(stdout).toContain('6 scenarios, 3 times.');
    expect(stdout.match(/^PASS .* ms, 3 of 3$/gm)).toHaveLength(6);
    expect(stdout).toContain('6 of 6 scenarios against');
    expect(stdout).not.toContain('Flaky');
    for (const { repeats, wireLog, capture } of record('repeated').scenarios) {
      expect(repeats?.map(({ verdict, seed }) => [verdict, seed])).toEqual([
        ['pass', '1'],
        ['pass', '1/2'],
        ['pass', '1/3'],
      ]);
      expect(existsSync(below('repeated', 'latest', wireLog ?? 'none'))).toBe(true);
      expect(existsSync(below('repeated', 'latest', capture ?? 'none'))).toBe(true);
    }
    expect(readdirSync(below('repeated', 'latest')).sort()).toEqual(['captures', 'run.json', 'wire']);
  });
});
