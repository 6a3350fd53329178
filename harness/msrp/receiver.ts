import type { ContinuationFlag } from '../codec/msrp/message.ts';
import type { Clock } from '../net/clock.ts';
import type { IncomingRequest, RequestSink } from './incoming.ts';
import { Reassembly, type ReassemblyLimits, type Stored } from './reassembly.ts';
import { dueFor, type Outcome } from './reports.ts';
import { readSendHead, type SendHead } from './send-head.ts';
import type { MsrpSession } from './session.ts';

/** A complete message, put together from its chunks. */
export interface ReceivedMessage {
  readonly session: MsrpSession;
  readonly send: SendHead;
  /** The request that brought the last missing octets. */
  readonly request: IncomingRequest;
  readonly body: Buffer;
}

export type Decision =
  | { readonly kind: 'accept' }
  /** Told in the response, if one is due. */
  | { readonly kind: 'refuse'; readonly status: number; readonly comment?: string }
  /** Responded to as if accepted, then reported as failed, if that is due (RFC 4975 §7.1.2). */
  | { readonly kind: 'fail-later'; readonly status: number; readonly comment?: string };

export const ACCEPT: Decision = { kind: 'accept' };

/** One chunk and what became of it: what an answer is made from. */
export interface ReceivedChunk {
  readonly session: MsrpSession;
  readonly request: IncomingRequest;
  /** Undefined: the head made no sense, and `decision` says so. */
  readonly send: SendHead | undefined;
  /** Real body octets; for an answer in mid-chunk those so far. */
  readonly octets: number;
  /** Undefined: answered before the end. */
  readonly flag: ContinuationFlag | undefined;
  /** Undefined: refused before it was stored. */
  readonly stored: Stored | undefined;
  readonly decision: Decision;
}

export interface ReceiverOptions {
  readonly clock: Clock;
  readonly limits?: Partial<ReassemblyLimits>;
  /** Judges a chunk by its head: media type, policy. Accepts if absent. */
  readonly admit?: (send: SendHead, request: IncomingRequest) => Decision;
  /** Judges a complete message, which it keeps if it wants to. */
  readonly deliver: (message: ReceivedMessage) => Decision;
  /** Answers a chunk; `answerAsDue` if absent. Another code, later, twice, never: all is possible here. */
  readonly answer?: (chunk: ReceivedChunk) => void;
}

/** Receives the SENDs of one session: reassembles, judges, answers (RFC 4975 §7.3). */
export class Receiver {
  readonly #session: () => MsrpSession;
  readonly #options: ReceiverOptions;
  readonly #reassembly: Reassembly;
  readonly #answer: (chunk: ReceivedChunk) => void;

  constructor(session: () => MsrpSession, options: ReceiverOptions) {
    this.#session = session;
    this.#options = options;
    this.#reassembly = new Reassembly(options.limits);
    this.#answer = options.answer ?? answerAsDue;
  }

  get openMessages(): number {
    return this.#reassembly.openMessages;
  }

  get heldOctets(): number {
    return this.#reassembly.heldOctets;
  }

  /** For SEND requests. */
  receive(request: IncomingRequest): RequestSink | undefined {
    const read = readSendHead(request.head, request.hasBody);
    if (!read.ok) return this.#refuse(request, undefined, { kind: 'refuse', status: 400, comment: read.error });
    const send = read.value;
    if (!request.hasBody) return this.#bodiless(request, send);
    const admitted = this.#options.admit?.(send, request) ?? ACCEPT;
    if (admitted.kind === 'refuse') return this.#refuse(request, send, admitted);
    return this.#store(request, send, admitted);
  }

  #refuse(request: IncomingRequest, send: SendHead | undefined, decision: Decision): undefined {
    const session = this.#session();
    this.#answer({ session, request, send, octets: 0, flag: undefined, stored: undefined, decision });
  }

  /** Binds and keeps the way open; nobody is shown it, yet a response is due (RFC 4975 §5.4, §7.1.1). */
  #bodiless(request: IncomingRequest, send: SendHead): RequestSink {
    const session = this.#session();
    return {
      body: () => undefined,
      end: (flag) => this.#answer({ session, request, send, octets: 0, flag, stored: undefined, decision: ACCEPT }),
      cut: () => undefined,
    };
  }

  #store(request: IncomingRequest, send: SendHead, admitted: Decision): RequestSink {
    const session = this.#session();
    const store = this.#reassembly.begin(send.messageId, send.range?.start ?? 1n, this.#options.clock.now());
    let octets = 0;
    let answered = false;
    const answer = (flag: ContinuationFlag | undefined, stored: Stored, decision: Decision): void => {
      if (answered) return;
      answered = true;
      this.#answer({ session, request, send, octets, flag, stored, decision });
    };
    return {
      body: (piece) => {
        octets += piece.length;
        const refusal = store.write(piece);
        // At once, in the middle of the chunk: the sender is to stop (RFC 4975 §10.5).
        if (refusal !== undefined) answer(undefined, refusal, { ...refusal, kind: 'refuse' });
      },
      end: (flag) => {
        const stored = store.end(flag);
        if (stored.kind === 'refused') answer(flag, stored, { ...stored, kind: 'refuse' });
        else if (stored.kind !== 'complete' || admitted.kind !== 'accept') answer(flag, stored, admitted);
        else answer(flag, stored, this.#options.deliver({ session, send, request, body: stored.body }));
      },
      cut: () => undefined,
    };
  }
}

const OUTCOMES = { accept: 'ok', refuse: 'error', 'fail-later': 'late-error' } as const satisfies Record<
  Decision['kind'],
  Outcome
>;

/** The response and the REPORTs that RFC 4975 §7.1.2 to §7.1.4 and §7.2 call for, one success REPORT for a whole message. */
export function answerAsDue(chunk: ReceivedChunk): void {
  const { session, request, send, decision } = chunk;
  const failureReport = send?.failureReport ?? 'yes';
  const due = dueFor(failureReport, send?.successReport ?? 'no', OUTCOMES[decision.kind]);
  if (due.response === 'ok') request.respond(200, 'OK');
  else if (due.response === 'error' && decision.kind !== 'accept') request.respond(decision.status, decision.comment);
  if (send === undefined) return;
  const { messageId } = send;
  if (due.report === 'success' || due.report === 'received' || due.report === 'failure-and-received') {
    const size = completeSize(chunk);
    if (size !== undefined && decision.kind === 'accept') {
      const range = { start: 1n, end: size, total: size };
      session.report(request.fromPath, { messageId, range, status: 200, comment: 'OK' });
    }
  }
  if ((due.report === 'failure' || due.report === 'failure-and-received') && decision.kind !== 'accept') {
    const start = send.range?.start ?? 1n;
    const range = { start, end: start + BigInt(chunk.octets) - 1n, total: send.range?.total ?? ('*' as const) };
    const comment = decision.comment === undefined ? {} : { comment: decision.comment };
    session.report(request.fromPath, { messageId, range, status: decision.status, ...comment });
  }
}

/** Size of the message that this chunk completed, or repeats (RFC 4975 §5.4: duplicates are reported like first copies). */
function completeSize(chunk: ReceivedChunk): bigint | undefined {
  switch (chunk.stored?.kind) {
    case 'complete':
      return BigInt(chunk.stored.body.length);
    case 'duplicate':
      return chunk.flag === '$' ? (chunk.send?.range?.start ?? 1n) + BigInt(chunk.octets) - 1n : undefined;
    default:
      return undefined;
  }
}
