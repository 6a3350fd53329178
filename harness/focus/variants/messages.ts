import { headerOf } from '../../codec/msrp/message.ts';
import { rfc4975, rfc7701 } from '../mutants/mutant.ts';
import type { CopyEffect, RoomEffect } from '../room-events.ts';
import type { Route } from '../room-state.ts';
import type { Variant } from './variant.ts';

const refused = (status: number): Route => ({ kind: 'refused', status, reaches: [] });

/** Room messages and private messages, handled otherwise than the reference does it. */
export const messageVariants: readonly Variant[] = [
  {
    name: 'keeps-the-message-id',
    about: 'keeps the Message-ID of a message in its copies',
    because: 'RFC 7701 notes 7.27',
    mayWarn: [],
    decisions: () => ({ copyId: (original) => original }),
  },
  {
    name: 'chunks-of-4096',
    about: 'sends copies in chunks of 4096 octets',
    because: 'RFC 7701 §6.1: a switch may cut messages as it likes',
    mayWarn: [],
    decisions: () => ({
      outgoing: (effects) =>
        effects.flatMap((effect): RoomEffect[] => (effect.type === 'copy' ? cut(effect, 4096) : [effect])),
    }),
  },
  {
    name: 'chunks-of-1000',
    about: 'sends copies in chunks of 1000 octets',
    because: 'RFC 4975 §7.1.1: smaller chunks than 2048 octets are advised against',
    mayWarn: [...rfc7701('6.1-18'), ...rfc4975('7.1.1-31')],
    decisions: () => ({
      outgoing: (effects) =>
        effects.flatMap((effect): RoomEffect[] => (effect.type === 'copy' ? cut(effect, 1000) : [effect])),
    }),
  },
  {
    name: 'stores-and-forwards',
    about: 'begins to distribute a message when all of it is there',
    because: 'RFC 7701 §6.1: to begin earlier is a SHOULD',
    mayWarn: rfc7701('6.1-23', '6.1-30', '6.1-28'),
    decisions: () => {
      const held = new Map<string, CopyEffect[]>();
      return {
        outgoing: (effects) =>
          effects.flatMap((effect): RoomEffect[] => {
            if (effect.type !== 'copy') return [effect];
            const earlier = held.get(effect.copyId) ?? [];
            if (effect.flag === '+') {
              held.set(effect.copyId, [...earlier, effect]);
              return [];
            }
            held.delete(effect.copyId);
            return effect.flag === '#' ? [] : [...earlier, effect];
          }),
      };
    },
  },
  {
    name: 'spares-other-sessions-of-the-sender',
    about: 'sends room messages to no session of their sender',
    because: 'RFC 7701 notes 7.9',
    mayWarn: [],
    decisions: (reference) => ({
      roomRecipients: (sender, room, neighbours) =>
        reference
          .roomRecipients(sender, room, neighbours)
          .filter((session) => room.sessions.get(session)?.user !== sender.user),
    }),
  },
  {
    name: 'takes-a-used-message-id-for-a-duplicate',
    about: 'answers 200 to a message whose Message-ID was used before, and does not distribute it again',
    because: 'RFC 7701 notes 7.47',
    mayWarn: [],
    decisions: () => {
      const seen = new Set<string>();
      const repeats = new Set<string>();
      return {
        outgoing: (effects, event) => {
          if (event.type === 'chunk-head') {
            const key = `${event.session} ${headerOf(event.head, 'Message-ID')}`;
            const start = headerOf(event.head, 'Byte-Range')?.split('-', 1)[0] ?? '1';
            if (start === '1' && seen.has(key)) repeats.add(event.session);
            else repeats.delete(event.session);
            if (start === '1') seen.add(key);
          }
          return effects.filter(
            (effect) => effect.type !== 'copy' || effect.from === undefined || !repeats.has(effect.from),
          );
        },
      };
    },
  },
  {
    name: 'swaps-messages',
    about: 'lets each second message overtake the one before it',
    because: 'RFC 7701 notes 7.26',
    mayWarn: rfc7701('4-05'),
    decisions: () => {
      const held = new Map<string, CopyEffect>();
      let count = 0;
      return {
        outgoing: (effects, event) => {
          const due = event.type === 'timer' ? held.get(event.name) : undefined;
          if (due !== undefined && event.type === 'timer') {
            held.delete(event.name);
            return [...effects, due];
          }
          return effects.map((effect): RoomEffect => {
            if (effect.type !== 'copy' || effect.from === undefined || effect.at > 0 || effect.flag !== '$')
              return effect;
            count += 1;
            if (count % 2 === 0) return effect;
            held.set(`held ${count}`, effect);
            return { type: 'start-timer', name: `held ${count}`, delayMs: 20 };
          });
        },
      };
    },
  },
  ...([403, 404, 415] as const).map(
    (status): Variant => ({
      name: `${status}-for-an-unreadable-wrapper`,
      about: `answers ${status} to a wrapper that it cannot read`,
      because: 'RFC 7701 notes 7.15',
      mayWarn: [],
      decisions: () => ({ unreadableStatus: () => status }),
    }),
  ),
  ...([428, 404] as const).map(
    (status): Variant => ({
      name: `${status}-for-forbidden-private-messages`,
      about: `answers ${status} to private messages in a room that forbids them`,
      because: 'RFC 7701 notes 7.6',
      mayWarn: status === 404 ? rfc7701('4.1-03', '6.2-01', '6.2-13', '8-04', '6.2-19') : [],
      decisions: (reference) => ({
        route(to, sender, room, neighbours) {
          const route = reference.route.call(this, to, sender, room, neighbours);
          const forbidden = route.kind === 'refused' && route.status === 403 && to.length === 1;
          return forbidden && room.policy.privateMessages === 'forbidden' ? refused(status) : route;
        },
      }),
    }),
  ),
  ...([403, 404] as const).map(
    (status): Variant => ({
      name: `${status}-for-a-message-to-oneself`,
      about: `answers ${status} to a private message of a user to itself`,
      because: 'RFC 7701 notes 7.16',
      mayWarn: [],
      decisions: (reference) => ({
        route(to, sender, room, neighbours) {
          const own = room.users.get(sender.user)?.entity;
          return to.length === 1 && to[0]?.includes(`<${own}>`)
            ? refused(status)
            : reference.route.call(this, to, sender, room, neighbours);
        },
      }),
    }),
  ),
  {
    name: 'no-private-messages-from-the-unaware',
    about: 'answers 403 to private messages of endpoints that sent no chatroom attribute',
    because: 'RFC 7701 notes 7.35',
    mayWarn: rfc7701('11-05'),
    decisions: (reference) => ({
      route(to, sender, room, neighbours) {
        const route = reference.route.call(this, to, sender, room, neighbours);
        return route.kind === 'private' && !sender.capabilities.aware ? refused(403) : route;
      },
    }),
  },
  {
    name: 'room-uri-to-the-letter',
    about: 'takes only the URI under which the room is known for a To that means the room',
    because: 'RFC 7701 notes 7.12, conference notes 9.27',
    mayWarn: rfc7701('6.2-10'),
    decisions: () => ({ isRoom: (uri, room) => uri === room.uri }),
  },
  {
    name: 'aborts-without-a-word',
    about: 'sends nothing more of a message that stays incomplete',
    because: 'RFC 7701 §6.1: the abort chunk is a MAY; notes 7.30',
    mayWarn: [],
    decisions: () => ({
      outgoing: (effects) => effects.filter((effect) => effect.type !== 'copy' || effect.flag !== '#'),
    }),
  },
];

/** A chunk in pieces of so many octets or somewhat more. */
function cut(copy: CopyEffect, size: number): CopyEffect[] {
  const octets = Buffer.concat(copy.octets);
  if (octets.length < 2 * size) return [copy];
  const pieces: CopyEffect[] = [];
  const whole = Math.floor(octets.length / size);
  for (let piece = 0; piece < whole; piece += 1) {
    const last = piece === whole - 1;
    const at = piece * size;
    // What is left over goes with the last, so that none but the end of the message is smaller.
    pieces.push({
      ...copy,
      at: copy.at + at,
      octets: [octets.subarray(at, last ? octets.length : at + size)],
      flag: last ? copy.flag : '+',
    });
  }
  return pieces;
}
