import { acceptsType } from '../codec/sdp/media-type.ts';
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

/** The media type inside the wrapper. */
const wrappedType = ({ cpim }: ChatMessage): string =>
  cpim?.mimeHeaders.find(({ name }) => name.toLowerCase() === 'content-type')?.value ?? 'text/plain';

/** Whether the receiver takes the message by type, size and direction of its stream (RFC 7701 §6.1, RFC 4975 §8.6). */
export function takes(receiver: Session, message: ChatMessage): boolean {
  const own = receiver.agreements.at(-1)?.actor.media;
  if (own?.acceptWrappedTypes === undefined || !acceptsType(own.acceptTypes ?? [], 'message/cpim')) return false;
  if (own.direction !== 'sendrecv' && own.direction !== 'recvonly') return false;
  if (own.maxSize !== undefined && BigInt(message.octets?.length ?? 0) > own.maxSize) return false;
  return acceptsType(own.acceptWrappedTypes, wrappedType(message));
}

/** Whether the room has not left out this type of its list: what it may refuse it need not pass on (notes 7.5). */
export function roomTakes(sender: Session, message: ChatMessage): boolean {
  const types = sender.agreements.at(-1)?.peer.media?.acceptWrappedTypes;
  return types === undefined || acceptsType(types, wrappedType(message));
}
