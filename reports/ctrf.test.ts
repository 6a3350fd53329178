import { type CTRFReport, validate } from 'ctrf';
import { describe, expect, it } from 'vitest';
import { ctrf } from './ctrf.ts';
import { mixedRun, recordOf, reportedOf, scenario } from './run-record.fixture.ts';

const report = JSON.parse(ctrf(reportedOf(mixedRun))) as CTRFReport;
const test = (id: string) => report.results.tests.find(({ name }) => name === id);

describe('CTRF', () => {
  it('is valid, and validation would notice', () => {
    expect(validate(report)).toEqual({ valid: true, errors: [] });
    expect(validate({ ...report, specVersion: 7 }).valid).toBe(false);
  });

  it('says how many came out how', () => {
    const { summary, tests } = report.results;
    expect(summary).toMatchObject({
      tests: 9,
      passed: 2,
      failed: 3,
      skipped: 3,
      pending: 0,
      other: 1,
      flaky: 1,
      suites: 4,
    });
    expect(summary.stop - summary.start).toBe(1500);
    expect(tests.map(({ rawStatus }) => rawStatus)).toEqual(mixedRun.scenarios.map(({ verdict }) => verdict));
  });

  it('shows what a test is about, and why it is skipped', () => {
    expect(test('rfc7701/7-nicknames/taken')).toMatchObject({
      status: 'failed',
      suite: ['rfc7701', '7-nicknames'],
      message: 'bob asks for a nickname',
      trace: expect.stringContaining('bob ← MSRP 425 n1'),
      tags: ['RFC7701-7.1-26'],
    });
    expect(test('rfc7701/6.3-reports/listed')).toMatchObject({
      status: 'skipped',
      message: 'known deviation: fixed in 2.0',
    });
    expect(test('sip/now-and-then')).toMatchObject({ flaky: true });
  });

  it('is valid for scenarios that stand in no folder, and for a run without a time', () => {
    const odd = recordOf([scenario('alone', 'pass')], { started: 'some day', deaths: [{ during: [], how: 'killed' }] });
    expect(validate(JSON.parse(ctrf(reportedOf(odd))))).toEqual({ valid: true, errors: [] });
  });
});
