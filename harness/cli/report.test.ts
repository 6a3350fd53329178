import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunRecord } from '../runner/record.ts';
import { type Program, Programs } from './program.fixture.ts';

const programs = new Programs();
const start = (...args: string[]): Program => programs.msrpspec(...args);

let folder: string;
const below = (...path: string[]): string => join(folder, ...path);
const text = (...path: string[]): string => readFileSync(below(...path), 'utf8');
const NICKNAME = 'rfc7701/9-examples/nickname';

/** The run with one scenario made to fail. */
function worsened(): string {
  const record = JSON.parse(text('runs', 'latest', 'run.json')) as RunRecord;
  const scenarios = record.scenarios.map((one) =>
    one.id === NICKNAME
      ? {
          ...one,
          verdict: 'fail',
          findings: one.findings.map((found) => ({ ...found, verdict: 'fail', actual: '424' })),
        }
      : one,
  );
  const file = join(below('runs', 'latest'), 'worse.json');
  writeFileSync(file, JSON.stringify({ ...record, sut: { ...record.sut, name: 'the worse' }, scenarios }));
  return file;
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'msrpspec-'));
  const { status, stdout } = await start(
    ...['run', 'rfc7701/9-examples', '--in-memory', '--seed', '1', '--out', below('runs')],
    ...['--report', `junit=${below('deep', 'er', 'junit.xml')}`, '--report', 'badge', '--report', 'markdown'],
  ).ended;
  expect(status).toBe(0);
  expect(stdout).toContain(`Report: ${below('deep', 'er', 'junit.xml')}`);
  worsened();
});

afterAll(async () => {
  await programs.endAll();
  rmSync(folder, { recursive: true, force: true });
});

describe('msrpspec run --report', () => {
  it('writes several, where it is told to or into the folder of the run', () => {
    expect(text('deep', 'er', 'junit.xml')).toContain('tests="6" failures="0" errors="0"');
    expect(readdirSync(below('runs', 'latest'))).toEqual(expect.arrayContaining(['badge.svg', 'summary.md']));
    expect(text('runs', 'latest', 'badge.svg')).toContain('>6/6</text>');
  });

  it('writes them when it is interrupted, too', async () => {
    const run = start('run', '--verbose', '--out', below('interrupted'), '--report', `ctrf=${below('ctrf.json')}`);
    await run.line(/^PASS/);
    run.child.kill('SIGINT');
    expect((await run.ended).status).toBe(3);
    const { results } = JSON.parse(text('ctrf.json')) as { results: { summary: { passed: number }; tests: object[] } };
    expect(results.summary.passed).toBeGreaterThan(0);
    expect(results.tests).toContainEqual(expect.objectContaining({ message: 'The run ended early: interrupted' }));
  });

  it.each([
    ['pdf', /the formats are html, junit, ctrf, markdown, badge\./],
    ['junit=', /a file is due after "="\./],
    ['junit=/dev/null/junit.xml', /^\/dev\/null\/junit\.xml: \w+.*\n$/],
  ])('--report %s is told in one line before anything is played', async (report, message) => {
    const { status, stdout, stderr } = await start('run', '--in-memory', '--report', report).ended;
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
  });
});

describe('msrpspec report', () => {
  it('renders the newest of a folder of runs as a page beside its record', async () => {
    const { status, stdout } = await start('report', below('runs')).ended;
    expect([status, stdout.trim()]).toEqual([0, below('runs', 'latest', 'report.html')]);
    expect(text('runs', 'latest', 'report.html')).toMatch(/^<!doctype html>/);
  });

  it('writes to standard output what no file is named for', async () => {
    const worse = below('runs', 'latest', 'worse.json');
    const junit = start('report', worse, '--format', 'junit').ended;
    const shown = start('report', worse, '--format', 'console').ended;
    expect((await junit).stdout).toContain('tests="6" failures="1" errors="0"');
    expect((await shown).stdout).toContain(`${NICKNAME}, step `);
    expect((await shown).stdout).toMatch(/alice ← MSRP \d+ \w+ {2}#\d+/);
  });

  it('draws the scenario that did not pass, or the one that is named, or several into a folder', async () => {
    const worse = below('runs', 'latest', 'worse.json');
    const [failed, named, several] = await Promise.all([
      start('report', worse, '--format', 'mermaid').ended,
      start('report', below('runs'), '--format', 'text', '--scenario', NICKNAME).ended,
      start('report', below('runs'), '--format', 'svg', '--out', below('diagrams')).ended,
    ]);
    expect(failed.stdout).toMatch(/^sequenceDiagram\n/);
    expect(failed.stdout).toContain('first divergence');
    expect(named.stdout).toMatch(/^ +alice +carol +the built-in focus/);
    expect(several.stdout).toContain('6 diagrams in ');
    expect(text('diagrams', `${NICKNAME}.svg`)).toMatch(/^<svg /);
  });

  it.each([
    [['report', '/nowhere'], /^\/nowhere: ENOENT.*\n$/],
    [['report', '--format', 'pdf'], /Allowed choices are html, junit/],
    [['report', 'RUNS', '--format', 'svg'], /^6 diagrams: --out says into which folder they go\n$/],
    [['report', 'RUNS', '--format', 'svg', '--scenario', 'x'], /^no scenario of this run matches "x"\n$/],
    [['report', 'RUNS', '--scenario', 'x'], /^--scenario goes with --format svg, mermaid or text\n$/],
    [['report', 'RUNS', '--out', '/dev/null/x'], /^\/dev\/null\/x: .*\n$/],
    [['compare', 'RUNS', '/nowhere'], /^\/nowhere: ENOENT.*\n$/],
    [['matrix', '/nowhere'], /^\/nowhere: ENOENT.*\n$/],
  ])('%j is wrong usage, told in one line', async (args, message) => {
    const { status, stdout, stderr } = await start(...args.map((one) => (one === 'RUNS' ? below('runs') : one))).ended;
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
  });

  it('names the line of a wire log that has been cut off', async () => {
    const record = JSON.parse(text('runs', 'latest', 'run.json')) as RunRecord;
    writeFileSync(
      below('runs', 'latest', 'cut.jsonl'),
      text('runs', 'latest', 'wire', `${NICKNAME}.jsonl`).slice(0, 1500),
    );
    const scenarios = record.scenarios.map((one) => ({ ...one, wireLog: 'cut.jsonl' }));
    writeFileSync(below('runs', 'latest', 'cut.json'), JSON.stringify({ ...record, scenarios }));
    const run = below('runs', 'latest', 'cut.json');
    const { status, stderr } = await start('report', run, '--format', 'text', '--scenario', NICKNAME).ended;
    expect(status).toBe(2);
    expect(stderr).toMatch(/cut\.jsonl:\d+: this line is no JSON; has the file been cut off\?\n$/);
  });
});

describe('msrpspec compare', () => {
  it('ends with 1 on regressions and with 0 without', async () => {
    const [runs, worse] = [below('runs'), below('runs', 'latest', 'worse.json')];
    const [regressed, fixed, file] = await Promise.all([
      start('compare', runs, worse).ended,
      start('compare', worse, runs).ended,
      start('compare', runs, worse, '--format', 'html', '--out', below('compare.html')).ended,
    ]);
    expect([regressed.status, fixed.status, file.status]).toEqual([1, 0, 1]);
    expect(regressed.stdout).toContain(`Regressions (1)\n  ${NICKNAME}  pass → fail\n`);
    expect(fixed.stdout).toContain(`Fixes (1)\n  ${NICKNAME}  fail → pass\n`);
    expect(file.stdout).toContain(below('compare.html'));
    expect(text('compare.html')).toMatch(/^<!doctype html>/);
  });
});

describe('msrpspec matrix', () => {
  it('leads into the reports of the runs, which it makes', async () => {
    const report = below('runs', 'latest', 'report.html');
    rmSync(report, { force: true });
    const runs = [below('runs'), below('runs', 'latest', 'worse.json')];
    const { status, stdout } = await start('matrix', ...runs, '--out', below('matrix', 'all.html')).ended;
    expect([status, stdout.trim()]).toEqual([0, below('matrix', 'all.html')]);
    expect(existsSync(report)).toBe(true);
    const [, link = ''] =
      /href="([^"]*)#r\/RFC7701-7\.1-26"/.exec(text('matrix', 'all.html').replaceAll('&#35;', '#')) ?? [];
    expect(existsSync(below('matrix', link))).toBe(true);
    const markdown = await start('matrix', ...runs, '--format', 'markdown').ended;
    expect(markdown.stdout).toContain('| area | the built-in focus in memory | the worse |');
  });
});
