import { header } from '../../codec/sip/headers.ts';
import type { MsrpOutcome, SipOutcome } from '../../participant/outcome.ts';
import type { Answer } from '../expectation.ts';
import type { Actor, Stage, TrackedMessage } from '../stage.ts';

/** Where the wire log shows an MSRP request of an actor and its response. */
export function msrpEvidence(stage: Stage, actor: Actor, transactionId: string): number[] {
  const exchange = stage.conversation.msrp.find(actor.wireName, 'sent', transactionId);
  if (exchange === undefined) return [];
  return exchange.response === undefined
    ? [exchange.request.index]
    : [exchange.request.index, exchange.response.entry.index];
}

/** Where the wire log shows the chunks of a message as they were sent. */
export function sentEvidence(stage: Stage, message: TrackedMessage): number[] {
  return message.transactionIds.flatMap((id) => {
    const exchange = stage.conversation.msrp.find(message.sender.wireName, 'sent', id);
    return exchange === undefined ? [] : [exchange.request.index];
  });
}

/** Where the wire log shows a SIP request of an actor and its final response. */
export function sipEvidence(stage: Stage, actor: Actor, outcome: SipOutcome): number[] {
  const { request } = outcome;
  if (request === undefined) return [];
  const exchange = stage.conversation.sip.list.findLast(
    (one) =>
      one.actor === actor.name &&
      one.direction === 'sent' &&
      one.message.method === request.method &&
      header(one.message, 'Call-ID') === request.callId &&
      Number.parseInt(header(one.message, 'CSeq') ?? '', 10) === request.cseq,
  );
  if (exchange === undefined) return [];
  return exchange.final === undefined ? [exchange.request.index] : [exchange.request.index, exchange.final.entry.index];
}

export const msrpAnswer = (outcome: MsrpOutcome): Answer =>
  outcome.kind === 'answered'
    ? { kind: 'status', status: outcome.status }
    : { kind: 'silence', reason: outcome.reason };

export const sipAnswer = (outcome: SipOutcome): Answer =>
  outcome.kind === 'answered'
    ? { kind: 'status', status: outcome.status }
    : { kind: 'silence', reason: outcome.reason };

export const statusOf = (answer: Answer): number | undefined => (answer.kind === 'status' ? answer.status : undefined);
