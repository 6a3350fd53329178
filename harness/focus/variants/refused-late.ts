import { headerOf, type MsrpRequestHead } from '../../codec/msrp/message.ts';
import type { Alteration } from '../alteration.ts';
import type { RoomEffect } from '../room-events.ts';

/** What RFC 7701 lets a switch say of From and To. */
const STATUSES: ReadonlySet<number> = new Set([403, 404, 428]);

/** A switch that looks at From and To only after its 200, and tells by REPORT (RFC 4975 §7.1.4). */
export const refusedLate: NonNullable<Alteration['decisions']> = (reference) => {
  const heads = new Map<string, MsrpRequestHead>();
  const bodies = new Map<string, Buffer | undefined>();
  return {
    judge(wrapper, sender, room, neighbours) {
      const [from] = wrapper.from;
      const [to] = wrapper.to;
      bodies.set(sender.id, reference.reportBody({ kind: 'private', sessions: [] }, from, to));
      return reference.judge.call(this, wrapper, sender, room, neighbours);
    },
    outgoing: (effects, event) => {
      if (event.type === 'chunk-head') heads.set(event.session, event.head);
      if (event.type === 'nickname') return effects;
      return effects.flatMap((effect): RoomEffect[] => {
        if (effect.type !== 'respond' || !STATUSES.has(effect.status)) return [effect];
        const head = heads.get(effect.session);
        const messageId = head === undefined ? undefined : headerOf(head, 'Message-ID');
        if (head === undefined || messageId === undefined || headerOf(head, 'Failure-Report') !== undefined)
          return [effect];
        const report: RoomEffect = {
          type: 'report',
          session: effect.session,
          toPath: headerOf(head, 'From-Path') ?? '',
          messageId,
          range: { start: 1, end: 1, total: 1 },
          status: effect.status,
          body: bodies.get(effect.session),
        };
        return [{ ...effect, status: 200, comment: 'OK' }, report];
      });
    },
  };
};
