import { parseSipUri } from '../codec/sip/uri.ts';
import type { ChatMessage } from '../conversation/chat-messages.ts';
import type { Conversation } from '../conversation/conversation.ts';
import { isAnonymous, isHidden, roomKey, urisIn } from '../conversation/envelope.ts';
import { isResponse, type Reception, Receptions } from '../conversation/reception.ts';
import type { Session } from '../conversation/sessions.ts';
import type { Stay } from '../conversation/stays.ts';
import type { WireEntry } from '../wire/entry.ts';
import { roomTakes, takes } from './capability.ts';
import { ContentReceived } from './content-received.ts';
import { Copies } from './copies-received.ts';
import { Matter, settle } from './matter.ts';
import { NamesTold, nameOf, namesIn } from './names-told.ts';
import { isPlainlyAddressed } from './plainly-addressed.ts';
import type { Rule } from './rule.ts';

/** RFC 7701 §6.3: a message under a name that is not its sender's is refused, and not answered as if it were taken. */
export const foreignFromIsRefused: Rule = {
  id: 'foreign-from-refused',
  about: 'a message under the name of somebody else is refused',
  judge(conversation, catalogue) {
    const another = new Matter(['RFC7701-6.3-08'], 'a message under the name of another participant is not accepted', {
      breach: ['received', 'dialogs', 'everybody'],
      kept: ['received', 'dialogs', 'everybody'],
    });
    const stranger = new Matter(['RFC7701-6.3-09'], 'a message under the name of nobody in the room is not accepted', {
      breach: ['received', 'dialogs', 'everybody'],
    });
    const receptions = new Receptions(conversation);
    let known: Known | undefined;
    for (const message of conversation.messages.list) {
      const sender = conversation.sessions.ofMessage(message);
      if (message.direction !== 'sent' || sender?.bound === undefined || !isPlainlyAddressed(message)) continue;
      const [from = ''] = urisIn(message, 'From');
      if (from === sender.stay.identity || isHidden(sender.stay) || isAnonymous(from) || !parseSipUri(from).ok)
        continue;
      const reception = receptions.of(message);
      known ??= new Known(conversation);
      if (known.isOwn(from, sender.stay)) continue;
      const owner = known.ownerOf(from, message, sender.stay);
      if (owner !== undefined) judgeForged(message, reception, sender, owner, known.contents, another);
      else if (reception.kind === 'accepted') {
        const shown = known.wasDropped(from, message, reception.last, sender);
        if (shown === undefined) continue;
        stranger.broken({
          message: `a message under the name of ${from}, who is not in the room, was answered with 200 and reached nobody`,
          expected: '403',
          actual: '200',
          evidence: [...message.chunks, reception.last, shown],
        });
      }
    }
    return settle(foreignFromIsRefused.id, catalogue, [another, stranger]);
  },
};

function judgeForged(
  message: ChatMessage,
  reception: Reception,
  sender: Session,
  owner: Stay,
  contents: ContentReceived,
  matter: Matter,
): void {
  if (reception.kind === 'refused' && reception.status === 403 && isResponse(reception.evidence)) matter.right();
  if (reception.kind !== 'accepted' || contents.canStillBeRefused(sender, reception.last)) return;
  matter.broken({
    message: `a message of ${message.actor} under the name of ${owner.actor} was answered with 200`,
    expected: '403',
    actual: '200',
    evidence: [owner.invite, sender.stay.invite, ...message.chunks, reception.last],
  });
}

/** What is known of who is in the room and by which names. */
class Known {
  readonly contents: ContentReceived;
  readonly #conversation: Conversation;
  readonly #names: NamesTold;
  /** All names in the calls of an actor: From, Contact, asserted and preferred identities, credentials. */
  readonly #own = new Map<string, Set<string>>();

  constructor(conversation: Conversation) {
    this.#conversation = conversation;
    this.contents = new ContentReceived(conversation, new Copies(conversation));
    this.#names = new NamesTold(conversation);
    for (const { actor, invite, accepted } of conversation.stays.list) {
      const own = this.#own.get(actor) ?? new Set();
      this.#own.set(actor, own);
      for (const entry of [invite, accepted?.entry])
        for (const name of entry === undefined ? [] : namesIn(entry.octets)) own.add(name);
    }
  }

  isOwn(uri: string, { actor }: Stay): boolean {
    const name = nameOf(uri);
    return name === undefined || this.#own.get(actor)?.has(name) === true;
  }

  /** The one who was in this room under this very URI all the time, and whom everybody knows by it. */
  ownerOf(uri: string, { chunks }: ChatMessage, { actor, room }: Stay): Stay | undefined {
    const [first] = chunks;
    const last = chunks.at(-1);
    if (first === undefined || last === undefined) return undefined;
    return this.#conversation.stays.list.find(
      (stay) =>
        stay.identity === uri &&
        stay.actor !== actor &&
        roomKey(stay.room) === roomKey(room) &&
        !isHidden(stay) &&
        (stay.accepted?.entry.index ?? Infinity) < first.index &&
        (stay.ending?.index ?? Infinity) > last.index,
    );
  }

  /**
   * What shows that a message under a name that nobody had told was dropped. A further name of the sender that only the
   * switch knows would have been no reason to do so.
   */
  wasDropped(from: string, message: ChatMessage, accepted: WireEntry, sender: Session): WireEntry | undefined {
    const { room } = sender.stay;
    const told = this.#names.first(nameOf(from) ?? '');
    if (told !== undefined && told.index < accepted.index) return undefined;
    if (urisIn(message, 'To')[0] !== room || sender.stay.changes.length > 0 || !roomTakes(sender, message))
      return undefined;
    const { stays, sessions } = this.#conversation;
    if (stays.list.some((stay) => roomKey(stay.room) === roomKey(room) && isHidden(stay))) return undefined;
    if (this.contents.canStillBeRefused(sender, accepted) || this.contents.hasReachedAnybody(message)) return undefined;
    for (const receiver of sessions.list) {
      if (roomKey(receiver.stay.room) !== roomKey(room) || receiver.stay.identity === sender.stay.identity) continue;
      const shown = takes(receiver, message) ? this.contents.lacks(message, accepted, receiver) : undefined;
      if (shown !== undefined) return shown;
    }
    return undefined;
  }
}
