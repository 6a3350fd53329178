import type { NicknameReading } from '../../codec/nickname/nickname.ts';
import { err } from '../../result.ts';
import { rfc7701 } from '../mutants/mutant.ts';
import type { Variant } from './variant.ts';

/** Nicknames granted, kept and shown otherwise. */
export const nicknameVariants: readonly Variant[] = [
  {
    name: 'quarantines-nicknames',
    about: 'keeps every nickname for its former holder',
    because: 'RFC 7701 §4.1, §11; notes 7.24',
    mayWarn: [],
    decisions: (reference) => {
      const owners = new Map<string, string>();
      let asked = '';
      return {
        nicknameKey(text, policy) {
          const key = reference.nicknameKey(text, policy);
          if (key.ok) asked = key.value;
          return key;
        },
        isTaken: (holding, user, room) => {
          const name = `${room.uri} ${asked}`;
          const taken = reference.isTaken(holding, user, room) || (owners.get(name) ?? user.key) !== user.key;
          if (!taken) owners.set(name, user.key);
          return taken;
        },
      };
    },
  },
  ...(['rfc7700', 'letter-by-letter', 'rfc8266-one-pass'] as const satisfies readonly NicknameReading[]).map(
    (reading): Variant => ({
      name: `nicknames-by-${reading}`,
      about: `compares nicknames by the reading ${reading}`,
      because: 'conference notes 9.1 to 9.3',
      mayWarn: [],
      decisions: (reference) => ({
        nicknameKey: (text, policy) => reference.nicknameKey(text, { ...policy, nicknameReading: reading }),
      }),
    }),
  ),
  {
    name: '425-for-code-points-out-of-class',
    about: 'answers 425 to nicknames that the profile forbids',
    because: 'RFC 7701 notes 7.23, conference notes 9.7',
    mayWarn: [...rfc7701('7.1-12'), 'RFC8266-2.2-01', 'RFC8266-2.3-03'],
    decisions: (reference) => ({
      nicknameStatus: (problem) => (problem === 'unfit' ? 425 : reference.nicknameStatus(problem)),
    }),
  },
  {
    name: '425-for-look-alikes',
    about: 'answers 425 to nicknames with a digit beside a letter, for fear of look-alikes',
    because: 'RFC 7701 §7.1: a mechanism against confusable nicknames is a MAY; notes 7.20',
    mayWarn: rfc7701('7.1-17', '7.1-18', '7.1-29', '3-06', '7.2-01'),
    decisions: (reference) => ({
      isReserved(key, room) {
        return /b[0o]y/.test(key) && /b0y/.test(key) ? true : reference.isReserved.call(this, key, room);
      },
    }),
  },
  {
    name: 'no-long-nicknames',
    about: 'answers 425 to nicknames above 200 octets',
    because: 'RFC 7701 notes 7.20: a length policy is a warning',
    mayWarn: rfc7701('7.1-06', '7.1-09', '7.1-33', '7.1-29', '7.1-31'),
    decisions: (reference) => ({
      isReserved(key, room) {
        return Buffer.byteLength(key) > 200 || reference.isReserved.call(this, key, room);
      },
    }),
  },
  {
    name: 'blank-nickname-removes',
    about: 'takes a nickname of spaces for a removal',
    because: 'RFC 7701 notes 7.50',
    mayWarn: [...rfc7701('7.1-12', '7.3-02', '7.1-15'), 'RFC8266-2.1-03', 'RFC8266-2.3-03'],
    decisions: () => ({ isRemoval: (text) => text.trim() === '' }),
  },
  {
    name: '425-for-the-same-name-on-a-second-session',
    about: 'answers 425 to a user who asks for its nickname on a second session',
    because: 'RFC 7701 notes 7.22',
    mayWarn: rfc7701('7.1-19', '7.1-20', '7-01', '11-13'),
    decisions: () => ({
      isTaken: (holding, user) => holding !== undefined && (holding.owner !== user.key || user.sessions.length > 1),
    }),
  },
  {
    name: 'no-nicknames',
    about: 'knows no nicknames: no token, and 501 to NICKNAME',
    because: 'RFC 7701 notes 7.7',
    mayWarn: rfc7701('10.1-01', '7.1-11', '7-05', '7.1-10'),
    decisions: (reference) => ({
      handlesNickname: () => 501,
      chatroomTokens: (...asked) => reference.chatroomTokens(...asked)?.filter((token) => token !== 'nickname'),
    }),
  },
  {
    name: '400-for-several-use-nickname',
    about: 'answers 400 to a Use-Nickname that is missing or stands twice',
    because: 'RFC 7701 notes 7.21',
    mayWarn: [],
    decisions: (reference) => {
      let count = 1;
      return {
        readNickname: (head) => {
          count = head.headers.filter(({ name }) => name.toLowerCase() === 'use-nickname').length;
          return count === 1 ? reference.readNickname(head) : err('one is wanted');
        },
        nicknameStatus: (problem) => (problem === 'malformed' && count !== 1 ? 400 : reference.nicknameStatus(problem)),
      };
    },
  },
];
