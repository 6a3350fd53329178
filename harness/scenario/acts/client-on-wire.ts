import { parseCpimAddress } from '../../codec/cpim/address.ts';
import { wrappedType } from '../../codec/cpim/mime.ts';
import { parseCpim } from '../../codec/cpim/parse.ts';
import { headerOf } from '../../codec/msrp/message.ts';
import { parseUseNickname } from '../../codec/msrp/nickname.ts';
import { parseSipUri, sameSipUri } from '../../codec/sip/uri.ts';
import type { ChatMessage } from '../../conversation/chat-messages.ts';
import type { MsrpExchange } from '../../conversation/msrp-exchanges.ts';
import type { SipExchange } from '../../conversation/sip-exchanges.ts';
import type { Result } from '../../result.ts';
import type { WireEntry } from '../../wire/entry.ts';
import { messageLabelled, ROOM_SIDE, type Stage } from '../stage.ts';

/** What the room sees of a client under test. `since`: a position in the wire log. */

/** The latest INVITE of the client that is no re-INVITE. */
export function inviteOf({ conversation }: Stage, since: number): SipExchange | undefined {
  const stay = conversation.stays.list.findLast(({ actor, invite }) => actor === ROOM_SIDE && invite.index >= since);
  return stay && conversation.sip.list.find(({ request }) => request === stay.invite);
}

/** The first SEND that has been accepted, by whichever side has to open the connection (RFC 6135 §4.2). */
export const openingOf = ({ conversation }: Stage, since: number): WireEntry | undefined =>
  conversation.msrp.list.find(
    ({ request, head, response }) =>
      request.actor === ROOM_SIDE && request.index >= since && head.method === 'SEND' && response?.head.status === 200,
  )?.request;

export const byeOf = ({ conversation }: Stage, since: number): WireEntry | undefined =>
  conversation.sip.list.find(
    ({ actor, direction, request, message }) =>
      actor === ROOM_SIDE && direction === 'received' && request.index >= since && message.method === 'BYE',
  )?.request;

export interface NicknameRequest {
  readonly exchange: MsrpExchange;
  readonly wish: Result<string, string>;
}

export const nicknameRequests = ({ conversation }: Stage, since: number): NicknameRequest[] =>
  exchangesOf(conversation.msrp.list, 'received', since)
    .filter(({ head }) => head.method === 'NICKNAME')
    .map((exchange) => ({ exchange, wish: parseUseNickname(headerOf(exchange.head, 'Use-Nickname') ?? '') }));

const exchangesOf = (
  list: readonly MsrpExchange[],
  direction: WireEntry['direction'],
  since: number,
): readonly MsrpExchange[] =>
  list.filter(
    ({ request }) => request.actor === ROOM_SIDE && request.direction === direction && request.index >= since,
  );

/** Messages with this canary between the room and the client; `sent`: those to the client. */
export const messagesOf = ({ conversation }: Stage, direction: WireEntry['direction'], canary: string): ChatMessage[] =>
  conversation.messages.list.filter(
    (one) => one.actor === ROOM_SIDE && one.direction === direction && shows(one, canary),
  );

/** A message that lacks something still shows whose it is, if one of its chunks does. */
const shows = ({ octets, chunks }: ChatMessage, canary: string): boolean =>
  octets !== undefined
    ? octets.includes(canary)
    : chunks.some(({ content }) => content.protocol === 'msrp' && content.message.body?.includes(canary) === true);

export interface AnswerTo {
  readonly request: WireEntry;
  readonly status: number | undefined;
  readonly entry: WireEntry | undefined;
}

/** The response to each chunk that wants one (RFC 4975 §7.2). */
export const answersTo = ({ conversation }: Stage, { chunks }: ChatMessage): AnswerTo[] =>
  chunks.flatMap((request) => {
    const exchange = conversation.msrp.of(request);
    const wish = exchange === undefined ? undefined : headerOf(exchange.head, 'Failure-Report')?.toLowerCase();
    if (wish === 'no' || wish === 'partial') return [];
    return [{ request, status: exchange?.response?.head.status, entry: exchange?.response?.entry }];
  });

/** What is wrong with the wrapper of a message of the client (RFC 7701 §6.1, §6.2). */
export function wrapperFaults(
  { contentType, state, cpim }: ChatMessage,
  due: { readonly text: string; readonly from: string; readonly to: readonly string[] },
): string[] {
  if (state !== 'complete') return [`a message that is ${state}`];
  if (cpim === undefined) return [`the content as ${contentType}, without a wrapper that can be read`];
  const uris = (name: string): string[] =>
    cpim.headers
      .filter((header) => header.name === name)
      .map(({ value }) => {
        const address = parseCpimAddress(value);
        return address.ok ? address.value.uri : value;
      });
  const [from, to] = [uris('From'), uris('To')];
  const faults: string[] = [];
  if (to.length !== 1 || !due.to.some((uri) => sameUri(uri, to[0] ?? '')))
    faults.push(`To: ${to.join(', ') || 'none'} in place of ${due.to[0]}`);
  if (from.length !== 1 || !sameUri(due.from, from[0] ?? ''))
    faults.push(`From: ${from.join(', ') || 'none'} in place of ${due.from}`);
  const isPlain = /^text\/plain\b/i.test(wrappedType(cpim) ?? 'text/plain');
  const content = cpim.content.toString('utf8');
  if (isPlain ? content.trimEnd() !== due.text.trimEnd() : !content.includes(due.text))
    faults.push(`the text "${content}"`);
  return faults;
}

function sameUri(one: string, other: string): boolean {
  const [a, b] = [parseSipUri(one), parseSipUri(other)];
  return a.ok && b.ok ? sameSipUri(a.value, b.value) : one === other;
}

/** A message on its way to the client. */
export interface ToClient {
  readonly canary: string;
  readonly text: string;
  /** Who is behind it. */
  readonly by: string;
}

/** A message that a participant has sent or the room has written by hand. @throws for a label that no step has set */
export function messageToClient(stage: Stage, label: string): ToClient {
  const written = stage.client?.handMade.get(label);
  if (written !== undefined) return { canary: written.canary, text: textIn(written.octets), by: 'the room' };
  const { canary, composed, sender } = messageLabelled(stage, label);
  return { canary, text: textIn(composed.octets), by: sender.name };
}

function textIn(octets: Buffer): string {
  const parsed = parseCpim(octets);
  return (parsed.ok ? parsed.value.content : octets).toString('utf8');
}

/** Where the wire log shows messages with this canary; `sent`: those to the client. */
export const textsOf = (stage: Stage, direction: WireEntry['direction'], canary: string): number[] =>
  messagesOf(stage, direction, canary).flatMap(({ chunks }) => chunks.map(({ index }) => index));
