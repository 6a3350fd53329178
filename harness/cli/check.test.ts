import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { inFolders, Programs } from './program.fixture.ts';
import { readRun } from './read-run.ts';

const capture = fileURLToPath(new URL('../../fixtures/captures/main.pcap', import.meta.url));
const programs = new Programs();
let folder: string;

inFolders(programs, (path) => {
  folder = path;
});

const check = (...args: string[]) => programs.msrpspec('check', ...args, '--out', folder).ended;

describe('msrpspec check', () => {
  it('says who is who, what each does wrong and in which frame, and leaves a record', async () => {
    const { status, stdout, stderr } = await check(capture);
    expect([status, stderr]).toEqual([1, '']);
    expect(stdout).toContain('314 packets, 7 flows with SIP or MSRP; 82 SIP messages, 76 MSRP messages; 1 room.');
    expect(stdout).toMatch(/room room@127\.0\.0\.1: focus 127\.0\.0\.1:5060, .*\(by isfocus in Contact/);
    expect(stdout).toContain('client bob: sip:bob@example.com at 127.0.0.1:37898');
    expect(stdout).toMatch(/RFC7701-6\.1-17[\s\S]*FAIL rule content-unchanged[\s\S]*frame 113/);
    expect(stdout).toMatch(/^FAIL {2}room@127\.0\.0\.1\/focus$/m);
    const record = readRun(folder);
    expect(record.sut).toMatchObject({ kind: 'capture', role: 'focus', target: capture });
    expect(record.scenarios.map(({ party }) => `${party?.role} ${party?.name}`)).toEqual([
      'focus room@127.0.0.1',
      'client early',
      'client alice',
      'client bob',
      'client carol',
    ]);
    expect(record.requirements.find(({ id }) => id === 'RFC7701-6.1-17')?.verdict).toBe('fail');
  });

  it('judges one kind of party alone, and draws', async () => {
    const { stdout } = await check(capture, '--only', 'clients', '--ladder');
    expect(readRun(folder).scenarios.map(({ party }) => party?.role)).toEqual(['client', 'client', 'client', 'client']);
    expect(stdout).toMatch(/SUBSCRIBE sip:room@127\.0\.0\.1/);
  });

  it('is stern with --strict', async () => {
    await check(capture, '--strict', '--only', 'focus');
    const [focus] = readRun(folder).scenarios;
    expect(focus?.findings.some(({ verdict, level }) => verdict === 'warn' && level === 'MUST')).toBe(false);
  });

  it('says in one line why it judges nothing', async () => {
    const empty = join(folder, 'empty.pcap');
    // Magic, version 2.4, zone, accuracy, 65,535 octets a packet, Ethernet.
    writeFileSync(empty, Buffer.from('d4c3b2a1020004000000000000000000ffff000001000000', 'hex'));
    const nothing = await check(empty);
    expect([nothing.status, nothing.stdout]).toEqual([3, expect.stringContaining('empty.pcap: 0 packets')]);
    expect(nothing.stderr).toBe(`${empty}: 0 packets, but no SIP and no MSRP in the clear; nothing was judged\n`);
    const missing = await check(join(folder, 'none.pcap'));
    expect([missing.status, missing.stderr]).toEqual([2, `${join(folder, 'none.pcap')}: there is no such file\n`]);
    const other = join(folder, 'text.pcap');
    writeFileSync(other, 'this is no capture, but a text of some length\n');
    const wrong = await check(other);
    expect([wrong.status, wrong.stderr.trim().split('\n').length]).toEqual([2, 1]);
    expect(readFileSync(other, 'utf8')).toContain('no capture');
  });

  it('writes reports, and its record can be drawn', async () => {
    const junit = join(folder, 'junit.xml');
    const { stdout, status } = await check(capture, '--report', `junit=${junit}`, '--report', 'html', '-q');
    expect(status).toBe(1);
    expect(stdout).toContain(`Report: ${junit}`);
    expect(readFileSync(junit, 'utf8')).toContain('room@127.0.0.1');
    const drawn = await programs.msrpspec('report', folder, '--format', 'mermaid', '--scenario', '*/focus').ended;
    expect(drawn.stdout).toMatch(/participant p\d as focus$/m);
  });

  it('takes an address for the focus alone', async () => {
    const { status, stdout } = await check(capture, '--focus', 'x');
    expect([status, stdout]).toEqual([2, '']);
  });
});
