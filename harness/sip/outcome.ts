import type { SipRequest, SipResponse } from '../codec/sip/message.ts';
import type { TransactionFailure } from './transaction.ts';

/** What became of a request. */
export type RequestOutcome =
  | { readonly kind: 'answered'; readonly response: SipResponse; readonly request: SipRequest }
  | {
      readonly kind: 'unanswered';
      readonly failure: TransactionFailure;
      /** Absent: it could not even be written. */
      readonly request?: SipRequest;
    }
  /** Not sent, because the rules do not allow it now. */
  | { readonly kind: 'not-sent'; readonly reason: string };

/** Whether the request was answered with 2xx. */
export const succeeded = (outcome: RequestOutcome): boolean =>
  outcome.kind === 'answered' && outcome.response.status >= 200 && outcome.response.status < 300;

/** 481, 408 and silence end the dialog in which the request was sent (RFC 3261 §12.2.1.2). */
export function endsDialog(outcome: RequestOutcome): boolean {
  switch (outcome.kind) {
    case 'answered':
      return outcome.response.status === 481 || outcome.response.status === 408;
    case 'unanswered':
      return true;
    case 'not-sent':
      return false;
  }
}

const ENDING: ReadonlySet<number> = new Set([404, 405, 410, 416, 480, 481, 482, 483, 484, 485, 489, 501, 604]);

/** Whether the outcome of a NOTIFY or of a refresh ends the subscription (RFC 6665 §4.1.2.2, §4.2.2). */
export function endsSubscription(outcome: RequestOutcome): boolean {
  switch (outcome.kind) {
    case 'answered':
      return ENDING.has(outcome.response.status);
    case 'unanswered':
      return true;
    case 'not-sent':
      return false;
  }
}
