import type { Catalogue } from '../catalogue/catalogue.ts';
import { gradeOf } from '../catalogue/grade.ts';
import { validateConferenceBody } from '../codec/conference/validate.ts';
import { validateCpim } from '../codec/cpim/validate.ts';
import { msrpOddities } from '../codec/msrp/oddities.ts';
import { validateMsrp } from '../codec/msrp/validate.ts';
import { parseSdp } from '../codec/sdp/parse.ts';
import { validateSdp } from '../codec/sdp/validate.ts';
import { header } from '../codec/sip/headers.ts';
import { validateSip } from '../codec/sip/validate.ts';
import type { Violation } from '../codec/violation.ts';
import type { Conversation } from '../conversation/conversation.ts';
import type { WireEntry } from '../wire/entry.ts';
import type { Finding } from './finding.ts';
import type { Rule } from './rule.ts';

interface Seen {
  readonly violation: Violation;
  readonly evidence: number[];
}

/** What the SUT wrote is well formed: everything the actors received, each kind by its own validator. */
function syntaxRule(
  id: string,
  about: string,
  violationsOf: (conversation: Conversation) => Iterable<[WireEntry, Violation]>,
): Rule {
  return {
    id,
    about,
    judge(conversation, catalogue) {
      const seen = new Map<string, Seen>();
      for (const [entry, violation] of violationsOf(conversation)) {
        const known = seen.get(violation.requirement);
        if (known === undefined) seen.set(violation.requirement, { violation, evidence: [entry.index] });
        else known.evidence.push(entry.index);
      }
      return [...seen.values()].map((one) => findingOf(id, one, catalogue));
    },
  };
}

/** One finding for each requirement, however often it is broken; the first messages show it. */
const EVIDENCE_SHOWN = 5;

function findingOf(rule: string, { violation, evidence }: Seen, catalogue: Catalogue): Finding {
  const times = evidence.length === 1 ? '' : ` (and in ${evidence.length - 1} more messages)`;
  return {
    requirements: [violation.requirement],
    verdict: violation.tolerated === true ? 'warn' : gradeOf(catalogue, [violation.requirement]),
    message: `${violation.message}${times}`,
    rule,
    evidence: evidence.slice(0, EVIDENCE_SHOWN),
  };
}

const received = ({ log }: Conversation): WireEntry[] => log.entries.filter((entry) => entry.direction === 'received');

const msrpSyntax = syntaxRule(
  'msrp-syntax',
  'MSRP messages follow the grammar of RFC 4975 and RFC 7701',
  function* (conversation) {
    for (const entry of received(conversation)) {
      if (entry.content.protocol !== 'msrp') continue;
      const { message, defects } = entry.content;
      for (const violation of validateMsrp(message, defects)) yield [entry, violation];
      for (const oddity of msrpOddities(message)) yield [entry, { ...oddity, tolerated: true }];
    }
  },
);

const sipSyntax = syntaxRule('sip-syntax', 'SIP messages follow the grammar of RFC 3261', function* (conversation) {
  for (const entry of received(conversation)) {
    if (entry.content.protocol !== 'sip') continue;
    for (const violation of validateSip(entry.content.message, entry.content.defects)) yield [entry, violation];
  }
});

const sdpSyntax = syntaxRule(
  'sdp-syntax',
  'session descriptions follow RFC 8866, RFC 4975 and RFC 7701',
  function* (conversation) {
    for (const entry of received(conversation)) {
      const body = bodyOf(entry, /^application\/sdp\b/i);
      if (body === undefined) continue;
      for (const violation of validateSdp(parseSdp(body.toString('utf8')))) yield [entry, violation];
    }
  },
);

const conferenceSyntax = syntaxRule(
  'conference-syntax',
  'conference documents follow RFC 4575',
  function* (conversation) {
    for (const entry of received(conversation)) {
      const body = bodyOf(entry, /^application\/conference-info\+xml\b/i);
      if (body === undefined) continue;
      for (const violation of validateConferenceBody(body)) yield [entry, violation];
    }
  },
);

/** A switch relays what participants wrote, faults included (RFC 7701 §6.1): only its own messages are judged. */
const cpimSyntax = syntaxRule(
  'cpim-syntax',
  'CPIM messages that the SUT makes follow RFC 3862',
  function* (conversation) {
    const sent = new Set(conversation.messages.list.filter((one) => one.direction === 'sent').map((one) => one.digest));
    for (const message of conversation.messages.list) {
      const [entry] = message.chunks;
      if (message.direction !== 'received' || message.cpim === undefined || entry === undefined) continue;
      if (sent.has(message.digest)) continue;
      for (const violation of validateCpim(message.cpim)) yield [entry, violation];
    }
  },
);

function bodyOf({ content }: WireEntry, type: RegExp): Buffer | undefined {
  if (content.protocol !== 'sip' || content.message.body.length === 0) return undefined;
  return type.test((header(content.message, 'Content-Type') ?? '').trim()) ? content.message.body : undefined;
}

export const syntaxRules: readonly Rule[] = [msrpSyntax, sipSyntax, sdpSyntax, conferenceSyntax, cpimSyntax];
