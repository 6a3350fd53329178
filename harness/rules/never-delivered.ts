import { createHash } from 'node:crypto';
import type { ChatMessage } from '../conversation/chat-messages.ts';
import type { Conversation } from '../conversation/conversation.ts';
import { countOf, placeOf, redefinesNames, urisIn } from '../conversation/envelope.ts';
import { type Reception, Receptions } from '../conversation/reception.ts';
import { lacksPrivateMessages } from './capability.ts';
import { Matter, settle } from './matter.ts';
import type { Rule } from './rule.ts';

const isCpim = (contentType: string): boolean => /^\s*message\/cpim\s*(;|$)/i.test(contentType);

/** RFC 7701 §6: what has to be refused reaches nobody, whatever is answered. */
export const refusedReachesNobody: Rule = {
  id: 'refused-reaches-nobody',
  about: 'a refused message is delivered to nobody',
  judge(conversation, catalogue) {
    const bare = new Matter(
      ['RFC7701-6.3-07', 'RFC7701-5.2-04', 'RFC7701-11-03'],
      'a message without Message/CPIM wrapper reaches nobody',
      { breach: ['sent', 'everybody', 'history'], kept: ['received', 'everybody'] },
    );
    const falseFrom = new Matter(['RFC7701-6.3-08'], 'a message under the name of another participant reaches nobody', {
      breach: ['sent', 'everybody', 'history'],
      kept: ['received', 'everybody'],
    });
    const stranger = new Matter(['RFC7701-6.3-09'], 'a message under a foreign name reaches nobody', {
      breach: ['sent', 'everybody', 'history'],
      kept: ['received', 'everybody'],
    });
    const severalTo = new Matter(
      ['RFC7701-6.1-14', 'RFC7701-6.2-09'],
      'a message with several To headers reaches nobody',
      { breach: ['sent', 'everybody', 'history'], kept: ['received', 'everybody'] },
    );
    const unknownTo = new Matter(
      ['RFC7701-6.2-11', 'RFC7701-6.2-12'],
      'a message to nobody in the room reaches nobody',
      { breach: ['sent', 'everybody', 'history'], kept: ['received', 'everybody'] },
    );
    const unable = new Matter(
      ['RFC7701-6.2-19', 'RFC7701-5.2-27'],
      'a private message that was refused does not reach who cannot tell it from others',
      { breach: ['sent', 'everybody', 'history'], kept: ['received', 'everybody'] },
    );
    const foreignSession = new Matter(['RFC4975-7.3-03'], 'a request for no session of its connection is ignored', {
      breach: ['sent', 'everybody', 'history'],
      kept: ['received', 'everybody'],
    });
    const receptions = new Receptions(conversation);
    const delivered = new Delivered(conversation);
    const identities = new Set(conversation.stays.list.map(({ identity }) => identity));

    const judge = (matter: Matter, message: ChatMessage, why: string): void => {
      const copies = delivered.of(message);
      matter.judge(copies.length === 0, () => ({
        message: `${why} was delivered to ${copies.map(({ actor }) => actor).join(', ')}`,
        evidence: [...message.chunks, ...copies.flatMap(({ chunks }) => chunks)],
      }));
    };

    for (const message of conversation.messages.list) {
      if (message.direction !== 'sent' || message.digest === undefined) continue;
      const reception = receptions.of(message);
      if (delivered.isAmbiguous(message, (other) => receptions.of(other))) continue;
      const status = statusOf(reception);
      if (!isCpim(message.contentType)) {
        judge(bare, message, `a message of type ${message.contentType}`);
      } else if (countOf(message, 'To') > 1 && !redefinesNames(message)) {
        judge(severalTo, message, 'a message with several To headers');
      } else if (isForged(conversation, message, identities)) {
        judge(falseFrom, message, `a message of ${message.actor} that names another participant in From`);
      } else if (status === 403 && isForeignName(conversation, message)) {
        judge(stranger, message, 'a message refused with 403 for its From');
      } else if (status === 404) {
        judge(unknownTo, message, 'a message refused with 404');
      } else if (status === 428) {
        const copies = delivered.of(message).filter((copy) => lacksPrivateMessages(conversation, message, copy));
        unable.judge(copies.length === 0, () => ({
          message: 'a private message refused with 428 was delivered to an endpoint that does not support them',
          evidence: [...message.chunks, ...copies.flatMap(({ chunks }) => chunks)],
        }));
      } else if (status === 481) {
        judge(foreignSession, message, 'a message refused with 481');
      }
    }
    const matters = [bare, falseFrom, stranger, severalTo, unknownTo, unable, foreignSession];
    return settle(refusedReachesNobody.id, catalogue, matters);
  },
};

const statusOf = (reception: Reception): number | undefined =>
  reception.kind === 'refused' ? reception.status : undefined;

/** The From is what another participant, and not this one, has joined under (RFC 7701 §6.3). */
function isForged({ sessions }: Conversation, message: ChatMessage, identities: ReadonlySet<string>): boolean {
  const sender = sessions.ofMessage(message);
  const [from] = urisIn(message, 'From');
  if (sender === undefined || from === undefined || countOf(message, 'From') !== 1 || redefinesNames(message)) {
    return false;
  }
  return identities.has(from) && placeOf(from) !== placeOf(sender.stay.identity);
}

/** A refusal with 403 is about the From only if that is not the sender's own (RFC 7701 §6.2 knows other causes). */
function isForeignName({ sessions }: Conversation, message: ChatMessage): boolean {
  const sender = sessions.ofMessage(message);
  const [from] = urisIn(message, 'From');
  return sender !== undefined && from !== undefined && placeOf(from) !== placeOf(sender.stay.identity);
}

/** Shorter contents may be alike by chance. */
const TELLING_OCTETS = 8;

/** Who has received which octets, as a whole message or as the content of one. */
class Delivered {
  readonly #copies = new Map<string, ChatMessage[]>();
  readonly #sent = new Map<string, ChatMessage[]>();

  constructor({ messages }: Conversation) {
    for (const message of messages.list) {
      for (const key of keysOf(message)) append(message.direction === 'sent' ? this.#sent : this.#copies, key, message);
    }
  }

  /** Whole, or taken out of its wrapper or put into one, and after it was sent. */
  of(message: ChatMessage): ChatMessage[] {
    const copies = new Set(keysOf(message).flatMap((key) => this.#copies.get(key) ?? []));
    const since = message.chunks[0]?.index ?? 0;
    return [...copies].filter(({ chunks }) => (chunks.at(-1)?.index ?? 0) > since);
  }

  /** Whether the same content was also sent in a message that may be delivered, so that a copy proves nothing. */
  isAmbiguous(message: ChatMessage, receptionOf: (other: ChatMessage) => Reception): boolean {
    if (message.times > 1) return true;
    const others = new Set(keysOf(message).flatMap((key) => this.#sent.get(key) ?? []));
    others.delete(message);
    let looked = 0;
    for (const other of others) {
      looked += 1;
      if (looked > AS_MANY_ALIKE || receptionOf(other).kind !== 'refused') return true;
    }
    return false;
  }
}

/** Of more messages alike nothing is said. */
const AS_MANY_ALIKE = 64;

/** The digest of the whole, and of the content inside a wrapper. */
function keysOf(message: ChatMessage): string[] {
  if (message.digest === undefined) return [];
  const content = message.cpim?.content ?? message.octets;
  if (content === undefined || content.length < TELLING_OCTETS) return [message.digest];
  return [message.digest, `content ${createHash('sha256').update(content).digest('base64')}`];
}

function append(lists: Map<string, ChatMessage[]>, key: string, message: ChatMessage): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [message]);
  else list.push(message);
}
