import { describe, expect, it } from 'vitest';
import { delay } from '../net/clock.ts';
import { SimulatedClock } from '../net/simulated-clock.ts';
import { decideBinding } from './binding.ts';
import { EndLineGuard, mayUse } from './end-line-guard.ts';
import { readToPath, responsePath } from './path.ts';
import { dueFor, type FailureReport, type Outcome, reportHead, type SuccessReport } from './reports.ts';
import { readSendHead } from './send-head.ts';
import { type RequestOutcome, Transactions } from './transactions.ts';

describe('binding (RFC 4975 §5.4, §7.3)', () => {
  const table = [
    [{ kind: 'no-session' }, 'SEND', 481],
    [{ kind: 'not-last-hop' }, 'SEND', 481],
    [{ kind: 'unreadable' }, 'SEND', 400],
    [{ kind: 'session', standing: { kind: 'ended' } }, 'SEND', 481],
    [{ kind: 'session', standing: { kind: 'unbound' } }, 'SEND', 'bind'],
    [{ kind: 'session', standing: { kind: 'unbound' } }, 'NICKNAME', 'bind'],
    [{ kind: 'session', standing: { kind: 'unbound' } }, 'REPORT', 'process'],
    [{ kind: 'session', standing: { kind: 'bound', connection: 1 } }, 'SEND', 'process'],
    [{ kind: 'session', standing: { kind: 'bound', connection: 2 } }, 'SEND', 506],
  ] as const;
  it.each(table)('%j %s -> %s', (destination, method, expected) => {
    const binding = decideBinding<number>(destination, 1, method);
    expect(binding.kind === 'refuse' ? binding.status : binding.kind).toBe(expected);
  });
});

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

describe('paths (RFC 4975 §7.2, §7.3)', () => {
  const request = (toPath: string) =>
    ({
      kind: 'request',
      transactionId: 'abcd',
      method: 'SEND',
      headers: [{ name: 'to-path', value: toPath }],
    }) as const;

  it('answers SEND one hop back and other methods the whole way', () => {
    expect(responsePath('SEND', 'msrp://a:1/x;tcp msrp://b:1/y;tcp')).toBe('msrp://a:1/x;tcp');
    expect(responsePath('NICKNAME', 'msrp://a:1/x;tcp msrp://b:1/y;tcp')).toBe('msrp://a:1/x;tcp msrp://b:1/y;tcp');
  });

  it('reads exactly one URI', () => {
    expect(readToPath(request('msrp://a:1/x;tcp')).kind).toBe('one');
    expect(readToPath(request('msrp://a:1/x;tcp msrp://b:1/y;tcp')).kind).toBe('several');
    for (const bad of ['', '  ', 'sip:a@b', 'msrp://a:1/x']) expect(readToPath(request(bad)).kind).toBe('unreadable');
  });
});

describe('heads of SEND (RFC 4975 §7.1)', () => {
  const head = (...lines: string[]) => ({
    kind: 'request' as const,
    transactionId: 'abcd',
    method: 'SEND',
    headers: lines.map((line) => ({ name: line.split(': ')[0] ?? '', value: line.split(': ')[1] ?? '' })),
  });

  it('reads values in any letter case and falls back to the defaults', () => {
    const read = readSendHead(head('MESSAGE-ID: m1m1', 'FAILURE-REPORT: NO', 'Success-Report: 1'), false);
    expect(read).toMatchObject({ ok: true, value: { messageId: 'm1m1', failureReport: 'no', successReport: 'no' } });
  });

  it.each([
    [['Content-Type: text/plain'], 'Message-ID missing'],
    [['Message-ID: m1m1'], 'Content-Type missing'],
    [['Message-ID: m1m1', 'Content-Type: text'], 'Content-Type not understood'],
    [['Message-ID: m1m1', 'Byte-Range: 1-10', 'Content-Type: text/plain'], 'Byte-Range not understood'],
    [['Message-ID: m1m1', 'Byte-Range: 0-9/10', 'Content-Type: text/plain'], 'Byte-Range begins before 1'],
  ])('%j: %s', (lines, error) => {
    expect(readSendHead(head(...lines), true)).toEqual({ ok: false, error });
  });
});

describe('end-line guard (RFC 4975 §7.1)', () => {
  it('finds the end-line of a chunk at every split of its body', () => {
    const body = Buffer.from('aa\r\n-------abcd$\r\nbb');
    const end = body.indexOf('abcd') + 3;
    for (let cut = 0; cut <= body.length; cut++) {
      const guard = new EndLineGuard('abcd');
      const first = guard.pass(body.subarray(0, cut));
      expect(first).toBe(Math.min(cut, end));
      if (first === cut) expect(cut + guard.pass(body.subarray(cut))).toBe(end);
    }
  });

  it('sees it in pieces of one octet', () => {
    const guard = new EndLineGuard('abcd');
    const passed = [...Buffer.from('x-------abcd')].map((octet) => guard.pass(Buffer.from([octet])));
    expect(passed).toEqual([...Array<number>(11).fill(1), 0]);
  });

  it('tells which transaction ids a body leaves free', () => {
    expect(mayUse('abcd', [Buffer.from('--------ab'), Buffer.from('cd')])).toBe(false);
    expect(mayUse('abcd', [Buffer.from('------abcd')])).toBe(true);
  });
});

describe('transactions (RFC 4975 §7.1.1)', () => {
  const response = (transactionId: string) => ({ kind: 'response', transactionId, status: 200, headers: [] }) as const;

  it('starts the 30 s when the last octet is out', async () => {
    const clock = new SimulatedClock();
    const transactions = new Transactions(clock);
    const seen: [string, RequestOutcome['kind'], number][] = [];
    const open = (id: string, silence: 'timed-out' | 'unanswered') =>
      transactions.open(id, silence, (outcome) => seen.push([id, outcome.kind, clock.now()]));
    open('slow', 'timed-out');
    open('part', 'unanswered');
    open('good', 'timed-out');
    transactions.sent('part');
    transactions.sent('good');
    await clock.run(delay(clock, 10_000));
    transactions.sent('slow');
    expect(transactions.settle(response('good'))).toBe(true);
    await clock.run(delay(clock, 29_999));
    expect(seen.map(([id]) => id)).toEqual(['good', 'part']);
    await clock.run(delay(clock, 10));
    expect(seen).toEqual([
      ['good', 'response', 10_000],
      ['part', 'unanswered', 30_000],
      ['slow', 'timed-out', 40_000],
    ]);
    expect(transactions.settle(response('slow'))).toBe(false);
    expect(clock.pending).toBe(0);
  });

  it('keeps no deadlines of settled transactions', () => {
    const clock = new SimulatedClock();
    const transactions = new Transactions(clock);
    transactions.open('long', 'timed-out', () => undefined);
    transactions.sent('long');
    for (let i = 0; i < 10_000; i++) {
      transactions.open(`t${i}`, 'timed-out', () => undefined);
      transactions.sent(`t${i}`);
      transactions.settle(response(`t${i}`));
    }
    expect(transactions.size).toBe(1);
    expect(clock.pending).toBe(1);
    transactions.lose('over');
    expect(clock.pending).toBe(0);
  });
});
