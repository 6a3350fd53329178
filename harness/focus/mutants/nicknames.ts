import { err, ok } from '../../result.ts';
import type { Decisions, NicknameProblem } from '../decisions.ts';
import { onMsrpRequests } from '../rewriting.ts';
import { type Mutant, rfc7701 } from './mutant.ts';
import { spaces } from './nickname-comparison.ts';

const statusFor =
  (statuses: Partial<Record<NicknameProblem, number>>): NonNullable<Mutant['decisions']> =>
  (reference) => ({ nicknameStatus: (problem) => statuses[problem] ?? reference.nicknameStatus(problem) });

const useNickname = (head: Parameters<Decisions['readNickname']>[0]): string =>
  head.headers.find(({ name }) => name.toLowerCase() === 'use-nickname')?.value ?? '';

/** NICKNAME: what is granted and how it is answered (RFC 7701 §7.1). */
export const nicknameMutants: readonly Mutant[] = [
  {
    name: 'anybody-has-any-nickname',
    about: 'grants a nickname that another user holds',
    violates: rfc7701('7.1-26', '7-04', '11-11', '7.1-19', '7-02', '10.3-03'),
    weight: 'fail',
    decisions: () => ({ isTaken: () => false }),
  },
  {
    name: 'look-alikes-are-malformed',
    about: 'answers 424 to a nickname that looks like another',
    violates: [...rfc7701('7.1-17'), 'RFC8266-2.4-02'],
    weight: 'fail',
    decisions: (reference) => ({
      nicknameKey: (text, policy) =>
        /[A-Za-z]0|0[A-Za-z]/.test(text) ? err('looks like a letter') : reference.nicknameKey(text, policy),
    }),
  },
  {
    name: 'look-alikes-are-forbidden',
    about: 'answers 403 to a nickname that looks like another',
    violates: rfc7701('7.1-18'),
    weight: 'warn',
    decisions: (reference) => ({
      nicknameKey: (text, policy) =>
        /[A-Za-z]0|0[A-Za-z]/.test(text) ? err('looks like a letter') : reference.nicknameKey(text, policy),
      nicknameStatus: (problem) => (problem === 'unfit' ? 403 : reference.nicknameStatus(problem)),
    }),
  },
  {
    name: 'swaps-424-and-425',
    about: 'answers 425 to malformed nicknames and 424 to taken ones',
    violates: rfc7701('7.1-23', '7.1-26', '10.3-02', '10.3-03'),
    weight: 'fail',
    decisions: statusFor({ malformed: 425, reserved: 424, taken: 424 }),
  },
  ...([400, 403, 406, 500] as const).map(
    (status): Mutant => ({
      name: `${status}-for-a-taken-nickname`,
      about: `answers ${status} to a nickname that another user holds`,
      violates: rfc7701('7.1-26', '10.3-03'),
      weight: 'fail',
      decisions: statusFor({ taken: status }),
    }),
  ),
  {
    name: '403-for-a-malformed-nickname',
    about: 'answers 403 to a malformed Use-Nickname',
    violates: rfc7701('7.1-23', '10.3-02', '7.1-24'),
    weight: 'fail',
    decisions: statusFor({ malformed: 403 }),
  },
  {
    name: '425-where-policy-forbids',
    about: 'answers 425 where policy forbids nicknames',
    violates: rfc7701('7.1-11', '7.1-10', '7-05'),
    weight: 'fail',
    decisions: statusFor({ forbidden: 425 }),
  },
  {
    name: 'takes-what-is-not-quoted',
    about: 'accepts nicknames without quotes',
    violates: rfc7701('7.1-23', '7.1-24', '7.1-33'),
    weight: 'fail',
    decisions: (reference) => ({
      readNickname: (head) =>
        useNickname(head).startsWith('"') || useNickname(head) === ''
          ? reference.readNickname(head)
          : ok(useNickname(head)),
    }),
  },
  {
    name: 'takes-any-escape',
    about: 'accepts a backslash in front of any character',
    violates: rfc7701('7.1-23', '7.1-24', '7.1-34'),
    weight: 'fail',
    decisions: (reference) => ({
      readNickname: (head) => {
        const read = reference.readNickname(head);
        const quoted = /^"(.*)"$/.exec(useNickname(head))?.[1];
        return read.ok || quoted?.includes('\\') !== true ? read : ok(quoted.replace(/\\(.)/g, '$1'));
      },
    }),
  },
  {
    name: 'keeps-the-backslashes',
    about: 'keeps the backslashes of escapes in the nickname',
    violates: rfc7701('7.1-34', '7.4-06'),
    weight: 'fail',
    decisions: (reference) => ({
      readNickname: (head) => {
        const read = reference.readNickname(head);
        return read.ok ? ok(useNickname(head).slice(1, -1)) : read;
      },
    }),
  },
  {
    name: 'takes-the-quotes-for-letters',
    about: 'takes the quotes of Use-Nickname for a part of the nickname, and two of them for a name',
    violates: rfc7701('7.1-34', '7.3-01', '7.4-06', '7.1-29'),
    weight: 'fail',
    decisions: (reference) => ({
      readNickname: (head) => {
        const read = reference.readNickname(head);
        return read.ok ? ok(useNickname(head)) : read;
      },
    }),
  },
  {
    name: 'takes-code-points-out-of-class',
    about: 'accepts code points that the profile forbids',
    violates: [...rfc7701('7.1-12'), 'RFC8266-2.2-01', 'RFC8264-8-01', 'RFC8264-8-02', 'RFC8264-8-03'],
    weight: 'fail',
    decisions: () => ({ nicknameKey: (text) => ok(spaces(text).toLowerCase().normalize('NFKC')) }),
  },
  {
    name: 'no-limit-of-length',
    about: 'accepts nicknames of any length',
    violates: [...rfc7701('7.1-06', '7.1-33', '7.1-09'), 'RFC8266-4-01'],
    weight: 'fail',
    decisions: (reference) => ({
      readNickname: (head) => {
        const long = useNickname(head).length > 900 ? /^"([^"\\]*)"$/.exec(useNickname(head))?.[1] : undefined;
        return long === undefined ? reference.readNickname(head) : ok(long);
      },
    }),
  },
  {
    name: 'one-letter-is-too-short',
    about: 'answers 424 to a nickname of one character',
    violates: rfc7701('7.1-33', '7.1-29'),
    weight: 'fail',
    decisions: (reference) => ({
      readNickname: (head) => {
        const read = reference.readNickname(head);
        return read.ok && [...read.value].length === 1 ? err('too short') : read;
      },
    }),
  },
  {
    name: 'ascii-only',
    about: 'answers 424 to nicknames that are not ASCII',
    violates: rfc7701('7.1-31', '7.1-09', '7.1-34', '7.1-29'),
    weight: 'fail',
    decisions: (reference) => ({
      readNickname: (head) =>
        /[^\x00-\x7f]/.test(useNickname(head)) ? err('not ASCII') : reference.readNickname(head),
    }),
  },
  {
    name: 'reads-latin1',
    about: 'takes the octets of a nickname for ISO-8859-1',
    violates: rfc7701('7.1-31', '7.1-34', '7.4-06'),
    weight: 'fail',
    decisions: (reference) => ({
      readNickname: (head) => {
        const read = reference.readNickname(head);
        return read.ok
          ? ok(
              Buffer.from(read.value)
                .toString('latin1')
                .replace(/[\x80-\x9f]/g, '?'),
            )
          : read;
      },
    }),
  },
  {
    name: 'looks-at-the-first-header-only',
    about: 'finds Use-Nickname only directly behind the paths',
    violates: rfc7701('10.2-01'),
    weight: 'fail',
    decisions: (reference) => ({
      readNickname: (head) =>
        head.headers[2]?.name.toLowerCase() === 'use-nickname' ? reference.readNickname(head) : err('none found'),
    }),
  },
  {
    name: 'takes-the-method-in-any-case',
    about: 'processes "Nickname" in other letter case',
    violates: rfc7701('7.1-32'),
    weight: 'warn',
    wire: () =>
      onMsrpRequests((request) => [
        request.method.toUpperCase() === 'NICKNAME' ? { ...request, method: 'NICKNAME' } : request,
      ]),
  },
  {
    name: 'nickname-is-not-answered',
    about: 'does not answer NICKNAME',
    violates: rfc7701('7.1-08', '7.1-29', '8-17', '10.1-01', '7.1-35', '3-05'),
    weight: 'fail',
    decisions: () => ({ handlesNickname: () => 'ignore' }),
  },
  {
    name: '501-for-nickname',
    about: 'answers 501 to NICKNAME although it announces nicknames',
    violates: rfc7701('7.1-29', '8-17', '10.1-01', '7.1-32', '3-05', '4-11'),
    weight: 'fail',
    decisions: () => ({ handlesNickname: () => 501 }),
  },
  {
    name: 'nicknames-though-forbidden',
    about: 'grants nicknames though policy forbids them',
    violates: rfc7701('7.1-11', '4.1-01', '7-05', '7.1-10'),
    weight: 'fail',
    decisions: () => ({ nicknamesAllowed: () => true }),
  },
  {
    name: 'syntax-before-policy',
    about: 'answers 424 to a malformed nickname where policy forbids nicknames',
    violates: rfc7701('7.1-10'),
    weight: 'warn',
    decisions: (reference) => {
      let forbidden = false;
      return {
        nicknamesAllowed: (policy) => {
          forbidden = !reference.nicknamesAllowed(policy);
          return true;
        },
        isRemoval: (text) => !forbidden && reference.isRemoval(text),
        isReserved(key, room) {
          return forbidden || reference.isReserved.call(this, key, room);
        },
        nicknameStatus: (problem) => (forbidden && problem !== 'malformed' ? 403 : reference.nicknameStatus(problem)),
      };
    },
  },
  {
    name: 'reservations-do-not-count',
    about: 'grants nicknames that the room reserves',
    violates: rfc7701('7.1-16', '7.1-25'),
    weight: 'fail',
    decisions: () => ({ isReserved: () => false }),
  },
  {
    name: 'reservations-are-malformed',
    about: 'answers 424 to nicknames that the room reserves',
    violates: rfc7701('7.1-25', '10.3-03'),
    weight: 'fail',
    decisions: statusFor({ reserved: 424 }),
  },
  {
    name: 'reservations-count-to-the-letter',
    about: 'compares reserved nicknames without folding their case',
    violates: rfc7701('7.1-16', '7.1-25'),
    weight: 'fail',
    decisions: (reference) => {
      let asked = '';
      return {
        isRemoval: (text) => {
          asked = text;
          return reference.isRemoval(text);
        },
        isReserved: (_key, { policy }) => policy.reservedNicknames.includes(asked),
      };
    },
  },
];
