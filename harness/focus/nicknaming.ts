import type { NicknameProblem } from './decisions.ts';
import type { RoomEvent } from './room-events.ts';
import {
  type HeldNickname,
  type NicknameHolding,
  type RoomSession,
  type SessionId,
  userOf,
  withEntry,
  withoutEntry,
} from './room-state.ts';
import { putSession, respond, type Turn } from './turn.ts';

export const quarantineTimer = (key: string): string => `quarantine ${key}`;

/** NICKNAME: reserves, changes or removes (RFC 7701 §7.1 to §7.3). Always answered: it knows no Failure-Report. */
export function nicknameRequest(turn: Turn, event: Extract<RoomEvent, { type: 'nickname' }>): void {
  const session = turn.room.sessions.get(event.session);
  if (session === undefined) return;
  const handling = turn.decide.handlesNickname(turn.room);
  if (handling === 'ignore') return;
  if (handling !== 'process') {
    respond(turn, session.id, event.request, handling);
    return;
  }

  const wish = readWish(turn, session, event);
  switch (wish.kind) {
    case 'grant':
      respond(turn, session.id, event.request, 200);
      changeNickname(turn, session, wish.nickname);
      return;
    case 'remove':
      respond(turn, session.id, event.request, 200);
      changeNickname(turn, session, turn.decide.nicknameAfterRemoval(session.nickname));
      return;
    case 'refuse':
      respond(turn, session.id, event.request, turn.decide.nicknameStatus(wish.problem));
      changeNickname(turn, session, turn.decide.nicknameAfterRefusal(session.nickname, wish.asked));
      return;
  }
}

type Wish =
  | { readonly kind: 'grant'; readonly nickname: HeldNickname }
  | { readonly kind: 'remove' }
  | { readonly kind: 'refuse'; readonly problem: NicknameProblem; readonly asked: string };

/** Order of checks: policy, syntax, then comparison (RFC 7701 §7.1). */
function readWish(turn: Turn, session: RoomSession, event: Extract<RoomEvent, { type: 'nickname' }>): Wish {
  const { decide, room } = turn;
  const refuse = (problem: NicknameProblem, asked = ''): Wish => ({ kind: 'refuse', problem, asked });
  if (!decide.nicknamesAllowed(room.policy)) return refuse('forbidden');
  const text = decide.readNickname(event.head);
  if (!text.ok) return refuse('malformed');
  if (decide.isRemoval(text.value)) return { kind: 'remove' };
  const key = decide.nicknameKey(text.value, room.policy);
  if (!key.ok) return refuse('unfit', text.value);
  if (decide.isReserved(key.value, room)) return refuse('reserved', text.value);
  if (decide.isTaken(room.nicknames.get(key.value), userOf(room, session), room)) return refuse('taken', text.value);
  return { kind: 'grant', nickname: { text: text.value, key: key.value } };
}

/** Takes effect at once; the old one is free from now on, or kept for its holder (RFC 7701 §7.2, §11). */
export function changeNickname(turn: Turn, session: RoomSession, nickname: HeldNickname | undefined): void {
  if (nickname === session.nickname) return;
  putSession(turn, { ...session, nickname });
  if (nickname !== undefined) hold(turn, session, nickname);
  if (session.nickname !== undefined && session.nickname.key !== nickname?.key)
    release(turn, session, session.nickname);
  turn.effects.push({ type: 'roster-changed' });
}

function hold(turn: Turn, session: RoomSession, { text, key }: HeldNickname): void {
  const before = turn.room.nicknames.get(key);
  if (before?.status === 'quarantined') turn.effects.push({ type: 'stop-timer', name: quarantineTimer(key) });
  const since = before?.owner === session.user && before.status === 'held' ? before.since : turn.room.events;
  turn.room = {
    ...turn.room,
    nicknames: withEntry(turn.room.nicknames, key, { text, owner: session.user, status: 'held', since }),
  };
}

function release(turn: Turn, session: RoomSession, { key }: HeldNickname): void {
  const holding = turn.room.nicknames.get(key);
  if (holding?.owner !== session.user || heldElsewhere(turn, session.user, session.id, key)) return;
  const { quarantineMs } = turn.room.policy;
  if (quarantineMs > 0) {
    const kept: NicknameHolding = { ...holding, status: 'quarantined' };
    turn.room = { ...turn.room, nicknames: withEntry(turn.room.nicknames, key, kept) };
    turn.effects.push({ type: 'start-timer', name: quarantineTimer(key), delayMs: quarantineMs });
  } else {
    turn.room = { ...turn.room, nicknames: withoutEntry(turn.room.nicknames, key) };
  }
}

/** The same user may have asked for it on another session as well (RFC 7701 §7). */
function heldElsewhere(turn: Turn, user: string, except: SessionId, key: string): boolean {
  const sessions = turn.room.users.get(user)?.sessions ?? [];
  return sessions.some((id) => id !== except && turn.room.sessions.get(id)?.nickname?.key === key);
}

export function quarantineExpired(turn: Turn, key: string): void {
  if (turn.room.nicknames.get(key)?.status !== 'quarantined') return;
  turn.room = { ...turn.room, nicknames: withoutEntry(turn.room.nicknames, key) };
}
