import type { Decisions } from '../decisions.ts';
import type { NicknameHolding, RoomState } from '../room-state.ts';
import { type Mutant, rfc7701 } from './mutant.ts';

/** Requests that are checked before this has passed were under way at the same time, in milliseconds. */
const MOMENT_MS = 1;
const MOMENT = 'the moment is over';

interface Moment {
  /** Granted just now, so that a check which began before would not have seen it. */
  isFresh(holding: NicknameHolding | undefined): holding is NicknameHolding;
  /** Given up just now. */
  wasReleased(key: string): boolean;
  readonly outgoing: Decisions['outgoing'];
}

/** Remembers for a moment what the room has granted and what was given up. */
function moment(): Moment {
  const seen = new Map<string, ReadonlyMap<string, NicknameHolding>>();
  const fresh = new Set<NicknameHolding>();
  const released = new Set<string>();
  const compare = (room: RoomState): boolean => {
    const before = seen.get(room.uri) ?? new Map<string, NicknameHolding>();
    if (before === room.nicknames) return false;
    seen.set(room.uri, room.nicknames);
    for (const holding of room.nicknames.values()) if (![...before.values()].includes(holding)) fresh.add(holding);
    for (const key of before.keys()) if (!room.nicknames.has(key)) released.add(key);
    return true;
  };
  return {
    isFresh: (holding): holding is NicknameHolding => holding !== undefined && fresh.has(holding),
    wasReleased: (key) => released.has(key),
    outgoing: (effects, event, room) => {
      if (event.type === 'timer' && event.name === MOMENT) {
        fresh.clear();
        released.clear();
      }
      return compare(room) ? [...effects, { type: 'start-timer', name: MOMENT, delayMs: MOMENT_MS }] : effects;
    },
  };
}

/** A mutant whose decisions see the moment: what was granted and given up just now. */
const inARace = (
  { violates, ...mutant }: Pick<Mutant, 'name' | 'about' | 'shownBy'> & { readonly violates: readonly string[] },
  decide: (reference: Decisions, moment: Moment) => Partial<Decisions>,
): Mutant => ({
  ...mutant,
  violates: rfc7701(...violates),
  weight: 'fail',
  decisions(reference) {
    const now = moment();
    return { outgoing: now.outgoing, ...decide(reference, now) };
  },
});

/** Nicknames that several users ask for at the same moment (RFC 7701 §7). */
export const nicknameRaceMutants: readonly Mutant[] = [
  inARace(
    {
      name: 'races',
      about: 'checks and sets nicknames in two steps, so that all who ask at the same time get it',
      violates: ['7-04', '11-11', '7.1-26'],
    },
    (reference, { isFresh }) => {
      return {
        isTaken: (holding, user, room) => reference.isTaken(holding, user, room) && !isFresh(holding),
      };
    },
  ),
  inARace(
    {
      name: 'races-of-more-than-two',
      about: 'makes only the first of those wait who ask for a nickname while it is being given',
      violates: ['7-04', '11-11', '7.1-26'],
    },
    (reference, { isFresh }) => {
      const refused = new Set<NicknameHolding>();
      return {
        isTaken(holding, user, room) {
          if (!reference.isTaken(holding, user, room)) return false;
          if (!isFresh(holding)) return true;
          const first = !refused.has(holding);
          refused.add(holding);
          return first;
        },
      };
    },
  ),
  inARace(
    {
      name: 'races-of-more-than-sixteen',
      about: 'gives a nickname twice when more than sixteen users ask for it at the same time',
      violates: ['7-04', '11-11', '7.1-26'],
    },
    (reference, { isFresh }) => {
      const refused = new Map<NicknameHolding, number>();
      return {
        isTaken(holding, user, room) {
          if (!reference.isTaken(holding, user, room)) return false;
          if (!isFresh(holding)) return true;
          const before = refused.get(holding) ?? 0;
          refused.set(holding, before + 1);
          return before < 15;
        },
      };
    },
  ),
  inARace(
    {
      name: 'races-in-other-letter-case',
      about: 'locks a nickname while it is given as it is written, so that its variants get through',
      violates: ['7-04', '11-11', '7.1-13'],
    },
    (reference, { isFresh }) => {
      let asked = '';
      return {
        nicknameKey(text, policy) {
          asked = text;
          return reference.nicknameKey.call(this, text, policy);
        },
        isTaken: (holding, user, room) =>
          reference.isTaken(holding, user, room) && (!isFresh(holding) || holding.text === asked),
      };
    },
  ),
  inARace(
    {
      name: 'races-for-what-was-given-up',
      about: 'gives a nickname to all who ask for it at the moment at which its holder gives it up',
      violates: ['7-04', '11-11'],
    },
    (reference, { isFresh, wasReleased }) => {
      let key = '';
      return {
        nicknameKey(text, policy) {
          const read = reference.nicknameKey.call(this, text, policy);
          if (read.ok) key = read.value;
          return read;
        },
        isTaken: (holding, user, room) =>
          reference.isTaken(holding, user, room) && !(isFresh(holding) && wasReleased(key)),
      };
    },
  ),
  inARace(
    {
      name: 'losers-of-a-race-get-500',
      about: 'answers 500 to who asks for a nickname while it is being given to another',
      violates: ['7.1-26', '7-04'],
    },
    (reference, { isFresh }) => {
      let lost = false;
      return {
        isTaken(holding, user, room) {
          lost = isFresh(holding);
          return reference.isTaken(holding, user, room);
        },
        nicknameStatus: (problem) => (problem === 'taken' && lost ? 500 : reference.nicknameStatus(problem)),
      };
    },
  ),
  inARace(
    {
      name: 'losers-of-a-race-are-shown',
      about: 'shows who has lost a race for a nickname with it in the roster',
      violates: ['7.1-27', '7-04', '7.4-06'],
      shownBy: 'rfc7701/7-nicknames/race-and-the-roster/four',
    },
    (reference, { isFresh }) => {
      let lost = false;
      return {
        isTaken(holding, user, room) {
          lost = isFresh(holding);
          return reference.isTaken(holding, user, room);
        },
        nicknameAfterRefusal: (current, asked) =>
          lost ? { text: asked, key: asked } : reference.nicknameAfterRefusal(current, asked),
      };
    },
  ),
  inARace(
    {
      name: 'winner-of-a-race-is-not-shown',
      about: 'shows a nickname for which several have asked at the same time with nobody',
      violates: ['7.4-06', '7.4-04'],
    },
    (reference, { isFresh }) => {
      const contested = new Set<string>();
      return {
        isTaken(holding, user, room) {
          if (isFresh(holding)) contested.add(holding.text);
          return reference.isTaken(holding, user, room);
        },
        describeUser(user, room) {
          const { nickname, ...rest } = reference.describeUser.call(this, user, room);
          return nickname === undefined || contested.has(nickname.value) ? rest : { ...rest, nickname };
        },
      };
    },
  ),
];
