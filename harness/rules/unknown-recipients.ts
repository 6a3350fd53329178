import { parseSipUri } from '../codec/sip/uri.ts';
import type { ChatMessage } from '../conversation/chat-messages.ts';
import type { Conversation } from '../conversation/conversation.ts';
import { isAnonymous, isHidden, placeOf, relationToRoom, roomKey, urisIn } from '../conversation/envelope.ts';
import { isResponse, type Reception, Receptions } from '../conversation/reception.ts';
import type { Session } from '../conversation/sessions.ts';
import type { WireEntry } from '../wire/entry.ts';
import { agreementThrough } from './capability.ts';
import { ContentReceived } from './content-received.ts';
import { Copies } from './copies-received.ts';
import { Matter, settle } from './matter.ts';
import { NamesTold, nameOf } from './names-told.ts';
import { isPlainlyAddressed } from './plainly-addressed.ts';
import { RostersInSync } from './rosters-in-sync.ts';
import type { Rule } from './rule.ts';

/** RFC 7701 §6.2: a private message to nobody in the room is refused. Who is there is what a complete roster shows. */
export const unknownIsRefused: Rule = {
  id: 'unknown-recipient-refused',
  about: 'a private message to nobody in the room is not accepted',
  judge(conversation, catalogue) {
    const matter = new Matter(['RFC7701-6.2-11', 'RFC7701-6.2-12'], unknownIsRefused.about, {
      breach: ['received', 'dialogs', 'everybody'],
      kept: ['received', 'dialogs', 'everybody'],
    });
    const receptions = new Receptions(conversation);
    let known: Known | undefined;
    for (const message of conversation.messages.list) {
      const sender = conversation.sessions.ofMessage(message);
      if (message.direction !== 'sent' || sender === undefined || !isPlainlyAddressed(message)) continue;
      const [to = ''] = urisIn(message, 'To');
      if (relationToRoom(sender.stay, to) !== 'other' || urisIn(message, 'From')[0] !== sender.stay.identity) continue;
      const reception = receptions.of(message);
      const answer = answerIn(reception);
      if (answer === undefined || !mayWrite(message, answer, sender)) continue;
      known ??= new Known(conversation);
      const roster = known.rosterWithout(to, message, answer, sender);
      if (roster === undefined) continue;
      if (reception.kind === 'refused') matter.right();
      else if (!known.contents.canStillBeRefused(sender, answer) && !known.contents.hasReachedAnybody(message))
        matter.broken({
          message: `a message to ${to}, who is not in the room, was answered with 200`,
          expected: '404',
          actual: '200',
          evidence: [...message.chunks, answer, roster],
        });
    }
    return settle(unknownIsRefused.id, catalogue, [matter]);
  },
};

/** The last 200, or the 404. */
function answerIn(reception: Reception): WireEntry | undefined {
  if (reception.kind === 'accepted') return reception.last;
  if (reception.kind !== 'refused' || reception.status !== 404) return undefined;
  // A report that comes late is another matter (notes 7.41).
  return isResponse(reception.evidence) ? reception.evidence : undefined;
}

/** The sender is in the room under its own name, and both it and the room have declared private messages (RFC 7701 §8). */
function mayWrite({ chunks }: ChatMessage, answer: WireEntry, sender: Session): boolean {
  const [first] = chunks;
  if (first === undefined || (sender.bound?.index ?? Infinity) > first.index || isHidden(sender.stay)) return false;
  const agreed = agreementThrough(sender, first.index, answer.index);
  return [agreed?.actor, agreed?.peer].every((side) => side?.media?.chatroom?.includes('private-messages'));
}

/** Of more, and of what is told so soon after, a roster may have been behind (RFC 4575 §3.9), in milliseconds. */
const NEWS_MS = 8000;

/** What is known of who is in the room and by which names. */
class Known {
  readonly contents: ContentReceived;
  readonly #conversation: Conversation;
  readonly #names: NamesTold;
  readonly #rosters: RostersInSync;

  constructor(conversation: Conversation) {
    this.#conversation = conversation;
    this.contents = new ContentReceived(conversation, new Copies(conversation));
    this.#names = new NamesTold(conversation);
    this.#rosters = new RostersInSync(conversation);
  }

  /** The document that shows everybody who was there, when surely nobody was who may go by this URI; else undefined. */
  rosterWithout(to: string, message: ChatMessage, answer: WireEntry, sender: Session): WireEntry | undefined {
    const [first] = message.chunks;
    if (first === undefined || !isOrdinary(to) || this.#isTold(to, answer)) return undefined;
    const { room } = sender.stay;
    const stays = this.#conversation.stays.list.filter((stay) => roomKey(stay.room) === roomKey(room));
    // What the hidden are called is told to them alone (RFC 7701 §5.2).
    if (stays.some(isHidden)) return undefined;
    const roster = this.#rosters.at(room, first.index, first.time);
    if (roster === undefined) return undefined;
    const here = new Set(
      stays
        .filter(({ accepted }) => (accepted?.entry.index ?? Infinity) < first.index)
        .map((stay) => placeOf(stay.identity)),
    );
    const entities = [...roster.entities].map(placeOf);
    const isComplete = entities.includes(placeOf(sender.stay.identity)) && entities.every((place) => here.has(place));
    return isComplete ? roster.entry : undefined;
  }

  /** A name like that was told before the answer, or so soon after it that its holder may have been there already. */
  #isTold(to: string, answer: WireEntry): boolean {
    const told = this.#names.first(nameOf(to) ?? '');
    if (told === undefined || told.time - answer.time > NEWS_MS) return false;
    if (told.index < answer.index) return true;
    return !this.#conversation.stays.list.some(({ invite }) => invite.index === told.index);
  }
}

/** A plain address: no URI of a device (RFC 5627), none that is anonymous, and no telephone number in the form of one. */
function isOrdinary(uri: string): boolean {
  const parsed = parseSipUri(uri);
  if (!parsed.ok || parsed.value.user === undefined || isAnonymous(uri)) return false;
  return !parsed.value.parameters.some(({ name }) => ['gr', 'opaque', 'user'].includes(name.toLowerCase()));
}
