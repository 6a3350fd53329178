import type { Catalogue } from '../catalogue/catalogue.ts';
import { gradeOf } from '../catalogue/grade.ts';
import type { SessionDescription } from '../codec/sdp/description.ts';
import { bareType } from '../codec/sdp/media-type.ts';
import { validateSdp } from '../codec/sdp/validate.ts';
import { validateAnswer, validateNext, validateOffer } from '../codec/sdp/validate-exchange.ts';
import { headerValues } from '../codec/sip/headers.ts';
import { parseNameAddress } from '../codec/sip/name-address.ts';
import type { Violation } from '../codec/violation.ts';
import type { Conversation } from '../conversation/conversation.ts';
import { uriKey } from '../conversation/sessions.ts';
import type { Agreement, Described, Stay } from '../conversation/stays.ts';
import { shownBy, unheardOfTaken } from './exchange-occasions.ts';
import type { Finding } from './finding.ts';
import { Matter, settle } from './matter.ts';
import type { Rule } from './rule.ts';
import type { Sight } from './sight.ts';

/** RFC 7701 §5.2: what a focus says of itself when it accepts. */
export const focusDeclares: Rule = {
  id: 'focus-declares',
  about: 'a focus declares itself, the wrapper and a URI for each session',
  judge(conversation, catalogue) {
    const isfocus = new Matter(['RFC7701-5.2-11', 'RFC4579-5.1-02'], 'the Contact of the 2xx to INVITE has isfocus');
    const listed = new Matter(
      ['RFC7701-5.2-17', 'RFC7701-5.2-06', 'RFC7701-5.2-15'],
      'the focus lists message/cpim in accept-types',
    );
    const only = new Matter(['RFC7701-5.2-18'], 'message/cpim is the one accept-types value of an answer');
    const unique = new Matter(
      ['RFC7701-4-03', 'RFC4975-8.2-08', 'RFC4975-6-01'],
      'every session has a switch URI of its own',
    );
    const tokens = new Matter(['RFC7701-8-09'], 'the chatroom tokens of the focus do not depend on the offer');
    const owners = new Map<string, { readonly stay: Stay; readonly described: Described }>();
    for (const stay of conversation.stays.list) {
      if (stay.calledBy === 'actor' && stay.accepted !== undefined && stay.agreements.length > 0) {
        isfocus.judge(hasFeature(stay, 'isfocus'), () => ({
          message: 'a 2xx to INVITE without isfocus in Contact',
          actual: headerValues(stay.accepted?.message ?? { headers: [] }, 'Contact').join(', '),
          evidence: [stay.accepted?.entry],
        }));
      }
      for (const { peer } of stay.agreements) {
        if (peer.media === undefined) continue;
        judgeTypes(peer, listed, only);
        const last = peer.media.path.at(-1);
        if (last === undefined) continue;
        const uri = uriKey(last);
        const owner = owners.get(uri);
        if (owner === undefined) owners.set(uri, { stay, described: peer });
        unique.judge(owner === undefined || owner.stay === stay, () => ({
          message: `${stay.actor} and ${owner?.stay.actor} were given one switch URI`,
          actual: last,
          evidence: [owner?.described.entry, peer.entry],
        }));
      }
    }
    judgeTokens(conversation, tokens);
    return settle(focusDeclares.id, catalogue, [isfocus, listed, only, unique, tokens]);
  },
};

function hasFeature({ accepted }: Stay, name: string): boolean {
  return headerValues(accepted?.message ?? { headers: [] }, 'Contact').some((value) => {
    const contact = parseNameAddress(value);
    return (
      contact.ok && new RegExp(`;\\s*${name}\\s*(;|=\\s*"?TRUE|$)`, 'i').test(value.slice(value.lastIndexOf('>') + 1))
    );
  });
}

function judgeTypes({ media, role, entry }: Described, listed: Matter, only: Matter): void {
  const types = (media?.acceptTypes ?? []).map(bareType);
  const breach = {
    expected: 'message/cpim',
    actual: media?.acceptTypes?.join(' ') ?? 'no accept-types',
    evidence: [entry],
  };
  const names = types.includes('message/cpim');
  listed.judge(names, () => ({ ...breach, message: `an ${role} of the focus without message/cpim in accept-types` }));
  if (role !== 'answer' || !names) return;
  only.judge(types.length === 1, () => ({ ...breach, message: 'an answer of the focus lists more than message/cpim' }));
}

/** Answers of one room that have only what the offer had, where another answer has more. */
function judgeTokens({ stays }: Conversation, matter: Matter): void {
  const byRoom = new Map<string, Agreement[]>();
  for (const { agreements, room, calledBy } of stays.list) {
    const [first] = agreements;
    if (first?.answer.side !== 'peer' || first.answer.media === undefined || calledBy !== 'actor') continue;
    const known = byRoom.get(room);
    if (known === undefined) byRoom.set(room, [first]);
    else known.push(first);
  }
  for (const agreements of byRoom.values()) {
    const [richest] = [...agreements].sort((a, b) => tokensOf(b.peer).length - tokensOf(a.peer).length);
    if (richest === undefined || agreements.length < 2) continue;
    for (const { offer, answer } of agreements) {
      const missing = tokensOf(richest.answer).filter((token) => !tokensOf(answer).includes(token));
      matter.judge(missing.length === 0 || missing.some((token) => tokensOf(offer).includes(token)), () => ({
        message: 'the focus cuts its chatroom tokens down to those of the offer',
        expected: tokensOf(richest.answer).join(' '),
        actual: tokensOf(answer).join(' '),
        evidence: [richest.answer.entry, offer.entry, answer.entry],
        verdict: 'warn',
      }));
    }
  }
}

const tokensOf = ({ media }: Described): readonly string[] => media?.chatroom ?? [];

/** RFC 3264 §5 to §8, RFC 6135 §4: how descriptions of the focus fit those before them. */
export const offerAnswer: Rule = {
  id: 'offer-answer',
  about: 'offers and answers of the focus fit what was said before',
  judge(conversation, catalogue) {
    const found = new Map<string, Found>();
    let judged = false;
    let chats = false;
    const shown = new Set<string>();
    const note = (
      violations: readonly Violation[],
      described: readonly Described[],
      restsOn: readonly Sight[] = [],
    ): void => {
      judged = true;
      for (const violation of violations) {
        const known = found.get(violation.requirement);
        if (known === undefined || (known.violation.tolerated === true && violation.tolerated !== true)) {
          found.set(violation.requirement, { violation, evidence: described.map(({ entry }) => entry.index), restsOn });
        }
      }
    };
    for (const { agreements } of conversation.stays.list) {
      for (const [i, agreement] of agreements.entries()) {
        const { offer, answer, peer } = agreement;
        for (const requirement of shownBy(agreement, i > 0)) shown.add(requirement);
        if (offer.side === 'peer') note(validateOffer(offer.description), [offer]);
        else {
          const breaches = [...validateAnswer(offer.description, answer.description), ...unheardOfTaken(agreement)];
          chats ||= answer.media !== undefined;
          // What a malformed offer gets for an answer is open.
          if (breaches.length === 0 || isValid(offer.description)) note(breaches, [offer, answer]);
        }
        const previous = agreements[i - 1]?.peer;
        if (previous === undefined) continue;
        // An answer has as many lines as its offer, whatever was there before (RFC 3264 §6).
        const shrunk = peer.role === 'answer' && offer.description.media.length < previous.description.media.length;
        if (shrunk) continue;
        const next = validateNext(previous.description, peer.description);
        // In an answer the faults of a new description weigh less (RFC 3264 §8 binds offers).
        const weighed = peer.role === 'offer' ? next : next.map((one) => ({ ...one, tolerated: true as const }));
        note(weighed, [previous, peer], ['dialogs']);
      }
    }
    const breaches = [...found.values()].map((one) => findingOf(one, catalogue));
    return judged && breaches.length === 0 ? [passed(chats, shown)] : breaches;
  },
};

const isValid = (offer: SessionDescription): boolean => validateSdp(offer).every(({ tolerated }) => tolerated === true);

/** What the exchange of descriptions is judged by when nothing is wrong with it. */
const EXCHANGE_REQUIREMENTS = ['RFC3264-6-01', 'RFC3264-6-02', 'RFC3264-6-04', 'RFC3264-6.1-01', 'RFC6135-4.1-01'];

/** `chats`: a stream for the chat came about. `shown`: what else there was an occasion for. */
const passed = (chats: boolean, shown: ReadonlySet<string>): Finding => ({
  requirements: [...EXCHANGE_REQUIREMENTS, ...(chats ? ['RFC7701-5.2-13'] : []), ...shown],
  verdict: 'pass',
  message: offerAnswer.about,
  rule: offerAnswer.id,
  evidence: [],
});

interface Found {
  readonly violation: Violation;
  readonly evidence: number[];
  readonly restsOn: readonly Sight[];
}

const findingOf = (
  { violation: { requirement, message, tolerated }, evidence, restsOn }: Found,
  catalogue: Catalogue,
): Finding => ({
  requirements: [requirement],
  verdict: tolerated === true ? 'warn' : gradeOf(catalogue, [requirement]),
  message,
  rule: offerAnswer.id,
  evidence,
  ...(restsOn.length === 0 ? {} : { restsOn }),
});
