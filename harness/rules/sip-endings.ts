import { header } from '../codec/sip/headers.ts';
import type { SipExchange } from '../conversation/sip-exchanges.ts';
import { tagIn } from '../conversation/stays.ts';
import { Matter, settle } from './matter.ts';
import type { Rule } from './rule.ts';

/** 64*T1 less what the 2xx may have taken on its way. */
const GIVEN_UP_MS = 30_000;

/** RFC 3261 §15: when a focus may send BYE. */
export const byesOfFocus: Rule = {
  id: 'byes-of-focus',
  about: 'the focus sends BYE inside a dialog only, and not before the ACK or the end of its patience',
  judge({ sip }, catalogue) {
    const matter = new Matter(['RFC3261-15-01'], byesOfFocus.about, { breach: ['sent', 'dialogs'] });
    const invites = sip.list.filter(({ message }) => message.method === 'INVITE');
    const acks = sip.list.filter(({ direction, message }) => direction === 'sent' && message.method === 'ACK');
    for (const { actor, direction, message, request } of sip.list) {
      if (direction !== 'received' || message.method !== 'BYE') continue;
      const calls = invites.filter((one) => one.actor === actor && sameCall(one, message));
      const call = calls.find((one) => belongs(one, message));
      if (call === undefined) {
        matter.broken({ message: `BYE to ${actor} belongs to no dialog`, evidence: [calls[0]?.request, request] });
        continue;
      }
      const { final } = call;
      // Who was called acknowledges nothing.
      if (call.direction === 'received' || final === undefined) continue;
      const acked = acks.some(
        (one) => one.actor === actor && sameCall(one, message) && one.request.index < request.index,
      );
      const waited = request.time - final.entry.time;
      matter.judge(acked || waited >= GIVEN_UP_MS, () => ({
        message: `BYE comes ${(waited / 1000).toFixed(1)} s after a 2xx without ACK`,
        evidence: [call.request, final.entry, request],
      }));
    }
    return settle(byesOfFocus.id, catalogue, [matter]);
  },
};

const sameCall = ({ message }: SipExchange, bye: SipExchange['message']): boolean =>
  header(message, 'Call-ID')?.trim() === header(bye, 'Call-ID')?.trim();

/** Both tags of the BYE are those of the dialog; of a dialog whose 2xx has not been seen only one is known. */
function belongs({ message, direction, final }: SipExchange, bye: SipExchange['message']): boolean {
  const [from, to] = [tagIn(message, 'From'), tagIn(final?.message ?? message, 'To')];
  const [remote, local] = [tagIn(bye, 'From'), tagIn(bye, 'To')];
  const [ours, theirs] = direction === 'sent' ? [from, to] : [to, from];
  return (ours === undefined || ours === local) && (theirs === undefined || theirs === remote);
}
