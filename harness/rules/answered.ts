import { headerOf, type MsrpRequest } from '../codec/msrp/message.ts';
import { validateMsrp } from '../codec/msrp/validate.ts';
import type { Conversation } from '../conversation/conversation.ts';
import type { MsrpExchange } from '../conversation/msrp-exchanges.ts';
import { quietMs } from './copies-received.ts';
import { Matter, settle } from './matter.ts';
import type { Rule } from './rule.ts';

/** Less than this after a later response nothing is said, in milliseconds: the order of responses is free. */
const PATIENCE_MS = 500;

/**
 * RFC 4975 limits no head, and no implementation is without a limit: what reads over a longer one, and goes on in step,
 * need not have understood that it asks for a response. In octets; far more than any path of relays takes.
 */
const ORDINARY_HEAD = 8192;

/** RFC 4975 §7.2, RFC 7701 §6.3, §7.1: no request that asks for a response stays without one. */
export const answered: Rule = {
  id: 'answered',
  about: 'requests that ask for a response get one',
  judge(conversation, catalogue) {
    const sends = new Matter(['RFC7701-6.3-03', 'RFC4975-7.2-01'], 'a SEND without Failure-Report is answered', {
      breach: ['received'],
    });
    const nicknames = new Matter(['RFC7701-7.1-08'], 'a NICKNAME is answered', { breach: ['received'] });
    const latest = latestAnswered(conversation);
    for (const exchange of conversation.msrp.list) {
      const matter = exchange.head.method === 'SEND' ? sends : nicknames;
      if (!asksForResponse(conversation, exchange)) continue;
      if (exchange.response !== undefined) matter.right();
      else if (isOrdinary(exchange) && (latest.get(exchange.request.connection) ?? -1) > exchange.request.index) {
        matter.broken({
          message: `${exchange.head.method} of ${exchange.request.actor} got no response, but a later request did`,
          evidence: [exchange.request],
        });
      }
    }
    return settle(answered.id, catalogue, [sends, nicknames]);
  },
};

function asksForResponse({ sessions }: Conversation, { request, head }: MsrpExchange): boolean {
  return request.direction === 'sent' && asks(head) && sessions.of(request, head)?.bound !== undefined;
}

const isOrdinary = ({ request, head }: MsrpExchange): boolean =>
  request.content.protocol === 'msrp' &&
  validateMsrp(head, request.content.defects).length === 0 &&
  request.octets.length - (head.body?.length ?? 0) <= ORDINARY_HEAD;

function asks(head: MsrpRequest): boolean {
  const wish = headerOf(head, 'Failure-Report');
  if (head.method === 'SEND') return wish === undefined || wish.trim().toLowerCase() === 'yes';
  return head.method === 'NICKNAME' && wish === undefined;
}

/** Per connection, where the latest request began that was answered long enough before the end. */
function latestAnswered(conversation: Conversation): ReadonlyMap<string, number> {
  const patience = Math.max(PATIENCE_MS, quietMs(conversation));
  const endOfLog = conversation.log.entries.at(-1)?.time ?? 0;
  const ends = new Map<string, number>();
  for (const { content, connection, time } of conversation.log.entries) {
    if (content.protocol === 'connection' && content.event !== 'opened') ends.set(connection, time);
  }
  const latest = new Map<string, number>();
  for (const { request, response } of conversation.msrp.list) {
    if (request.direction !== 'sent' || response === undefined) continue;
    if (response.entry.time + patience > (ends.get(request.connection) ?? endOfLog)) continue;
    latest.set(request.connection, request.index);
  }
  return latest;
}
