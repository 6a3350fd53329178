import { headerOf } from '../../codec/msrp/message.ts';
import { splitPath } from '../../codec/msrp/uri.ts';
import type { MsrpExchange } from '../../conversation/msrp-exchanges.ts';
import type { Action, Expectation } from '../../scenario/schema.ts';
import { variantsOf } from '../../scenario/session-path.ts';
import type { WireEntry } from '../../wire/entry.ts';
import type { Deed } from './deed.ts';
import type { Scene } from './scene.ts';
import type { Player } from './troupe.ts';

/** Longer octets are no conversation that a person would read or edit. */
const LONGEST = 4096;

/** A request that the language has no other word for, octet for octet. Undefined: it is left out. */
export function byHand(
  scene: Scene,
  player: Player,
  entry: WireEntry,
  exchange: MsrpExchange | undefined,
): Deed | undefined {
  const { omissions } = scene;
  if (entry.octets.length > LONGEST) {
    omissions.add(`octets by hand of ${player.name}, more than ${LONGEST} of them`);
    return undefined;
  }
  const on = carrierOf(scene, player, entry);
  const msrp = octetsText(scene, player, entry, exchange);
  const end = exchange?.response?.entry.index ?? entry.index;
  const action: Action = { raw: { msrp, ...(on === undefined ? {} : { on }) } };
  const followed = markIn(entry) !== undefined || canBeMarked(entry);
  return {
    actor: player.name,
    start: entry.index,
    end,
    action,
    expect: exchange === undefined ? 'anything' : answerTo(scene, exchange),
    ...(followed ? { as: `octets-${entry.index}` } : {}),
  };
}

/** In the content: what the language knows it by. */
function markIn({ content }: WireEntry): string | undefined {
  const body = content.protocol === 'msrp' ? content.message.body : undefined;
  return body === undefined ? undefined : /\bcanary-[A-Za-z0-9]{16}\b/.exec(body.toString('latin1'))?.[0];
}

/** The captured answer. Where there is none, a later answer on the same connection shows that none was due to come. */
export function answerTo({ lastAnswered }: Scene, { request, response }: MsrpExchange): Expectation {
  if (response !== undefined) return response.head.status;
  return (lastAnswered.get(request.connection) ?? -1) > request.index ? 'silence' : 'anything';
}

function carrierOf(scene: Scene, player: Player, { connection, index }: WireEntry): string | undefined {
  const owners = scene.homes.get(connection) ?? new Set<string>();
  const isIn = (one: Player): boolean => one.presences.some(({ from, to }) => from <= index && index < to);
  if (owners.has(player.name) && isIn(player)) return undefined;
  const lender = scene.troupe.players.find((one) => owners.has(one.name) && isIn(one));
  return lender?.name ?? 'fresh';
}

function octetsText(scene: Scene, player: Player, entry: WireEntry, exchange: MsrpExchange | undefined): string {
  const { troupe, conversation } = scene;
  const known = new Map<string, string>(troupe.paths);
  const session = conversation.sessions.list.findLast(
    ({ stay, agreements }) =>
      stay.actor === player.actor && (agreements[0]?.answer.entry.index ?? Number.POSITIVE_INFINITY) < entry.index,
  );
  const peer = session?.agreements.at(-1)?.peer.media?.path.at(-1);
  if (session !== undefined) known.set(session.own, 'from-path');
  if (peer !== undefined) {
    known.set(peer, 'to-path');
    for (const [name, path] of Object.entries(variantsOf(peer, 'x'))) if (!known.has(path)) known.set(path, name);
    // Session ids that nobody has are made up anew.
    const written = exchange === undefined ? [] : splitPath(headerOf(exchange.head, 'To-Path') ?? '');
    for (const uri of written)
      if (!known.has(uri) && sameSwitch(uri, peer) && !isPeer(conversation.sessions.list, uri))
        known.set(uri, 'unknown-path');
  }
  if (exchange !== undefined) {
    known.set(exchange.head.transactionId, 'tid');
    const messageId = headerOf(exchange.head, 'Message-ID');
    if (messageId !== undefined && messageId.length > 3) {
      const chunks = scene.requestsOf.get(messageId) ?? 1;
      known.set(messageId, chunks > 1 ? troupe.renewal.fresh(messageId, 'message') : 'message-id');
    }
  }
  const canary = markIn(entry);
  if (canary !== undefined) known.set(canary, 'canary');
  return escaped(marked(troupe.renewal.write(inLengths(entry), known), entry));
}

/** Where the range speaks of the whole body, it does so of the new one. */
function inLengths({ content, octets }: WireEntry): string {
  const text = octets.toString('latin1');
  const length = content.protocol === 'msrp' ? (content.message.body?.length ?? 0) : 0;
  if (length === 0) return text;
  const range = `\r\nByte-Range: 1-${length}/`;
  const at = text.indexOf(range);
  if (at === -1) return text;
  const total = text.slice(at + range.length).startsWith(`${length}\r`) ? String(length) : '';
  return `${text.slice(0, at)}\r\nByte-Range: 1-\0/${total === '' ? '' : '\0'}${text.slice(at + range.length + total.length)}`;
}

/** A mark goes behind a text that can bear it, so that its copies can be followed. */
function marked(written: string, entry: WireEntry): string {
  const lengths = written.replaceAll('\0', '{body-length}');
  if (!canBeMarked(entry)) return lengths;
  return lengths.replace(/(\r\n-------\{tid\}\$\r\n)$/, ' {canary}$1');
}

/** A whole message with plain text at its end, whose length nothing else tells. */
function canBeMarked(entry: WireEntry): boolean {
  const { content } = entry;
  if (content.protocol !== 'msrp' || content.message.kind !== 'request' || content.message.method !== 'SEND')
    return false;
  const { body, flag } = content.message;
  if (body === undefined || body.length === 0 || flag !== '$' || markIn(entry) !== undefined) return false;
  if (headerOf(content.message, 'Byte-Range') !== undefined && !inLengths(entry).includes('\0')) return false;
  return (
    /text\/plain/i.test(body.toString('latin1', 0, 1000)) && !/content-length:/i.test(body.toString('latin1', 0, 1000))
  );
}

/** Scheme, host and port are those of the switch, and so is the transport. */
const sameSwitch = (uri: string, peer: string): boolean =>
  uri.replace(/\/[^/;]*;/, '/;') === peer.replace(/\/[^/;]*;/, '/;');

const isPeer = (sessions: Scene['conversation']['sessions']['list'], uri: string): boolean =>
  sessions.some(({ peers, own }) => peers.has(uri) || own === uri);

/** As `raw` reads it: lines for CRLF, everything that does not print as an escape. */
const escaped = (octets: string): string =>
  octets
    .replaceAll('\\', '\\\\')
    .replace(/\r(?!\n)/g, '\\r')
    .replace(/(?<!\r)\n/g, '\\n')
    .replaceAll('\r\n', '\n')
    .replace(/[^\n\x20-\x7e]/g, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`);
