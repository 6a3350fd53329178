import type { ChatMessage } from '../conversation/chat-messages.ts';
import type { Conversation } from '../conversation/conversation.ts';
import type { Session } from '../conversation/sessions.ts';
import type { Agreement } from '../conversation/stays.ts';

/**
 * Whether the endpoint that received this copy had surely not declared private messages when `original` was sent
 * (RFC 7701 §8).
 */
export function lacksPrivateMessages({ sessions }: Conversation, original: ChatMessage, copy: ChatMessage): boolean {
  const session = sessions.ofMessage(copy);
  const [sent] = original.chunks;
  const arrived = copy.chunks.at(-1);
  if (session === undefined || sent === undefined || arrived === undefined) return false;
  const agreed = agreementThrough(session, sent.index, arrived.index);
  return agreed !== undefined && agreed.actor.media?.chatroom?.includes('private-messages') !== true;
}

/** The offer and answer in force all the time between two positions of the log; undefined when there was a change. */
export function agreementThrough(session: Session, from: number, to: number): Agreement | undefined {
  const agreed = session.stay.agreements.findLast(({ answer }) => answer.entry.index < from);
  if (agreed === undefined) return undefined;
  const changing = session.stay.changes.some(({ index }) => index > agreed.answer.entry.index && index < to);
  return changing ? undefined : agreed;
}
