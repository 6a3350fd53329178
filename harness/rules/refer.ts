import { parseEvent } from '../codec/sip/event.ts';
import { header } from '../codec/sip/headers.ts';
import { readStartLine } from '../codec/sip/start-line.ts';
import { parseSubscriptionState } from '../codec/sip/subscription-state.ts';
import type { SipExchange } from '../conversation/sip-exchanges.ts';
import { Matter, settle } from './matter.ts';
import type { Rule } from './rule.ts';

/** The first NOTIFY comes at once (RFC 3515 §2.4.4); in milliseconds. */
const AT_ONCE_MS = 2000;

/** RFC 3515 §2.4: whoever has sent REFER is told what comes of it. */
export const referIsTold: Rule = {
  id: 'refer-told',
  about: 'an accepted REFER is followed by NOTIFYs that tell its progress and its end',
  judge({ sip }, catalogue) {
    const accepted = new Matter(['RFC3515-2.4.2-02'], 'REFER is accepted with 202 or 200');
    const progress = new Matter(['RFC3515-2.4.4-01'], 'the first NOTIFY of a REFER comes at once, as message/sipfrag', {
      breach: ['received'],
    });
    const outcome = new Matter(['RFC3515-2.4.5-01'], 'the fragment of a NOTIFY begins with a status line');
    const end = new Matter(['RFC3515-2.4.7-01'], 'the last NOTIFY of a REFER says terminated;reason=noresource');
    const id = new Matter(
      ['RFC3515-2.4.6-01'],
      'from the second REFER of a dialog on NOTIFY tells which it belongs to',
      { breach: ['received'] },
    );
    const leak = new Matter(['RFC3515-2.4.5-02'], 'the fragment tells nobody’s address');
    for (const refer of sip.list) {
      const { actor, direction, message, final } = refer;
      if (direction !== 'sent' || message.method !== 'REFER' || final === undefined || final.message.status >= 300)
        continue;
      const { status } = final.message;
      accepted.judge(status === 200 || status === 202, () => ({
        message: `${status} to REFER`,
        expected: '202 or 200',
        actual: String(status),
        evidence: [refer.request, final.entry],
      }));
      const callId = header(message, 'Call-ID');
      const inCall = (one: SipExchange): boolean => one.actor === actor && header(one.message, 'Call-ID') === callId;
      const refers = sip.list.filter(
        (one) => one.direction === 'sent' && one.message.method === 'REFER' && inCall(one),
      );
      const notifies = sip.list.filter(
        (one) => one.direction === 'received' && one.message.method === 'NOTIFY' && inCall(one) && isOfRefer(one),
      );
      for (const [i, notify] of notifies.entries()) judgeNotify(refer, notify, i, { progress, outcome, end, leak });
      const [first, second] = refers;
      if (second !== refer || first === undefined) continue;
      judgeIds(refer, notifies, id);
    }
    return settle(referIsTold.id, catalogue, [accepted, progress, outcome, end, id, leak]);
  },
};

interface ReferMatters {
  readonly progress: Matter;
  readonly outcome: Matter;
  readonly end: Matter;
  readonly leak: Matter;
}

function judgeNotify(
  { request, final }: SipExchange,
  { message, request: entry }: SipExchange,
  position: number,
  { progress, outcome, end, leak }: ReferMatters,
): void {
  const type = (header(message, 'Content-Type') ?? '').split(';', 1)[0]?.trim().toLowerCase();
  const late = position === 0 && entry.time - (final?.entry.time ?? entry.time) > AT_ONCE_MS;
  progress.judge(type === 'message/sipfrag' && !late, () => ({
    message: late ? 'the first NOTIFY of a REFER comes late' : 'a NOTIFY of a REFER without message/sipfrag',
    expected: 'message/sipfrag at once',
    actual: type === undefined || type === '' ? 'no body' : type,
    evidence: [request, entry],
  }));
  const text = message.body.toString('latin1', 0, 4096);
  const [line = '', ...rest] = text.split(/\r?\n/);
  const read = readStartLine(line);
  const told = read.ok && read.value.start.kind === 'response' ? read.value.start.status : undefined;
  outcome.judge(told !== undefined, () => ({
    message: 'the fragment does not begin with a status line',
    actual: line.slice(0, 60),
    evidence: [request, entry],
  }));
  leak.judge(!rest.some((one) => /^(contact|m|p-asserted-identity)\s*:/i.test(one)), () => ({
    message: 'the fragment tells more of the response than its status line',
    evidence: [entry],
    verdict: 'warn',
  }));
  const state = parseSubscriptionState(header(message, 'Subscription-State') ?? '');
  if (!state.ok || state.value.state !== 'terminated') return;
  // Another reason is borne; silence about it is another requirement (RFC 6665 §4.2.2).
  end.judge(state.value.reason === 'noresource', () => ({
    message: 'the last NOTIFY of a REFER gives another reason',
    expected: 'terminated;reason=noresource',
    actual: header(message, 'Subscription-State') ?? '',
    evidence: [entry],
    verdict: 'warn',
  }));
}

/** RFC 3515 §2.4.6: the CSeq number of the REFER; the first one may do without. */
function judgeIds(second: SipExchange, notifies: readonly SipExchange[], matter: Matter): void {
  const number = Number.parseInt(header(second.message, 'CSeq') ?? '', 10);
  const after = notifies.filter(({ request }) => request.index > second.request.index);
  if (after.length === 0) return;
  const ids = after.map(({ message }) => /;\s*id\s*=\s*(\d+)/i.exec(header(message, 'Event') ?? '')?.[1]);
  matter.judge(
    ids.some((one) => one === String(number)),
    () => ({
      message: 'no NOTIFY tells that it belongs to the second REFER of the dialog',
      expected: `id=${number}`,
      actual: ids.map((one) => one ?? 'none').join(', '),
      evidence: [second.request, after[0]?.request],
    }),
  );
}

function isOfRefer({ message }: SipExchange): boolean {
  const event = parseEvent(header(message, 'Event') ?? '');
  return event.ok && event.value.package === 'refer';
}
