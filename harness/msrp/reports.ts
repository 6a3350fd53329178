import { type ByteRange, formatByteRange, parseByteRange } from '../codec/msrp/byte-range.ts';
import { headerOf, type MsrpHeader, type MsrpRequestHead } from '../codec/msrp/message.ts';
import { formatStatus, parseStatus } from '../codec/msrp/status.ts';

export type FailureReport = 'yes' | 'partial' | 'no';
export type SuccessReport = 'yes' | 'no';

/** What became of a request at its receiver. */
export type Outcome =
  /** Accepted; for the last chunk also delivered. */
  | 'ok'
  /** An error known at once. */
  | 'error'
  /** Accepted, then found wrong. */
  | 'late-error'
  /** To-Path fits no session of the connection. */
  | 'no-session';

export interface Due {
  readonly response: 'ok' | 'error' | 'none';
  /** `received`: only for what has arrived. */
  readonly report: 'success' | 'failure' | 'received' | 'failure-and-received' | 'none';
}

const due = (response: Due['response'], report: Due['report'] = 'none'): Due => ({ response, report });

/**
 * Who gets a response, who a REPORT (RFC 4975 §7.1.2 to §7.1.4, §7.2, §7.3). Failure-Report governs responses and
 * failure REPORTs, Success-Report alone governs success REPORTs; an error told in a response is not told again.
 */
const DUE: Readonly<Record<FailureReport, Record<SuccessReport, Record<Outcome, Due>>>> = {
  yes: {
    no: {
      ok: due('ok'),
      error: due('error'),
      'late-error': due('ok', 'failure'),
      'no-session': due('error'),
    },
    yes: {
      ok: due('ok', 'success'),
      error: due('error'),
      'late-error': due('ok', 'failure-and-received'),
      'no-session': due('error'),
    },
  },
  partial: {
    no: {
      ok: due('none'),
      error: due('error'),
      'late-error': due('none', 'failure'),
      'no-session': due('error'),
    },
    yes: {
      ok: due('none', 'success'),
      error: due('error'),
      'late-error': due('none', 'failure-and-received'),
      'no-session': due('error'),
    },
  },
  no: {
    no: { ok: due('none'), error: due('none'), 'late-error': due('none'), 'no-session': due('none') },
    yes: {
      ok: due('none', 'success'),
      error: due('none'),
      'late-error': due('none', 'received'),
      'no-session': due('none'),
    },
  },
};

export function dueFor(failureReport: FailureReport, successReport: SuccessReport, outcome: Outcome): Due {
  return DUE[failureReport][successReport][outcome];
}

/** A REPORT to be sent, or one received. */
export interface Report {
  readonly messageId: string;
  /** Practically always there; compulsory when it tells of a failed chunk (RFC 4975 §7.1.2). */
  readonly range?: ByteRange;
  readonly status: number;
  readonly comment?: string;
}

/**
 * RFC 4975 §7.1.2, §7.1.3: to the whole From-Path of the SEND, never with Success-Report or Failure-Report.
 * `toPath` and `fromPath` are header values.
 */
export function reportHead(
  transactionId: string,
  toPath: string,
  fromPath: string,
  report: Report,
  more: readonly MsrpHeader[] = [],
): MsrpRequestHead {
  const headers: MsrpHeader[] = [
    { name: 'To-Path', value: toPath },
    { name: 'From-Path', value: fromPath },
    { name: 'Message-ID', value: report.messageId },
  ];
  if (report.range !== undefined) headers.push({ name: 'Byte-Range', value: formatByteRange(report.range) });
  const comment = report.comment === undefined ? {} : { comment: report.comment };
  headers.push({ name: 'Status', value: formatStatus({ namespace: '000', code: report.status, ...comment }) }, ...more);
  return { kind: 'request', transactionId, method: 'REPORT', headers };
}

/** Undefined: it lacks what a REPORT must have, or has a status of an unknown namespace (RFC 4975 §7.1.2). */
export function readReport(head: MsrpRequestHead): Report | undefined {
  const messageId = headerOf(head, 'Message-ID');
  const status = parseStatus(headerOf(head, 'Status') ?? '');
  if (messageId === undefined || !status.ok || status.value.namespace !== '000') return undefined;
  const range = parseByteRange(headerOf(head, 'Byte-Range') ?? '');
  const { code, comment } = status.value;
  return {
    messageId,
    status: code,
    ...(range.ok ? { range: range.value } : {}),
    ...(comment === undefined ? {} : { comment }),
  };
}
