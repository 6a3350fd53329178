import type { ByteRange } from '../codec/msrp/byte-range.ts';
import type { ContinuationFlag } from '../codec/msrp/message.ts';
import type { Report } from './reports.ts';
import type { RequestOutcome } from './transactions.ts';

/** Reports remembered per message: a peer that reports every octet costs no more. */
const MAX_REPORTS = 1000;

/** A chunk that went out, or is going out. */
export interface SentChunk {
  readonly transactionId: string;
  /** As announced in its head. */
  readonly range: ByteRange;
  /** Real body octets, once the chunk has ended. */
  octets: number | undefined;
  flag: ContinuationFlag | undefined;
  /** Once it is known. */
  outcome: RequestOutcome | undefined;
}

export type MessageOutcome =
  /** Every chunk went out, and each that wanted a response got 2xx. */
  | { readonly kind: 'accepted' }
  /** An error response or failure REPORT; what was left of the message was not sent. */
  | { readonly kind: 'refused'; readonly status: number; readonly comment?: string }
  /** At least one chunk had no response within 30 s: the user is told that it probably failed (RFC 4975 §7.1.1). */
  | { readonly kind: 'timed-out' }
  | { readonly kind: 'given-up'; readonly reason: string }
  | { readonly kind: 'lost'; readonly reason: string };

/** A message on its way out, as its author sees it. */
export class OutgoingMessage {
  readonly messageId: string;
  readonly chunks: SentChunk[] = [];
  /** Success and failure REPORTs, in the order they came. */
  readonly reports: Report[] = [];
  /** Settles when every octet has gone and every chunk has its outcome, or it is known that this will not be. */
  readonly done: Promise<MessageOutcome>;
  /** Settles when no further chunk will begin, be it that all have gone out. */
  readonly written: Promise<void>;
  #stop: (why: 'refused' | 'given-up') => void;
  readonly #settle: (outcome: MessageOutcome) => void;
  readonly #allWritten: () => void;
  readonly #reportWaiters = new Set<(report: Report) => void>();
  #open = 0;
  #ended = false;
  #verdict: MessageOutcome = { kind: 'accepted' };

  /** `stop` ends the flow that writes the message. */
  constructor(messageId: string, stop: (why: 'refused' | 'given-up') => void) {
    this.messageId = messageId;
    this.#stop = stop;
    const { promise, resolve } = withResolvers<MessageOutcome>();
    this.done = promise;
    this.#settle = resolve;
    const writing = withResolvers<void>();
    this.written = writing.promise;
    this.#allWritten = writing.resolve;
  }

  /** Gives the message up: an open chunk ends with `#` (RFC 4975 §7.1). */
  abort(): void {
    this.#stop('given-up');
  }

  /** Calls `listener` for each REPORT from now on. Returns a function that ends that. */
  onReport(listener: (report: Report) => void): () => void {
    this.#reportWaiters.add(listener);
    return () => this.#reportWaiters.delete(listener);
  }

  /** For the session. */
  chunkBegins(transactionId: string, range: ByteRange): SentChunk {
    const chunk: SentChunk = { transactionId, range, octets: undefined, flag: undefined, outcome: undefined };
    this.chunks.push(chunk);
    this.#open++;
    return chunk;
  }

  /** For the session. */
  chunkSettles(chunk: SentChunk, outcome: RequestOutcome): void {
    if (chunk.outcome !== undefined) return;
    chunk.outcome = outcome;
    this.#open--;
    switch (outcome.kind) {
      case 'response':
        this.#judge(outcome.response.status, outcome.response.comment);
        break;
      case 'timed-out':
        this.#worsen({ kind: 'timed-out' });
        break;
      case 'lost':
        this.#worsen({ kind: 'lost', reason: outcome.reason });
        break;
      case 'unanswered':
        break;
    }
    this.#conclude();
  }

  /** For the session. */
  reported(report: Report): void {
    if (this.reports.length < MAX_REPORTS) this.reports.push(report);
    for (const listener of [...this.#reportWaiters]) listener(report);
    if (!this.#ended) this.#judge(report.status, report.comment);
  }

  /** For the session: nothing more will be written. */
  ended(verdict?: MessageOutcome): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#allWritten();
    // The handle outlives the message while REPORTs may come; what it held need not.
    this.#stop = () => undefined;
    if (verdict !== undefined) this.#worsen(verdict);
    this.#conclude();
  }

  /** 408 is as good as no answer (RFC 4975 §10.4); any other error ends the message (§7.1.1, §10.5). */
  #judge(status: number, comment: string | undefined): void {
    if (status < 300) return;
    if (status === 408) {
      this.#worsen({ kind: 'timed-out' });
      return;
    }
    this.#worsen(comment === undefined ? { kind: 'refused', status } : { kind: 'refused', status, comment });
    this.#stop('refused');
  }

  #worsen(verdict: MessageOutcome): void {
    if (this.#verdict.kind === 'accepted' || (this.#verdict.kind === 'timed-out' && verdict.kind === 'refused')) {
      this.#verdict = verdict;
    }
  }

  #conclude(): void {
    if (this.#ended && this.#open === 0) this.#settle(this.#verdict);
  }
}

function withResolvers<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
