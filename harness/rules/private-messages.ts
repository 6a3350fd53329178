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
import { lacksPrivateMessages } from './capability.ts';
import { Matter, settle } from './matter.ts';
import type { Rule } from './rule.ts';

/** RFC 7701 §6.2: a private message is seen by its addressee alone, and only where it is told from others. */
export const privateStaysPrivate: Rule = {
  id: 'private-stays-private',
  about: 'a private message reaches nobody but the sessions of its addressee',
  judge(conversation, catalogue) {
    const thirdParty = new Matter(['RFC7701-2-04', 'RFC7701-4-09'], 'no third party gets a private message');
    const addressee = new Matter(['RFC7701-6.2-23'], 'a private message reaches nobody but its addressee');
    const otherRoom = new Matter(
      ['RFC7701-4-13', 'RFC7701-6.2-11'],
      'a private message stays in the room of its sender',
    );
    const unable = new Matter(
      ['RFC7701-6.2-19', 'RFC7701-8-02'],
      'endpoints that have not declared private messages get none',
    );
    const known = new Set(conversation.stays.list.filter((stay) => !isHidden(stay)).map((stay) => stay.identity));
    const originals = privateMessages(conversation);
    for (const copy of conversation.messages.list) {
      const original = originals.get(copy.digest ?? '');
      const receiver = conversation.sessions.ofMessage(copy)?.stay;
      if (copy.direction !== 'received' || original === undefined || receiver === undefined) continue;
      const { message, sender, to, receivers } = original;
      const evidence = [...message.chunks, ...copy.chunks];
      const place = placeOf(receiver.identity);
      receivers.add(place);
      if (place === placeOf(to) && differentRooms(receiver, sender)) {
        otherRoom.broken({ message: `a private message reached ${copy.actor} in another room`, evidence });
      } else if (place === placeOf(to)) {
        for (const matter of [thirdParty, addressee, otherRoom]) matter.right();
        unable.judge(!lacksPrivateMessages(conversation, message, copy), () => ({
          message: `${copy.actor} got a private message without having declared support`,
          evidence,
        }));
      } else if (place === placeOf(sender.identity) && receiver !== sender) {
        addressee.broken({
          message: `another session of the sender of a private message got it: ${copy.actor}`,
          evidence,
          verdict: 'warn',
        });
      } else if (known.has(to) || receivers.size > 1) {
        // A URI that nobody visible has joined under may be one more name of the first who got it (RFC 7701 §6.1).
        const message = `a private message to ${to} reached ${copy.actor}`;
        const breach = { message, expected: to, actual: receiver.identity, evidence };
        for (const matter of [thirdParty, addressee]) matter.broken(breach);
      }
    }
    return settle(privateStaysPrivate.id, catalogue, [thirdParty, addressee, otherRoom, unable]);
  },
};

interface PrivateMessage {
  readonly message: ChatMessage;
  readonly sender: Stay;
  readonly to: string;
  /** Users who got it. */
  readonly receivers: Set<string>;
}

/** By digest: sent with one To that is surely not the room's. */
function privateMessages({ messages, sessions }: Conversation): ReadonlyMap<string, PrivateMessage> {
  const found = new Map<string, PrivateMessage>();
  for (const message of messages.list) {
    const sender = sessions.ofMessage(message)?.stay;
    const [to] = urisIn(message, 'To');
    if (message.direction !== 'sent' || message.digest === undefined || sender === undefined || to === undefined)
      continue;
    if (countOf(message, 'To') !== 1 || countOf(message, 'cc') > 0 || redefinesNames(message)) continue;
    if (relationToRoom(sender, to) !== 'other') continue;
    // Two hidden participants may have written the same anonymous URI.
    if (isAnonymous(sender.identity) && isAnonymous(to)) continue;
    found.set(message.digest, { message, sender, to, receivers: new Set() });
  }
  return found;
}
