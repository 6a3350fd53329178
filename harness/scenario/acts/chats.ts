import type { MsrpOutcome } from '../../participant/outcome.ts';
import type { SentMessage } from '../../participant/sending.ts';
import type { Charge } from '../judge.ts';
import { type Actor, listeners, type Stage, type TrackedMessage } from '../stage.ts';
import { judgeCompleteness, judgeContent, tellOrder } from './chat-properties.ts';
import { composeTracked } from './compose.ts';
import { msrpAnswer, msrpEvidence } from './evidence.ts';
import { judgeMessage, single } from './messages.ts';
import { Tally } from './tally.ts';

export interface Chats {
  readonly messages?: number | undefined;
  /** Octets of content. */
  readonly size?: number | undefined;
  readonly chunks?: number | undefined;
  /** The first chunks of all messages of a sender, then their second ones, and so on. */
  readonly interleaved?: true | undefined;
}

/** What happens while everybody has sent a part of what there is to send. */
export interface Meanwhile {
  /** Names of those who have something else to do. */
  readonly busy: ReadonlySet<string>;
  readonly play: () => Promise<void>;
}

/** One of the messages of a sender, and how it is known in findings. */
export interface Said {
  readonly title: string;
  readonly message: TrackedMessage;
  /** In pieces or at once. */
  readonly sendings: SentMessage[];
}

/**
 * Every participant sends messages to its room, all at the same time, without waiting for answers. Each has to reach all
 * others there: complete, and octet for octet (RFC 7701 §2, §6.1). Rules judge that it comes once, and chunk by chunk in
 * order. An order of separate messages is laid down nowhere, so it is told and not judged.
 *
 * Who is busy meanwhile stops in the middle; what it has said by then is owed to nobody, nor anything to it.
 */
export async function everyoneChats(
  stage: Stage,
  chats: Chats,
  meanwhile: Meanwhile | undefined,
  charge: Charge,
): Promise<void> {
  const actors = listeners(stage);
  const staying = actors.filter(({ name }) => meanwhile?.busy.has(name) !== true);
  if (staying.length < 2) {
    stage.judge.record(charge, {
      verdict: 'inconclusive',
      message: 'everyone chats',
      expected: 'two participants',
      actual: String(staying.length),
    });
    return;
  }
  const from = stage.conversation.messages.list.length;
  const wholes = chats.interleaved === undefined && meanwhile === undefined;
  const said = wholes ? sayAtOnce(stage, actors, chats) : await sayInPieces(stage, actors, chats, meanwhile);
  const accepted = await judgeAnswers(
    stage,
    said.filter(({ message }) => staying.includes(message.sender)),
    charge,
  );
  const tally = new Tally(
    stage,
    accepted.map(({ message }) => message),
    staying,
    from,
  );
  await tally.wait();
  await judgeCompleteness(stage, accepted, tally, charge);
  judgeContent(stage, accepted, tally, charge);
  tellOrder(stage, accepted, staying, tally, charge);
}

function messagesOf(stage: Stage, actor: Actor, { messages: count = 1, size }: Chats): Said[] {
  return Array.from({ length: count }, (_, i) => {
    const title = `message ${i + 1} of ${actor.name}`;
    const message = composeTracked(stage, actor, { text: title, ...(size === undefined ? {} : { size }) }, undefined);
    return { title: `${title} (Message-ID ${message.composed.messageId})`, message, sendings: [] };
  });
}

function sayAtOnce(stage: Stage, actors: readonly Actor[], chats: Chats): Said[] {
  const { chunks } = chats;
  return actors.flatMap((actor) => {
    const said = messagesOf(stage, actor, chats);
    for (const { message, sendings } of said)
      sendings.push(actor.participant.send(message.composed, chunks === undefined ? {} : { chunks }));
    return said;
  });
}

interface Piece {
  readonly said: Said;
  /** Offsets into the message. */
  readonly start: number;
  readonly end: number;
}

/** A third before, a third while the others are busy, a third when they are done. */
const PARTS = 3;

async function sayInPieces(
  stage: Stage,
  actors: readonly Actor[],
  chats: Chats,
  meanwhile: Meanwhile | undefined,
): Promise<Said[]> {
  const pieces = new Map(actors.map((actor) => [actor, piecesOf(messagesOf(stage, actor, chats), chats)]));
  const say = (part: number, by: readonly Actor[]): Promise<unknown> =>
    Promise.all(
      by.flatMap((actor) => {
        const own = pieces.get(actor) ?? [];
        const [start, end] = [part, part + 1].map((at) => Math.ceil((at * own.length) / PARTS));
        return own.slice(start, end).map((piece) => sayPiece(actor, piece));
      }),
    );
  const staying = actors.filter(({ name }) => meanwhile?.busy.has(name) !== true);
  await say(0, actors);
  await Promise.all([say(1, staying), meanwhile?.play()]);
  await say(2, staying);
  return [...new Set([...pieces.values()].flat().map(({ said }) => said))];
}

function piecesOf(said: readonly Said[], { chunks, interleaved }: Chats): Piece[] {
  const each = said.map((one) => {
    const total = one.message.composed.octets.length;
    const octets = chunks ?? total;
    return Array.from({ length: Math.ceil(total / octets) }, (_, i): Piece => {
      return { said: one, start: i * octets, end: Math.min(total, (i + 1) * octets) };
    });
  });
  if (interleaved === undefined) return each.flat();
  const longest = Math.max(...each.map((pieces) => pieces.length));
  return Array.from({ length: longest }, (_, i) => each.flatMap((pieces) => pieces[i] ?? [])).flat();
}

function sayPiece({ participant }: Actor, { said: { message, sendings }, start, end }: Piece): Promise<MsrpOutcome> {
  const flag = end === message.composed.octets.length ? '$' : '+';
  const sent = participant.sendChunk(message.composed, { start, end, flag });
  sendings.push(single(sent));
  return sent.outcome;
}

/** The messages that have been taken. One finding tells of the first that was not. */
async function judgeAnswers(stage: Stage, said: readonly Said[], charge: Charge): Promise<Said[]> {
  const accepted: Said[] = [];
  let told = false;
  for (const one of said) {
    const { message, sendings } = one;
    const outcomes = await Promise.all(sendings.map(({ outcome }) => outcome));
    message.transactionIds.push(...sendings.flatMap((sending) => sending.transactionIds()));
    const answers = outcomes.map((outcome) => judgeMessage(200, msrpAnswer(outcome), message, charge.miss));
    const judgement = answers.find(({ verdict }) => verdict !== 'pass');
    if (judgement === undefined) accepted.push(one);
    if (judgement === undefined || told) continue;
    told = true;
    const evidence = message.transactionIds.flatMap((id) => msrpEvidence(stage, message.sender, id));
    stage.judge.record(charge, { ...judgement, message: `${message.sender.name} sends ${one.title}`, evidence });
  }
  return accepted;
}
