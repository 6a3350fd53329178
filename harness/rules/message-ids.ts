import { createHash } from 'node:crypto';
import { headerOf } from '../codec/msrp/message.ts';
import type { ChatMessage } from '../conversation/chat-messages.ts';
import type { Conversation } from '../conversation/conversation.ts';
import { Matter, settle } from './matter.ts';
import type { Rule } from './rule.ts';

/** RFC 4975 §7.1.1, §5.4: a Message-ID names one message, and a message that comes again is known by it. */
export const messageIds: Rule = {
  id: 'message-ids',
  about: 'each message of the switch has a Message-ID of its own, and duplicates stay duplicates',
  judge(conversation, catalogue) {
    const matters = [uniqueness(conversation), duplicates(conversation)];
    return settle(messageIds.id, catalogue, matters);
  },
};

function uniqueness({ messages, msrp }: Conversation): Matter {
  const matter = new Matter(['RFC4975-7.1.1-01', 'RFC4975-7.1.1-02'], 'no Message-ID serves two messages', {
    breach: ['sent', 'everybody', 'history'],
  });
  const sent = new Map<string, number>();
  for (const { direction, messageId, times } of messages.list)
    if (direction === 'sent') sent.set(messageId, (sent.get(messageId) ?? 0) + Math.max(1, times));
  // A switch may keep the Message-IDs of its senders; then it is theirs that are alike.
  const isForeign = (id: string): boolean => (sent.get(id) ?? 0) > 1;
  const first = new Map<string, { readonly digest: string; readonly entry: (typeof msrp.list)[number]['request'] }>();
  for (const { request, head } of msrp.list) {
    const id = headerOf(head, 'Message-ID');
    if (request.direction !== 'received' || head.method !== 'SEND' || id === undefined || isForeign(id)) continue;
    if (head.body === undefined || head.flag !== '$' || !/^1-/.test(headerOf(head, 'Byte-Range') ?? '1-')) continue;
    const digest = createHash('sha256').update(head.body).digest('base64');
    const session = headerOf(head, 'To-Path') ?? '';
    const earlier = first.get(`${session} ${id}`);
    if (earlier === undefined) first.set(`${session} ${id}`, { digest, entry: request });
    matter.judge(earlier === undefined || earlier.digest === digest, () => ({
      message: 'a Message-ID came again with another message',
      actual: id,
      evidence: [earlier?.entry, request],
    }));
  }
  return matter;
}

/** Who sends a whole message twice under one Message-ID has sent one message (MSRP notes A36). */
function duplicates({ messages, sessions }: Conversation): Matter {
  const matter = new Matter(
    ['RFC4975-5.4-27', 'RFC4975-5.4-28'],
    'a message that comes twice under its Message-ID is not delivered as two messages',
  );
  const copies = new Map<string, ChatMessage[]>();
  for (const message of messages.list) {
    if (message.direction !== 'received' || message.digest === undefined) continue;
    const key = `${message.session} ${message.digest}`;
    const same = copies.get(key);
    if (same === undefined) copies.set(key, [message]);
    else same.push(message);
  }
  for (const original of messages.list) {
    const { direction, digest, times } = original;
    if (direction !== 'sent' || digest === undefined || times < 2) continue;
    const others = messages.list.filter((one) => one !== original && one.direction === 'sent' && one.digest === digest);
    if (others.length > 0 || sessions.ofMessage(original) === undefined) continue;
    for (const same of copies.values()) {
      if (same[0]?.digest !== digest) continue;
      matter.judge(same.length === 1, () => ({
        message: `${same[0]?.actor} got a message as ${same.length} messages that its sender had sent under one Message-ID`,
        actual: same.map(({ messageId }) => messageId).join(', '),
        evidence: [...original.chunks, ...same.flatMap(({ chunks }) => chunks)],
      }));
    }
  }
  return matter;
}
