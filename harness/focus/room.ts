import type { RoomDecisions } from './decisions.ts';
import { chunkTimer } from './distribution.ts';
import {
  absenceExpired,
  absenceTimer,
  close,
  congestionChanged,
  copyAnswered,
  join,
  leave,
  mediaChanged,
  mediaLost,
} from './membership.ts';
import { nicknameRequest, quarantineExpired, quarantineTimer } from './nicknaming.ts';
import { referenceDecisions } from './reference-decisions.ts';
import type { Neighbours, RoomEvent, Step } from './room-events.ts';
import type { RoomState } from './room-state.ts';
import { chunkData, chunkEnd, chunkHead, chunkTimerExpired } from './switching.ts';
import type { Turn } from './turn.ts';

/**
 * The chat room of RFC 7701 as a function: no sockets, no clock, no chance. Earlier states stay valid and share what has
 * not changed. Events about sessions that are not in the room have no effect: MSRP answers those (481).
 */
export function stepRoom(
  room: RoomState,
  event: RoomEvent,
  decide: RoomDecisions = referenceDecisions,
  neighbours: Neighbours = () => [],
): Step {
  const turn: Turn = { room: { ...room, events: room.events + 1 }, effects: [], decide, neighbours };
  dispatch(turn, event);
  return [turn.room, decide.outgoing(turn.effects, event, turn.room)];
}

function dispatch(turn: Turn, event: RoomEvent): void {
  switch (event.type) {
    case 'join':
      join(turn, event);
      break;
    case 'media-changed':
      mediaChanged(turn, event.session, event.media);
      break;
    case 'media-lost':
      mediaLost(turn, event.session);
      break;
    case 'leave':
      leave(turn, event.session);
      break;
    case 'chunk-head':
      chunkHead(turn, event);
      break;
    case 'chunk-data':
      chunkData(turn, event.session, event.octets);
      break;
    case 'chunk-end':
      chunkEnd(turn, event.session, event.flag);
      break;
    case 'nickname':
      nicknameRequest(turn, event);
      break;
    case 'copy-answered':
      if (turn.decide.endsSession(event.status)) mediaLost(turn, event.session);
      else copyAnswered(turn, event.session, event.copyId, event.status);
      break;
    case 'report-received':
      // Reports of recipients end here (RFC 7701 §6.3); an error means what an error response means.
      copyAnswered(turn, event.session, event.copyId, event.status);
      break;
    case 'congestion':
      congestionChanged(turn, event.session, event.congested);
      break;
    case 'timer':
      timerExpired(turn, event.name);
      break;
    case 'close':
      close(turn);
      break;
    default:
      event satisfies never;
  }
}

/** Timers are named by what they watch and for whom. */
const TIMERS: readonly (readonly [begin: string, expired: (turn: Turn, of: string) => void])[] = [
  [chunkTimer(''), chunkTimerExpired],
  [quarantineTimer(''), quarantineExpired],
  [absenceTimer(''), absenceExpired],
];

function timerExpired(turn: Turn, name: string): void {
  for (const [begin, expired] of TIMERS) if (name.startsWith(begin)) expired(turn, name.slice(begin.length));
}
