import type { RoomDecisions } from './decisions.ts';
import type { Neighbours, RoomEffect } from './room-events.ts';
import type { IncomingMessage, OpenChunk, RoomSession, RoomState, SessionId } from './room-state.ts';
import { withEntry, withoutEntry } from './room-state.ts';

/** One event being worked off: the state so far and the effects so far. Lives for one call of `stepRoom` only. */
export interface Turn {
  room: RoomState;
  readonly effects: RoomEffect[];
  readonly decide: RoomDecisions;
  readonly neighbours: Neighbours;
}

export function putSession(turn: Turn, session: RoomSession): void {
  turn.room = { ...turn.room, sessions: withEntry(turn.room.sessions, session.id, session) };
}

export function putChunk(turn: Turn, chunk: OpenChunk): void {
  turn.room = { ...turn.room, chunks: withEntry(turn.room.chunks, chunk.session, chunk) };
}

export function dropChunk(turn: Turn, session: SessionId): void {
  turn.room = { ...turn.room, chunks: withoutEntry(turn.room.chunks, session) };
}

export function putMessage(turn: Turn, message: IncomingMessage): void {
  turn.room = { ...turn.room, messages: withEntry(turn.room.messages, message.key, message) };
}

/** A Message-ID of the switch's own. */
export function freshCopyId(turn: Turn): string {
  const copies = turn.room.copies + 1;
  turn.room = { ...turn.room, copies };
  return `${turn.room.idPrefix}.${copies.toString(36).padStart(4, '0')}`;
}

const COMMENTS: Readonly<Record<number, string>> = {
  200: 'OK',
  400: 'Not understood',
  403: 'Not permitted',
  404: 'Recipient not in the room',
  413: 'Stop this message',
  415: 'Message/CPIM wrapper with an accepted type wanted',
  424: 'Malformed nickname',
  425: 'Nickname reserved or in use',
  428: 'Private messages not supported by the recipient',
  501: 'Method unknown',
};

export function respond(turn: Turn, session: SessionId, request: string, status: number): void {
  turn.effects.push({ type: 'respond', session, request, status, comment: COMMENTS[status] ?? 'Refused' });
}
