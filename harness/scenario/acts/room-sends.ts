import { formatByteRange } from '../../codec/msrp/byte-range.ts';
import type { ContinuationFlag, MsrpHeader } from '../../codec/msrp/message.ts';
import { serializeMsrp } from '../../codec/msrp/serialize.ts';
import type { RoomAction } from '../client-schema.ts';
import { listeners, type RoomMessage, type Stage } from '../stage.ts';
import type { RoomAct } from './room.ts';
import { pathsOf } from './session-of-client.ts';

type Sends = NonNullable<RoomAction['sends']>;

/** Pieces of a message of the room's own making, cut as the step says and in the order that it says. */
export async function sends({ stage, client, args, charge, label }: RoomAct<Sends>): Promise<undefined> {
  const message = args.of === undefined ? written(stage, args) : madeAs(stage, args.of);
  if (label !== undefined) client.handMade.set(label, message);
  const count = args.cut ?? message.cut ?? 1;
  const order = args.order ?? Array.from({ length: count }, (_, i) => i + 1);
  for (const piece of order) {
    const octets = chunk(stage, message, piece, count, args);
    if (client.write(octets)) continue;
    const about = { message: 'the room sends to the client', expected: 'an MSRP connection', actual: 'there is none' };
    stage.judge.record(charge, { ...about, verdict: 'inconclusive' });
    return undefined;
  }
  return undefined;
}

function madeAs(stage: Stage, label: string): RoomMessage {
  const made = stage.client?.handMade.get(label);
  // The loader has checked that there is such a label; it may be that of a message of the cast.
  if (made === undefined) throw new Error(`${label} is no message that the room has sent by itself`);
  return made;
}

/** In the name of somebody in the room, or of the room itself where nobody is. */
function written(stage: Stage, { text = '', size = 0, cut = 1 }: Sends): RoomMessage {
  const canary = stage.values.canary();
  const room = stage.client?.room ?? '';
  const from = listeners(stage)[0]?.uri ?? room;
  const said = `${stage.values.fill(text)} ${canary}`;
  const filling = ' and so on'.repeat(Math.max(0, Math.ceil((size - said.length) / 10)));
  const octets = Buffer.from(
    `From: <${from}>\r\nTo: <${room}>\r\n\r\nContent-Type: text/plain\r\n\r\n${said}${filling}`,
  );
  return { canary, octets, messageId: stage.values.canary(), cut };
}

/** `piece` counts from 1. Where a chunk ends in advance of the whole it says so by its flag (RFC 4975 §7.1). */
function chunk(
  stage: Stage,
  { octets, messageId = '' }: RoomMessage,
  piece: number,
  count: number,
  args: Sends,
): Buffer {
  const start = Math.floor((octets.length * (piece - 1)) / count);
  const body = octets.subarray(start, Math.floor((octets.length * piece) / count));
  const total = args.total === 'unknown' ? '*' : BigInt(octets.length);
  const end = args.end === 'unknown' ? '*' : BigInt(start + body.length + (args.end === 'too-far' ? 1000 : 0));
  const flag: ContinuationFlag = piece < count ? (args.flag ?? '+') : '$';
  const range = formatByteRange({ start: BigInt(start + 1), end, total });
  const { 'to-path': to, 'from-path': from } = pathsOf(stage);
  const further = Object.entries(args.headers ?? {}).map(([name, value]): MsrpHeader => ({ name, value }));
  return serializeMsrp({
    kind: 'request',
    transactionId: stage.values.canary().replace('canary-', ''),
    method: 'SEND',
    headers: [
      { name: 'To-Path', value: to },
      { name: 'From-Path', value: from },
      { name: 'Message-ID', value: messageId },
      ...(args.end === 'no-range' ? [] : [{ name: 'Byte-Range', value: range }]),
      ...further,
      { name: 'Content-Type', value: 'message/cpim' },
    ],
    body,
    flag,
  });
}
