import { createHash } from 'node:crypto';
import type { ChatMessage } from '../conversation/chat-messages.ts';
import type { Conversation } from '../conversation/conversation.ts';
import { countOf, placeOf, relationToRoom, urisIn } from '../conversation/envelope.ts';
import { isRegular } from '../conversation/reception.ts';
import { Matter, settle } from './matter.ts';
import type { Rule } from './rule.ts';

/** RFC 7701 §6.1, §6.2: the switch copies content, it does not write it. */
export const contentUnchanged: Rule = {
  id: 'content-unchanged',
  about: 'what is delivered in the name of a participant is what that participant sent, octet for octet',
  judge(conversation, catalogue) {
    const room = new Matter(['RFC7701-6.1-17'], 'room messages arrive octet for octet as they were sent');
    const personal = new Matter(['RFC7701-6.2-22'], 'private messages arrive octet for octet as they were sent');
    const author = new Matter(['RFC7701-3-02'], 'the From of the sender stays');
    const addressee = new Matter(['RFC7701-3-03'], 'the To of the sender stays');
    const torso = new Matter(['RFC7701-6.1-32'], 'nothing unfinished is delivered as if it were whole', {
      breach: ['sent', 'received'],
    });
    const givenUp = new Matter(['RFC4975-7.1-18'], 'a copy that is given up ends with #', {
      breach: ['sent', 'received'],
    });
    const sent = new SentMessages(conversation);
    for (const copy of conversation.messages.list) {
      if (copy.direction === 'received' && copy.state === 'aborted') givenUp.right();
      if (copy.direction !== 'received' || copy.digest === undefined || copy.octets === undefined) continue;
      const original = sent.equalTo(copy);
      const evidence = copy.chunks;
      if (original !== undefined) {
        (isPrivate(conversation, original) ? personal : room).right();
        if (original.cpim !== undefined) for (const matter of [author, addressee]) matter.right();
        torso.right();
        continue;
      }
      const altered = sent.withContentOf(copy);
      if (altered !== undefined) {
        const breach = {
          message: 'a message arrived with another wrapper',
          evidence: [...altered.chunks, ...evidence],
        };
        (isPrivate(conversation, altered) ? personal : room).broken(breach);
        for (const [matter, name] of [[author, 'From'] as const, [addressee, 'To'] as const]) {
          const [written, read] = [headerOf(altered, name), headerOf(copy, name)];
          // Under another display name it is still the same sender and the same addressee.
          if (urisIn(altered, name).join() === urisIn(copy, name).join()) continue;
          matter.broken({ ...breach, message: `${name} was altered`, expected: written, actual: read });
        }
        continue;
      }
      const whole = sent.beginningWith(copy);
      if (whole !== undefined) {
        const breach = {
          message: 'an unfinished message was delivered as if it were whole',
          evidence: [...whole.chunks, ...evidence],
        };
        torso.broken(breach);
        givenUp.broken({ ...breach, message: 'the copy of a message that was never finished ended with $' });
        continue;
      }
      if (sent.speaksFor(copy)) {
        const message = `a message in the name of ${urisIn(copy, 'From')[0]} that nobody sent`;
        (isPrivate(conversation, copy) ? personal : room).broken({
          message,
          evidence,
          restsOn: ['sent', 'everybody', 'history'],
        });
      }
    }
    return settle(contentUnchanged.id, catalogue, [room, personal, author, addressee, torso, givenUp]);
  },
};

/** Shorter contents may be alike by chance. */
const TELLING_OCTETS = 8;

/** What the actors sent, by several keys. */
class SentMessages {
  readonly #conversation: Conversation;
  readonly #byDigest = new Map<string, ChatMessage>();
  readonly #byContent = new Map<string, ChatMessage[]>();
  readonly #unfinished = new Map<string, ChatMessage[]>();
  /** Who has sent what is open to several readings, so that more may come in its name than it wrote in one piece. */
  readonly #unclear = new Set<string>();
  /** By author: the first message of each whose actor is known as that author. */
  readonly #byAuthor = new Map<string, ChatMessage[]>();

  constructor(conversation: Conversation) {
    this.#conversation = conversation;
    for (const message of conversation.messages.list) if (message.direction === 'sent') this.#enter(message);
  }

  #enter(message: ChatMessage): void {
    const identity = this.#conversation.sessions.ofMessage(message)?.stay.identity;
    const [from = identity ?? message.actor] = urisIn(message, 'From');
    if (!isRegular(message)) for (const name of [from, identity ?? message.actor]) this.#unclear.add(name);
    if (message.digest === undefined) {
      append(this.#unfinished, identity ?? message.actor, message);
      return;
    }
    this.#byDigest.set(message.digest, message);
    const content = contentKey(message);
    if (content !== undefined) append(this.#byContent, content, message);
    if (from === identity) append(this.#byAuthor, from, message);
  }

  equalTo(copy: ChatMessage): ChatMessage | undefined {
    return this.#byDigest.get(copy.digest ?? '');
  }

  /** A message that has the content of this copy but not its wrapper. */
  withContentOf(copy: ChatMessage): ChatMessage | undefined {
    const content = contentKey(copy);
    const candidates = content === undefined ? [] : (this.#byContent.get(content) ?? []);
    return candidates.find((message) => this.#sentInPresenceOf(copy, message) && this.#mayBe(copy, message));
  }

  /** Somebody else may have said the same: the name has to be that of the sender, of the room, or missing. */
  #mayBe(copy: ChatMessage, message: ChatMessage): boolean {
    const [from] = urisIn(copy, 'From');
    if (from === undefined) return true;
    const stay = this.#conversation.sessions.ofMessage(message)?.stay;
    const written = [...urisIn(message, 'From'), ...(stay === undefined ? [] : [stay.identity])].map(placeOf);
    return written.includes(placeOf(from)) || (stay !== undefined && relationToRoom(stay, from) !== 'other');
  }

  /** A message begun and not ended by its sender that this copy is the beginning of. */
  beginningWith(copy: ChatMessage): ChatMessage | undefined {
    const [from] = urisIn(copy, 'From');
    if (from === undefined || copy.octets === undefined || this.#unclear.has(from)) return undefined;
    const octets = copy.octets;
    return this.#unfinished.get(from)?.find((message) => startsWith(message, octets));
  }

  /**
   * Whether the copy names an author all of whose messages are visible, and clear: one who sent something in this room
   * since the receiver joined it. What came before may be history that the room repeats.
   */
  speaksFor(copy: ChatMessage): boolean {
    const [from] = urisIn(copy, 'From');
    if (from === undefined || this.#unclear.has(from)) return false;
    return (this.#byAuthor.get(from) ?? []).some((message) => this.#sentInPresenceOf(copy, message));
  }

  /** Sent in the room of the receiver, between its joining and the end of the copy. */
  #sentInPresenceOf(copy: ChatMessage, message: ChatMessage): boolean {
    const receiver = this.#conversation.sessions.ofMessage(copy);
    const sender = this.#conversation.sessions.ofMessage(message);
    if (receiver?.bound === undefined || sender?.stay.room !== receiver.stay.room) return false;
    const at = message.chunks[0]?.index ?? 0;
    return at > receiver.bound.index && at < (copy.chunks.at(-1)?.index ?? 0);
  }
}

function append(lists: Map<string, ChatMessage[]>, key: string, message: ChatMessage): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [message]);
  else list.push(message);
}

function contentKey({ cpim }: ChatMessage): string | undefined {
  if (cpim === undefined || cpim.content.length < TELLING_OCTETS) return undefined;
  return createHash('sha256').update(cpim.content).digest('base64');
}

/** Compares chunk by chunk with what was sent in order. */
function startsWith(message: ChatMessage, octets: Buffer): boolean {
  let at = 0;
  for (const { content } of message.chunks) {
    if (content.protocol !== 'msrp' || content.message.kind !== 'request') return false;
    const part = (content.message.body ?? Buffer.alloc(0)).subarray(0, octets.length - at);
    if (!octets.subarray(at, at + part.length).equals(part)) return false;
    at += part.length;
  }
  return at === octets.length && at > 0;
}

const headerOf = ({ cpim }: ChatMessage, name: string): string =>
  (cpim?.headers ?? [])
    .filter((one) => one.name === name)
    .map(({ value }) => value)
    .join(', ');

function isPrivate({ sessions }: Conversation, message: ChatMessage): boolean {
  const stay = sessions.ofMessage(message)?.stay;
  const [to] = urisIn(message, 'To');
  return stay !== undefined && to !== undefined && countOf(message, 'To') === 1 && relationToRoom(stay, to) === 'other';
}
