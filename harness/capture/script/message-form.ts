import { parseByteRange } from '../../codec/msrp/byte-range.ts';
import { headerOf } from '../../codec/msrp/message.ts';
import { splitPath } from '../../codec/msrp/uri.ts';
import type { ChatMessage } from '../../conversation/chat-messages.ts';
import type { MsrpExchange } from '../../conversation/msrp-exchanges.ts';
import type { WireEntry } from '../../wire/entry.ts';
import { LONG_MS } from './gaps.ts';
import { type Scene, transactionKey } from './scene.ts';
import type { Player } from './troupe.ts';

/** A request in good order, in the session of its sender and where that is at home. */
export function isInOrder(scene: Scene, { request, head, response }: MsrpExchange, player: Player): boolean {
  const { conversation, homes } = scene;
  if (request.content.protocol !== 'msrp' || request.content.defects.length > 0) return false;
  if (head.method === 'SEND' && headerOf(head, 'Message-ID') === undefined) return false;
  // A relay puts its URI in front, and then it is taken.
  if (splitPath(headerOf(head, 'From-Path') ?? '').length > 1 && response?.head.status !== 200) return false;
  const session = conversation.sessions.of(request, head);
  return session !== undefined && (homes.get(request.connection)?.has(player.name) ?? false);
}

/** The same of a chunk. */
export const isChunkInOrder = (scene: Scene, chunk: WireEntry, player: Player): boolean => {
  const exchange = scene.conversation.msrp.of(chunk);
  return exchange !== undefined && isInOrder(scene, exchange, player);
};

/** What the range of a chunk says is true as far as can be told, and can be said in the language. */
export function hasSaneRange(chunk: WireEntry): boolean {
  const head = chunk.content.protocol === 'msrp' ? chunk.content.message : undefined;
  const written = head === undefined ? undefined : headerOf(head, 'Byte-Range');
  if (written === undefined) return true;
  const range = parseByteRange(written);
  if (!range.ok || range.value.start < 1n || range.value.start > FARTHEST) return false;
  const { start, end, total } = range.value;
  const last = start - 1n + BigInt(bodyLength(chunk));
  const ends = head?.flag === '$';
  return (end === '*' || end === last) && (total === '*' || (ends ? total === last : total >= last));
}

const FARTHEST = 2n ** 31n;

const bodyOf = ({ content }: WireEntry): Buffer =>
  (content.protocol === 'msrp' ? content.message.body : undefined) ?? NOTHING;

const NOTHING = Buffer.alloc(0);

/** Octets of content in a chunk. */
export const bodyLength = (chunk: WireEntry): number => bodyOf(chunk).length;

/** All that came of a message, chunk behind chunk. */
export const torso = ({ chunks }: ChatMessage): Buffer => Buffer.concat(chunks.map(bodyOf));

/** Why a request can be told neither in words nor by hand. Undefined: nothing speaks against it. */
export function whyUntold(
  { conversation, reused }: Scene,
  { request, head, response }: MsrpExchange,
  { name, presences }: Player,
): string | undefined {
  if (reused.has(transactionKey(request, head))) return `what ${name} sends under a transaction id that it uses twice`;
  const opens = conversation.sessions.of(request, head)?.opening === request;
  const refused = response !== undefined && response.head.status !== 200;
  if (opens && refused && presences.some(({ from }) => from === response.entry.index))
    return `the first request of ${name}, which was refused: participants open a session with an empty one`;
  return undefined;
}

/** Why a message cannot be told as it was, whatever its chunks are one by one. */
export function whyUnsaid(scene: Scene, { name }: Player, message: ChatMessage): string | undefined {
  if (contradicts(message)) return `a message of ${name} of which one chunk contradicts another`;
  const { chunks } = message;
  const last = chunks.at(-1);
  const ends = last === undefined ? undefined : (scene.conversation.msrp.of(last)?.response?.entry ?? last);
  const took = (ends?.time ?? 0) - (chunks[0]?.time ?? 0);
  return took < LONG_MS ? undefined : `a message of ${name} that takes ${Math.round(took / 1000)} s`;
}

/** Two chunks have different octets for the same place. */
function contradicts({ chunks }: ChatMessage): boolean {
  if (chunks.length < 2) return false;
  const placed = chunks.map((chunk) => ({ at: startOf(chunk), body: bodyOf(chunk) }));
  const end = Math.max(...placed.map(({ at, body }) => at + body.length));
  // What lies far apart does not overlap, and need not be held.
  if (end > 2 * placed.reduce((sum, { body }) => sum + body.length, 0)) return false;
  const whole = Buffer.alloc(end);
  const taken = Buffer.alloc(end);
  for (const { at, body } of placed) {
    for (const [i, octet] of body.entries()) if (taken[at + i] === 1 && whole[at + i] !== octet) return true;
    whole.set(body, at);
    taken.fill(1, at, at + body.length);
  }
  return false;
}

/** In octets from the beginning of the message, as its range says. */
function startOf({ content }: WireEntry): number {
  const written = content.protocol === 'msrp' ? headerOf(content.message, 'Byte-Range') : undefined;
  const range = parseByteRange(written ?? '1-*/*');
  return range.ok && range.value.start > 0n && range.value.start <= FARTHEST ? Number(range.value.start) - 1 : 0;
}
