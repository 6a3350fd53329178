import { createHash } from 'node:crypto';
import { parseCpim } from '../codec/cpim/parse.ts';
import type { ChatMessage } from '../conversation/chat-messages.ts';
import { countOf, urisIn } from '../conversation/envelope.ts';
import { isRegular } from '../conversation/reception.ts';
import { Matter, settle } from './matter.ts';
import type { Rule } from './rule.ts';

/** RFC 3862 §2.1, §6: how wrappers are labelled, and in whose name a room speaks. */
export const ownTexts: Rule = {
  id: 'own-texts',
  about: 'a wrapper is called message/cpim, and what nobody sent is in the name of nobody else but the room',
  judge({ messages, sessions, stays }, catalogue) {
    const called = new Matter(['RFC3862-2.1-01'], 'a CPIM wrapper travels as message/cpim', {
      breach: ['sent', 'everybody', 'history'],
    });
    const named = new Matter(['RFC3862-6-02'], 'a text of the room itself does not come in the name of a participant', {
      breach: ['sent', 'everybody', 'history'],
    });
    const seen = new Matter(['RFC7701-5.2-20'], 'copies tell whom they are from and for', {
      breach: ['sent', 'everybody', 'history'],
    });
    const author = new Matter(['RFC7701-6.1-43'], 'the From of a copy is that of its sender', {
      breach: ['sent', 'everybody', 'history'],
    });
    const authors = new Map<string, Set<string>>();
    for (const message of messages.list.filter(isSent))
      for (const key of keysOf(message))
        authors.set(key, new Set([...(authors.get(key) ?? []), ...urisIn(message, 'From')]));
    const participants = new Set(stays.list.map(({ identity }) => identity));
    const sentTypes = new Set(
      messages.list
        .filter(isSent)
        .map(({ contentType }) => contentType.trim())
        .filter(hasParameters),
    );
    const sent = new Set(messages.list.filter(isSent).flatMap(keysOf));
    // Of what was sent in pieces that do not fit, others may make out other octets.
    const unclear = new Set(
      messages.list
        .filter((one) => isSent(one) && (one.digest === undefined || !isRegular(one)))
        .flatMap((one) => [...urisIn(one, 'From'), sessions.ofMessage(one)?.stay.identity]),
    );
    for (const message of messages.list) {
      if (isSent(message) || message.octets === undefined) continue;
      // What a sender wrote behind the type may be kept.
      if (!sentTypes.has(message.contentType.trim())) judgeType(message, called);
      const [from, ...more] = urisIn(message, 'From');
      if (sent.has(message.digest ?? '')) {
        if (from !== undefined && urisIn(message, 'To').length > 0) for (const matter of [seen, author]) matter.right();
        continue;
      }
      judgeCopy(message, authors, seen, author);
      if (from === undefined || more.length > 0 || unclear.has(from) || keysOf(message).some((key) => sent.has(key)))
        continue;
      named.judge(!participants.has(from), () => ({
        message: `a text that nobody sent in the name of ${from}`,
        expected: 'the room',
        actual: from,
        evidence: message.chunks,
        verdict: 'warn',
      }));
    }
    return settle(ownTexts.id, catalogue, [called, named, seen, author]);
  },
};

const isSent = ({ direction }: ChatMessage): boolean => direction === 'sent';

/** The whole, and what is inside the wrapper: a copy with another wrapper is no text of the room. */
const keysOf = ({ digest, cpim }: ChatMessage): string[] => [
  ...(digest === undefined ? [] : [digest]),
  ...(cpim === undefined ? [] : [`content ${createHash('sha256').update(cpim.content).digest('base64')}`]),
];

/** A copy whose wrapper is not that of its sender, but whose content is. */
function judgeCopy(
  message: ChatMessage,
  authors: ReadonlyMap<string, ReadonlySet<string>>,
  seen: Matter,
  author: Matter,
): void {
  const written = new Set(keysOf(message).flatMap((key) => [...(authors.get(key) ?? [])]));
  if (written.size === 0) return;
  const evidence = message.chunks;
  for (const name of ['From', 'To'] as const)
    if (countOf(message, name) === 0) seen.broken({ message: `a copy without ${name}`, evidence });
  const [from] = urisIn(message, 'From');
  if (from === undefined || written.has(from)) return;
  author.broken({
    message: 'the From of a copy is not that of its sender',
    expected: [...written].join(' or '),
    actual: from,
    evidence,
  });
}

const hasParameters = (type: string): boolean => type.includes(';');

function judgeType(message: ChatMessage, called: Matter): void {
  const [type = '', parameters] = message.contentType.trim().split(/\s*;\s*/, 2);
  const isNamed = type.toLowerCase() === 'message/cpim';
  if (!isNamed && !isWrapper(message)) return;
  called.judge(isNamed && parameters === undefined, () => ({
    message: isNamed ? 'message/cpim has parameters' : 'a CPIM wrapper under another type',
    expected: 'message/cpim',
    actual: message.contentType,
    evidence: message.chunks,
    verdict: isNamed ? 'warn' : 'fail',
  }));
}

function isWrapper({ octets }: ChatMessage): boolean {
  const parsed = octets === undefined ? undefined : parseCpim(octets);
  if (parsed?.ok !== true) return false;
  const names = new Set(parsed.value.headers.map(({ name }) => name));
  return names.has('From') && names.has('To') && parsed.value.mimeHeaders.length > 0;
}
