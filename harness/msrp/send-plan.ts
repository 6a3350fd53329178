import { type ByteRange, formatByteRange } from '../codec/msrp/byte-range.ts';
import type { MsrpHeader } from '../codec/msrp/message.ts';
import { serializeHead } from '../codec/msrp/serialize.ts';
import type { MessagePlan } from './message-flow.ts';
import type { OutgoingRequest, SendHeaders } from './outgoing.ts';
import type { OutgoingMessage, SentChunk } from './outgoing-message.ts';
import type { FailureReport } from './reports.ts';
import { failureReportOf } from './send-head.ts';
import type { RequestOutcome, Silence } from './transactions.ts';

/** Headers of a SEND behind its paths, up to Content-Type (RFC 4975 §7.1). */
export function sendHeaders(messageId: string, options: SendHeaders, range?: ByteRange): MsrpHeader[] {
  const headers: MsrpHeader[] = [{ name: 'Message-ID', value: messageId }];
  if (range !== undefined) headers.push({ name: 'Byte-Range', value: formatByteRange(range) });
  if (options.successReport !== undefined) headers.push({ name: 'Success-Report', value: options.successReport });
  if (options.failureReport !== undefined) headers.push({ name: 'Failure-Report', value: options.failureReport });
  return options.headers === undefined ? headers : [...headers, ...options.headers];
}

type Shape = Pick<MessagePlan, 'source' | 'start' | 'total' | 'lastFlag' | 'chunking'>;

interface Watchers {
  readonly message?: OutgoingMessage;
  /** Outcome of each chunk, for those who need no handle. */
  readonly settled?: (outcome: RequestOutcome) => void;
  readonly ended?: (how: Parameters<MessagePlan['ended']>[0]) => void;
}

/** Joins what is sent, how it is cut, and who hears of it. */
export function messagePlan(
  shape: Shape,
  paths: () => { readonly to: string; readonly from: string },
  headers: readonly MsrpHeader[],
  kind: { readonly failureReport: FailureReport; readonly contentType: string },
  watchers: Watchers,
): MessagePlan {
  const { message, settled, ended } = watchers;
  const open = new Map<string, SentChunk>();
  const settle = (chunk: SentChunk | undefined, outcome: RequestOutcome): void => {
    if (chunk !== undefined) message?.chunkSettles(chunk, outcome);
    settled?.(outcome);
  };
  return {
    ...shape,
    head(transactionId, range) {
      const { to, from } = paths();
      const all = [
        { name: 'To-Path', value: to },
        { name: 'From-Path', value: from },
        ...headers,
        { name: 'Byte-Range', value: formatByteRange(range) },
        { name: 'Content-Type', value: kind.contentType },
      ];
      return serializeHead({ kind: 'request', transactionId, method: 'SEND', headers: all }, true);
    },
    chunkBegins(transactionId, range, outlet) {
      const chunk = message?.chunkBegins(transactionId, range);
      if (chunk !== undefined) open.set(transactionId, chunk);
      if (kind.failureReport === 'no') return;
      const silence = kind.failureReport === 'yes' ? 'timed-out' : 'unanswered';
      outlet.transactions.open(transactionId, silence, (outcome) => settle(chunk, outcome));
    },
    chunkEnds(transactionId, octets, flag) {
      const chunk = open.get(transactionId);
      open.delete(transactionId);
      if (chunk !== undefined) {
        chunk.octets = octets;
        chunk.flag = flag;
      }
      if (kind.failureReport === 'no') settle(chunk, { kind: 'unanswered' });
    },
    ended(how, reason) {
      ended?.(how);
      switch (how) {
        case 'complete':
          message?.ended();
          return;
        case 'given-up':
        case 'source-failed':
          message?.ended({ kind: 'given-up', reason });
          return;
        case 'lost':
          message?.ended({ kind: 'lost', reason });
          return;
      }
    },
  };
}

/** What silence means for a request: by its Failure-Report, and nothing for REPORT (RFC 4975 §7.1.2, §7.1.4). */
export function silenceFor(request: OutgoingRequest): Silence | 'none' {
  if (request.method === 'REPORT') return 'none';
  switch (failureReportOf({ kind: 'request', transactionId: '', method: request.method, headers: request.headers })) {
    case 'yes':
      return 'timed-out';
    case 'partial':
      return 'unanswered';
    case 'no':
      return 'none';
  }
}
