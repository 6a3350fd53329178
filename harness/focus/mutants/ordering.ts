import type { CopyEffect, RoomEffect } from '../room-events.ts';
import type { RoomState } from '../room-state.ts';
import { othersThan } from './cpim-text.ts';
import { type Mutant, rfc4975, rfc7701 } from './mutant.ts';

/** From here on the faults of a busy room show. */
const CROWD = 5;

const isCrowded = (room: RoomState): boolean => room.sessions.size >= CROWD;

const lengthOf = ({ octets }: CopyEffect): number => octets.reduce((sum, piece) => sum + piece.length, 0);

const onCopies = (effects: readonly RoomEffect[], edit: (copy: CopyEffect) => readonly RoomEffect[]): RoomEffect[] =>
  effects.flatMap((effect) => (effect.type === 'copy' ? edit(effect) : [effect]));

/** Faults that show only when many speak, or while some come and go (RFC 7701 §4, §6.1). */
export const orderingMutants: readonly Mutant[] = [
  {
    name: 'swaps-chunks-in-a-crowd',
    about: 'sends the third chunk of a message in front of the second when five or more are in the room',
    violates: [...rfc7701('6.1-18'), ...rfc4975('7.1.1-24', '7.1.1-19')],
    weight: 'fail',
    shownBy: 'rfc7701/6.1-room-messages/ordering-while-some-come-and-go/eight',
    decisions: () => {
      const held = new Map<string, CopyEffect>();
      return {
        outgoing: (effects, _event, room) =>
          onCopies(effects, (copy) => {
            const earlier = held.get(copy.copyId);
            held.delete(copy.copyId);
            if (earlier !== undefined) return [copy, earlier];
            if (copy.at === 0 || copy.flag !== '+' || !isCrowded(room)) return [copy];
            held.set(copy.copyId, copy);
            return [];
          }),
      };
    },
  },
  {
    name: 'doubles-for-one-in-a-crowd',
    about: 'sends every tenth message to one of its recipients twice when five or more are in the room',
    violates: rfc7701('6.1-15', '2-02'),
    weight: 'fail',
    decisions: () => {
      let messages = 0;
      return {
        outgoing: (effects, _event, room) =>
          onCopies(effects, (copy) => {
            if (copy.at > 0 || copy.flag !== '$' || !isCrowded(room)) return [copy];
            messages += 1;
            if (messages % 10 !== 0) return [copy];
            return [copy, { ...copy, recipients: copy.recipients.slice(-1), copyId: `${copy.copyId}x` }];
          }),
      };
    },
  },
  {
    name: 'loses-copies-of-many-senders',
    about: 'loses every eleventh copy for one of its recipients once more than four have spoken',
    violates: rfc7701('6.1-15', '2-02'),
    weight: 'fail',
    decisions: () => {
      const senders = new Set<string>();
      let messages = 0;
      return {
        outgoing: (effects) =>
          onCopies(effects, (copy) => {
            if (copy.from !== undefined) senders.add(copy.from);
            if (copy.at > 0 || copy.flag !== '$' || senders.size <= 4) return [copy];
            messages += 1;
            return [messages % 11 === 0 ? { ...copy, recipients: copy.recipients.slice(1) } : copy];
          }),
      };
    },
  },
  {
    name: 'mixes-chunks-of-two-senders',
    about: 'puts a chunk of one sender into the message of another when both come one after the other',
    violates: rfc7701('4-05', '6.1-17'),
    weight: 'fail',
    shownBy: 'rfc7701/6.1-room-messages/chunks-of-everyone-interleaved',
    decisions: () => {
      let last: CopyEffect | undefined;
      return {
        outgoing: (effects) =>
          onCopies(effects, (copy) => {
            if (copy.at === 0) return [copy];
            const before = last;
            last = copy;
            const alike = before !== undefined && before.from !== copy.from && lengthOf(before) === lengthOf(copy);
            return [alike ? { ...copy, octets: before.octets } : copy];
          }),
      };
    },
  },
  {
    name: 'two-messages-in-one',
    about: 'appends a message to the one before it when both come from one sender at once in a crowded room',
    violates: rfc7701('4-05', '6.1-17', '6.1-15'),
    weight: 'fail',
    shownBy: 'rfc7701/6.1-room-messages/all-kinds-of-participants',
    decisions: () => {
      const held = new Map<string, CopyEffect>();
      return {
        outgoing: (effects, _event, room) =>
          onCopies(effects, (copy) => {
            if (copy.from === undefined || copy.at > 0 || copy.flag !== '$' || !isCrowded(room)) return [copy];
            const earlier = held.get(copy.from);
            if (earlier === undefined) {
              held.set(copy.from, copy);
              return [copy];
            }
            held.delete(copy.from);
            const octets = [...earlier.octets, ...copy.octets];
            return [{ ...copy, octets, total: octets.reduce((sum, piece) => sum + piece.length, 0) }];
          }),
      };
    },
  },
  {
    name: 'newcomers-get-the-tail-as-a-message',
    about: 'sends those who join in mid-message what follows as if it were a message of its own',
    violates: rfc7701('4-05', '6.1-30'),
    weight: 'fail',
    shownBy: 'rfc7701/6.1-room-messages/newcomer-in-mid-message',
    decisions: () => ({
      outgoing: (effects, _event, room) =>
        onCopies(effects, (copy) => {
          const sender = room.sessions.get(copy.from ?? '');
          if (sender === undefined || copy.at === 0 || copy.octets.length === 0) return [copy];
          const spared = othersThan(sender, room).filter((session) => !copy.recipients.includes(session));
          const copyId = `${copy.copyId}x${copy.at}`;
          return [copy, { ...copy, recipients: spared, copyId, at: 0, total: lengthOf(copy), flag: '$' }];
        }),
    }),
  },
  {
    name: 'a-leaver-aborts-the-message-of-another',
    about: 'ends a message that somebody else has begun with "#" when a participant leaves',
    violates: rfc7701('6.1-29', '6.1-15', '6.1-25'),
    weight: 'fail',
    decisions: () => {
      const open = new Map<string, CopyEffect>();
      const aborted = new Set<string>();
      return {
        outgoing: (effects, event) => {
          const passed = onCopies(effects, (copy) => {
            if (aborted.has(copy.copyId)) return [];
            if (copy.flag === '+') open.set(copy.copyId, copy);
            else open.delete(copy.copyId);
            return [copy];
          });
          if (event.type !== 'leave') return passed;
          const victim = [...open.values()].find(({ from }) => from !== event.session);
          if (victim === undefined) return passed;
          aborted.add(victim.copyId);
          open.delete(victim.copyId);
          return [...passed, { ...victim, at: victim.at + lengthOf(victim), octets: [], flag: '#' }];
        },
      };
    },
  },
  {
    name: 'a-newcomer-stops-what-is-under-way',
    about: 'forgets the messages that are under way when somebody joins',
    violates: rfc7701('6.1-25', '6.1-29', '6.1-15', '6.1-28'),
    weight: 'fail',
    decisions: () => {
      const open = new Set<string>();
      const forgotten = new Set<string>();
      return {
        outgoing: (effects, event) => {
          if (event.type === 'join') for (const copyId of open) forgotten.add(copyId);
          return onCopies(effects, (copy) => {
            if (copy.flag === '+') open.add(copy.copyId);
            return forgotten.has(copy.copyId) ? [] : [copy];
          });
        },
      };
    },
  },
];
