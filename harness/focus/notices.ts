import type { RoomSession } from './room-state.ts';
import { userOf } from './room-state.ts';
import { freshCopyId, type Turn } from './turn.ts';

/** A text from the room itself, wrapped like everything else (RFC 7701 §5.2, §11), to one session alone. */
export function sendNotice(turn: Turn, session: RoomSession, text: string): void {
  if (!session.connected || !turn.decide.wantsMessages(session)) return;
  if (!turn.decide.acceptsWrapped(session, 'text/plain', turn.room)) return;
  const content = turn.decide.noticeContent(text, userOf(turn.room, session), turn.room);
  turn.effects.push({
    type: 'copy',
    from: undefined,
    recipients: [session.id],
    copyId: freshCopyId(turn),
    contentType: content.contentType,
    at: 0,
    octets: [content.octets],
    total: content.octets.length,
    flag: '$',
  });
}
