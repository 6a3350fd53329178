import type { ChatMessage } from '../conversation/chat-messages.ts';
import type { Conversation } from '../conversation/conversation.ts';
import { isHidden, relationToRoom, roomKey, urisIn } from '../conversation/envelope.ts';
import { type Reception, Receptions } from '../conversation/reception.ts';
import type { Session } from '../conversation/sessions.ts';
import type { WireEntry } from '../wire/entry.ts';
import { roomTakes, takes } from './capability.ts';
import { ContentReceived } from './content-received.ts';
import { Copies, quietMs } from './copies-received.ts';
import { Matter, settle } from './matter.ts';
import { isPlainlyAddressed } from './plainly-addressed.ts';
import type { Rule } from './rule.ts';

/** RFC 7701 §6.1, §6.2: what the switch has accepted reaches whom it is for. */
export const reachesAll: Rule = {
  id: 'reaches-all',
  about: 'an accepted message reaches every session it is for',
  judge(conversation, catalogue) {
    const everybody = new Matter(
      ['RFC7701-6.1-15', 'RFC7701-2-02', 'RFC7701-4-08'],
      'a room message reaches every other session in the room',
      { breach: ['received', 'dialogs'] },
    );
    const everySession = new Matter(
      ['RFC7701-6.1-46'],
      'a room message reaches each session of a user who has several',
      { breach: ['received', 'dialogs'] },
    );
    const addressee = new Matter(
      ['RFC7701-6.2-21', 'RFC7701-6.2-27', 'RFC7701-3-04'],
      'a private message reaches every session of its addressee',
      { breach: ['received', 'dialogs'] },
    );
    const receptions = new Receptions(conversation);
    const sessions = new SessionsByRoom(conversation);
    const copies = new Copies(conversation);
    let contents: ContentReceived | undefined;
    const barriers = new Barriers(conversation, receptions, copies);
    for (const message of conversation.messages.list) {
      const sender = conversation.sessions.ofMessage(message);
      if (message.direction !== 'sent' || sender === undefined || !isDue(message, sender, receptions)) continue;
      const [to = ''] = urisIn(message, 'To');
      const relation = relationToRoom(sender.stay, to);
      if (relation === 'open') continue;
      const others = sessions.in(sender.stay.room);
      const reception = receptions.of(message);
      for (const receiver of relation === 'room' ? others : others.filter(({ stay }) => stay.identity === to)) {
        if (receiver.stay.identity === sender.stay.identity || !takes(receiver, message)) continue;
        if (relation === 'other' && !takesPrivate(receiver, sender, reception)) continue;
        const several = others.some((one) => one !== receiver && one.stay.identity === receiver.stay.identity);
        const matter = relation === 'other' ? addressee : several ? everySession : everybody;
        const arrived = copies.of(receiver, message);
        if (arrived.length > 0) {
          matter.right();
          continue;
        }
        const what = `a message of ${message.actor} (Message-ID ${message.messageId})`;
        const later = barriers.behind(message, receiver);
        if (later !== undefined) {
          matter.broken({
            message: `${receiver.stay.actor} did not get ${what}, but a later one (${later.messageId})`,
            evidence: [message.chunks[0], message.chunks.at(-1), later.chunks[0]],
          });
          continue;
        }
        const accepted = relation === 'other' ? surelyAccepted(message, sender, reception) : undefined;
        if (accepted === undefined || isHidden(receiver.stay)) continue;
        // Where all copies look otherwise than what was sent, they are told by what they say.
        contents ??= new ContentReceived(conversation, copies);
        if (contents.canStillBeRefused(sender, accepted)) continue;
        const shown = contents.lacks(message, accepted, receiver);
        if (shown === undefined) continue;
        matter.broken({
          message: `${receiver.stay.actor} never got ${what}, which was accepted`,
          evidence: [message.chunks[0], message.chunks.at(-1), shown],
        });
      }
    }
    return settle(reachesAll.id, catalogue, [everybody, everySession, addressee]);
  },
};

/** Beyond every doubt that the switch has to deliver it. */
function isDue(message: ChatMessage, sender: Session, receptions: Receptions): boolean {
  if (!isPlainlyAddressed(message)) return false;
  if (!roomTakes(sender, message)) return false;
  switch (receptions.of(message).kind) {
    case 'accepted':
      return true;
    case 'unanswered':
      // A message that nobody answers may have been refused in silence (RFC 4975 §7.2).
      return urisIn(message, 'From')[0] === sender.stay.identity && !isHidden(sender.stay);
    case 'refused':
    case 'open':
      return false;
  }
}

/**
 * Both the receiver's end and the room have declared private messages (RFC 7701 §8). Those of a sender that has not may be
 * refused (notes 7.35), but not accepted and dropped.
 */
const takesPrivate = (receiver: Session, sender: Session, { kind }: Reception): boolean =>
  [
    receiver.agreements.at(-1)?.actor,
    sender.agreements.at(-1)?.peer,
    ...(kind === 'accepted' ? [] : [sender.agreements.at(-1)?.actor]),
  ].every((side) => side?.media?.chatroom?.includes('private-messages'));

/** The 200 to a message of an open sender under its own name. */
function surelyAccepted(message: ChatMessage, { stay }: Session, reception: Reception): WireEntry | undefined {
  if (reception.kind !== 'accepted' || isHidden(stay) || stay.changes.length > 0) return undefined;
  return urisIn(message, 'From')[0] === stay.identity ? reception.last : undefined;
}

class SessionsByRoom {
  readonly #byRoom = new Map<string, Session[]>();

  constructor({ sessions }: Conversation) {
    for (const session of sessions.list) {
      // One that never came about gets nothing.
      if (session.bound === undefined) continue;
      const room = roomKey(session.stay.room);
      const known = this.#byRoom.get(room);
      if (known === undefined) this.#byRoom.set(room, [session]);
      else known.push(session);
    }
  }

  in(room: string): readonly Session[] {
    return this.#byRoom.get(roomKey(room)) ?? [];
  }
}

interface Barrier {
  readonly sent: ChatMessage;
  readonly copy: ChatMessage;
}

/** Shows that there was time enough: a later message of the same sender arrived, and then some quiet passed. */
class Barriers {
  readonly #quietMs: number;
  readonly #endOfLog: number;
  readonly #copies: Copies;
  readonly #sent = new Map<string, ChatMessage[]>();
  readonly #latest = new Map<Session, Map<string, Barrier | undefined>>();

  constructor(conversation: Conversation, receptions: Receptions, copies: Copies) {
    this.#quietMs = quietMs(conversation);
    this.#endOfLog = conversation.log.entries.at(-1)?.time ?? 0;
    this.#copies = copies;
    for (const message of conversation.messages.list) {
      const sender = conversation.sessions.ofMessage(message);
      if (message.direction !== 'sent' || sender === undefined || !isDue(message, sender, receptions)) continue;
      const known = this.#sent.get(senderKey(message));
      if (known === undefined) this.#sent.set(senderKey(message), [message]);
      else known.push(message);
    }
  }

  /** The copy of a later message that has come; undefined: nothing can be said of this one. */
  behind(message: ChatMessage, receiver: Session): ChatMessage | undefined {
    const [first, last] = [message.chunks[0], message.chunks.at(-1)];
    if (first === undefined || last === undefined || receiver.bound === undefined) return undefined;
    const { stay } = receiver;
    const end = Math.min(stay.ending?.index ?? Infinity, receiver.lost?.index ?? Infinity);
    if (receiver.bound.index > first.index || end < last.index) return undefined;
    // A change of the session may cost a message (RFC 4975 §8.4).
    if (stay.changes.length > 0 || this.#copies.hasOddAfter(receiver, first.index)) return undefined;
    if (this.#copies.isCrowded(receiver, first.index)) return undefined;
    const latest = this.#latestBarrier(senderKey(message), receiver, end);
    return latest !== undefined && beginning(latest.sent) > last.index ? latest.copy : undefined;
  }

  /** The latest message of a sender that has arrived in time. */
  #latestBarrier(sender: string, receiver: Session, end: number): Barrier | undefined {
    const cache = this.#latest.get(receiver) ?? new Map<string, Barrier | undefined>();
    this.#latest.set(receiver, cache);
    if (cache.has(sender)) return cache.get(sender);
    const { stay, lost } = receiver;
    const endTime = Math.min(stay.ending?.time ?? this.#endOfLog, lost?.time ?? this.#endOfLog);
    let latest: Barrier | undefined;
    for (const sent of this.#sent.get(sender) ?? []) {
      const [copy] = this.#copies.of(receiver, sent);
      const arrival = copy?.chunks.at(-1);
      if (copy === undefined || arrival === undefined) continue;
      if (arrival.index > end || endTime - arrival.time < this.#quietMs) continue;
      if (latest === undefined || beginning(sent) > beginning(latest.sent)) latest = { sent, copy };
    }
    cache.set(sender, latest);
    return latest;
  }
}

const beginning = ({ chunks }: ChatMessage): number => chunks[0]?.index ?? -1;

const senderKey = ({ actor, session }: ChatMessage): string => `${actor} ${session}`;
