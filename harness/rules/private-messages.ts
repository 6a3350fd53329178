import type { ChatMessage } from '../conversation/chat-messages.ts';
import type { Conversation } from '../conversation/conversation.ts';
import {
  countOf,
  differentRooms,
  isAnonymous,
  isHidden,
  placeOf,
  redefinesNames,
  relationToRoom,
  urisIn,
} from '../conversation/envelope.ts';
import type { Stay } from '../conversation/stays.ts';
import type { WireEntry } from '../wire/entry.ts';
import { lacksPrivateMessages } from './capability.ts';
import { Matter, settle } from './matter.ts';
import type { Rule } from './rule.ts';

/** RFC 7701 §6.2: a private message is seen by its addressee alone, and only where it is told from others. */
export const privateStaysPrivate: Rule = {
  id: 'private-stays-private',
  about: 'a private message reaches nobody but the sessions of its addressee',
  judge(conversation, catalogue) {
    const secret = new Matter(['RFC7701-2-04'], 'but for sender and addressee nobody sees a private message', {
      kept: ['received', 'everybody'],
    });
    const personal = new Matter(['RFC7701-6.2-23'], 'a private message reaches one participant rather than others', {
      kept: ['received', 'everybody'],
    });
    const routed = new Matter(['RFC7701-4-09'], 'a private message is forwarded to the one participant in its To', {
      kept: ['received', 'everybody'],
    });
    const otherRoom = new Matter(
      ['RFC7701-4-13', 'RFC7701-6.2-11'],
      'a private message stays in the room of its sender',
      { kept: ['received', 'everybody'] },
    );
    const unable = new Matter(
      ['RFC7701-6.2-19', 'RFC7701-8-02'],
      'endpoints that have not declared private messages get none',
    );
    const known = new Set(conversation.stays.list.filter((stay) => !isHidden(stay)).map((stay) => stay.identity));
    for (const original of privateMessages(conversation)) {
      const { message, sender, to, copies } = original;
      const strangers: Copy[] = [];
      const places = new Set(copies.map(({ receiver }) => placeOf(receiver.identity)));
      for (const copy of copies) {
        const place = placeOf(copy.receiver.identity);
        const evidence = evidenceOf(original, [copy]);
        const { actor } = copy.message;
        if (place === placeOf(to) && differentRooms(copy.receiver, sender)) {
          otherRoom.broken({ message: `a private message reached ${actor} in another room`, evidence });
        } else if (place === placeOf(to)) {
          for (const matter of [secret, personal, routed, otherRoom]) matter.right();
          unable.judge(!lacksPrivateMessages(conversation, message, copy.message), () => ({
            message: `${actor} got a private message without having declared support`,
            evidence,
          }));
        } else if (copy.receiver === sender) {
          secret.broken({ message: `a private message came back to the session of ${actor} that sent it`, evidence });
        } else if (place === placeOf(sender.identity)) {
          personal.broken({
            message: `another session of the sender of a private message got it: ${actor}`,
            evidence,
            verdict: 'warn',
          });
        } else if (known.has(to) || places.size > 1) {
          // A URI that nobody visible has joined under may be one more name of the first who got it (RFC 7701 §6.1).
          strangers.push(copy);
          const breach = { expected: to, actual: copy.receiver.identity, evidence };
          for (const matter of [secret, personal])
            matter.broken({ ...breach, message: `a private message to ${to} reached ${actor}` });
        }
      }
      if (strangers.length > 0 && !places.has(placeOf(to)) && isListening(conversation, to, message))
        routed.broken({
          message: `a private message to ${to} reached ${strangers.map((copy) => copy.message.actor).join(', ')} instead`,
          expected: to,
          evidence: evidenceOf(original, strangers),
        });
    }
    return settle(privateStaysPrivate.id, catalogue, [secret, personal, routed, otherRoom, unable]);
  },
};

interface Copy {
  readonly message: ChatMessage;
  readonly receiver: Stay;
}

interface PrivateMessage {
  readonly message: ChatMessage;
  readonly sender: Stay;
  readonly to: string;
  readonly copies: Copy[];
}

const evidenceOf = ({ message }: PrivateMessage, copies: readonly Copy[]): WireEntry[] => [
  ...message.chunks,
  ...copies.flatMap((copy) => copy.message.chunks),
];

/** Whether a session of this user has taken something later, so that it would have got the message too. */
function isListening({ messages, sessions }: Conversation, to: string, { chunks }: ChatMessage): boolean {
  const since = chunks.at(-1)?.index ?? 0;
  return messages.list.some(
    (other) =>
      other.direction === 'received' &&
      (other.chunks[0]?.index ?? 0) > since &&
      placeOf(sessions.ofMessage(other)?.stay.identity ?? '') === placeOf(to),
  );
}

/** What was sent with one To that is surely not the room's, with all copies of it. */
function privateMessages({ messages, sessions }: Conversation): readonly PrivateMessage[] {
  const found = new Map<string, PrivateMessage>();
  for (const message of messages.list) {
    const stay = sessions.ofMessage(message)?.stay;
    if (message.direction !== 'sent' || message.digest === undefined || stay === undefined) continue;
    const [to] = urisIn(message, 'To');
    if (to === undefined || countOf(message, 'To') !== 1 || countOf(message, 'cc') > 0 || redefinesNames(message))
      continue;
    if (relationToRoom(stay, to) !== 'other') continue;
    // Two hidden participants may have written the same anonymous URI.
    if (isAnonymous(stay.identity) && isAnonymous(to)) continue;
    found.set(message.digest, { message, sender: stay, to, copies: [] });
  }
  for (const message of messages.list) {
    const receiver = sessions.ofMessage(message)?.stay;
    if (message.direction !== 'received' || receiver === undefined) continue;
    found.get(message.digest ?? '')?.copies.push({ message, receiver });
  }
  return [...found.values()];
}
