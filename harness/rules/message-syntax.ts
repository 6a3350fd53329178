import { createHash } from 'node:crypto';
import type { Catalogue } from '../catalogue/catalogue.ts';
import { gradeOf } from '../catalogue/grade.ts';
import { parseConference } from '../codec/conference/parse.ts';
import { validateConference, validateConferenceBody } from '../codec/conference/validate.ts';
import { validateCpim } from '../codec/cpim/validate.ts';
import { headerOf, type MsrpMessage } from '../codec/msrp/message.ts';
import { msrpOddities } from '../codec/msrp/oddities.ts';
import { validateMsrp } from '../codec/msrp/validate.ts';
import { parseSdp } from '../codec/sdp/parse.ts';
import { validateSdp } from '../codec/sdp/validate.ts';
import { header } from '../codec/sip/headers.ts';
import { validateSip } from '../codec/sip/validate.ts';
import type { Violation } from '../codec/violation.ts';
import type { ChatMessage } from '../conversation/chat-messages.ts';
import type { Conversation } from '../conversation/conversation.ts';
import { relationToRoom, urisIn } from '../conversation/envelope.ts';
import type { WireEntry } from '../wire/entry.ts';
import { soundSip } from './broken-lines.ts';
import type { Finding } from './finding.ts';
import type { Rule } from './rule.ts';
import type { Sight } from './sight.ts';
import { conferenceOccasions } from './syntax/conference.ts';
import { cpimOccasions } from './syntax/cpim.ts';
import { msrpOccasions } from './syntax/msrp.ts';
import type { Occasion } from './syntax/occasion.ts';
import { sdpOccasions } from './syntax/sdp.ts';
import { sipOccasions } from './syntax/sip.ts';
import { spoiledBy } from './syntax/spoiled.ts';

interface Seen {
  readonly violation: Violation;
  readonly evidence: number[];
  readonly restsOn: readonly Sight[];
}

/** One message of a kind and what its validator found; no subject where it cannot be read as one of that kind. */
interface Validated<Subject> {
  readonly entry: WireEntry;
  readonly subject?: Subject;
  readonly violations: readonly Violation[];
  /** What has to have been seen for a violation to be the SUT's own. */
  readonly restsOn?: (violation: Violation) => readonly Sight[];
}

/** What the SUT wrote is well formed: everything the actors received, each kind by its own validator. */
function syntaxRule<Subject>(
  id: string,
  about: string,
  occasions: readonly Occasion<Subject>[],
  validate: (conversation: Conversation) => Iterable<Validated<Subject>>,
): Rule {
  return {
    id,
    about,
    judge(conversation, catalogue) {
      const seen = new Map<string, Seen>();
      const shown = new Map<Occasion<Subject>, number>();
      for (const { entry, subject, violations, restsOn = () => [] } of validate(conversation)) {
        for (const violation of violations) {
          const known = seen.get(violation.requirement);
          const needs = restsOn(violation);
          // What stands by itself says more than what somebody unseen may have caused.
          const firmer = known !== undefined && known.restsOn.length > 0 && needs.length === 0;
          if (known === undefined || firmer)
            seen.set(violation.requirement, { violation, evidence: [entry.index], restsOn: needs });
          else if (known.evidence.at(-1) !== entry.index) known.evidence.push(entry.index);
        }
        if (subject === undefined || shown.size === occasions.length) continue;
        for (const occasion of occasions)
          if (!shown.has(occasion) && occasion.arises(subject)) shown.set(occasion, entry.index);
      }
      return [...[...seen.values()].map((one) => findingOf(id, one, catalogue)), ...keptFinding(id, shown, seen)];
    },
  };
}

/** All that was shown and never broken, in one finding. */
function keptFinding(
  rule: string,
  shown: ReadonlyMap<Occasion<never>, number>,
  broken: ReadonlyMap<string, Seen>,
): Finding[] {
  const isKept = (requirement: string): boolean =>
    ![requirement, ...(spoiledBy.get(requirement) ?? [])].some((id) => broken.has(id));
  const requirements: string[] = [];
  const evidence = new Set<number>();
  for (const [occasion, index] of shown) {
    const kept = occasion.requirements.filter(isKept);
    requirements.push(...kept);
    if (kept.length > 0) evidence.add(index);
  }
  if (requirements.length === 0) return [];
  const message = `requirements kept by every message they speak of: ${requirements.length}`;
  return [{ requirements, verdict: 'pass', message, rule, evidence: [...evidence].slice(0, EVIDENCE_SHOWN) }];
}

/** One finding for each requirement, however often it is broken; the first messages show it. */
const EVIDENCE_SHOWN = 5;

function findingOf(rule: string, { violation, evidence, restsOn }: Seen, catalogue: Catalogue): Finding {
  const times = evidence.length === 1 ? '' : ` (and in ${evidence.length - 1} more messages)`;
  return {
    requirements: [violation.requirement],
    verdict: violation.tolerated === true ? 'warn' : gradeOf(catalogue, [violation.requirement]),
    message: `${violation.message}${times}`,
    rule,
    evidence: evidence.slice(0, EVIDENCE_SHOWN),
    ...(restsOn.length === 0 ? {} : { restsOn }),
  };
}

/** A response repeats what was sent to it, and a copy may keep the Message-ID of its sender. */
const mayBeRepeated = (message: MsrpMessage, violation: Violation): readonly Sight[] =>
  message.kind === 'response'
    ? ['sent']
    : /message-id/i.test(violation.message)
      ? ['sent', 'everybody', 'history']
      : [];

/**
 * A response repeats the transaction id and the paths of its request, be they as wrong as they like (RFC 4975 §7.2). A
 * switch may keep the Message-ID of what it passes on and names it in reports (RFC 7701 §6.1, notes 7.27).
 */
class Repeated {
  readonly #byTransaction = new Map<string, ReadonlySet<string>>();
  readonly #byMessageId = new Map<string, ReadonlySet<string>>();

  constructor({ log }: Conversation) {
    for (const { direction, content } of log.entries) {
      if (direction !== 'sent' || content.protocol !== 'msrp' || content.message.kind !== 'request') continue;
      const violations = validateMsrp(content.message, content.defects);
      if (violations.length === 0) continue;
      this.#byTransaction.set(content.message.transactionId, new Set(violations.map(({ requirement }) => requirement)));
      const id = headerOf(content.message, 'Message-ID');
      if (id !== undefined) this.#byMessageId.set(id, new Set(violations.map(({ message }) => message)));
    }
  }

  excuses(message: MsrpMessage, violation: Violation): boolean {
    if (message.kind === 'response')
      return this.#byTransaction.get(message.transactionId)?.has(violation.requirement) === true;
    const id = headerOf(message, 'Message-ID');
    return id !== undefined && this.#byMessageId.get(id)?.has(violation.message) === true;
  }
}

const received = ({ log }: Conversation): WireEntry[] => log.entries.filter((entry) => entry.direction === 'received');

const msrpSyntax = syntaxRule(
  'msrp-syntax',
  'MSRP messages follow the grammar of RFC 4975 and RFC 7701',
  msrpOccasions,
  function* (conversation) {
    const repeated = new Repeated(conversation);
    for (const entry of received(conversation)) {
      if (entry.content.protocol !== 'msrp') continue;
      const { message, defects } = entry.content;
      const oddities = msrpOddities(message).map((oddity) => ({ ...oddity, tolerated: true as const }));
      const violations = [...validateMsrp(message, defects), ...oddities];
      yield {
        entry,
        subject: message,
        violations: violations.filter((one) => !repeated.excuses(message, one)),
        restsOn: (violation) => mayBeRepeated(message, violation),
      };
    }
  },
);

const sipSyntax = syntaxRule(
  'sip-syntax',
  'SIP messages follow the grammar of RFC 3261',
  sipOccasions,
  function* (conversation) {
    for (const entry of soundSip(conversation)) {
      if (entry.content.protocol !== 'sip') continue;
      const { message, defects } = entry.content;
      const subject = { message, transport: entry.transport };
      yield { entry, subject, violations: validateSip(message, defects) };
    }
  },
);

const sdpSyntax = syntaxRule(
  'sdp-syntax',
  'session descriptions follow RFC 8866, RFC 4975 and RFC 7701',
  sdpOccasions,
  function* (conversation) {
    for (const entry of received(conversation)) {
      const body = bodyOf(entry, /^application\/sdp\b/i);
      if (body === undefined) continue;
      const subject = parseSdp(body.toString('utf8'));
      yield { entry, subject, violations: validateSdp(subject) };
    }
  },
);

const conferenceSyntax = syntaxRule(
  'conference-syntax',
  'conference documents follow RFC 4575',
  conferenceOccasions,
  function* (conversation) {
    for (const entry of received(conversation)) {
      const body = bodyOf(entry, /^application\/conference-info\+xml\b/i);
      if (body === undefined) continue;
      const document = parseConference(body);
      yield document.ok
        ? { entry, subject: document.value, violations: validateConference(document.value) }
        : { entry, violations: validateConferenceBody(body) };
    }
  },
);

/** A switch relays what participants wrote, faults included (RFC 7701 §6.1): only its own messages are judged. */
const cpimSyntax = syntaxRule(
  'cpim-syntax',
  'CPIM messages that the SUT makes follow RFC 3862',
  cpimOccasions,
  function* (conversation) {
    const sent = new Set(conversation.messages.list.filter((one) => one.direction === 'sent').map((one) => one.digest));
    const rebuilt = contentsSent(conversation);
    for (const message of conversation.messages.list) {
      const [entry] = message.chunks;
      if (message.direction !== 'received' || message.cpim === undefined || entry === undefined) continue;
      if (sent.has(message.digest)) continue;
      yield {
        entry,
        subject: message.cpim,
        violations: validateCpim(message.cpim),
        restsOn: () => (isOwn(conversation, message, rebuilt) ? [] : ['sent', 'everybody', 'history']),
      };
    }
  },
);

/** Shorter contents may be alike by chance. */
const TELLING_OCTETS = 8;

/** By content and the URI of their From: what was sent in a wrapper. */
function contentsSent({ messages }: Conversation): ReadonlySet<string> {
  const sent = messages.list.filter(({ direction }) => direction === 'sent');
  return new Set(sent.flatMap((message) => urisIn(message, 'From').map((from) => contentKey(message, from))));
}

const contentKey = ({ cpim }: ChatMessage, from: string): string =>
  `${from} ${createHash('sha256')
    .update(cpim?.content ?? '')
    .digest('base64')}`;

/** In the name of the room, or somebody’s content in a wrapper that is not the one it was sent in. */
function isOwn({ sessions }: Conversation, message: ChatMessage, sent: ReadonlySet<string>): boolean {
  const stay = sessions.ofMessage(message)?.stay;
  const [from] = urisIn(message, 'From');
  if (from === undefined || stay === undefined) return false;
  if (relationToRoom(stay, from) === 'room') return true;
  return (message.cpim?.content.length ?? 0) >= TELLING_OCTETS && sent.has(contentKey(message, from));
}

function bodyOf({ content }: WireEntry, type: RegExp): Buffer | undefined {
  if (content.protocol !== 'sip' || content.message.body.length === 0) return undefined;
  return type.test((header(content.message, 'Content-Type') ?? '').trim()) ? content.message.body : undefined;
}

export const syntaxRules: readonly Rule[] = [msrpSyntax, sipSyntax, sdpSyntax, conferenceSyntax, cpimSyntax];
