import { parseByteRange } from '../../codec/msrp/byte-range.ts';
import { headerOf, type MsrpRequest } from '../../codec/msrp/message.ts';
import { readUseNickname } from '../../codec/msrp/nickname.ts';
import type { ChatMessage } from '../../conversation/chat-messages.ts';
import type { MsrpExchange } from '../../conversation/msrp-exchanges.ts';
import { isRegular } from '../../conversation/reception.ts';
import type { MessageWords } from '../../scenario/acts/compose.ts';
import type { Action, Expectation } from '../../scenario/schema.ts';
import type { WireEntry } from '../../wire/entry.ts';
import { answerTo, byHand } from './by-hand.ts';
import type { Deed } from './deed.ts';
import { type Claim, Nicknames } from './nicknames.ts';
import type { Scene } from './scene.ts';
import type { Player } from './troupe.ts';
import { contentWords, wrapperWords } from './wrapper-words.ts';

/** A message that a participant sent, and what it is called in the script. */
export interface Said {
  readonly label: string;
  readonly sender: Player;
  readonly message: ChatMessage;
  /** First chunk, and the last answer. */
  readonly start: number;
  readonly end: number;
  readonly accepted: boolean;
}

export interface Speech {
  readonly deeds: Deed[];
  readonly said: Said[];
  readonly nicknames: Nicknames;
}

/** What the participants did by MSRP. `others`: what they did besides, where something may have happened between chunks. */
export function speechIn(scene: Scene, others: readonly Deed[]): Speech {
  const { conversation } = scene;
  const nicknames = new Nicknames(claimsIn(scene), scene.troupe.renewal);
  const deeds: Deed[] = [];
  const said: Said[] = [];
  const messages = new Map<number, ChatMessage>();
  for (const message of conversation.messages.list)
    if (message.direction === 'sent') for (const chunk of message.chunks) messages.set(chunk.index, message);
  const turns = new Turns(scene, others);
  const told = new Set<ChatMessage>();
  for (const exchange of conversation.msrp.list) {
    const { request, head } = exchange;
    if (request.direction !== 'sent') continue;
    const player = scene.troupe.owner(request, head);
    if (player === undefined || player.stays.length === 0) {
      scene.omissions.add(`what ${player?.name ?? request.actor} says: the capture has not got its INVITE`);
      continue;
    }
    const message = messages.get(request.index);
    const inOrder = isInOrder(scene, exchange, player);
    if (inOrder && message !== undefined) {
      if (told.has(message)) continue;
      const words = wordsOf(scene, player, message);
      const canBeTold = message.chunks.every((chunk) => isChunkInOrder(scene, chunk, player) && hasSaneRange(chunk));
      if (words !== undefined && canBeTold) {
        told.add(message);
        const label = `m${said.length + 1}`;
        const { spoken, accepted } = turns.spokenAs(scene, player, message, words, label);
        deeds.push(...spoken);
        const end = Math.max(...spoken.map((one) => one.end));
        said.push({ label, sender: player, message, start: request.index, end, accepted });
        continue;
      }
    }
    if (inOrder && head.method === 'NICKNAME') {
      deeds.push(nicknameDeed(scene, exchange, player, nicknames));
      continue;
    }
    if (inOrder && head.method === 'SEND' && message === undefined && isOfNoWeight(scene, exchange)) continue;
    // REPORTs are told together with the copies that they speak of.
    if (inOrder && head.method === 'REPORT') continue;
    const made = byHand(scene, player, request, exchange);
    if (made === undefined) continue;
    deeds.push(made);
    if (made.as !== undefined && message !== undefined && !told.has(message)) {
      told.add(message);
      const { start, end } = made;
      said.push({
        label: made.as,
        sender: player,
        message,
        start,
        end,
        accepted: exchange.response?.head.status === 200,
      });
    }
  }
  deeds.push(...scraps(scene));
  return { deeds, said, nicknames };
}

/** Octets that are no message, on connections that carry MSRP otherwise. */
function scraps(scene: Scene): Deed[] {
  const { conversation, troupe, omissions } = scene;
  const carrying = new Set(conversation.msrp.list.map(({ request }) => request.connection));
  return conversation.log.entries.flatMap((entry) => {
    if (entry.direction !== 'sent' || entry.content.protocol !== 'unknown') return [];
    const player = troupe.of(entry.actor);
    if (player === undefined) return [];
    if (!carrying.has(entry.connection) && !/^MSRP /.test(entry.octets.toString('latin1', 0, 5))) {
      omissions.add(`octets of ${player.name} that are neither SIP nor MSRP`);
      return [];
    }
    return byHand(scene, player, entry, undefined) ?? [];
  });
}

/** A request in good order, in the session of its sender and where that is at home. */
function isInOrder(scene: Scene, { request, head }: MsrpExchange, player: Player): boolean {
  const { conversation, homes } = scene;
  if (request.content.protocol !== 'msrp' || request.content.defects.length > 0) return false;
  const session = conversation.sessions.of(request, head);
  return session !== undefined && (homes.get(request.connection)?.has(player.name) ?? false);
}

const isChunkInOrder = (scene: Scene, chunk: WireEntry, player: Player): boolean => {
  const exchange = scene.conversation.msrp.of(chunk);
  return exchange !== undefined && isInOrder(scene, exchange, player);
};

/** What the range of a chunk says is true as far as can be told, and can be said in the language. */
function hasSaneRange(chunk: WireEntry): boolean {
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

/** A SEND without content that opens a session, or keeps it alive as it is answered. */
function isOfNoWeight({ conversation }: Scene, { request, head, response }: MsrpExchange): boolean {
  const session = conversation.sessions.of(request, head);
  if (session?.opening === request) return true;
  return response?.head.status === 200 && head.flag === '$';
}

function claimsIn({ conversation }: Scene): Claim[] {
  return conversation.msrp.list.flatMap(({ request, head, response }) => {
    if (request.direction !== 'sent' || head.method !== 'NICKNAME') return [];
    const read = readUseNickname(headerOf(head, 'Use-Nickname') ?? '');
    // What a server may take for the name, quotes or not, is worth looking at.
    const text = read.ok ? read.value : (headerOf(head, 'Use-Nickname') ?? '');
    return [{ text, status: response?.head.status }];
  });
}

function nicknameDeed(scene: Scene, exchange: MsrpExchange, { name }: Player, nicknames: Nicknames): Deed {
  const { request, head, response } = exchange;
  const expect = answerTo(scene, exchange);
  const about = { actor: name, start: request.index, end: response?.entry.index ?? request.index };
  const field = head.headers.find((one) => one.name.toLowerCase() === 'use-nickname');
  const read = field === undefined ? undefined : readUseNickname(field.value);
  const told = expect === 200 ? {} : { expect };
  if (read?.ok === true && field?.octets === undefined && read.value !== '') {
    const written = nicknames.write(read.value);
    const status = response?.head.status;
    const unheld = status === 425 && !nicknames.isHeld(read.value);
    return {
      ...about,
      action: { nickname: written },
      ...told,
      ...(status === undefined ? {} : { claim: { name: written, status } }),
      ...(unheld
        ? { because: 'nobody in the capture holds it; where a room reserves it: room: { reserved-nicknames }' }
        : {}),
    };
  }
  return { ...about, action: { nickname: oddNickname(scene, field, read?.ok === true) }, ...told };
}

function oddNickname(
  { troupe }: Scene,
  field: MsrpRequest['headers'][number] | undefined,
  removes: boolean,
): NonNullable<Action['nickname']> {
  if (field === undefined) return { none: true };
  if (removes) return '';
  if (field.octets !== undefined) return { 'header-octets': field.octets.toString('hex') };
  return { header: troupe.renewal.write(field.value) };
}

/** The words of a message. Undefined: there are none for it. */
function wordsOf(scene: Scene, player: Player, message: ChatMessage): MessageWords | undefined {
  const [first] = message.chunks;
  const head = first?.content.protocol === 'msrp' ? first.content.message : undefined;
  if (head?.kind !== 'request') return undefined;
  const known = new Set([
    'to-path',
    'from-path',
    'message-id',
    'byte-range',
    'content-type',
    'success-report',
    'failure-report',
  ]);
  if (head.headers.some(({ name }) => !known.has(name.toLowerCase()))) return undefined;
  const wishes = reportWishes(head);
  if (wishes === undefined) return undefined;
  const type = message.contentType.trim();
  if (message.cpim !== undefined) {
    const words = wrapperWords(scene, player, message.cpim);
    if (words === undefined) return undefined;
    return { ...words, ...wishes, ...(/^message\/cpim$/i.test(type) ? {} : { 'content-type': type }) };
  }
  // What is no whole wrapper cannot be told from the beginning of one.
  if (/^message\/cpim\b/i.test(type)) return hasWrapper(message) ? tornWords(message, wishes) : undefined;
  const content = message.octets ?? torso(message);
  const bare = /^text\/plain$/i.test(type) ? {} : { 'content-type': type };
  return { ...contentWords(scene, content), unwrapped: true, ...wishes, ...bare };
}

/** The beginning of a message, with a wrapper such as participants write. */
const hasWrapper = (message: ChatMessage): boolean =>
  message.octets === undefined &&
  /^To: <[^>]*>\r\nFrom: <[^>]*>\r\n\r\nContent-Type: [^\r]*\r\n\r\n/.test(torso(message).toString('latin1', 0, 2000));

type Wishes = Pick<MessageWords, 'success-report' | 'failure-report'>;

function reportWishes(head: MsrpRequest): Wishes | undefined {
  const success = headerOf(head, 'Success-Report');
  const failure = headerOf(head, 'Failure-Report');
  if (success !== undefined && success !== 'yes' && success !== 'no') return undefined;
  if (failure !== undefined && failure !== 'yes' && failure !== 'no' && failure !== 'partial') return undefined;
  return {
    ...(success === undefined ? {} : { 'success-report': success }),
    ...(failure === undefined ? {} : { 'failure-report': failure }),
  };
}

/** A message to the room of which the end was never sent, as large as its sender said, or a bit larger than what came. */
function tornWords(message: ChatMessage, wishes: Wishes): MessageWords {
  const [first] = message.chunks;
  const head = first?.content.protocol === 'msrp' ? first.content.message : undefined;
  const range = parseByteRange((head === undefined ? undefined : headerOf(head, 'Byte-Range')) ?? '');
  const total = range.ok && range.value.total !== '*' ? Number(range.value.total) : torso(message).length + 1000;
  return { size: Math.min(total, 2 ** 20), ...wishes };
}

const torso = (message: ChatMessage): Buffer =>
  Buffer.concat(
    message.chunks.map(({ content }) =>
      content.protocol === 'msrp' ? (content.message.body ?? Buffer.alloc(0)) : Buffer.alloc(0),
    ),
  );

/** Tells whether something happened between two chunks of a message, so that they are two steps. */
class Turns {
  readonly #starts: readonly number[];

  constructor({ conversation }: Scene, others: readonly Deed[]) {
    const requests = conversation.msrp.list
      .filter(({ request, head }) => request.direction === 'sent' && head.method !== 'REPORT')
      .map(({ request }) => request.index);
    this.#starts = [...requests, ...others.map(({ start }) => start)].sort((a, b) => a - b);
  }

  /** As one step where it was sent in one go, else chunk by chunk. */
  spokenAs(
    scene: Scene,
    player: Player,
    message: ChatMessage,
    words: MessageWords,
    label: string,
  ): { readonly spoken: Deed[]; readonly accepted: boolean } {
    const exchanges = message.chunks.map((chunk) => scene.conversation.msrp.of(chunk));
    const answers = exchanges.map((one): Expectation => (one === undefined ? 'anything' : answerTo(scene, one)));
    const refusal = answers.find((one) => one !== 200);
    const accepted = refusal === undefined;
    const start = message.chunks[0]?.index ?? 0;
    const ends = exchanges.map((one) => one?.response?.entry.index ?? one?.request.index ?? start);
    const interrupted = message.chunks.some((chunk, i) => {
      const answered = exchanges[i - 1]?.response?.entry.index ?? Number.POSITIVE_INFINITY;
      return i > 0 && answered < chunk.index && this.#between(message.chunks[i - 1]?.index ?? 0, chunk.index);
    });
    if (isRegular(message) && message.state === 'complete' && !interrupted) {
      const chunks = chunkSizes(message);
      const { text, ...rest } = words;
      const plain = text !== undefined && Object.keys(rest).length === 0 && chunks === undefined;
      const send: NonNullable<Action['send']> = plain
        ? text
        : { ...words, ...(chunks === undefined ? {} : { chunks }) };
      const end = Math.max(...ends);
      const expect = refusal === undefined ? {} : { expect: refusal };
      return { spoken: [{ actor: player.name, start, end, action: { send }, as: label, ...expect }], accepted };
    }
    const spoken = message.chunks.map((chunk, i): Deed => {
      const expect = answers[i] ?? 'anything';
      return {
        actor: player.name,
        start: chunk.index,
        end: ends[i] ?? chunk.index,
        action: { chunk: chunkWords(message, i, words, label) },
        ...(i === 0 ? { as: label } : {}),
        ...(expect === 200 ? {} : { expect }),
      };
    });
    return { spoken, accepted: accepted && message.state === 'complete' };
  }

  #between(from: number, to: number): boolean {
    let low = 0;
    let high = this.#starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#starts[middle] ?? 0) <= from) low = middle + 1;
      else high = middle;
    }
    return (this.#starts[low] ?? Number.POSITIVE_INFINITY) < to;
  }
}

const bodyLength = ({ content }: WireEntry): number =>
  content.protocol === 'msrp' ? (content.message.body?.length ?? 0) : 0;

/** One size for all chunks, or a list; undefined: there is one chunk. */
function chunkSizes({ chunks }: ChatMessage): number | number[] | undefined {
  if (chunks.length === 1) return undefined;
  const sizes = chunks.map(bodyLength);
  const [first = 0] = sizes;
  const equal = first > 0 && sizes.slice(0, -1).every((size) => size === first) && (sizes.at(-1) ?? 0) <= first;
  return equal ? first : sizes.slice(0, -1);
}

function chunkWords(message: ChatMessage, i: number, words: MessageWords, label: string): NonNullable<Action['chunk']> {
  const chunk = message.chunks[i];
  const head =
    chunk?.content.protocol === 'msrp' && chunk.content.message.kind === 'request' ? chunk.content.message : undefined;
  const octets = chunk === undefined ? 0 : bodyLength(chunk);
  const written = head === undefined ? undefined : headerOf(head, 'Byte-Range');
  const range = parseByteRange(written ?? '1-*/*');
  const before = message.chunks.slice(0, i).reduce((sum, one) => sum + bodyLength(one), 0);
  const at = range.ok ? Number(range.value.start) - 1 : before;
  const ends = head?.flag === '$';
  const wrapper =
    message.cpim === undefined || message.octets === undefined
      ? -1
      : message.octets.length - message.cpim.content.length;
  return {
    ...(i === 0 ? words : { of: label }),
    ...(at === (i === 0 ? 0 : before) ? {} : { at }),
    ...(ends ? {} : { octets: i === 0 && octets === wrapper ? 'cpim-headers' : octets }),
    ...(written === undefined && message.chunks.length > 1 ? { 'no-range': true as const } : {}),
    ...(head?.flag === '#' ? { flag: '#' as const } : {}),
  };
}
