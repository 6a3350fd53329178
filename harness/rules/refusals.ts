import { validateCpim } from '../codec/cpim/validate.ts';
import { acceptsType } from '../codec/sdp/media-type.ts';
import type { ChatMessage } from '../conversation/chat-messages.ts';
import type { Conversation } from '../conversation/conversation.ts';
import { countOf, isAnonymous, isHidden, redefinesNames, relationToRoom, urisIn } from '../conversation/envelope.ts';
import { isRegular, Receptions } from '../conversation/reception.ts';
import type { Session } from '../conversation/sessions.ts';
import type { WireEntry } from '../wire/entry.ts';
import { agreementThrough } from './capability.ts';
import { Matter, settle } from './matter.ts';
import type { Rule } from './rule.ts';

/** RFC 7701 §4.1, §6.2: a status that has one meaning is not used for another. */
export const refusalsHaveTheirCause: Rule = {
  id: 'refusals-have-their-cause',
  about: '404 is about whom a message is for, and 415 is not given to a type that the room lists',
  judge(conversation, catalogue) {
    const nobody = new Matter(['RFC7701-6.2-13'], '404 means that To names nobody in the room', {
      breach: ['dialogs'],
      kept: ['everybody'],
    });
    const unable = new Matter(['RFC7701-6.2-17'], '428 is about a participant that is in the room', {
      breach: ['everybody'],
    });
    const listed = new Matter(['RFC7701-4.1-09'], 'the wrapped types that the room lists are taken');
    const receptions = new Receptions(conversation);
    for (const message of conversation.messages.list) {
      const sender = conversation.sessions.ofMessage(message);
      if (message.direction !== 'sent' || sender?.bound === undefined || !isPlain(message)) continue;
      const reception = receptions.of(message);
      if (reception.kind === 'refused' && reception.status === 404)
        judgeAddressee(conversation, message, sender, reception.evidence, nobody);
      if (reception.kind === 'refused' && reception.status === 428)
        judgeUnable(conversation, message, sender, reception.evidence, unable);
      const taken = reception.kind === 'accepted';
      if (!taken && !(reception.kind === 'refused' && reception.status === 415)) continue;
      const answer = taken ? reception.last : reception.evidence;
      const type = listedType(message, sender, answer);
      if (type === undefined) continue;
      listed.judge(taken, () => ({
        message: `${type} was refused with 415 although the room lists it`,
        actual: '415',
        evidence: [...message.chunks, answer],
      }));
    }
    for (const { request, head, response } of conversation.msrp.list) {
      if (request.direction !== 'sent' || head.method !== 'NICKNAME' || response?.head.status !== 404) continue;
      if (conversation.sessions.of(request, head)?.bound === undefined) continue;
      nobody.broken({ message: 'NICKNAME was answered with 404', actual: '404', evidence: [request, response.entry] });
    }
    return settle(refusalsHaveTheirCause.id, catalogue, [nobody, unable, listed]);
  },
};

/** Nothing about it is odd, so that its From, To and type are the only causes of a refusal. */
function isPlain(message: ChatMessage): boolean {
  if (message.cpim === undefined || !isRegular(message) || redefinesNames(message)) return false;
  if (countOf(message, 'To') !== 1 || countOf(message, 'cc') > 0) return false;
  return validateCpim(message.cpim).length === 0;
}

function judgeAddressee(
  conversation: Conversation,
  message: ChatMessage,
  sender: Session,
  answer: WireEntry,
  nobody: Matter,
): void {
  const [to = ''] = urisIn(message, 'To');
  const evidence = [...message.chunks, answer];
  const breach = { expected: 'a To that names nobody here', actual: to, evidence };
  switch (relationToRoom(sender.stay, to)) {
    case 'room':
      nobody.broken({ ...breach, message: 'a message to the room was answered with 404' });
      return;
    case 'open':
      return;
    case 'other': {
      // A message to oneself may be answered so (notes, ambiguity 16).
      if (to === sender.stay.identity) return;
      const present = presentAs(conversation, to, sender, message, answer);
      if (present === undefined) {
        // Who is not seen to be there may still be known by that URI: only that of nobody is judged.
        if (conversation.stays.list.every(({ identity }) => identity !== to)) nobody.right();
        return;
      }
      const announced = announcesPrivateMessages(sender);
      nobody.broken({
        ...breach,
        message: `a message to ${present.stay.actor}, who is in the room, was answered with 404`,
        // Where private messages are forbidden, no code is stated (notes, ambiguity 6).
        ...(announced ? {} : { verdict: 'warn' as const }),
      });
    }
  }
}

function judgeUnable(
  conversation: Conversation,
  message: ChatMessage,
  sender: Session,
  answer: WireEntry,
  unable: Matter,
): void {
  const [to = ''] = urisIn(message, 'To');
  const breach = { expected: 'a To that names a participant', actual: to, evidence: [...message.chunks, answer] };
  if (relationToRoom(sender.stay, to) === 'room') {
    unable.broken({ ...breach, message: 'a message to the room was answered with 428' });
  } else if (presentAs(conversation, to, sender, message, answer) !== undefined) {
    unable.right();
  } else if (isOfNobody(conversation, to) && announcesPrivateMessages(sender)) {
    unable.broken({ ...breach, message: 'a message to nobody in the room was answered with 428' });
  }
}

/** No actor goes by that URI, and no hidden one may. */
const isOfNobody = ({ stays }: Conversation, uri: string): boolean =>
  !isAnonymous(uri) && stays.list.every(({ identity }) => identity !== uri);

const announcesPrivateMessages = ({ agreements }: Session): boolean =>
  agreements.some(({ peer }) => peer.media?.chatroom?.includes('private-messages'));

/** The session of a participant whom everybody knows by this URI, all the time that the message was under way. */
function presentAs(
  { sessions }: Conversation,
  uri: string,
  sender: Session,
  { chunks }: ChatMessage,
  answer: WireEntry,
): Session | undefined {
  const since = chunks[0]?.index ?? 0;
  return sessions.list.find(
    ({ stay, bound, lost }) =>
      stay.identity === uri &&
      stay.room === sender.stay.room &&
      !isHidden(stay) &&
      (bound?.index ?? Number.POSITIVE_INFINITY) < since &&
      [stay.ending, lost].every((end) => end === undefined || (end.direction === 'sent' && end.index > answer.index)),
  );
}

/** The wrapped type of a message to the room that the room's own description lists. */
function listedType(message: ChatMessage, sender: Session, answer: WireEntry): string | undefined {
  const [mime, ...more] = message.cpim?.mimeHeaders ?? [];
  if (mime?.name.toLowerCase() !== 'content-type' || more.length > 0) return undefined;
  const [to = ''] = urisIn(message, 'To');
  const [from] = urisIn(message, 'From');
  if (to !== sender.stay.room || from !== sender.stay.identity) return undefined;
  const types = agreementThrough(sender, message.chunks[0]?.index ?? 0, answer.index)?.peer.media?.acceptWrappedTypes;
  return types !== undefined && acceptsType(types, mime.value) ? mime.value : undefined;
}
