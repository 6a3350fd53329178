import type { ConferenceUser } from '../codec/conference/document.ts';
import { parseCpimAddress } from '../codec/cpim/address.ts';
import { headerOf } from '../codec/msrp/message.ts';
import { parseUseNickname } from '../codec/msrp/nickname.ts';
import { header } from '../codec/sip/headers.ts';
import { parseNameAddress } from '../codec/sip/name-address.ts';
import type { Conversation } from '../conversation/conversation.ts';
import { isHidden, placeOf, roomKey } from '../conversation/envelope.ts';
import type { Stay } from '../conversation/stays.ts';
import type { WireEntry } from '../wire/entry.ts';
import { Matter, settle } from './matter.ts';
import type { Rule } from './rule.ts';

/** RFC 7701 §7.1, §7.3: the quotes of Use-Nickname are not part of the name, and two quotes alone are none. */
export const nicknamesAreUnquoted: Rule = {
  id: 'nicknames-unquoted',
  about: 'a name is shown without the quotes in which it was asked for, and none that was given up',
  judge(conversation, catalogue) {
    const unquoted = new Matter(['RFC7701-7.1-34'], 'the quotes and escapes of Use-Nickname are not shown', {
      breach: ['sent'],
    });
    const removed = new Matter(['RFC7701-7.3-01'], 'a nickname that was given up is not shown any more', {
      breach: ['sent', 'dialogs', 'everybody'],
    });
    const users = usersIn(conversation);
    for (const sight of [...sightsInRosters(conversation), ...sightsInCopies(conversation)]) {
      const user = users.get(placeOf(sight.uri));
      if (user === undefined || user.called.has(sight.text)) continue;
      judgeQuotes(user, sight, unquoted, removed);
      if (sight.whole) judgeRemoval(user, sight, removed);
    }
    return settle(nicknamesAreUnquoted.id, catalogue, [unquoted, removed]);
  },
};

interface Asked {
  readonly request: WireEntry;
  /** The 200; absent for what was refused, or not answered. */
  readonly granted?: WireEntry;
  /** The header value as written, and the name in it where it can be read. */
  readonly raw: string;
  readonly text?: string;
}

interface User {
  readonly asked: Asked[];
  readonly stays: Stay[];
  /** What the INVITEs call the user, so that it may be shown whatever nickname there is. */
  readonly called: Set<string>;
}

/** What somebody is called somewhere. */
interface Sighting {
  readonly uri: string;
  readonly text: string;
  readonly entry: WireEntry;
  /** It is all that the roster says of the user's nickname; empty text: it has none. */
  readonly whole: boolean;
}

/** Those who asked for nicknames, by place; nothing can be told where there are several rooms, or of the hidden. */
function usersIn({ stays, msrp, sessions }: Conversation): Map<string, User> {
  const users = new Map<string, User>();
  if (new Set(stays.list.map(({ room }) => roomKey(room))).size > 1) return users;
  for (const stay of stays.list) {
    if (isHidden(stay)) continue;
    const user = users.get(placeOf(stay.identity)) ?? { asked: [], stays: [], called: new Set() };
    users.set(placeOf(stay.identity), user);
    user.stays.push(stay);
    for (const name of namesIn(stay.invite)) if (name !== '') user.called.add(name);
  }
  for (const { request, head, response } of msrp.list) {
    if (request.direction !== 'sent' || head.method !== 'NICKNAME') continue;
    const stay = sessions.of(request, head)?.stay;
    const user = stay === undefined ? undefined : users.get(placeOf(stay.identity));
    const raw = headerOf(head, 'Use-Nickname')?.trim() ?? '';
    const text = parseUseNickname(raw);
    user?.asked.push({
      request,
      raw,
      ...(response?.head.status === 200 ? { granted: response.entry } : {}),
      ...(text.ok ? { text: text.value } : {}),
    });
  }
  return users;
}

/** The display name of the caller, read and as written. */
function namesIn({ content }: WireEntry): string[] {
  const from = content.protocol === 'sip' ? header(content.message, 'From') : undefined;
  const address = from === undefined ? undefined : parseNameAddress(from);
  const written = from?.slice(0, Math.max(0, from.indexOf('<'))).trim();
  return [...(address?.ok === true ? [address.value.displayName ?? ''] : []), written ?? ''];
}

function* sightsInRosters({ rosters }: Conversation): Iterable<Sighting> {
  for (const { documents } of rosters.subscriptions) {
    for (const { entry, document, outcome } of documents) {
      if (outcome !== 'applied') continue;
      for (const user of document.users?.list ?? []) if (user.state !== 'deleted') yield* sightsOf(user, entry);
    }
  }
}

function* sightsOf(user: ConferenceUser, entry: WireEntry): Iterable<Sighting> {
  const uri = user.entity;
  const isWhole = user.state !== 'partial' || user.nickname !== undefined;
  if (isWhole) yield { uri, text: user.nickname?.value ?? '', entry, whole: true };
  for (const text of [user.displayText, ...user.endpoints.map(({ displayText }) => displayText)])
    if (text !== undefined) yield { uri, text, entry, whole: false };
}

/** Names in From that the sender did not write itself. */
function* sightsInCopies({ messages }: Conversation): Iterable<Sighting> {
  const written = new Set<string>();
  for (const { direction, cpim } of messages.list)
    for (const { name, value } of cpim?.headers ?? []) if (direction === 'sent' && name === 'From') written.add(value);
  for (const { direction, cpim, chunks } of messages.list) {
    const entry = chunks.at(-1);
    if (direction === 'sent' || entry === undefined) continue;
    for (const { name, value } of cpim?.headers ?? []) {
      const address = name === 'From' && !written.has(value) ? parseCpimAddress(value) : undefined;
      if (address?.ok !== true || address.value.name === undefined) continue;
      yield { uri: address.value.uri, text: address.value.name, entry, whole: false };
    }
  }
}

function judgeQuotes({ asked }: User, { text, entry }: Sighting, unquoted: Matter, removed: Matter): void {
  const before = asked.filter(({ request, text: name }) => request.index < entry.index && name !== undefined);
  if (text !== '' && before.some((one) => one.text === text)) {
    unquoted.right();
    return;
  }
  const source = before.find(({ raw }) => raw === text || (raw.includes('\\') && raw.slice(1, -1) === text));
  if (source === undefined) return;
  const breach = { actual: text, evidence: [source.request, source.granted, entry] };
  if (source.text === '') {
    // Nobody decorates a name that is not there: the two quotes were taken for one.
    removed.broken({
      ...breach,
      message: 'two quotes, which ask for removal, are shown as a name',
      expected: 'no nickname',
    });
    return;
  }
  unquoted.broken({
    ...breach,
    message: 'a nickname is shown as it was written in Use-Nickname, with its quotes or escapes',
    expected: source.text ?? '',
    // Quotes alone may have been put around the name where it is shown.
    ...(source.raw === text ? { verdict: 'warn' as const } : {}),
  });
}

/** The rate limit that RFC 4575 §3.9 recommends, and a margin, in milliseconds. */
const NEWS_MS = 8000;

/** By what the last request before it asked; of users with several stays each session may have its own. */
function judgeRemoval({ asked, stays }: User, { text, entry }: Sighting, removed: Matter): void {
  if (stays.length > 1) return;
  const before = asked.filter(({ request }) => request.index < entry.index);
  const last = before.at(-1);
  if (last?.text !== '' || last.granted === undefined || last.granted.index > entry.index) return;
  const held = before.findLast(({ text: name, granted }) => granted !== undefined && name !== undefined && name !== '');
  if (held?.text === undefined) return;
  if (text === '') removed.right();
  else if (text === held.text && entry.time - last.granted.time > NEWS_MS)
    removed.broken({
      message: 'a nickname is shown that was given up before',
      expected: 'no nickname',
      actual: text,
      evidence: [held.request, last.request, last.granted, entry],
    });
}
