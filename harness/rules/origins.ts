import { formatOrigin, parseOrigin } from '../codec/sdp/origin.ts';
import type { Described } from '../conversation/stays.ts';
import { Matter, settle } from './matter.ts';
import type { Rule } from './rule.ts';

/** RFC 8866 §5.2: user name, session id and address of o= name one session and no other. */
export const origins: Rule = {
  id: 'origins',
  about: 'every session of the focus has an o= line of its own',
  judge({ stays }, catalogue) {
    const matter = new Matter(['RFC8866-5.2-01'], origins.about);
    const owners = new Map<string, Described>();
    for (const { agreements } of stays.list) {
      const [first] = agreements;
      if (first === undefined) continue;
      const { peer } = first;
      const origin = parseOrigin(peer.description.session.find(({ type }) => type === 'o')?.value ?? '');
      if (!origin.ok) continue; // what is wrong with it is told by the validator of descriptions
      const name = formatOrigin({ ...origin.value, version: 0n });
      const owner = owners.get(name);
      owners.set(name, owner ?? peer);
      matter.judge(owner === undefined, () => ({
        message: 'two sessions have one o= line, the version aside',
        actual: formatOrigin(origin.value),
        evidence: [owner?.entry, peer.entry],
      }));
    }
    return settle(origins.id, catalogue, [matter]);
  },
};
