import type { ParsedCpim } from '../codec/cpim/message.ts';
import { parseCpim } from '../codec/cpim/parse.ts';
import { scanCpim } from '../codec/cpim/prefix.ts';
import { distribute, fateOf, senderOf } from './distribution.ts';
import { append, join, NO_PIECES, type Pieces } from './pieces.ts';
import type { GatheringStage, IncomingMessage, RoomSession, Route, SessionId } from './room-state.ts';
import { userOf } from './room-state.ts';
import { freshCopyId, putMessage, type Turn } from './turn.ts';

/** Header blocks larger than this are refused: nobody writes them, and they would have to be held. */
const MAX_HEADER_OCTETS: number = 64 * 1024;
const FIRST_LOOK = 256;
const LF = 0x0a;
const CR = 0x0d;

export const beginGathering = (octets: Pieces): GatheringStage => ({
  kind: 'gathering',
  octets,
  lookAt: FIRST_LOOK,
  route: undefined,
});

/** What gathering has come to: going on, or a status to refuse the message with. */
export type Gathered =
  | { readonly kind: 'fine' }
  | { readonly kind: 'refused'; readonly status: number; readonly reaches: 'nobody' | 'some' };

const FINE: Gathered = { kind: 'fine' };

/**
 * Collects octets until From, To and the wrapped type are there, then starts to distribute (RFC 7701 §6.1, §9.5).
 * Each octet is looked at a bounded number of times: again only when an empty line has come or the length has doubled.
 */
export function gather(
  turn: Turn,
  message: IncomingMessage,
  stage: GatheringStage,
  octets: readonly Buffer[],
): Gathered {
  let gathered = stage.octets;
  // Incomplete blocks are worth no look, unless the decision is to go by them.
  let look = turn.decide.headersReady({ state: 'need-more' }) !== 'wait';
  for (const piece of octets) {
    look ||= endsLine(gathered, piece);
    gathered = append(gathered, piece);
  }
  look ||= gathered.length >= stage.lookAt;
  const lookAt = gathered.length >= stage.lookAt ? gathered.length * 2 : stage.lookAt;
  const later: GatheringStage = { ...stage, octets: gathered, lookAt };
  putMessage(turn, { ...message, stage: later });
  return look ? judgePrefix(turn, { ...message, stage: later }, later, 'more may come') : FINE;
}

/** The message has ended while its header blocks were still looked for. */
export function gatherRest(turn: Turn, message: IncomingMessage, stage: GatheringStage): Gathered {
  return judgePrefix(turn, message, stage, 'whole');
}

function judgePrefix(
  turn: Turn,
  message: IncomingMessage,
  stage: GatheringStage,
  extent: 'more may come' | 'whole',
): Gathered {
  const { decide } = turn;
  const octets = join(stage.octets);
  const prefix = scanCpim(octets);
  const readiness = decide.headersReady(prefix);
  if (readiness === 'wait' && extent === 'more may come')
    return octets.length > MAX_HEADER_OCTETS
      ? refuse(413)
      : keep(turn, message, { ...stage, octets: onePiece(octets) });
  if (prefix.state === 'need-more' && readiness === 'wait') return refuse(decide.unreadableStatus());
  const parsed = parseCpim(octets);
  if (!parsed.ok) return refuse(decide.unreadableStatus());

  const sender = senderOf(turn, message);
  const route = stage.route ?? decide.judge(wrapperOf(parsed.value, message), sender, turn.room, turn.neighbours);
  if (route.kind === 'refused' && route.reaches.length === 0) return refuse(route.status);
  if (readiness !== 'distribute' && extent === 'more may come') {
    if (octets.length > MAX_HEADER_OCTETS) return refuse(413);
    return keep(turn, message, { ...stage, octets: onePiece(octets), route });
  }
  const type = wrappedType(parsed.value);
  const status = type === undefined ? undefined : decide.wrappedTypeStatus(type, turn.room);
  if (status !== undefined) return refuse(status);
  begin(turn, message, octets, contentStart(parsed.value, octets), parsed.value, route, type);
  return route.kind === 'refused' ? { kind: 'refused', status: route.status, reaches: 'some' } : FINE;
}

function begin(
  turn: Turn,
  message: IncomingMessage,
  octets: Buffer,
  contentAt: number,
  parsed: ParsedCpim,
  route: Route,
  type: string | undefined,
): void {
  const { decide } = turn;
  const sender = senderOf(turn, message);
  const header = octets.subarray(0, contentAt);
  const relayed = decide.relayedHeaders(header, userOf(turn.room, sender), turn.room);
  const size = message.size ?? message.announced;
  const distributingMessage: IncomingMessage = {
    ...message,
    stage: {
      kind: 'distributing',
      route,
      copyId: copyIdOf(turn, message),
      recipients: recipientsOf(turn, route, sender, type, size),
      pending: append(NO_PIECES, relayed),
      sent: 0,
      growth: relayed.length - header.length,
      from: parsed.headers.find((line) => line.name === 'From')?.value,
      to: parsed.headers.find((line) => line.name === 'To')?.value,
    },
  };
  putMessage(turn, distributingMessage);
  distribute(turn, distributingMessage, contentAt < octets.length ? [octets.subarray(contentAt)] : []);
}

/** A message that comes again under its Message-ID is a duplicate, and its copies have to show it (RFC 4975 §5.4). */
function copyIdOf(turn: Turn, { key, messageId }: IncomingMessage): string {
  const fate = fateOf(turn, key);
  return fate?.kind === 'complete' ? fate.copyId : turn.decide.copyId(messageId, freshCopyId(turn));
}

function recipientsOf(
  turn: Turn,
  route: Route,
  sender: RoomSession,
  type: string | undefined,
  size: number | undefined,
): readonly SessionId[] {
  const { decide, room } = turn;
  const addressed = addressees(turn, route, sender);
  return addressed.filter((id) => {
    const session = room.sessions.get(id);
    // Not of this room: only a wrong decision names such a session.
    if (session === undefined) return true;
    if (!decide.wantsMessages(session)) return false;
    if (!decide.acceptsWrapped(session, type, room) || !decide.acceptsSize(session, size)) return false;
    if (route.kind !== 'room' || !session.congested || decide.deliversThroughCongestion(session, size, room))
      return true;
    turn.room = {
      ...turn.room,
      sessions: new Map(turn.room.sessions).set(id, { ...session, missed: session.missed + 1 }),
    };
    return false;
  });
}

function addressees(turn: Turn, route: Route, sender: RoomSession): readonly SessionId[] {
  switch (route.kind) {
    case 'room':
      return turn.decide.roomRecipients(sender, turn.room, turn.neighbours);
    case 'private':
      return route.sessions;
    case 'refused':
      return route.reaches;
  }
}

const refuse = (status: number): Gathered => ({ kind: 'refused', status, reaches: 'nobody' });

function keep(turn: Turn, message: IncomingMessage, stage: GatheringStage): Gathered {
  putMessage(turn, { ...message, stage });
  return FINE;
}

const onePiece = (octets: Buffer): Pieces => append(NO_PIECES, octets);

const wrapperOf = (parsed: ParsedCpim, { failureReport }: IncomingMessage) => ({
  from: parsed.headers.filter((line) => line.name === 'From').map((line) => line.value),
  to: parsed.headers.filter((line) => line.name === 'To').map((line) => line.value),
  failureReport,
});

/** Content-Type of the content; in the compact form it stands among the metadata. */
function wrappedType({ headers, mimeHeaders }: ParsedCpim): string | undefined {
  return [...mimeHeaders, ...headers].find((line) => line.name.toLowerCase() === 'content-type')?.value;
}

const contentStart = (parsed: ParsedCpim, octets: Buffer): number => octets.length - parsed.content.length;

/** Whether an empty line may lie in the last octets of `before` and `piece` together. */
function endsLine(before: Pieces, piece: Buffer): boolean {
  let breaks = trailingBreak(before);
  for (const octet of piece) {
    if (octet === LF) {
      if (breaks) return true;
      breaks = true;
    } else if (octet !== CR) breaks = false;
  }
  return false;
}

/** Whether these octets end in a line end, perhaps with a CR behind it; so does the very beginning. */
function trailingBreak({ last, before }: Pieces): boolean {
  if (last === undefined) return true;
  const final = last.at(-1);
  if (final !== CR) return final === LF;
  const previous = last.length > 1 ? last.at(-2) : before?.last?.at(-1);
  return previous === undefined || previous === LF;
}
