import type { ContinuationFlag } from '../codec/msrp/message.ts';
import type { FailureReport, SuccessReport } from '../msrp/reports.ts';
import { sendHeaders } from '../msrp/send-plan.ts';
import type { MsrpSession } from '../msrp/session.ts';
import type { RequestOutcome } from '../msrp/transactions.ts';
import type { ComposedMessage } from './compose.ts';
import type { MsrpOutcome } from './outcome.ts';

export interface ReportWishes {
  readonly successReport?: SuccessReport;
  readonly failureReport?: FailureReport;
}

export interface SendingOptions extends ReportWishes {
  /** Octets of each chunk; or of one chunk after the other, the last one taking what remains. */
  readonly chunks?: number | readonly number[];
}

export interface ChunkOptions extends ReportWishes {
  /** Offsets into the message, from 0; `end` is one past the last octet. */
  readonly start: number;
  readonly end: number;
  readonly flag: ContinuationFlag;
  /** Start of Byte-Range, from 1, when another than the true one is claimed. */
  readonly rangeStart?: number;
  readonly noRange?: boolean;
}

/** A message on its way out. */
export interface SentMessage {
  /** Of the chunks so far. */
  transactionIds(): string[];
  /** Settles when no further chunk will begin: what is sent from then on comes behind the message. */
  readonly written: Promise<void>;
  /** The first response that is not 200, else what became of the last chunk. */
  readonly outcome: Promise<MsrpOutcome>;
}

/** A single request on its way out. */
export interface SentRequest {
  readonly transactionId: string;
  /** Settles once it has its place on a connection: what is sent there from then on comes behind it. */
  readonly written: Promise<void>;
  readonly outcome: Promise<MsrpOutcome>;
}

export function msrpOutcome(transactionId: string, outcome: RequestOutcome): MsrpOutcome {
  switch (outcome.kind) {
    case 'response': {
      const { status, comment } = outcome.response;
      return { kind: 'answered', transactionId, status, ...(comment === undefined ? {} : { comment }) };
    }
    case 'timed-out':
    case 'unanswered':
      return { kind: 'unanswered', transactionId, reason: 'timed-out' };
    case 'lost':
      return { kind: 'unanswered', transactionId, reason: 'connection-lost' };
  }
}

export const notSent = (transactionId: string): MsrpOutcome => ({
  kind: 'unanswered',
  transactionId,
  reason: 'not-sent',
});

/** Sends a whole message (RFC 4975 §5.1). */
export function sendMessage(session: MsrpSession, message: ComposedMessage, options: SendingOptions): SentMessage {
  return typeof options.chunks === 'object'
    ? sendInPieces(session, message, options, options.chunks)
    : sendAsFlow(session, message, options, options.chunks);
}

/** Sends one chunk, right or wrong (RFC 4975 §7.1.1). */
export function sendChunk(session: MsrpSession, message: ComposedMessage, options: ChunkOptions): SentRequest {
  const { start, end, flag, rangeStart = start + 1, noRange, ...reports } = options;
  const body = message.octets.subarray(start, end);
  const first = BigInt(rangeStart);
  const range = { start: first, end: first + BigInt(body.length) - 1n, total: BigInt(message.octets.length) };
  const sent = session.sendRequest({
    method: 'SEND',
    headers: [
      ...sendHeaders(message.messageId, reports, noRange === true ? undefined : range),
      { name: 'Content-Type', value: message.contentType },
    ],
    body,
    flag,
  });
  const { transactionId } = sent;
  const written = Promise.resolve();
  return { transactionId, written, outcome: sent.outcome.then((outcome) => msrpOutcome(transactionId, outcome)) };
}

function sendAsFlow(
  session: MsrpSession,
  message: ComposedMessage,
  { successReport, failureReport }: ReportWishes,
  size: number | undefined,
): SentMessage {
  const { messageId, contentType, octets } = message;
  const sent = session.send({
    messageId,
    contentType,
    body: octets,
    ...(size === undefined ? {} : { chunking: { kind: 'sizes', sizes: [size] } }),
    ...(successReport === undefined ? {} : { successReport }),
    ...(failureReport === undefined ? {} : { failureReport }),
  });
  const verdict = (): MsrpOutcome => {
    const outcomes = sent.chunks.map(({ transactionId, outcome }) =>
      outcome === undefined ? notSent(transactionId) : msrpOutcome(transactionId, outcome),
    );
    return outcomes.find(isRefusal) ?? outcomes.at(-1) ?? notSent('');
  };
  return {
    transactionIds: () => sent.chunks.map((chunk) => chunk.transactionId),
    written: sent.written,
    outcome: sent.done.then(verdict),
  };
}

/** Sizes as the caller lists them, none of them broken off: for what no sensible sender would do. */
function sendInPieces(
  session: MsrpSession,
  message: ComposedMessage,
  { successReport, failureReport }: ReportWishes,
  sizes: readonly number[],
): SentMessage {
  const total = message.octets.length;
  const ends: number[] = [];
  for (const size of sizes) ends.push(Math.min(total, (ends.at(-1) ?? 0) + size));
  if (ends.at(-1) !== total) ends.push(total);
  const sent = ends.map((end, i) =>
    sendChunk(session, message, {
      start: ends[i - 1] ?? 0,
      end,
      flag: i === ends.length - 1 ? '$' : '+',
      ...(successReport === undefined ? {} : { successReport }),
      ...(failureReport === undefined ? {} : { failureReport }),
    }),
  );
  const outcomes = sent.map(({ outcome }) => outcome);
  return {
    transactionIds: () => sent.map(({ transactionId }) => transactionId),
    written: Promise.resolve(),
    outcome: firstRefusalOrLast(outcomes),
  };
}

const isRefusal = (outcome: MsrpOutcome): boolean => outcome.kind === 'answered' && outcome.status !== 200;

/** A refusal is known at once, although nobody may ever answer the other chunks. */
function firstRefusalOrLast(outcomes: readonly Promise<MsrpOutcome>[]): Promise<MsrpOutcome> {
  return new Promise((resolve) => {
    for (const one of outcomes) {
      void one.then((outcome) => {
        if (isRefusal(outcome)) resolve(outcome);
      });
    }
    void Promise.all(outcomes).then((all) => resolve(all.at(-1) ?? notSent('')));
  });
}
