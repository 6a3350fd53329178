import { headerOf } from '../codec/msrp/message.ts';
import type { ChatMessage } from '../conversation/chat-messages.ts';
import type { Conversation } from '../conversation/conversation.ts';
import type { MsrpExchange } from '../conversation/msrp-exchanges.ts';
import type { Session } from '../conversation/sessions.ts';
import { Matter, settle } from './matter.ts';
import type { Rule } from './rule.ts';

/**
 * RFC 4975 §10: what a switch may still send after certain answers of a recipient. The RFC says so in lower case, and what it
 * says is a warning.
 */
export const afterRefusals: Rule = {
  id: 'after-refusals',
  about: 'after 403, 481 and 506 of a recipient the switch does not go on as before',
  judge(conversation, catalogue) {
    const again = new Matter(['RFC4975-10.3-02'], 'what was refused with 403 is not sent again', {
      kept: ['received'],
    });
    const unknown = new Matter(['RFC4975-10.8-02'], 'after a 481 the session is over', {
      breach: ['sent', 'dialogs'],
      kept: ['received'],
    });
    const elsewhere = new Matter(['RFC4975-10.10-02'], 'after a 506 the session is not used on this connection', {
      breach: ['sent', 'dialogs'],
      kept: ['received'],
    });
    for (const exchange of conversation.msrp.list) {
      const { request, head, response } = exchange;
      const session = conversation.sessions.of(request, head);
      if (request.direction !== 'received' || head.method !== 'SEND' || session === undefined) continue;
      switch (response?.head.status) {
        case 403:
          judgeRepetition(conversation, exchange, session, again);
          break;
        case 481:
          judgeSilence(conversation, exchange, session, unknown);
          break;
        case 506:
          judgeSilence(conversation, exchange, session, elsewhere);
      }
    }
    return settle(afterRefusals.id, catalogue, [again, unknown, elsewhere]);
  },
};

function judgeRepetition(
  { msrp, sessions }: Conversation,
  refused: MsrpExchange,
  session: Session,
  again: Matter,
): void {
  const [messageId, range] = [headerOf(refused.head, 'Message-ID'), headerOf(refused.head, 'Byte-Range')];
  const answered = refused.response?.entry.index ?? 0;
  const repeated = msrp.list.find(
    ({ request, head }) =>
      request.index > answered &&
      request.direction === 'received' &&
      head.method === 'SEND' &&
      headerOf(head, 'Message-ID') === messageId &&
      headerOf(head, 'Byte-Range') === range &&
      sessions.of(request, head) === session,
  );
  again.judge(repeated === undefined, () => ({
    message: `a SEND that ${refused.request.actor} refused with 403 came again`,
    evidence: [refused.request, refused.response?.entry, repeated?.request],
    verdict: 'warn',
  }));
}

/**
 * What was on its way crosses the answer, and so may what was begun right after it on another connection. Only messages
 * begun when the room had passed on one of those tell anything.
 */
function judgeSilence(conversation: Conversation, refused: MsrpExchange, session: Session, matter: Matter): void {
  const answered = refused.response?.entry.index ?? 0;
  const { sessions, messages } = conversation;
  const begunAfter = (index: number): Set<string> => {
    const begun = new Set<string>();
    for (const message of messages.list) {
      const isLater = message.direction === 'sent' && startOf(message) > index && message.digest !== undefined;
      const sender = isLater ? sessions.ofMessage(message) : undefined;
      if (sender !== undefined && sender !== session && sender.stay.room === session.stay.room)
        begun.add(message.digest ?? '');
    }
    return begun;
  };
  const crossing = begunAfter(answered);
  const passedOn = messages.list
    .filter((one) => one.direction === 'received' && crossing.has(one.digest ?? ''))
    .map((one) => one.chunks.at(-1)?.index ?? Number.POSITIVE_INFINITY);
  const begun = begunAfter(Math.min(Number.POSITIVE_INFINITY, ...passedOn));
  if (begun.size === 0 || session.agreements.some(({ answer }) => answer.entry.index > answered)) return;
  const copy = messages.list.find(
    (one) => one.direction === 'received' && begun.has(one.digest ?? '') && sessions.ofMessage(one) === session,
  );
  matter.judge(copy === undefined, () => ({
    message: `${session.stay.actor} got a message after it had answered ${refused.response?.head.status}`,
    evidence: [refused.request, refused.response?.entry, ...(copy?.chunks ?? [])],
    verdict: 'warn',
  }));
}

const startOf = ({ chunks }: ChatMessage): number => chunks[0]?.index ?? 0;
