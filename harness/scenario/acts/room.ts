import type { WireEntry } from '../../wire/entry.ts';
import { quietWindow } from '../absence.ts';
import type { RoomAction } from '../client-schema.ts';
import { type Answer, judgeAnswer, silenceIn } from '../expectation.ts';
import { clientUri, due, ROOM_SIDE, type Stage } from '../stage.ts';
import type { Answered } from './act.ts';
import type { ClientAct } from './client.ts';
import { sends } from './room-sends.ts';
import { type Paths, pathsOf } from './session-of-client.ts';
import { bodyIn, octetsOf, segments } from './wire.ts';

/** A step of the room: what it does to the client under test. */
export interface RoomAct<Args> extends ClientAct<Args> {
  readonly label: string | undefined;
}

type Acts = {
  readonly [K in keyof RoomAction]-?: (act: RoomAct<NonNullable<RoomAction[K]>>) => Promise<Answered | undefined>;
};

export const roomActs: Acts = { raw, sends, closes, answers };

/** Octets as the scenario writes them, on the connection of the client; `expect` is what the client answers. */
async function raw({
  stage,
  client,
  args,
  expect = 'anything',
  charge,
  label,
}: RoomAct<NonNullable<RoomAction['raw']>>): Promise<Answered | undefined> {
  const tid = stage.values.canary();
  const canary = stage.values.canary();
  const messageId = stage.values.canary();
  const paths = pathsOf(stage);
  const values = { ...paths, tid, canary, 'message-id': messageId, client: clientUri(stage) };
  const octets = octetsOf(stage.values.fill(args.msrp, { ...values, from: client.room, to: clientUri(stage) }));
  const whole = args.text === undefined ? undefined : stage.values.fill(args.text, { canary });
  const made = whole === undefined ? { canary, octets: bodyIn(octets) } : { canary: whole, octets: Buffer.from(whole) };
  if (label !== undefined) client.handMade.set(label, made);
  const what = `the client answers hand-made octets${args.breaks === undefined ? '' : ` that break ${args.breaks.join(', ')}`}`;
  let written = true;
  for (const segment of segments(octets, args.split ?? [])) written = client.write(segment) && written;
  // Who has closed the connection answers nothing any more.
  if (!written && silenceIn(expect) === 'missed') {
    const about = { message: what, expected: 'an MSRP connection', actual: 'there is none' };
    stage.judge.record(charge, { ...about, verdict: 'inconclusive' });
    return undefined;
  }
  if (expect === 'anything') return undefined;
  const response = written ? await responseTo(stage, client, tid, paths, silenceIn(expect) === 'missed') : undefined;
  const answer: Answer =
    response === undefined ? { kind: 'silence', reason: 'no response' } : { kind: 'status', status: response.status };
  const sent = stage.conversation.msrp.find(ROOM_SIDE, 'sent', tid)?.request.index;
  const evidence = [...(sent === undefined ? [] : [sent]), ...(response === undefined ? [] : [response.entry.index])];
  stage.judge.record(charge, { ...judgeAnswer(expect, answer, charge.miss), message: what, evidence });
  return { status: response?.status, evidence };
}

/** Another answer than the room would give by itself. */
async function answers({ client, args }: RoomAct<NonNullable<RoomAction['answers']>>): Promise<undefined> {
  const { method, status, 'after-seconds': seconds = 0 } = args;
  client.answerWith(method, { status, afterMs: seconds * 1000 });
}

/** RFC 7701 §5.3: everybody is told BYE. */
async function closes({ client }: RoomAct<object>): Promise<undefined> {
  client.closeRoom();
}

/** Where silence is allowed it is not waited for: a later request on the connection shows it, or the end of that. */
async function responseTo(
  stage: Stage,
  client: RoomAct<unknown>['client'],
  tid: string,
  paths: Paths,
  isDue: boolean,
): Promise<{ readonly status: number; readonly entry: WireEntry } | undefined> {
  if (isDue) return due(stage, () => responseIn(stage, tid));
  const later = stage.values.canary();
  client.write(Buffer.from(pingText(paths, later)));
  const before = stage.log.entries.length;
  const ended = (): true | undefined => (lostSince(stage, before) ? true : undefined);
  await due(stage, () => responseIn(stage, later) ?? ended());
  await quietWindow(stage);
  return responseIn(stage, tid);
}

function responseIn({ log }: Stage, tid: string): { readonly status: number; readonly entry: WireEntry } | undefined {
  const entry = log.entries.findLast(
    ({ actor, direction, content }) =>
      actor === ROOM_SIDE &&
      direction === 'received' &&
      content.protocol === 'msrp' &&
      content.message.kind === 'response' &&
      content.message.transactionId === tid,
  );
  if (entry?.content.protocol !== 'msrp' || entry.content.message.kind !== 'response') return undefined;
  return { status: entry.content.message.status, entry };
}

const lostSince = ({ log }: Stage, since: number): boolean =>
  log.entries
    .slice(since)
    .some(
      ({ actor, content }) => actor === ROOM_SIDE && content.protocol === 'connection' && content.event !== 'opened',
    );

/** SEND without body, which asks for nothing but an answer (RFC 4975 §7.1.1). */
const pingText = (paths: Paths, tid: string): string =>
  [
    `MSRP ${tid} SEND`,
    `To-Path: ${paths['to-path']}`,
    `From-Path: ${paths['from-path']}`,
    `Message-ID: ${tid}`,
    'Byte-Range: 1-0/0',
    `-------${tid}$`,
    '',
  ].join('\r\n');
