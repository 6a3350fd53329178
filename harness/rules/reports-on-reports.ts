import { headerOf } from '../codec/msrp/message.ts';
import { Matter, settle } from './matter.ts';
import type { Rule } from './rule.ts';

/** RFC 4975 §7.3.2: a REPORT is the end of the matter. */
export const reportsOnReports: Rule = {
  id: 'reports-on-reports',
  about: 'no REPORT answers a REPORT',
  judge({ msrp, sessions }, catalogue) {
    const matter = new Matter(['RFC4975-7.3.2-08', 'RFC4975-7.1.2-10'], 'no REPORT answers a REPORT', {
      breach: ['sent'],
      kept: ['received'],
    });
    const reported = new Map<string, (typeof msrp.list)[number]>();
    const sent = new Set<string>();
    for (const exchange of msrp.list) {
      const { request, head } = exchange;
      const messageId = headerOf(head, 'Message-ID');
      const session = sessions.of(request, head);
      if (messageId === undefined || session === undefined) continue;
      const key = `${session.own} ${messageId}`;
      if (head.method !== 'REPORT') {
        if (request.direction === 'sent') sent.add(key);
      } else if (request.direction === 'sent') {
        reported.set(key, exchange);
        matter.right();
      } else if (reported.has(key) && !sent.has(key)) {
        matter.broken({
          message: `a REPORT of ${request.actor} was answered with a REPORT`,
          evidence: [reported.get(key)?.request, request],
        });
      }
    }
    return settle(reportsOnReports.id, catalogue, [matter]);
  },
};
