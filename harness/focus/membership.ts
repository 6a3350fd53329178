import { abortCopies, report, withdraw } from './distribution.ts';
import { changeNickname } from './nicknaming.ts';
import { sendNotice } from './notices.ts';
import type { JoinIdentity, RoomEvent } from './room-events.ts';
import {
  type EndpointMedia,
  type RoomSession,
  type RoomUser,
  type SessionId,
  userOf,
  withEntry,
  withoutEntry,
} from './room-state.ts';
import { abandonMessagesOf } from './switching.ts';
import { putSession, type Turn } from './turn.ts';

/** Somebody whose INVITE can be accepted wants in (RFC 7701 §5.2). */
export function join(turn: Turn, event: Extract<RoomEvent, { type: 'join' }>): void {
  const refuse = (status: number, reason: string): void => {
    turn.effects.push({ type: 'refuse-join', session: event.session, status, reason });
  };
  if (turn.room.phase === 'closed') {
    refuse(404, 'No such room');
    return;
  }
  if (turn.room.sessions.has(event.session)) {
    refuse(482, 'Session is there already');
    return;
  }
  const key = userKey(turn, event);
  const present = turn.room.users.get(key);
  if (present === undefined && entityTaken(turn, event.identity)) {
    refuse(403, 'URI belongs to somebody else');
    return;
  }
  const { simultaneousAccess } = turn.room.policy;
  if (present !== undefined && simultaneousAccess === 'refused') {
    refuse(403, 'In the room already');
    return;
  }

  const user = present ?? newUser(turn, key, event.identity);
  const order = turn.room.joins + 1;
  const users = withEntry(turn.room.users, key, { ...user, sessions: [...user.sessions, event.session] });
  const creator = turn.room.creator ?? key;
  turn.room = { ...turn.room, users, joins: order, creator };
  putSession(turn, {
    id: event.session,
    user: key,
    media: event.media,
    capabilities: turn.decide.capabilities(event.media.chatroom),
    connected: true,
    congested: false,
    missed: 0,
    nickname: turn.decide.nicknameOfNewSession(user, turn.room),
    order,
    ...(event.at === undefined ? {} : { joinedAt: event.at }),
  });
  turn.effects.push({ type: 'admit', session: event.session });
  if (present !== undefined && simultaneousAccess === 'replaces')
    for (const old of present.sessions) {
      turn.effects.push({ type: 'dismiss', session: old, reason: 'Joined from another endpoint' });
      leave(turn, old);
    }
  turn.effects.push({ type: 'roster-changed' });
  const session = turn.room.sessions.get(event.session);
  if (session === undefined) return;
  for (const text of turn.decide.notices(session, turn.room)) sendNotice(turn, session, text);
}

/** Another offer and answer: the latest declaration counts (RFC 7701 §8). */
export function mediaChanged(turn: Turn, id: SessionId, media: EndpointMedia | undefined): void {
  const session = turn.room.sessions.get(id);
  if (session === undefined) return;
  if (media === undefined) {
    withoutMedia(turn, session);
    return;
  }
  const capabilities = turn.decide.capabilitiesAfterReoffer(session.capabilities, media.chatroom);
  const later: RoomSession = { ...session, media, capabilities, connected: true };
  putSession(turn, later);
  changeNickname(turn, later, turn.decide.nicknameAfterReoffer(later.nickname));
  if (!session.connected) turn.effects.push({ type: 'stop-timer', name: absenceTimer(id) });
  if (!session.connected || session.media.direction !== media.direction) turn.effects.push({ type: 'roster-changed' });
}

export const absenceTimer = (session: SessionId): string => `absence ${session}`;

/** The user stays in the room, nickname included, for a while: a new offer may bring the connection back. */
export function mediaLost(turn: Turn, id: SessionId): void {
  const session = turn.room.sessions.get(id);
  if (session === undefined || !session.connected) return;
  withoutMedia(turn, session);
  turn.effects.push({ type: 'start-timer', name: absenceTimer(id), delayMs: turn.room.policy.absenceMs });
}

/** Nobody has come back (RFC 7701 §6.4). */
export function absenceExpired(turn: Turn, id: SessionId): void {
  if (turn.room.sessions.get(id)?.connected !== false) return;
  turn.effects.push({ type: 'dismiss', session: id, reason: 'Connection lost' });
  leave(turn, id);
}

function withoutMedia(turn: Turn, session: RoomSession): void {
  if (!session.connected) return;
  stopTraffic(turn, session.id);
  putSession(turn, { ...session, connected: false, congested: false });
  turn.effects.push({ type: 'release-media', session: session.id }, { type: 'roster-changed' });
}

export function leave(turn: Turn, id: SessionId): void {
  const session = turn.room.sessions.get(id);
  if (session === undefined || turn.decide.servesAfterLeave(session)) return;
  stopTraffic(turn, id);
  if (!session.connected) turn.effects.push({ type: 'stop-timer', name: absenceTimer(id) });
  changeNickname(turn, session, undefined);
  const user = userOf(turn.room, session);
  const sessions = user.sessions.filter((other) => other !== id);
  turn.room = {
    ...turn.room,
    sessions: withoutEntry(turn.room.sessions, id),
    users:
      sessions.length === 0
        ? withoutEntry(turn.room.users, user.key)
        : withEntry(turn.room.users, user.key, { ...user, sessions }),
  };
  turn.effects.push({ type: 'release-media', session: id }, { type: 'roster-changed' });
  const abandoned = turn.room.policy.endsWithCreator && user.key === turn.room.creator && sessions.length === 0;
  if (abandoned) close(turn);
}

/** RFC 7701 §5.3: all sessions end with the room. */
export function close(turn: Turn): void {
  if (turn.room.phase === 'closed') return;
  turn.room = { ...turn.room, phase: 'closed' };
  for (const id of turn.room.sessions.keys()) {
    turn.effects.push({ type: 'dismiss', session: id, reason: 'The room is closed' });
    leave(turn, id);
  }
  turn.effects.push({ type: 'room-closed' });
}

/** The shell says whether a participant takes its copies fast enough (RFC 7701 §6.4). */
export function congestionChanged(turn: Turn, id: SessionId, congested: boolean): void {
  const session = turn.room.sessions.get(id);
  if (session === undefined || session.congested === congested) return;
  putSession(turn, { ...session, congested, missed: 0 });
  if (!congested && session.missed > 0)
    sendNotice(turn, session, `Your connection was too slow: ${session.missed} messages were left out.`);
}

/** A participant does not want a copy, or cannot take it: it alone is spared the rest (RFC 4975 §7.1.1). */
export function copyAnswered(turn: Turn, id: SessionId, copyId: string, status: number): void {
  if (status < 300) return;
  for (const message of turn.room.messages.values()) {
    if (message.stage.kind !== 'distributing' || message.stage.copyId !== copyId) continue;
    const stage = withdraw(turn, message, id);
    if (stage !== undefined && stage.sent > 0) abortCopies(turn, message, stage, [id]);
  }
}

function stopTraffic(turn: Turn, id: SessionId): void {
  abandonMessagesOf(turn, id);
  const status = turn.decide.departureStatus();
  for (const message of turn.room.messages.values()) {
    const stage = withdraw(turn, message, id);
    if (stage === undefined || status === undefined) continue;
    const { next } = message.assembly;
    report(turn, message, stage, { start: 1, end: next, total: message.announced ?? next }, status);
  }
}

function userKey(turn: Turn, { identity, session }: Extract<RoomEvent, { type: 'join' }>): string {
  switch (identity.privacy) {
    case 'none':
      for (const user of turn.room.users.values())
        if (user.anonymity === 'none' && turn.decide.sameUri(user.account, identity.uri)) return user.key;
      return `user ${identity.uri}`;
    case 'asked':
      // Without an account behind them two hidden sessions are two people.
      return turn.decide.namesOneParticipant(identity.uri, { ...turn.room, users: new Map() })
        ? `hidden ${identity.uri}`
        : `session ${session}`;
    case 'own':
      return `session ${session}`;
  }
}

function entityTaken(turn: Turn, identity: JoinIdentity): boolean {
  return identity.privacy === 'none' && turn.decide.participantAt(identity.uri, turn.room, () => []) !== undefined;
}

function newUser(turn: Turn, key: string, identity: JoinIdentity): RoomUser {
  const { uri, aliases, displayName, privacy } = identity;
  const base = { key, account: uri, sessions: [] };
  if (privacy === 'none') return { ...base, entity: uri, aliases, displayName, anonymity: 'none' };
  if (privacy === 'own' && turn.decide.namesOneParticipant(uri, turn.room))
    return { ...base, entity: uri, aliases: [], displayName: undefined, anonymity: 'own' };
  const number = turn.room.anonymous + 1;
  turn.room = { ...turn.room, anonymous: number };
  const entity = turn.decide.mintAnonymousUri(number, uri);
  // Nothing that names the account may be kept where the roster, CPIM or a notice could show it (RFC 7701 §5.2).
  return { ...base, entity, aliases: [], displayName: `Anonymous${number}`, anonymity: 'minted' };
}
