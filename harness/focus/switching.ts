import { type ContinuationFlag, headerOf } from '../codec/msrp/message.ts';
import { failureReportOf, readSendHead, type SendHead } from '../msrp/send-head.ts';
import { EMPTY_ASSEMBLY, place, reach } from './assembly.ts';
import { abandon, chunkTimer, complete, distribute, fateOf, passOnIfFair, remember } from './distribution.ts';
import { beginGathering, type Gathered, gather, gatherRest } from './gathering.ts';
import { append, NO_PIECES } from './pieces.ts';
import type { RoomEvent } from './room-events.ts';
import type { IncomingMessage, OpenChunk, RoomSession, SessionId } from './room-state.ts';
import { userOf } from './room-state.ts';
import { dropChunk, putChunk, putMessage, respond, type Turn } from './turn.ts';

/** The grammar allows 32 (RFC 4975 §9); what is longer is remembered for nobody. */
const MAX_MESSAGE_ID_LENGTH = 256;
/** One participant may have so many messages under way. */
const MAX_OPEN_MESSAGES = 64;

type HeadEvent = Extract<RoomEvent, { type: 'chunk-head' }>;

/** Head of a SEND: finds or makes the message that the chunk belongs to (RFC 7701 §6.1). */
export function chunkHead(turn: Turn, event: HeadEvent): void {
  const session = turn.room.sessions.get(event.session);
  if (session === undefined) return;
  const read = readSendHead(event.head, event.hasBody);
  const chunk: OpenChunk = {
    session: session.id,
    request: event.request,
    message: undefined,
    at: 0,
    failureReport: failureReportOf(event.head),
    refusal: undefined,
    rest: 'take',
    answered: false,
  };
  if (!read.ok || read.value.messageId.length > MAX_MESSAGE_ID_LENGTH) {
    refuseChunk(turn, chunk, 400);
    return;
  }

  const key = turn.decide.messageKey(session.id, read.value.messageId);
  const message = turn.room.messages.get(key);
  if (message === undefined) openMessage(turn, event, session, read.value, key, chunk);
  else continueMessage(turn, message, read.value, chunk);
}

function openMessage(
  turn: Turn,
  event: HeadEvent,
  session: RoomSession,
  send: SendHead,
  key: string,
  chunk: OpenChunk,
): void {
  // Binds the session or keeps it alive; there is nothing to pass on (RFC 4975 §5.4).
  if (!event.hasBody || send.contentType === undefined) {
    putChunk(turn, { ...chunk, rest: 'drop' });
    return;
  }
  const { start, announced } = extent(send);
  const fate = fateOf(turn, key);
  if (fate !== undefined && start > 0) {
    // A stray chunk belongs to nothing that could be passed on (RFC 7701 §6.1).
    if (fate.kind === 'complete') {
      putChunk(turn, { ...chunk, rest: 'drop' });
      return;
    }
    refuseChunk(turn, chunk, fate.kind === 'refused' ? fate.status : 413);
    return;
  }
  const topLevel = turn.decide.topLevelType(send.contentType, userOf(turn.room, session), turn.room);
  if (topLevel.kind === 'refused') {
    remember(turn, key, { kind: 'refused', status: topLevel.status });
    refuseChunk(turn, chunk, topLevel.status);
    return;
  }
  if (tooLarge(turn, start, announced) || openMessages(turn, session.id) >= MAX_OPEN_MESSAGES) {
    remember(turn, key, { kind: 'refused', status: 413 });
    refuseChunk(turn, chunk, 413);
    return;
  }
  putMessage(turn, {
    key,
    session: session.id,
    messageId: send.messageId,
    contentType: topLevel.kind === 'wrap' ? 'message/cpim' : send.contentType,
    failureReport: send.failureReport,
    successReport: send.successReport,
    fromPath: headerOf(event.head, 'From-Path') ?? '',
    assembly: EMPTY_ASSEMBLY,
    size: undefined,
    announced,
    progress: false,
    stage: beginGathering(topLevel.kind === 'wrap' ? append(NO_PIECES, topLevel.header) : NO_PIECES),
  });
  putChunk(turn, { ...chunk, message: key, at: start });
  startTimer(turn, key);
}

function continueMessage(turn: Turn, message: IncomingMessage, send: SendHead, chunk: OpenChunk): void {
  const status = turn.decide.continuationStatus(send.contentType ?? message.contentType);
  if (status !== undefined) {
    refuseChunk(turn, chunk, status);
    return;
  }
  const { start, announced = message.announced } = extent(send);
  const open: OpenChunk = { ...chunk, message: message.key, at: start };
  if (tooLarge(turn, start, announced)) {
    refuseMessage(turn, message, open, 413);
    return;
  }
  const successReport = send.successReport === 'yes' ? 'yes' : message.successReport;
  putMessage(turn, { ...message, announced, successReport, progress: false });
  putChunk(turn, open);
  startTimer(turn, message.key);
}

/** Octets of the chunk at hand, in pieces of any size. */
export function chunkData(turn: Turn, session: SessionId, octets: Buffer): void {
  const chunk = turn.room.chunks.get(session);
  if (chunk?.message === undefined || chunk.rest === 'drop') return;
  const message = turn.room.messages.get(chunk.message);
  if (message === undefined) return;
  const end = chunk.at + octets.length;
  if (end > turn.room.policy.maxMessageOctets) {
    refuseMessage(turn, message, chunk, 413);
    return;
  }
  if (message.size !== undefined && end > message.size) {
    refuseMessage(turn, message, chunk, 400);
    return;
  }
  const placed = place(message.assembly, chunk.at, octets);
  if (!placed.ok) {
    refuseMessage(turn, message, chunk, 413);
    return;
  }

  putChunk(turn, { ...chunk, at: end });
  const grown: IncomingMessage = { ...message, assembly: placed.value.assembly, progress: true };
  putMessage(turn, grown);
  if (placed.value.octets.length === 0) return;
  if (grown.stage.kind === 'distributing') distribute(turn, grown, placed.value.octets);
  else heed(turn, session, message.key, gather(turn, grown, grown.stage, placed.value.octets));
}

/** The end-line. A response is due now, whatever the recipients do (RFC 7701 §6.3). */
export function chunkEnd(turn: Turn, session: SessionId, flag: ContinuationFlag): void {
  const begun = turn.room.chunks.get(session);
  if (begun === undefined) return;
  const mark = turn.effects.length;
  if (begun.message !== undefined && begun.rest === 'take') endOfChunk(turn, session, begun.message, begun.at, flag);

  const chunk = turn.room.chunks.get(session) ?? begun;
  dropChunk(turn, session);
  const status = chunk.refusal ?? 200;
  if (chunk.answered || !turn.decide.responds(chunk.failureReport, status)) return;
  const caused = turn.effects.splice(mark);
  respond(turn, session, chunk.request, status);
  turn.effects.push(...caused);
}

function endOfChunk(turn: Turn, session: SessionId, key: string, end: number, flag: ContinuationFlag): void {
  const message = turn.room.messages.get(key);
  if (message === undefined) return;
  if (flag === '#') {
    abandon(turn, message, { kind: 'aborted' });
    return;
  }
  if (flag === '$') {
    const contradiction = (message.size !== undefined && message.size !== end) || reach(message.assembly) > end;
    if (contradiction) {
      refuseMessage(turn, message, turn.room.chunks.get(session), 400);
      return;
    }
    putMessage(turn, { ...message, size: end });
  }
  if (!finishIfWhole(turn, session, key)) {
    passOnIfFair(turn, key);
    startTimer(turn, key);
  }
}

/** `$` alone decides the size; a hole may still have to be filled (RFC 4975 §7.3.1). */
function finishIfWhole(turn: Turn, session: SessionId, key: string): boolean {
  const message = turn.room.messages.get(key);
  if (message?.size === undefined || message.assembly.next < message.size) return false;
  if (message.stage.kind === 'gathering') heed(turn, session, key, gatherRest(turn, message, message.stage));
  const ready = turn.room.messages.get(key);
  if (ready?.size !== undefined && ready.stage.kind === 'distributing') complete(turn, ready, ready.stage, ready.size);
  return true;
}

/** The chunk reception timer has run out (RFC 7701 §6.1). */
export function chunkTimerExpired(turn: Turn, key: string): void {
  const message = turn.room.messages.get(key);
  if (message === undefined) return;
  const chunk = turn.room.chunks.get(message.session);
  const underWay = chunk?.message === key;
  if (underWay && message.progress) {
    // A long chunk on a slow path is no silence.
    putMessage(turn, { ...message, progress: false });
    startTimer(turn, key);
    return;
  }
  abandon(turn, message, { kind: 'aborted' });
  if (underWay) putChunk(turn, { ...chunk, refusal: 413, rest: 'drop' });
}

/** The sender has vanished: nothing of it will ever be complete (RFC 7701 §6.1). */
export function abandonMessagesOf(turn: Turn, session: SessionId): void {
  for (const message of turn.room.messages.values())
    if (message.session === session) abandon(turn, message, { kind: 'aborted' });
  dropChunk(turn, session);
}

function heed(turn: Turn, session: SessionId, key: string, gathered: Gathered): void {
  if (gathered.kind === 'fine') return;
  const chunk = turn.room.chunks.get(session);
  if (gathered.reaches === 'some') {
    if (chunk !== undefined) putChunk(turn, { ...chunk, refusal: gathered.status });
    return;
  }
  const message = turn.room.messages.get(key);
  if (message !== undefined) refuseMessage(turn, message, chunk, gathered.status);
}

function refuseMessage(turn: Turn, message: IncomingMessage, chunk: OpenChunk | undefined, status: number): void {
  abandon(turn, message, { kind: 'refused', status });
  if (chunk !== undefined) refuseChunk(turn, chunk, status);
}

function refuseChunk(turn: Turn, chunk: OpenChunk, refusal: number): void {
  // 413 asks the sender to stop in the middle of the chunk, so it cannot wait for the end (RFC 4975 §10.5).
  const early = refusal === 413 && turn.decide.responds(chunk.failureReport, refusal);
  putChunk(turn, { ...chunk, refusal, rest: 'drop', answered: chunk.answered || early });
  if (early && !chunk.answered) respond(turn, chunk.session, chunk.request, refusal);
}

function startTimer(turn: Turn, key: string): void {
  turn.effects.push({
    type: 'start-timer',
    name: chunkTimer(key),
    delayMs: turn.decide.chunkTimeout(turn.room.policy),
  });
}

/** Positions count from 0 here. Numbers beyond any limit are all alike. */
function extent({ range }: SendHead): { readonly start: number; readonly announced: number | undefined } {
  if (range === undefined) return { start: 0, announced: undefined };
  return {
    start: Number(range.start) - 1,
    announced: range.total === '*' ? undefined : Number(range.total),
  };
}

function tooLarge(turn: Turn, start: number, announced: number | undefined): boolean {
  const { maxMessageOctets } = turn.room.policy;
  return start > maxMessageOctets || (announced ?? 0) > maxMessageOctets;
}

function openMessages(turn: Turn, session: SessionId): number {
  let count = 0;
  for (const message of turn.room.messages.values()) if (message.session === session) count += 1;
  return count;
}
