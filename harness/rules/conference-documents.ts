import { headerValues } from '../codec/sip/headers.ts';
import { parseNameAddress } from '../codec/sip/name-address.ts';
import { parseSipUri, sameSipUri } from '../codec/sip/uri.ts';
import type { Conversation } from '../conversation/conversation.ts';
import { isAnonymous, isHidden, placeOf } from '../conversation/envelope.ts';
import { quietMs } from './copies-received.ts';
import { type Notification, type Subscribing, seriesIn } from './document-series.ts';
import { Matter, settle } from './matter.ts';
import type { Rule } from './rule.ts';

/** RFC 4575 §4, §5: documents of one subscription build on each other. */
export const documentVersions: Rule = {
  id: 'document-versions',
  about: 'the documents of a subscription are numbered as RFC 4575 says',
  judge(conversation, catalogue) {
    const grows = new Matter(['RFC4575-5.2-02'], 'the version grows with every change', { breach: ['received'] });
    const follows = new Matter(['RFC4575-5.2-03'], 'a partial document has the version after the one before', {
      breach: ['received'],
    });
    const full = new Matter(['RFC4575-3.2-02'], 'the first document of a subscription is full', {
      breach: ['received'],
    });
    const entity = new Matter(['RFC4575-5.2-01'], 'the entity of documents is the URI that was subscribed to');
    for (const { notifications, subscribed } of seriesIn(conversation)) {
      const room = subscribed[0]?.initial === true ? subscribed[0].room : undefined;
      const [first] = notifications;
      if (room !== undefined && first?.document.version !== undefined) {
        full.judge((first.document.state ?? 'full') !== 'partial', () => ({
          message: 'the first document of a subscription is partial',
          evidence: [subscribed[0]?.entry, first.entry],
        }));
        entity.judge(isSameUri(first.document.entity, room), () => ({
          message: 'the entity is not the URI that was subscribed to',
          expected: room,
          actual: first.document.entity,
          evidence: [first.entry],
          // Another form of the room's URI, or the Contact of the focus, is a warning only.
          ...(namesAnother(first, room) ? {} : { verdict: 'warn' as const }),
        }));
      }
      for (const [i, notification] of notifications.entries()) {
        const previous = notifications[i - 1];
        if (previous !== undefined) judgeVersions(previous, notification, grows, follows);
      }
    }
    return settle(documentVersions.id, catalogue, [grows, follows, full, entity]);
  },
};

function judgeVersions(previous: Notification, next: Notification, grows: Matter, follows: Matter): void {
  const [before, after] = [previous.document.version, next.document.version];
  if (before === undefined || after === undefined) return;
  const evidence = [previous.entry, next.entry];
  const [expected, actual] = [`above ${before}`, String(after)];
  // A full document may repeat the number while nothing has changed (RFC 4575 §5.2).
  const repeats = after === before && isSameContent(previous, next);
  grows.judge(after > before || repeats, () => ({
    message: after === before ? 'the content changed, the version did not' : 'the version went back',
    expected,
    actual,
    evidence,
  }));
  if (next.document.state !== 'partial') return;
  follows.judge(after === before + 1, () => ({
    message: 'a partial document does not follow on the one before',
    expected: String(before + 1),
    actual,
    evidence,
  }));
}

/** A full document after a partial one cannot be compared octet by octet; it repeats the number rightly or not. */
const isSameContent = (previous: Notification, next: Notification): boolean =>
  next.body.equals(previous.body) || (previous.document.state === 'partial' && next.document.state !== 'partial');

function isSameUri(a: string, b: string): boolean {
  const [first, second] = [parseSipUri(a), parseSipUri(b)];
  return a === b || (first.ok && second.ok && sameSipUri(first.value, second.value));
}

/** Neither the user part that was dialled nor the one of the Contact: a conference of another name. */
function namesAnother({ document, entry }: Notification, room: string): boolean {
  const contact = entry.content.protocol === 'sip' ? headerValues(entry.content.message, 'Contact')[0] : undefined;
  const address = contact === undefined ? undefined : parseNameAddress(contact);
  const own = [room, ...(address?.ok === true ? [address.value.uri] : [])].map(userOf);
  const named = userOf(document.entity);
  return named !== undefined && !own.includes(named);
}

function userOf(uri: string): string | undefined {
  const parsed = parseSipUri(uri);
  return parsed.ok ? parsed.value.user : undefined;
}

/** RFC 7701 §2, §4, RFC 4575 §3.4: a full document that answers a SUBSCRIBE shows who is there. */
export const rosterIsComplete: Rule = {
  id: 'roster-complete',
  about: 'a roster that was asked for shows who has joined, and not who has left',
  judge(conversation, catalogue) {
    const present = new Matter(
      ['RFC7701-2-08', 'RFC7701-4-06', 'RFC4575-3.2-02'],
      'a full document lists every participant who has joined and not asked to be hidden',
      { breach: ['dialogs'] },
    );
    const gone = new Matter(
      ['RFC4575-5.7.3-03', 'RFC7701-4-12'],
      'a full document lists nobody who has left as connected',
      { breach: ['dialogs', 'everybody'] },
    );
    const count = new Matter(['RFC4575-5.5.1-01'], 'user-count is at least the number of users listed');
    const settled = quietMs(conversation);
    for (const { notifications, subscribed } of seriesIn(conversation)) {
      for (const notification of notifications) judgeCount(count, notification);
      for (const subscribing of subscribed) {
        const answer = notifications.find(({ entry }) => entry.index > subscribing.from);
        if (answer === undefined || (answer.document.state ?? 'full') !== 'full') continue;
        judgeUsers(conversation, subscribing, answer, settled, present, gone);
      }
    }
    return settle(rosterIsComplete.id, catalogue, [present, gone, count]);
  },
};

function judgeCount(matter: Matter, { document, entry }: Notification): void {
  const { userCount, users } = document;
  if (userCount === undefined || users === undefined || (document.state ?? 'full') !== 'full') return;
  const connected = users.list.filter(({ entity, state, endpoints }) => {
    const over =
      endpoints.length > 0 && endpoints.every(({ status }) => status !== undefined && status !== 'connected');
    // Hidden users may be counted or not (ambiguity 18).
    return state !== 'deleted' && !over && !isAnonymous(entity);
  });
  matter.judge(userCount >= connected.length, () => ({
    message: 'user-count is below the number of users listed',
    expected: `at least ${connected.length}`,
    actual: String(userCount),
    evidence: [entry],
    verdict: 'warn',
  }));
}

function judgeUsers(
  conversation: Conversation,
  subscribing: Subscribing,
  { document, entry }: Notification,
  settled: number,
  present: Matter,
  gone: Matter,
): void {
  const listed = new Map((document.users?.list ?? []).map((user) => [placeOf(user.entity), user]));
  const asked = subscribing.entry;
  const inRoom = conversation.sessions.list.filter(({ stay }) => stay.room === subscribing.room);
  const here = inRoom.filter(({ stay }) => !isHidden(stay));
  // A user whom the log does not know may be a participant under another of its URIs (RFC 7701 §6.1).
  const known = new Set(here.map(({ stay }) => placeOf(stay.identity)));
  const strangers = [...listed.keys()].filter((place) => !known.has(place)).length;
  const mayBeAlias = strangers > inRoom.length - here.length;
  const staying = new Set<string>();
  for (const { stay, lost, bound } of here) {
    const over = Math.min(stay.ending?.index ?? Infinity, lost?.index ?? Infinity);
    if (stay.ended === undefined || stay.ended.time + settled > asked.time) staying.add(placeOf(stay.identity));
    if (bound === undefined || bound.index > asked.index || over < entry.index || stay.changes.length > 0) continue;
    if (mayBeAlias) continue;
    present.judge(listed.has(placeOf(stay.identity)), () => ({
      message: `the roster leaves out ${stay.actor}, who is in the room`,
      expected: stay.identity,
      actual: [...listed.values()].map((user) => user.entity).join(' '),
      evidence: [stay.accepted?.entry, asked, entry],
    }));
  }
  for (const { stay } of here) {
    const place = placeOf(stay.identity);
    if (stay.ended === undefined || staying.has(place)) continue;
    const user = listed.get(place);
    const connected =
      user?.endpoints.some(({ status, state }) => status === 'connected' && state !== 'deleted') === true;
    gone.judge(!connected, () => ({
      message: `the roster shows ${stay.actor} as connected, whose BYE had been answered`,
      evidence: [stay.ended, asked, entry],
    }));
  }
}
