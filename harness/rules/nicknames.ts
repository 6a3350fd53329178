import { headerOf } from '../codec/msrp/message.ts';
import { parseUseNickname } from '../codec/msrp/nickname.ts';
import { collision } from '../codec/nickname/collision.ts';
import { compareKey } from '../codec/nickname/nickname.ts';
import type { Conversation } from '../conversation/conversation.ts';
import { isAnonymous } from '../conversation/envelope.ts';
import type { Stay } from '../conversation/stays.ts';
import type { WireEntry } from '../wire/entry.ts';
import { countBelow } from './ascending.ts';
import { Matter, settle } from './matter.ts';
import type { Rule } from './rule.ts';

/** What a participant asked for, and how it was answered. */
interface Asked {
  readonly stay: Stay;
  readonly text: string;
  readonly request: WireEntry;
  readonly response: WireEntry;
  readonly status: number;
}

/** A nickname that a user surely held, from the 200 to the next thing that may have ended it. */
interface Hold {
  readonly user: string;
  readonly text: string;
  readonly granted: Asked;
  readonly from: number;
  readonly to: number;
}

/** RFC 7701 §7: at no time do two users of a room hold one nickname. */
export const nicknamesAreUnique: Rule = {
  id: 'nicknames-unique',
  about: 'no two users of a room hold one nickname at the same time',
  judge(conversation, catalogue) {
    const unique = new Matter(['RFC7701-7-04', 'RFC7701-11-11'], 'a nickname belongs to one user only', {
      breach: ['sent', 'dialogs', 'everybody'],
    });
    const granted = new Matter(['RFC7701-7.1-26'], 'a nickname that another user holds is not granted', {
      breach: ['sent', 'dialogs', 'everybody'],
    });
    const refused = new Matter(['RFC7701-7.1-27'], 'the roster shows no nickname that was refused', {
      breach: ['sent', 'everybody'],
    });
    const unfit = new Matter(['RFC8266-2.3-04'], 'a nickname that was refused as malformed is not used at any time', {
      breach: ['sent', 'everybody'],
    });
    const right = new Matter(
      ['RFC7701-7.4-04', 'RFC7701-7.1-29', 'RFC7701-7.1-34'],
      'the roster shows nicknames as they were granted',
      { breach: ['sent', 'everybody'] },
    );
    const asked = askedFor(conversation);
    judgeHolds([unique, granted], holdsIn(conversation, asked));
    judgeRosters(conversation, asked, unique, { refused, unfit, right });
    return settle(nicknamesAreUnique.id, catalogue, [unique, granted, refused, unfit, right]);
  },
};

function askedFor({ msrp, sessions }: Conversation): Asked[] {
  return msrp.list.flatMap(({ request, head, response }): Asked[] => {
    const stay =
      request.direction === 'sent' && head.method === 'NICKNAME' ? sessions.of(request, head)?.stay : undefined;
    const text = parseUseNickname(headerOf(head, 'Use-Nickname') ?? '');
    if (stay === undefined || response === undefined || !text.ok) return [];
    return [{ stay, text: text.value, request, response: response.entry, status: response.head.status }];
  });
}

/**
 * Every 200 begins a hold. Any further NICKNAME request of the same user, on whatever session, or the end of any of its
 * stays or connections, may end it, for the log shows not when the switch acts.
 */
function holdsIn(conversation: Conversation, asked: readonly Asked[]): Hold[] {
  const mayEnd = new Map<string, number[]>();
  const note = (user: string, index: number | undefined): void => {
    if (index === undefined) return;
    const known = mayEnd.get(user);
    if (known === undefined) mayEnd.set(user, [index]);
    else known.push(index);
  };
  for (const { request, head } of conversation.msrp.list) {
    if (request.direction !== 'sent' || head.method === 'SEND' || head.method === 'REPORT') continue;
    const stay = conversation.sessions.of(request, head)?.stay;
    if (stay !== undefined) note(userOf(stay), request.index);
  }
  for (const { stay, lost } of conversation.sessions.list) {
    note(userOf(stay), stay.ending?.index);
    note(userOf(stay), lost?.index);
  }
  for (const ends of mayEnd.values()) ends.sort((a, b) => a - b);
  const granted = asked.filter(
    ({ status, text, stay }) => status === 200 && text !== '' && !isAnonymous(stay.identity),
  );
  return granted
    .sort((a, b) => a.response.index - b.response.index)
    .map((one) => {
      const user = userOf(one.stay);
      const ends = mayEnd.get(user) ?? [];
      const to = ends[countBelow(ends, one.request.index + 1)] ?? Infinity;
      return { user, text: one.text, granted: one, from: one.response.index, to };
    })
    .filter(({ from, to }) => from < to);
}

const userOf = ({ room, identity }: Stay): string => `${room} ${identity}`;

function judgeHolds(matters: readonly Matter[], holds: readonly Hold[]): void {
  const byKey = new Map<string, Hold[]>();
  for (const hold of holds) {
    const key = `${hold.granted.stay.room} ${keyOf(hold.text)}`;
    // The latest holds are those that can still be in force; a user has one at a time.
    const current = (byKey.get(key) ?? []).filter(({ to }) => to > hold.from);
    const other = current.find(({ user, text }) => user !== hold.user && collision(text, hold.text) === 'collide');
    byKey.set(key, [...current.slice(-1), hold]);
    for (const matter of matters) {
      matter.judge(other === undefined, () => ({
        message: `${hold.granted.stay.actor} was granted the nickname of ${other?.granted.stay.actor}`,
        expected: '425',
        actual: '200',
        evidence: [other?.granted.request, other?.granted.response, hold.granted.request, hold.granted.response],
      }));
    }
  }
}

/** Equal for nicknames that collide under any reading; `collision` has the last word. */
function keyOf(text: string): string {
  const key = compareKey(text);
  return key.ok ? key.value : text;
}

function judgeRosters(
  { rosters, stays }: Conversation,
  asked: readonly Asked[],
  unique: Matter,
  matters: ShownMatters,
): void {
  const byUser = new Map<string, Asked[]>();
  for (const one of asked) {
    const known = byUser.get(one.stay.identity);
    if (known === undefined) byUser.set(one.stay.identity, [one]);
    else known.push(one);
  }
  const rooms = new Set(stays.list.map(({ room }) => room));
  for (const { documents } of rosters.subscriptions) {
    const names = new NamesShown();
    for (const { entry, document, outcome } of documents) {
      if (outcome !== 'applied') continue;
      const users = document.users?.list ?? [];
      if ((document.state ?? 'full') === 'full' || document.users?.state === 'full') names.clear();
      // All that a document changes is changed at once: one user may get what another has given up.
      for (const user of users) if (user.state !== 'partial' || user.nickname !== undefined) names.remove(user.entity);
      for (const { entity, state, nickname } of users) {
        const text = nickname?.value ?? '';
        if (state === 'deleted' || text === '') continue;
        const other = names.holderOf(text);
        const collides = other !== undefined && other.entity !== entity && collision(other.text, text) === 'collide';
        unique.judge(!collides, () => ({
          message: `the roster shows one nickname on ${other?.entity} and ${entity}`,
          actual: text,
          evidence: [other?.entry, entry],
        }));
        names.set({ entity, text, entry });
        // Who is in two rooms may have been granted it in the other.
        if (rooms.size > 1) continue;
        const since = names.since(entity, text);
        // What was shown before it was asked for was reserved in another way (RFC 7701 §7.1).
        const askedHere = (byUser.get(entity) ?? []).filter(({ request }) => request.index < since);
        if (askedHere.length > 0) judgeShown({ entity, text, entry }, askedHere, matters);
      }
    }
  }
}

interface Shown {
  readonly entity: string;
  readonly text: string;
  readonly entry: WireEntry;
}

/** The nicknames that the documents of one subscription show at a time. */
class NamesShown {
  readonly #byKey = new Map<string, Shown>();
  readonly #byEntity = new Map<string, Shown>();
  readonly #since = new Map<string, number>();

  clear(): void {
    this.#byKey.clear();
    this.#byEntity.clear();
  }

  remove(entity: string): void {
    const known = this.#byEntity.get(entity);
    if (known === undefined) return;
    this.#byEntity.delete(entity);
    if (this.#byKey.get(keyOf(known.text))?.entity === entity) this.#byKey.delete(keyOf(known.text));
  }

  set(shown: Shown): void {
    this.#byKey.set(keyOf(shown.text), shown);
    this.#byEntity.set(shown.entity, shown);
    const name = `${shown.entity} ${keyOf(shown.text)}`;
    if (!this.#since.has(name)) this.#since.set(name, shown.entry.index);
  }

  holderOf(text: string): Shown | undefined {
    return this.#byKey.get(keyOf(text));
  }

  /** Where a user was first shown with a nickname. */
  since(entity: string, text: string): number {
    return this.#since.get(`${entity} ${keyOf(text)}`) ?? Infinity;
  }
}

interface ShownMatters {
  readonly refused: Matter;
  readonly unfit: Matter;
  readonly right: Matter;
}

/** What the roster shows of a user, beside all that this user has asked for. */
function judgeShown(
  { entity, text, entry }: Shown,
  before: readonly Asked[],
  { refused, unfit, right }: ShownMatters,
): void {
  // A request without answer yet, or one whose grant is under way, may be shown already.
  const mayHold = before.filter(({ status, response }) => status === 200 || response.index > entry.index);
  const isShown = (one: Asked): boolean => keyOf(one.text) === keyOf(text);
  if (mayHold.some(isShown)) {
    for (const matter of [refused, right]) matter.right();
    if (before.some(({ status }) => status === 424)) unfit.right();
    return;
  }
  const denied = before.find((one) => (one.status === 424 || one.status === 425) && isShown(one));
  if (denied !== undefined) {
    for (const matter of denied.status === 424 ? [refused, unfit] : [refused])
      matter.broken({
        message: `the roster shows ${entity} with a nickname that was refused with ${denied.status}`,
        actual: text,
        evidence: [denied.request, denied.response, entry],
      });
  } else if (mayHold.length > 0 && mayHold.length === before.length) {
    // Another name may have been reserved in another way (RFC 7701 §7.1), but not one made out of what was granted.
    const source = mayHold.find((one) => plain(one.text) === plain(text));
    if (source === undefined) return;
    right.broken({
      message: `the roster shows ${entity} with another nickname than was granted`,
      expected: source.text,
      actual: text,
      evidence: [source.request, source.response, entry],
      verdict: 'fail',
    });
  }
}

/** Without quotes, backslashes and blanks: what a name that was copied with its escapes has in common with it. */
const plain = (text: string): string => text.replace(/[\\"\s]/g, '').toLowerCase();
