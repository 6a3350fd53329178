import { validateCpim } from '../codec/cpim/validate.ts';
import type { MsrpMediaDescription } from '../codec/sdp/description.ts';
import { acceptsWrapped, bareType } from '../codec/sdp/media-type.ts';
import type { ChatMessage } from '../conversation/chat-messages.ts';
import { countOf } from '../conversation/envelope.ts';
import { isRegular, Receptions } from '../conversation/reception.ts';
import { agreementThrough } from './capability.ts';
import { Matter, settle } from './matter.ts';
import type { Rule } from './rule.ts';

/** RFC 4975 §8.6, §7.3.1: types that a focus names in its SDP it takes. An asterisk only invites an attempt. */
export const announcedIsTaken: Rule = {
  id: 'announced-is-taken',
  about: 'no media type that the focus has listed gets 415',
  judge(conversation, catalogue) {
    const root = new Matter(['RFC4975-8.6-05'], 'a type that is listed in accept-types is taken', {
      breach: ['dialogs'],
    });
    const wrapped = new Matter(
      ['RFC4975-8.6-08', 'RFC4975-8.6-07'],
      'a type that is listed in accept-wrapped-types is taken inside the wrapper',
      { breach: ['dialogs'] },
    );
    const multipart = new Matter(['RFC4975-7.3.1-10'], 'multipart/mixed and multipart/alternative are taken', {
      breach: ['dialogs'],
    });
    const receptions = new Receptions(conversation);
    for (const message of conversation.messages.list) {
      const session = conversation.sessions.ofMessage(message);
      const [first, last] = [message.chunks[0], message.chunks.at(-1)];
      if (message.direction !== 'sent' || session === undefined || first === undefined || last === undefined) continue;
      const media = agreementThrough(session, first.index, last.index)?.peer.media;
      if (media === undefined || !isRegular(message)) continue;
      const reception = receptions.of(message);
      if (reception.kind === 'open' || (reception.kind === 'refused' && reception.status !== 415)) continue;
      const judge = (matter: Matter, type: string, verdict?: 'warn'): void =>
        matter.judge(reception.kind !== 'refused', () => ({
          message: `${type} got 415`,
          expected: listsOf(media),
          actual: '415',
          evidence: reception.kind === 'refused' ? [...message.chunks, reception.evidence] : message.chunks,
          ...(verdict === undefined ? {} : { verdict }),
        }));
      const { contentType, cpim } = message;
      if (bareType(contentType) !== 'message/cpim') {
        if (names(media.acceptTypes, contentType)) judge(root, contentType);
        continue;
      }
      const type = wrappedType(message);
      if (cpim === undefined || type === undefined) continue;
      const container = bareType(contentType);
      if (names(media.acceptTypes, type) || names(media.acceptWrappedTypes, type)) {
        judge(wrapped, type);
        if (names(media.acceptTypes, container)) judge(root, container);
      }
      if (/^multipart\/(?:mixed|alternative)$/.test(bareType(type)))
        judge(multipart, type, acceptsWrapped(media, container, type) === 'yes' ? undefined : 'warn');
    }
    return settle(announcedIsTaken.id, catalogue, [root, wrapped, multipart]);
  },
};

/** Named in full, whatever the parameters. */
const names = (list: readonly string[] | undefined, type: string): boolean =>
  (list ?? []).some((entry) => bareType(entry) === bareType(type));

/** Of a wrapper that leaves nothing else to object to. */
function wrappedType(message: ChatMessage): string | undefined {
  const { cpim } = message;
  if (cpim === undefined || countOf(message, 'From') !== 1 || countOf(message, 'To') !== 1) return undefined;
  if (validateCpim(cpim).length > 0) return undefined;
  return cpim.mimeHeaders.find(({ name }) => name.toLowerCase() === 'content-type')?.value;
}

const listsOf = ({ acceptTypes = [], acceptWrappedTypes = [] }: MsrpMediaDescription): string =>
  [...acceptTypes, ...acceptWrappedTypes].join(' ');
