import type { SessionDescription } from '../codec/sdp/description.ts';
import { writeSdp } from '../codec/sdp/write.ts';
import { Matter, settle } from './matter.ts';
import type { Rule } from './rule.ts';

/** RFC 4975 §8.4: SDP that changes nothing has the o= line of the one before, whichever party sends it. */
export const unchangedDescriptions: Rule = {
  id: 'unchanged-descriptions',
  about: 'a description of the focus that changes nothing keeps its o= line',
  judge(conversation, catalogue) {
    const matter = new Matter(['RFC4975-8.4-06'], 'an unchanged description has the o= line of the one before', {
      breach: ['dialogs'],
    });
    for (const { agreements } of conversation.stays.list) {
      for (const [i, { actor, peer }] of agreements.entries()) {
        const before = agreements[i - 1];
        if (before === undefined || !isEqual(before.peer.description, peer.description)) continue;
        const [old, now] = [originOf(before.peer.description), originOf(peer.description)];
        // RFC 3264 §8 leaves open what an answer to a new offer counts as, so that only a mere refresh is clear.
        const clear = peer.role === 'offer' || isEqual(before.actor.description, actor.description);
        matter.judge(old === now, () => ({
          message: 'nothing changed but the o= line',
          expected: old,
          actual: now,
          evidence: [before.peer.entry, peer.entry],
          ...(clear ? {} : { verdict: 'warn' as const }),
        }));
      }
    }
    return settle(unchangedDescriptions.id, catalogue, [matter]);
  },
};

/** But for the o= line. */
const isEqual = (one: SessionDescription, other: SessionDescription): boolean =>
  withoutOrigin(one) === withoutOrigin(other);

const withoutOrigin = (description: SessionDescription): string =>
  writeSdp({ ...description, session: description.session.filter(({ type }) => type !== 'o') });

const originOf = ({ session }: SessionDescription): string => session.find(({ type }) => type === 'o')?.value ?? '';
