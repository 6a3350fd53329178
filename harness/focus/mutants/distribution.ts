import type { RoomEffect } from '../room-events.ts';
import { everybody } from './cpim-text.ts';
import { type Mutant, rfc4975, rfc7701 } from './mutant.ts';

/** Who gets a room message. */
export const distributionMutants: readonly Mutant[] = [
  {
    name: 'echoes-to-the-sender',
    about: 'sends every room message back to its sender too',
    violates: rfc7701('6.1-16', '2-02'),
    weight: 'fail',
    decisions: (reference) => ({
      roomRecipients: (sender, ...rest) => [...reference.roomRecipients(sender, ...rest), sender.id],
    }),
  },
  {
    name: 'leaves-out-the-newest',
    about: 'leaves the participant that joined last out of the fan-out',
    violates: rfc7701('6.1-15', '4-08', '2-02', '5.2-03'),
    weight: 'fail',
    decisions: (reference) => ({
      roomRecipients: (sender, room, neighbours) => {
        const newest = everybody(room).at(-1);
        return reference.roomRecipients(sender, room, neighbours).filter((session) => session !== newest);
      },
    }),
  },
  {
    name: 'delivers-twice',
    about: 'delivers each message twice',
    violates: rfc7701('6.1-15', '2-02'),
    weight: 'fail',
    decisions: () => ({
      outgoing: (effects) =>
        effects.flatMap((effect): RoomEffect[] =>
          effect.type === 'copy' ? [effect, { ...effect, copyId: `${effect.copyId}x` }] : [effect],
        ),
    }),
  },
  {
    name: 'leaks-into-another-room',
    about: 'distributes a message to another room of the same user as well',
    violates: rfc7701('4-13'),
    weight: 'fail',
    decisions: (reference) => ({
      roomRecipients: (sender, room, neighbours) => [
        ...reference.roomRecipients(sender, room, neighbours),
        ...neighbours().flatMap((other) => (other.users.has(sender.user) ? everybody(other) : [])),
      ],
    }),
  },
  {
    name: 'serves-the-departed',
    about: 'goes on sending to a participant after its BYE',
    violates: rfc7701('4-12', '3-01'),
    weight: 'fail',
    decisions: () => ({ servesAfterLeave: () => true }),
  },
  {
    name: 'copies-under-the-path-of-the-sender',
    about: 'puts the From-Path of the original sender into copies, like a relay',
    violates: rfc7701('2-03', '9.3-01'),
    weight: 'fail',
    decisions: () => ({ copyFromPath: (own, sender) => sender ?? own }),
  },
  {
    name: 'loses-each-third-message',
    about: 'answers 200 to every third message of the room and distributes it to nobody',
    violates: rfc7701('6.1-15', '4-08', '2-02'),
    weight: 'fail',
    decisions: (reference) => {
      let messages = 0;
      return {
        roomRecipients: (...asked) => {
          messages += 1;
          return messages % 3 === 0 ? [] : reference.roomRecipients(...asked);
        },
      };
    },
  },
  {
    name: 'loses-large-messages',
    about: 'distributes no message above 8 KB',
    violates: [...rfc7701('6.1-15', '6.1-18'), ...rfc4975('7.1.1-30')],
    weight: 'fail',
    decisions: () => ({ acceptsSize: (_session, size) => size === undefined || size <= 8192 }),
  },
  {
    name: 'one-session-for-each-user',
    about: 'sends room messages to the first session of each user only',
    violates: rfc7701('6.1-46'),
    weight: 'fail',
    decisions: (reference) => ({
      roomRecipients: (sender, room, neighbours) => {
        const first = new Set([...room.users.values()].map((user) => user.sessions[0]));
        return reference.roomRecipients(sender, room, neighbours).filter((session) => first.has(session));
      },
    }),
  },
  {
    name: 'forgets-who-renegotiates',
    about: 'leaves participants out of the fan-out once they have sent a re-INVITE',
    violates: rfc7701('8-11', '6.1-15', '2-02'),
    weight: 'fail',
    decisions: (reference) => {
      const renegotiated = new Set<string>();
      return {
        outgoing: (effects, event) => {
          if (event.type === 'media-changed') renegotiated.add(event.session);
          return effects;
        },
        roomRecipients: (...asked) =>
          reference.roomRecipients(...asked).filter((session) => !renegotiated.has(session)),
      };
    },
  },
  {
    name: 'unaware-participants-get-nothing',
    about: 'keeps room messages from endpoints that sent no chatroom attribute',
    violates: rfc7701('6.1-15', '2-02', '5.2-03', '8-05'),
    weight: 'fail',
    decisions: (reference) => ({
      roomRecipients: (sender, room, neighbours) =>
        reference
          .roomRecipients(sender, room, neighbours)
          .filter((session) => room.sessions.get(session)?.capabilities.aware !== false),
    }),
  },
  {
    name: 'unaware-participants-may-not-write',
    about: 'answers 403 to room messages of endpoints that sent no chatroom attribute',
    violates: rfc7701('11-04', '8-05'),
    weight: 'fail',
    decisions: (reference) => ({
      judge(wrapper, sender, room, neighbours) {
        return sender.capabilities.aware
          ? reference.judge.call(this, wrapper, sender, room, neighbours)
          : { kind: 'refused', status: 403, reaches: [] };
      },
    }),
  },
  {
    name: 'forgets-where-room-messages-go',
    about: 'sends a room message that follows a private one to the addressee of that one only',
    violates: rfc7701('6.1-13', '6.1-15', '4-08'),
    weight: 'fail',
    shownBy: 'rfc7701/6.2-private-messages/addressee-alone',
    decisions: (reference) => {
      const last = new Map<string, readonly string[]>();
      return {
        route(to, sender, room, neighbours) {
          const route = reference.route.call(this, to, sender, room, neighbours);
          const before = last.get(sender.id);
          last.delete(sender.id);
          if (route.kind === 'private') last.set(sender.id, route.sessions);
          return route.kind === 'room' && before !== undefined ? { kind: 'private', sessions: before } : route;
        },
      };
    },
  },
  {
    name: 'one-leaves-all-stop',
    about: 'distributes nothing once somebody has left the room',
    violates: rfc7701('4-03', '3-01'),
    weight: 'fail',
    decisions: (reference) => {
      const left = new Set<string>();
      return {
        outgoing: (effects, event, room) => {
          if (event.type === 'leave') left.add(room.uri);
          return effects;
        },
        roomRecipients: (sender, room, neighbours) =>
          left.has(room.uri) ? [] : reference.roomRecipients(sender, room, neighbours),
      };
    },
  },
  {
    name: 'new-wrapped-types-refused',
    about: 'answers 415 to wrapped types that the asterisk in its answer admits',
    violates: rfc7701('4.1-10'),
    weight: 'fail',
    decisions: () => ({ wrappedTypeStatus: (type) => (/^(text|image)\//i.test(type) ? undefined : 415) }),
  },
  {
    name: 'applies-one-list-of-types-to-all',
    about: 'judges the wrapped type for all recipients by what the first of them takes',
    violates: rfc7701('6.1-19', '6.1-20', '6.1-21'),
    weight: 'warn',
    decisions: (reference) => ({
      acceptsWrapped: (session, type, room) =>
        reference.acceptsWrapped([...room.sessions.values()][0] ?? session, type, room),
    }),
  },
  {
    name: 'ignores-wrapped-types',
    about: 'sends wrapped types to participants that do not list them',
    violates: rfc7701('6.1-20'),
    weight: 'warn',
    decisions: () => ({ acceptsWrapped: () => true }),
  },
  {
    name: 'one-who-cannot-read-it-stops-it',
    about: 'answers 415 when one of the recipients does not take the wrapped type',
    violates: rfc7701('6.1-21'),
    weight: 'fail',
    decisions: (reference) => ({
      wrappedTypeStatus: (type, room) =>
        [...room.sessions.values()].every((session) => reference.acceptsWrapped(session, type, room)) ? undefined : 415,
    }),
  },
  {
    name: 'one-stalled-reader-stops-all',
    about: 'writes to recipients one after the other, so that one stalled reader stops all',
    violates: rfc7701('6.4-03', '6.3-03', '6.1-15'),
    weight: 'warn',
    decisions: () => ({ waitsForSlow: (slow) => slow > 0 }),
  },
];
