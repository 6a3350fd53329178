import { header, headerValues } from '../codec/sip/headers.ts';
import type { SipMessage } from '../codec/sip/message.ts';
import { parameterOf } from '../codec/sip/parameters.ts';
import { parseVia } from '../codec/sip/via.ts';
import type { SipExchange } from '../conversation/sip-exchanges.ts';
import { uriIn } from '../conversation/stays.ts';
import { isClean } from './broken-lines.ts';
import { Matter, settle } from './matter.ts';
import type { Rule } from './rule.ts';

/** Above it a request has to take another way than UDP (RFC 3261 §18.1.1). */
const LARGE_OCTETS = 1300;

/** RFC 3261 §12.1.1, §13.3.1.4, §18: the way of responses, and what a 2xx has to bring for the dialog it makes. */
export const sipRouting: Rule = {
  id: 'sip-routing',
  about: 'responses go back the way they should and bring what a dialog needs',
  judge({ sip }, catalogue) {
    const routes = new Matter(['RFC3261-12.1.1-01'], 'Record-Route comes back in the 2xx, in order, parameters kept');
    const secure = new Matter(['RFC3261-12.1.1-03'], 'a SIPS request is answered with a SIPS Contact');
    const answer = new Matter(['RFC3261-13.3.1.4-02'], 'the 2xx to an offer has the answer');
    const source = new Matter(['RFC3261-18.2.1-01'], 'the source of a request is noted in its Via');
    const way = new Matter(['RFC3261-18.2.2-01'], 'responses come on the connection of their request');
    const large = new Matter(['RFC3261-18.1.1-01'], 'large requests do not go by UDP');
    for (const exchange of sip.list) {
      const { direction, message, request, final } = exchange;
      if (direction === 'received') {
        if (message.method === 'ACK' || message.method === 'CANCEL') continue;
        const small = request.octets.length <= LARGE_OCTETS;
        if (small) continue;
        large.judge(request.transport !== 'udp', () => ({
          message: `${message.method} of ${request.octets.length} octets goes by UDP`,
          evidence: [request],
          verdict: 'warn',
        }));
        continue;
      }
      if (final === undefined || message.method === 'ACK' || !isClean(request)) continue;
      judgeSource(exchange, source);
      if (request.transport !== 'udp')
        way.judge(final.entry.connection === request.connection, () => ({
          message: `the response to ${message.method} comes on another connection than the request went`,
          evidence: [request, final.entry],
        }));
      const evidence = [request, final.entry];
      const makesDialog = message.method === 'INVITE' || message.method === 'SUBSCRIBE';
      if (final.message.status > 299) continue;
      if (message.method === 'INVITE' && isDescription(message))
        answer.judge(isDescription(final.message), () => ({ message: 'a 2xx to an offer without answer', evidence }));
      if (!makesDialog || hasTag(message)) continue;
      const recorded = headerValues(message, 'Record-Route').map(plain);
      if (recorded.length > 0) {
        const kept = headerValues(final.message, 'Record-Route').map(plain);
        routes.judge(recorded.join() === kept.join(), () => ({
          message: `Record-Route of the 2xx to ${message.method} is another than that of the request`,
          expected: recorded.join(', '),
          actual: kept.join(', '),
          evidence,
        }));
      }
      if (/^sips:/i.test(message.uri)) {
        const contact = uriIn(final.message, 'Contact') ?? '';
        secure.judge(/^sips:/i.test(contact), () => ({ message: 'Contact is not SIPS', actual: contact, evidence }));
      }
    }
    return settle(sipRouting.id, catalogue, [routes, secure, answer, source, way, large]);
  },
};

const hasTag = (message: SipMessage): boolean => /;\s*tag\s*=/i.test(header(message, 'To') ?? '');

const isDescription = (message: SipMessage): boolean =>
  message.body.length > 0 && /^\s*application\/sdp\b/i.test(header(message, 'Content-Type') ?? '');

/** White space around the separators of parameters means nothing (RFC 3261 §7.3.1). */
const plain = (value: string): string => value.trim().replace(/\s*([;=])\s*/g, '$1');

/** RFC 3261 §18.2.1: where sent-by is a name, or another address than the packet came from. */
function judgeSource({ message, request, final }: SipExchange, matter: Matter): void {
  const sent = parseVia(headerValues(message, 'Via')[0] ?? '');
  const back = parseVia(headerValues(final?.message ?? { headers: [] }, 'Via')[0] ?? '');
  if (!sent.ok || !back.ok) return;
  const host = sent.value.host.replace(/^\[(.*)\]$/, '$1');
  if (host === request.local.host) return;
  const received = parameterOf(back.value.parameters, 'received');
  matter.judge(received !== undefined && received !== '', () => ({
    message: `no received in the Via of a request whose sent-by is ${host}`,
    expected: `received=${request.local.host}`,
    actual: headerValues(final?.message ?? { headers: [] }, 'Via')[0] ?? '',
    evidence: [request, final?.entry],
  }));
}
