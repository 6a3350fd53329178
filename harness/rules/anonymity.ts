import { header, headerValues } from '../codec/sip/headers.ts';
import { parseNameAddress } from '../codec/sip/name-address.ts';
import { parseSipUri } from '../codec/sip/uri.ts';
import type { Conversation } from '../conversation/conversation.ts';
import { isAnonymous } from '../conversation/envelope.ts';
import type { Stay } from '../conversation/stays.ts';
import type { WireEntry } from '../wire/entry.ts';
import { Matter, settle } from './matter.ts';
import type { Rule } from './rule.ts';

/** A shorter user part may occur by chance. */
const TELLING_CHARACTERS = 8;

/** RFC 7701 §3, §5.2: nobody learns who a participant is that asked for privacy. */
export const hiddenStayHidden: Rule = {
  id: 'hidden-stay-hidden',
  about: 'the address of a participant that asked for privacy reaches nobody else',
  judge(conversation, catalogue) {
    const anywhere = new Matter(
      ['RFC7701-3-07', 'RFC4579-6-04'],
      'the address of a hidden participant occurs in nothing that others receive',
      { breach: ['sent', 'everybody', 'history'], kept: ['received', 'everybody'] },
    );
    const roster = new Matter(
      ['RFC7701-5.2-24', 'RFC7701-6.1-09', 'RFC4575-8.2-02'],
      'the roster shows hidden participants under anonymous URIs',
      { breach: ['sent', 'everybody', 'history'], kept: ['received', 'everybody'] },
    );
    for (const secret of secretsOf(conversation)) {
      const [leaks, leaksInRoster] = leaksOf(conversation, secret);
      const breach = (entry: WireEntry) => (): Parameters<Matter['broken']>[0] => ({
        message: `the address of ${secret.actor}, who asked for privacy, reached ${entry.actor}`,
        actual: secret.text,
        evidence: [secret.invite, entry],
      });
      if (leaks.seen) anywhere.judge(leaks.first === undefined, breach(leaks.first ?? secret.invite));
      if (leaksInRoster.seen)
        roster.judge(leaksInRoster.first === undefined, breach(leaksInRoster.first ?? secret.invite));
    }
    return settle(hiddenStayHidden.id, catalogue, [anywhere, roster]);
  },
};

export interface Secret {
  readonly actor: string;
  /** Actors of the same user, who may see what they are called (RFC 4575 §8.2). */
  readonly own: ReadonlySet<string>;
  readonly invite: WireEntry;
  /** What must not be seen: the user part where it is telling, else user and host. */
  readonly text: string;
}

/** Those who joined with a privacy request for their URI (RFC 3323 §4.2), and nowhere without. */
export function secretsOf({ stays }: Conversation): Secret[] {
  const open = new Set(stays.list.filter((stay) => !asksForPrivacy(stay)).map(({ identity }) => identity));
  const secrets = new Map<string, Secret>();
  for (const stay of stays.list) {
    if (!asksForPrivacy(stay) || stay.accepted === undefined) continue;
    for (const uri of urisOf(stay)) {
      const parsed = parseSipUri(uri);
      if (!parsed.ok || parsed.value.user === undefined || isAnonymous(uri) || open.has(uri)) continue;
      const { user, host } = parsed.value;
      const text = user.length >= TELLING_CHARACTERS ? user : `${user}@${host}`;
      const own = new Set(stays.list.filter((one) => one.identity === stay.identity).map(({ actor }) => actor));
      secrets.set(text, { actor: stay.actor, own, invite: stay.invite, text });
    }
  }
  return [...secrets.values()];
}

const asksForPrivacy = ({ privacy, calledBy }: Stay): boolean =>
  calledBy === 'actor' && privacy.some((value) => value === 'id' || value === 'user');

/** What the INVITE says of its sender (RFC 3261 §8.1.1, RFC 3325 §9). */
function urisOf({ identity, invite }: Stay): string[] {
  if (invite.content.protocol !== 'sip') return [identity];
  const { message } = invite.content;
  const asserted = ['P-Preferred-Identity', 'P-Asserted-Identity'].flatMap((name) => headerValues(message, name));
  return [
    identity,
    ...asserted.flatMap((value) => {
      const address = parseNameAddress(value);
      return address.ok ? [address.value.uri] : [];
    }),
  ];
}

interface Search {
  /** Whether there was anything in which it might have been. */
  seen: boolean;
  first?: WireEntry;
}

/** Looks through what others received, but for what repeats a text that somebody had sent, with the name in it, before. */
function leaksOf({ log }: Conversation, secret: Secret): [anywhere: Search, roster: Search] {
  const [anywhere, roster]: [Search, Search] = [{ seen: false }, { seen: false }];
  const calls = new Set<string>();
  let said = false;
  for (const entry of log.entries) {
    if (entry.content.protocol !== 'sip' && entry.content.protocol !== 'msrp') continue;
    const call = entry.content.protocol === 'sip' ? (header(entry.content.message, 'Call-ID') ?? '') : undefined;
    if (entry.direction === 'sent') {
      const speaks = !secret.own.has(entry.actor) || call === undefined;
      if (!speaks || !entry.octets.includes(secret.text)) continue;
      if (call === undefined) said = true;
      else calls.add(call);
      continue;
    }
    if (secret.own.has(entry.actor) || entry.index < secret.invite.index) continue;
    if (call === undefined ? said : calls.has(call)) continue;
    const isRoster = call !== undefined && isNotify(entry);
    const found = entry.octets.includes(secret.text);
    for (const search of isRoster ? [anywhere, roster] : [anywhere]) {
      search.seen = true;
      if (found) search.first ??= entry;
    }
  }
  return [anywhere, roster];
}

const isNotify = ({ content }: WireEntry): boolean =>
  content.protocol === 'sip' && content.message.kind === 'request' && content.message.method === 'NOTIFY';
