import { describe, expect, it } from 'vitest';
import { dueFor, type FailureReport, type Outcome, reportHead, type SuccessReport } from './reports.ts';

describe('responses and reports due (RFC 4975 §7.1.4, §7.2)', () => {
  const rows: [FailureReport, SuccessReport, Outcome, string, string][] = [
    ['yes', 'no', 'ok', 'ok', 'none'],
    ['yes', 'yes', 'ok', 'ok', 'success'],
    ['yes', 'yes', 'error', 'error', 'none'],
    ['yes', 'no', 'late-error', 'ok', 'failure'],
    ['partial', 'no', 'ok', 'none', 'none'],
    ['partial', 'yes', 'ok', 'none', 'success'],
    ['partial', 'no', 'error', 'error', 'none'],
    ['partial', 'yes', 'no-session', 'error', 'none'],
    ['no', 'yes', 'ok', 'none', 'success'],
    ['no', 'yes', 'error', 'none', 'none'],
    ['no', 'no', 'no-session', 'none', 'none'],
    ['no', 'yes', 'late-error', 'none', 'received'],
  ];
  it.each(rows)('Failure-Report %s, Success-Report %s, %s', (failure, success, outcome, response, report) => {
    expect(dueFor(failure, success, outcome)).toEqual({ response, report });
  });

  it('builds a REPORT without Failure-Report and Success-Report', () => {
    const range = { start: 1n, end: 5n, total: 5n };
    const head = reportHead('t1t1', 'msrp://a:1/x;tcp msrp://b:1/y;tcp', 'msrp://c:1/z;tcp', {
      messageId: 'm1m1',
      range,
      status: 200,
      comment: 'OK',
    });
    expect(head.headers.map(({ name, value }) => `${name}: ${value}`)).toEqual([
      'To-Path: msrp://a:1/x;tcp msrp://b:1/y;tcp',
      'From-Path: msrp://c:1/z;tcp',
      'Message-ID: m1m1',
      'Byte-Range: 1-5/5',
      'Status: 000 200 OK',
    ]);
  });
});
