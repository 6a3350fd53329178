import { headerOf } from '../../codec/msrp/message.ts';
import { addHeader, onCopies, onDescriptions, onDocuments, onMsrpRequests } from '../rewriting.ts';
import { othersThan } from './cpim-text.ts';
import { type Mutant, rfc7701 } from './mutant.ts';

/** Who may say what to whom, and in which form (RFC 7701 §4 to §8). */
export const addressingMutants: readonly Mutant[] = [
  {
    name: 'private-to-somebody-else',
    about: 'hands private messages to another participant than the one in To',
    violates: rfc7701('4-09', '2-04', '6.2-21'),
    weight: 'fail',
    decisions: () => ({
      privateSessions: (able, sender, room) =>
        othersThan(sender, room)
          .filter((id) => !able.some((session) => session.id === id))
          .slice(0, 1),
    }),
  },
  {
    name: 'room-by-user-part',
    about: 'takes a URI for that of the room if only its user part is the same',
    violates: rfc7701('6.2-11', '6.2-12'),
    weight: 'fail',
    decisions: () => ({ isRoom: (uri, room) => uri.split('@')[0] === room.uri.split('@')[0] }),
  },
  {
    name: 'private-echo',
    about: 'sends private messages back to the session they came from as well',
    violates: rfc7701('2-04'),
    weight: 'fail',
    decisions: (reference) => ({
      privateSessions: (able, sender, room) => [...reference.privateSessions(able, sender, room), sender.id],
    }),
  },
  {
    name: 'no-partial-reports',
    about: 'drops messages with Failure-Report partial',
    violates: rfc7701('6.1-03'),
    weight: 'fail',
    wire: () =>
      onMsrpRequests((message) =>
        message.headers.some(({ name, value }) => name === 'Failure-Report' && value === 'partial') ? [] : [message],
      ),
  },
  {
    name: 'refuses-a-type-it-lists',
    about: 'answers 415 to text/html in the wrapper although it lists the type',
    violates: rfc7701('4.1-09'),
    weight: 'fail',
    decisions: (reference) => ({
      wrappedTypeStatus: (type, room) => (/^text\/html/i.test(type) ? 415 : reference.wrappedTypeStatus(type, room)),
    }),
  },
  {
    name: 'refuses-an-anonymous-from',
    about: 'answers 403 to a From with the anonymous URI that it gave to the sender',
    violates: rfc7701('6.1-06', '2-07'),
    weight: 'fail',
    decisions: (reference) => ({
      fromStatus(from, sender, room) {
        return sender.anonymity === 'none' ? reference.fromStatus.call(this, from, sender, room) : 403;
      },
    }),
  },
  {
    name: '404-for-nicknames',
    about: 'answers 404 to NICKNAME',
    violates: rfc7701('6.2-13', '8-17', '7.1-08'),
    weight: 'fail',
    decisions: () => ({ handlesNickname: () => 404 }),
  },
  {
    name: 'first-nickname-on-every-entry',
    about: 'shows the first nickname of the roster on every entry',
    violates: rfc7701('3-05', '7.4-06', '9.6-01'),
    weight: 'fail',
    wire: () =>
      onDocuments((document) => {
        const [, first] = /nickname="([^"]*)"/.exec(document) ?? [];
        return first === undefined ? document : document.replace(/nickname="[^"]*"/g, `nickname="${first}"`);
      }),
  },
  {
    name: '424-on-the-second-session',
    about: 'answers 424 when a second session asks for another nickname than the first has',
    violates: rfc7701('7.1-36'),
    weight: 'warn',
    decisions: (reference) => ({
      isTaken(holding, user, room) {
        const held = user.sessions.some((id) => room.sessions.get(id)?.nickname !== undefined);
        return (user.sessions.length > 1 && held) || reference.isTaken.call(this, holding, user, room);
      },
      nicknameStatus(problem) {
        return problem === 'taken' ? 424 : reference.nicknameStatus.call(this, problem);
      },
    }),
  },
  {
    name: 'habit-of-private-messages',
    about: 'takes what follows the second private message of a session for another one',
    violates: rfc7701('6.1-13'),
    weight: 'fail',
    decisions: (reference) => {
      const habits = new Map<string, number>();
      return {
        route(to, sender, room, neighbours) {
          const route = reference.route.call(this, to, sender, room, neighbours);
          const before = habits.get(sender.id) ?? 0;
          if (route.kind === 'private') habits.set(sender.id, before + 1);
          return route.kind === 'room' && before > 1 ? { kind: 'private', sessions: [] } : route;
        },
      };
    },
  },
  {
    name: 'success-wishes-that-change',
    about: 'asks for success REPORTs in the later chunks of a copy, which RFC 7701 leaves to it and RFC 4975 does not',
    violates: rfc7701('6.3-11'),
    weight: 'warn',
    wire: () =>
      onCopies((copy) =>
        headerOf(copy, 'Byte-Range')?.startsWith('1-') === false ? addHeader(copy, 'Success-Report', 'yes') : copy,
      ),
  },
  {
    name: 'vendor-token-of-no-domain',
    about: 'adds a vendor token that does not begin with a top-level domain',
    violates: rfc7701('8-22'),
    weight: 'warn',
    wire: () => onDescriptions((sdp) => sdp.replace(/^(a=chatroom:.*)\r$/m, '$1 2.typing\r')),
  },
  {
    name: 'plain-token-of-its-own',
    about: 'adds a token of its own without a dot',
    violates: rfc7701('8-21'),
    weight: 'warn',
    wire: () => onDescriptions((sdp) => sdp.replace(/^(a=chatroom:.*)\r$/m, '$1 typing\r')),
  },
];
