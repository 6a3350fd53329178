import { acceptsType } from '../codec/sdp/media-type.ts';
import { agreementThrough } from './capability.ts';
import { Matter, settle } from './matter.ts';
import type { Rule } from './rule.ts';

/** RFC 4975 §8.6, RFC 7701 §5.2, §6.1: nobody is sent what its SDP does not take. */
export const acceptedTypes: Rule = {
  id: 'accepted-types',
  about: 'recipients get only the media types that they have listed',
  judge(conversation, catalogue) {
    const wrapper = new Matter(['RFC7701-5.2-07', 'RFC7701-5.2-16'], 'who has not listed message/cpim gets no message');
    const wrapped = new Matter(
      ['RFC7701-6.1-20', 'RFC7701-6.1-19'],
      'a wrapped type that is not in an explicit list is withheld',
    );
    for (const { direction, chunks, cpim, ...message } of conversation.messages.list) {
      const session = conversation.sessions.ofMessage({ direction, chunks, ...message });
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
    return settle(acceptedTypes.id, catalogue, [wrapper, wrapped]);
  },
};
