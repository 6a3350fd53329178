import { acceptsType, bareType } from '../codec/sdp/media-type.ts';
import { agreementThrough } from './capability.ts';
import { Matter, settle } from './matter.ts';
import type { Rule } from './rule.ts';

/** RFC 4975 §8.6, RFC 7701 §5.2, §6.1: nobody is sent what its SDP does not take. */
export const acceptedTypes: Rule = {
  id: 'accepted-types',
  about: 'recipients get only the media types that they have listed',
  judge(conversation, catalogue) {
    const wrapper = new Matter(
      ['RFC7701-5.2-07', 'RFC7701-5.2-16'],
      'who has not listed message/cpim gets no message',
      { breach: ['dialogs'] },
    );
    const root = new Matter(['RFC4975-8.6-14'], 'the type of every message is in the accept-types of who gets it', {
      breach: ['dialogs'],
    });
    const preferred = new Matter(
      ['RFC4975-13-05', 'RFC4975-13-03'],
      'who lists message/cpim first gets every message in it',
      { breach: ['dialogs'] },
    );
    const wrapped = new Matter(
      ['RFC7701-6.1-20', 'RFC7701-6.1-19', 'RFC4975-8.6-13'],
      'a wrapped type that is not in an explicit list is withheld',
      { breach: ['dialogs'] },
    );
    for (const { direction, chunks, cpim, contentType, ...message } of conversation.messages.list) {
      const session = conversation.sessions.ofMessage({ direction, chunks, contentType, ...message });
      const [first, last] = [chunks[0], chunks.at(-1)];
      if (direction !== 'received' || session === undefined || first === undefined || last === undefined) continue;
      const own = agreementThrough(session, first.index, last.index)?.actor.media;
      if (own?.acceptTypes === undefined) continue;
      wrapper.judge(acceptsType(own.acceptTypes, 'message/cpim'), () => ({
        message: `${session.stay.actor} got a message although it has not listed message/cpim`,
        actual: own.acceptTypes?.join(' ') ?? '',
        evidence: [session.stay.invite, ...chunks],
        verdict: 'fail',
      }));
      root.judge(acceptsType(own.acceptTypes, contentType), () => ({
        message: `${session.stay.actor} got a message of type ${contentType}`,
        expected: own.acceptTypes?.join(' ') ?? '',
        actual: contentType,
        evidence: [session.stay.invite, ...chunks],
      }));
      if (bareType(own.acceptTypes[0] ?? '') === 'message/cpim') {
        preferred.judge(bareType(contentType) === 'message/cpim', () => ({
          message: `${session.stay.actor} got a message that is not wrapped`,
          expected: 'message/cpim',
          actual: contentType,
          evidence: [session.stay.invite, ...chunks],
        }));
      }
      const type = cpim?.mimeHeaders.find(({ name }) => name.toLowerCase() === 'content-type')?.value;
      if (own.acceptWrappedTypes === undefined || type === undefined) continue;
      // What is accepted bare may be wrapped too (RFC 4975 §8.6).
      const listed = [...own.acceptWrappedTypes, ...own.acceptTypes];
      wrapped.judge(acceptsType(listed, type), () => ({
        message: `${session.stay.actor} got ${type}, which it has not listed`,
        expected: listed.join(' '),
        actual: type,
        evidence: [session.stay.invite, ...chunks],
        verdict: 'warn',
      }));
    }
    return settle(acceptedTypes.id, catalogue, [wrapper, root, preferred, wrapped]);
  },
};
