import type { ContinuationFlag } from '../codec/msrp/message.ts';
import { append, NO_PIECES, toBuffers } from './pieces.ts';
import type { DistributingStage, Fate, IncomingMessage, RoomSession, SessionId } from './room-state.ts';
import { withEntry, withoutEntry } from './room-state.ts';
import { putMessage, type Turn } from './turn.ts';

/** No chunk but the last should be smaller (RFC 4975 §7.1.1). */
const SMALLEST_CHUNK = 2048;
/** At least so many finished messages are remembered per room, and at most twice as many. */
const REMEMBERED_FATES = 128;

export const chunkTimer = (key: string): string => `chunk ${key}`;

/** The sender of a message under way: it leaves no message behind, so it is in the room. */
export function senderOf(turn: Turn, message: IncomingMessage): RoomSession {
  const sender = turn.room.sessions.get(message.session);
  if (sender === undefined) throw new Error(`message ${message.key} without sender`);
  return sender;
}

/** Takes content that is in order and passes on what makes a chunk of fair size (RFC 7701 §6.1). */
export function distribute(turn: Turn, message: IncomingMessage, octets: readonly Buffer[]): void {
  for (const piece of octets) {
    const current = distributing(turn, message.key);
    if (current === undefined) return;
    // More octets have come, so what is pending is not the end of the message.
    if (current.stage.pending.length >= SMALLEST_CHUNK) passOn(turn, current.message, current.stage, '+');
    const { message: later, stage } = distributing(turn, message.key) ?? current;
    const pending = append(stage.pending, turn.decide.relayedContent(piece));
    putMessage(turn, { ...later, stage: { ...stage, pending } });
  }
  const current = distributing(turn, message.key);
  if (current === undefined) return;
  const { announced, assembly } = current.message;
  const goesOn = announced !== undefined && assembly.next < announced;
  if (goesOn) passOnIfFair(turn, message.key);
}

/** After a chunk that is not the last: the rest may take long to come. */
export function passOnIfFair(turn: Turn, key: string): void {
  const current = distributing(turn, key);
  if (current === undefined || current.stage.pending.length < SMALLEST_CHUNK) return;
  passOn(turn, current.message, current.stage, '+');
}

/** The message is complete. */
export function complete(turn: Turn, message: IncomingMessage, stage: DistributingStage, size: number): void {
  passOn(turn, message, stage, '$');
  forget(turn, message, { kind: 'complete', copyId: stage.copyId });
  for (const range of turn.decide.successReports(message.successReport, size, stage.recipients))
    report(turn, message, stage, { ...range, total: size }, 200);
}

/** The message stays incomplete: whoever has a part of it is told so (RFC 7701 §6.1). */
export function abandon(turn: Turn, message: IncomingMessage, fate: Fate): void {
  const { stage } = message;
  if (stage.kind === 'distributing' && stage.sent > 0) abortCopies(turn, message, stage, stage.recipients);
  forget(turn, message, fate);
}

/** Takes a session off the recipients of a message. */
export function withdraw(turn: Turn, message: IncomingMessage, recipient: SessionId): DistributingStage | undefined {
  const { stage } = message;
  if (stage.kind !== 'distributing' || !stage.recipients.includes(recipient)) return undefined;
  const recipients = stage.recipients.filter((other) => other !== recipient);
  putMessage(turn, { ...message, stage: { ...stage, recipients } });
  return stage;
}

export function abortCopies(
  turn: Turn,
  message: IncomingMessage,
  stage: DistributingStage,
  recipients: readonly SessionId[],
): void {
  if (recipients.length === 0) return;
  const flag = turn.decide.abortFlag();
  turn.effects.push({
    type: 'copy',
    from: message.session,
    recipients,
    copyId: stage.copyId,
    contentType: message.contentType,
    at: stage.sent,
    octets: [],
    total: flag === '$' ? stage.sent : undefined,
    flag,
  });
}

/** A REPORT to the sender. */
export function report(
  turn: Turn,
  message: IncomingMessage,
  stage: DistributingStage,
  range: { readonly start: number; readonly end: number; readonly total: number },
  status: number,
): void {
  turn.effects.push({
    type: 'report',
    session: message.session,
    toPath: message.fromPath,
    messageId: turn.decide.reportedMessageId(message.messageId, stage.copyId),
    range,
    status,
    body: turn.decide.reportBody(stage.route, stage.from, stage.to),
  });
}

function distributing(
  turn: Turn,
  key: string,
): { readonly message: IncomingMessage; readonly stage: DistributingStage } | undefined {
  const message = turn.room.messages.get(key);
  return message?.stage.kind === 'distributing' ? { message, stage: message.stage } : undefined;
}

function passOn(turn: Turn, message: IncomingMessage, stage: DistributingStage, flag: ContinuationFlag): void {
  const recipients =
    stage.sent === 0
      ? stage.recipients
      : turn.decide.laterRecipients(stage.recipients, stage.route, senderOf(turn, message), turn.room);
  const sent = stage.sent + stage.pending.length;
  const announced = message.announced === undefined ? undefined : message.announced + stage.growth;
  if (recipients.length > 0)
    turn.effects.push({
      type: 'copy',
      from: message.session,
      recipients,
      copyId: stage.copyId,
      contentType: message.contentType,
      at: stage.sent,
      octets: toBuffers(stage.pending),
      total: flag === '$' ? sent : announced,
      flag,
    });
  putMessage(turn, { ...message, stage: { ...stage, sent, pending: NO_PIECES } });
}

function forget(turn: Turn, message: IncomingMessage, fate: Fate): void {
  turn.room = { ...turn.room, messages: withoutEntry(turn.room.messages, message.key) };
  remember(turn, message.key, fate);
  turn.effects.push({ type: 'stop-timer', name: chunkTimer(message.key) });
}

/** Keeps how a message ended, for the chunks of it that may still come: cheaply, so the oldest go by the hundred. */
export function remember(turn: Turn, key: string, fate: Fate): void {
  const { recent, older } = turn.room.fates;
  const fates =
    recent.size < REMEMBERED_FATES
      ? { recent: withEntry(recent, key, fate), older }
      : { recent: new Map([[key, fate]]), older: recent };
  turn.room = { ...turn.room, fates };
}

export const fateOf = (turn: Turn, key: string): Fate | undefined =>
  turn.room.fates.recent.get(key) ?? turn.room.fates.older.get(key);
