import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { RunRecord } from '../runner/record.ts';
import { inFolders, type Program, Programs } from './program.fixture.ts';

const third = fileURLToPath(new URL('../../fixtures/captures/main.pcapng', import.meta.url));
let folder: string;
const programs = new Programs();
const start = (...args: string[]): Program => programs.msrpspec(...args);

inFolders(programs, (path) => {
  folder = path;
});

const record = (): RunRecord => JSON.parse(readFileSync(join(folder, 'latest', 'run.json'), 'utf8')) as RunRecord;

describe('msrpspec replay', () => {
  it('plays what a run has recorded as it was, and what it saves once more', async () => {
    await start('run', 'rfc7701/9-examples/room-message', '--in-memory', '--out', folder).ended;
    const capture = join(folder, 'latest', 'captures', 'rfc7701', '9-examples', 'room-message.pcapng');
    const file = join(folder, 'saved.yaml');
    const replayed = await start('replay', capture, '--save', file, '--out', folder).ended;
    expect([replayed.status, replayed.stderr]).toEqual([0, '']);
    expect(replayed.stdout).toMatch(/of \d\d things compared (\d\d) as captured, 0 differ/);
    expect(record().scenarios[0]?.verdict).toBe('pass');
    expect(record().scenarios[0]?.compared?.length).toBeGreaterThan(5);
    const again = await start('run', file, '--in-memory', '--out', folder).ended;
    expect([again.status, again.stderr]).toEqual([0, '']);
    expect(record().scenarios.map(({ id }) => id)).toEqual(['saved']);
  });

  it('tells what differs, which is no breach, with exit status 1', async () => {
    const { status, stdout } = await start('replay', third, '--in-memory', '--out', folder).ended;
    expect(status).toBe(1);
    expect(stdout).toContain('room@127.0.0.1: 4 participants, 4 messages');
    expect(stdout).toContain('texts of the room itself');
    const [result] = record().scenarios;
    expect(result?.verdict).toBe('differs');
    expect(result?.findings.filter(({ verdict }) => verdict === 'fail')).toEqual([]);
    expect(record().summary.differs).toBe(1);
  });

  it('plays nothing in a dry run, and writes nothing over', async () => {
    const file = join(folder, 'saved.yaml');
    writeFileSync(file, 'mine');
    const { status, stderr } = await start('replay', third, '--dry-run', '--save', file).ended;
    expect([status, readFileSync(file, 'utf8')]).toEqual([2, 'mine']);
    expect(stderr).toContain('--save');
  });

  it('says in a line what is no capture, or has no such room', async () => {
    const none = join(folder, 'none.pcap');
    writeFileSync(none, 'This is no capture.');
    const unreadable = await start('replay', none).ended;
    expect([unreadable.status, unreadable.stderr.trim().split('\n')]).toEqual([2, [expect.stringContaining(none)]]);
    const elsewhere = await start('replay', third, '--room', 'nobody@example.com').ended;
    expect([elsewhere.status, elsewhere.stderr.trim()]).toEqual([
      3,
      `${third}: no room nobody@example.com in it, but room@127.0.0.1`,
    ]);
  });
});
