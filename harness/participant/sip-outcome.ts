import { header } from '../codec/sip/headers.ts';
import type { SipRequest } from '../codec/sip/message.ts';
import { cseqNumber } from '../sip/dialog-state.ts';
import type { RequestOutcome } from '../sip/outcome.ts';
import type { InviteOutcome } from '../sip/outgoing-invite.ts';
import type { TransactionFailure } from '../sip/transaction.ts';
import type { SipOutcome, SipRequestRef } from './outcome.ts';

/** What a request of the user agent came to, as a scenario sees it. `waitedMs`: nothing came in that time. */
export function sipOutcome(outcome: RequestOutcome | InviteOutcome | undefined, waitedMs: number): SipOutcome {
  if (outcome === undefined) return { kind: 'unanswered', reason: `no final response within ${waitedMs / 1000} s` };
  switch (outcome.kind) {
    case 'answered':
    case 'accepted':
    case 'refused': {
      const { response, request } = outcome;
      return { kind: 'answered', status: response.status, response, request: refTo(request) };
    }
    case 'unanswered': {
      const reason = wording(outcome.failure);
      const { request } = outcome;
      return { kind: 'unanswered', reason, ...(request === undefined ? {} : { request: refTo(request) }) };
    }
    case 'not-sent':
      return { kind: 'unanswered', reason: outcome.reason };
  }
}

const refTo = (request: SipRequest): SipRequestRef => ({
  method: request.method,
  callId: header(request, 'Call-ID') ?? '',
  cseq: cseqNumber(request),
});

export function wording(failure: TransactionFailure): string {
  switch (failure.kind) {
    case 'timed-out':
      return 'no final response';
    case 'transport-error':
      return failure.error.message;
    case 'closed':
      return 'the participant was closed';
  }
}
