import type { Catalogue } from '../../catalogue/catalogue.ts';
import { bindsClient } from '../../catalogue/roles.ts';
import type { Rule } from '../rule.ts';

/** What the rules call who is tested. */
const SUT = /\bthe (?:focus|switch)\b/g;

/** The same rule, of whose findings only those on requirements that bind a client are left. */
export const limitedToClients = (rule: Rule): Rule => ({
  ...rule,
  judge: (conversation, catalogue) =>
    rule.judge(conversation, catalogue).flatMap((finding) => {
      const requirements = finding.requirements.filter((id) => bindsTheClient(catalogue, id));
      return requirements.length === 0
        ? []
        : [{ ...ofClient(finding), requirements, ...(finding.others && { others: finding.others.map(ofClient) }) }];
    }),
});

const ofClient = <Told extends { readonly message: string }>(told: Told): Told => ({
  ...told,
  message: told.message.replace(SUT, 'the client'),
});

function bindsTheClient(catalogue: Catalogue, id: string): boolean {
  const requirement = catalogue.get(id);
  return requirement !== undefined && bindsClient(requirement);
}
