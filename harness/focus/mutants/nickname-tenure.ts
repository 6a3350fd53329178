import { headerOf } from '../../codec/msrp/message.ts';
import { onMsrpRequests } from '../rewriting.ts';
import { type Mutant, rfc7701 } from './mutant.ts';

/** How long a nickname lasts, and for whom (RFC 7701 §7.1 to §7.3). */
export const nicknameTenureMutants: readonly Mutant[] = [
  {
    name: 'no-removal',
    about: 'answers 424 to the empty quoted string',
    violates: rfc7701('7.3-02', '7.3-01'),
    weight: 'fail',
    decisions: () => ({ isRemoval: () => false }),
  },
  {
    name: 'removal-changes-nothing',
    about: 'answers 200 to a removal but keeps the nickname',
    violates: rfc7701('7.3-01', '7.4-06'),
    weight: 'fail',
    decisions: () => ({ nicknameAfterRemoval: (current) => current }),
  },
  {
    name: 'failed-change-drops-the-old',
    about: 'drops the old nickname when a change fails',
    violates: rfc7701('7.2-02'),
    weight: 'fail',
    decisions: () => ({ nicknameAfterRefusal: () => undefined }),
  },
  {
    name: 'refused-nickname-is-used',
    about: 'shows a refused nickname in the roster',
    violates: rfc7701('7.1-27', '7.2-02'),
    weight: 'fail',
    decisions: () => ({ nicknameAfterRefusal: (_current, asked) => ({ text: asked, key: asked }) }),
  },
  {
    name: 'renegotiation-drops-the-nickname',
    about: 'drops the nickname after a re-INVITE',
    violates: rfc7701('7.1-01'),
    weight: 'fail',
    decisions: () => ({ nicknameAfterReoffer: () => undefined }),
  },
  {
    name: 'second-session-gets-the-nickname',
    about: "gives the nickname to the user's second session unasked",
    violates: rfc7701('7.1-38'),
    weight: 'fail',
    decisions: () => ({
      nicknameOfNewSession: (user, room) =>
        user.sessions.flatMap((session) => room.sessions.get(session)?.nickname ?? [])[0],
    }),
  },
  {
    name: 'one-session-leaves-nickname-is-free',
    about: 'frees a nickname when any session of its holder leaves',
    violates: rfc7701('7-01', '7.1-26', '7-04', '7.1-01'),
    weight: 'fail',
    shownBy: 'rfc7701/7-nicknames/second-session',
    decisions: (reference) => {
      const left = new Set<string>();
      const users = new Map<string, string>();
      return {
        outgoing: (effects, event, room) => {
          for (const session of room.sessions.values()) users.set(session.id, session.user);
          if (event.type === 'leave') left.add(`${room.uri} ${users.get(event.session)}`);
          return effects;
        },
        isTaken: (holding, user, room) =>
          reference.isTaken(holding, user, room) && !left.has(`${room.uri} ${holding?.owner}`),
      };
    },
  },
  {
    name: 'own-nickname-is-taken',
    about: 'answers 425 to a user who asks for its own nickname again',
    violates: rfc7701('7.1-19'),
    weight: 'warn',
    decisions: () => ({ isTaken: (holding) => holding !== undefined }),
  },
  {
    name: 'second-session-is-forbidden',
    about: 'answers 403 to a user who asks for its own nickname on a second session',
    violates: rfc7701('7.1-20', '7.1-35', '7-01'),
    weight: 'warn',
    decisions: (reference) => {
      let own = false;
      return {
        isTaken: (holding, user, room) => {
          own = holding?.owner === user.key && user.sessions.length > 1;
          return own || reference.isTaken(holding, user, room);
        },
        nicknameStatus: (problem) => (problem === 'taken' && own ? 403 : reference.nicknameStatus(problem)),
      };
    },
  },
  {
    name: 'changed-nickname-is-free',
    about: 'gives away the nickname of a user who has changed it before',
    violates: rfc7701('7.2-03', '7.1-26', '7-04'),
    weight: 'fail',
    decisions: (reference) => {
      const changes = new Map<string, number>();
      return {
        isTaken: (holding, user, room) => {
          const taken = reference.isTaken(holding, user, room);
          if (!taken) changes.set(user.key, (changes.get(user.key) ?? 0) + 1);
          return taken && (changes.get(holding?.owner ?? '') ?? 0) < 2;
        },
      };
    },
  },
  {
    name: 'a-nickname-left-is-lost',
    about: 'gives a nickname that was given up to nobody again, not even to its former holder',
    violates: rfc7701('7.2-03', '7.2-01'),
    weight: 'fail',
    decisions: (reference) => {
      const given = new Set<string>();
      return {
        isReserved(key, room) {
          const held = room.nicknames.has(key);
          const before = given.has(`${room.uri} ${key}`);
          given.add(`${room.uri} ${key}`);
          return reference.isReserved.call(this, key, room) || (before && !held);
        },
      };
    },
  },
  {
    name: 'one-nickname-for-ever',
    about: 'answers 403 to a user who has a nickname and asks for another',
    violates: rfc7701('7.2-01', '3-06'),
    weight: 'fail',
    decisions: (reference) => {
      let has = false;
      return {
        isTaken: (holding, user, room) => {
          const sessions = user.sessions.flatMap((session) => room.sessions.get(session) ?? []);
          has = sessions.some(({ nickname }) => nickname !== undefined) && holding?.owner !== user.key;
          return has || reference.isTaken(holding, user, room);
        },
        nicknameStatus: (problem) => (problem === 'taken' && has ? 403 : reference.nicknameStatus(problem)),
      };
    },
  },
  {
    name: 'one-failure-and-no-more',
    about: 'answers 403 to NICKNAME from a user who was refused one before',
    violates: rfc7701('7.1-28'),
    weight: 'fail',
    decisions: (reference) => {
      const refused = new Set<string>();
      return {
        isTaken: (holding, user, room) => {
          const before = refused.has(user.key);
          if (reference.isTaken(holding, user, room)) refused.add(user.key);
          return before || refused.has(user.key);
        },
      };
    },
  },
  {
    name: 'nickname-of-two-sessions-is-free',
    about: 'gives away the nickname of a user who is there with two sessions',
    violates: rfc7701('7.1-36', '7.1-26', '7-04', '7-01'),
    weight: 'fail',
    shownBy: 'rfc7701/7-nicknames/second-session',
    decisions: (reference) => {
      const owners = new Map<string, number>();
      return {
        outgoing: (effects, _event, room) => {
          for (const user of room.users.values())
            owners.set(
              `${room.uri} ${user.key}`,
              Math.max(user.sessions.length, owners.get(`${room.uri} ${user.key}`) ?? 0),
            );
          return effects;
        },
        isTaken: (holding, user, room) =>
          reference.isTaken(holding, user, room) && (owners.get(`${room.uri} ${holding?.owner}`) ?? 0) < 2,
      };
    },
  },
  {
    name: 'nickname-in-any-request',
    about: 'takes a Use-Nickname header in a SEND for a NICKNAME request',
    violates: rfc7701('7.1-30'),
    weight: 'warn',
    wire: () => {
      const hidden = 'n1ckn4me0000';
      return {
        ...onMsrpRequests((request) => {
          const wanted = request.method === 'SEND' ? headerOf(request, 'Use-Nickname') : undefined;
          if (wanted === undefined) return [request];
          const headers = request.headers.filter(({ name }) => /^(to-path|from-path|use-nickname)$/i.test(name));
          return [{ kind: 'request', transactionId: hidden, method: 'NICKNAME', headers, flag: '$' }, request];
        }),
        msrpWritten: (message) => (message.transactionId === hidden ? [] : [message]),
      };
    },
  },
  {
    name: 'refuses-a-nickname-in-a-send',
    about: 'answers 400 to a SEND that has a Use-Nickname header',
    violates: rfc7701('7.1-30'),
    weight: 'warn',
    wire: () =>
      onMsrpRequests((request) =>
        request.method === 'SEND' && headerOf(request, 'Use-Nickname') !== undefined
          ? [{ ...request, headers: request.headers.filter(({ name }) => name.toLowerCase() !== 'message-id') }]
          : [request],
      ),
  },
];
