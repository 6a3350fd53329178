import type { CopyEffect, RoomEffect, RoomEvent } from '../room-events.ts';
import type { RoomState, SessionId } from '../room-state.ts';
import type { Variant } from './variant.ts';

const LATER_MS = 3;
const TIMER = 'later copies ';

/** Every other whole message reaches some of its recipients a moment later, so that the next one overtakes it. */
function delays(isLate: (recipient: SessionId, position: number) => boolean): NonNullable<Variant['decisions']> {
  return () => {
    const held = new Map<string, CopyEffect>();
    let messages = 0;
    const delayed = (copy: CopyEffect): RoomEffect[] => {
      messages += 1;
      const late = messages % 2 === 0 ? [] : copy.recipients.filter(isLate);
      if (late.length === 0) return [copy];
      const name = `${TIMER}${copy.copyId}`;
      held.set(name, { ...copy, recipients: late });
      const recipients = copy.recipients.filter((one) => !late.includes(one));
      return [
        ...(recipients.length === 0 ? [] : [{ ...copy, recipients }]),
        { type: 'start-timer', name, delayMs: LATER_MS },
      ];
    };
    /** Who has left by now gets nothing any more. */
    const due = (event: RoomEvent, { sessions }: RoomState): RoomEffect[] => {
      const copy = event.type === 'timer' ? held.get(event.name) : undefined;
      if (event.type === 'timer') held.delete(event.name);
      const recipients = copy?.recipients.filter((one) => sessions.has(one)) ?? [];
      return copy === undefined || recipients.length === 0 ? [] : [{ ...copy, recipients }];
    };
    return {
      outgoing: (effects, event, room) => [
        ...due(event, room),
        ...effects.flatMap((effect): RoomEffect[] =>
          effect.type === 'copy' && effect.from !== undefined && effect.at === 0 && effect.flag === '$'
            ? delayed(effect)
            : [effect],
        ),
      ],
    };
  };
}

/** RFC 7701 lays down no order of separate messages. */
export const orderVariants: readonly Variant[] = [
  {
    name: 'messages-overtake-each-other',
    about: 'delivers every other message a moment later, so that the next one comes first',
    because: 'RFC 7701 notes 7.26',
    mayWarn: [],
    decisions: delays(() => true),
  },
  {
    name: 'order-differs-between-recipients',
    about: 'delivers messages to its recipients in different orders',
    because: 'RFC 7701 notes 7.26',
    mayWarn: [],
    decisions: delays((_recipient, position) => position % 2 === 0),
  },
];
