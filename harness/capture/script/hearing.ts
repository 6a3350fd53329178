import { createHash } from 'node:crypto';
import { parseByteRange } from '../../codec/msrp/byte-range.ts';
import { headerOf, type MsrpRequest } from '../../codec/msrp/message.ts';
import { parseStatus } from '../../codec/msrp/status.ts';
import type { ChatMessage } from '../../conversation/chat-messages.ts';
import type { MsrpExchange } from '../../conversation/msrp-exchanges.ts';
import { byHand } from './by-hand.ts';
import type { Deed, Sight } from './deed.ts';
import type { Scene } from './scene.ts';
import type { Said } from './speech.ts';
import type { Player } from './troupe.ts';

/** A copy of a message as it came to a participant. */
interface Copy {
  readonly said: Said;
  readonly player: Player;
  readonly message: ChatMessage;
  readonly at: number;
}

/** Who got what, who did not, and what was said about it. What comes behind `until` need not be among `said`. */
export function hearingOf(
  scene: Scene,
  said: readonly Said[],
  until: number,
): { readonly deeds: Deed[]; readonly sights: Sight[] } {
  const copies = copiesIn(scene, said, until);
  const bySaid = new Map<Said, Copy[]>();
  for (const copy of copies) {
    const same = bySaid.get(copy.said);
    if (same === undefined) bySaid.set(copy.said, [copy]);
    else same.push(copy);
  }
  const sights: Sight[] = copies.map(({ said: { label }, player, at }) => ({
    kind: 'actor',
    at,
    actor: player.name,
    action: { receives: label },
  }));
  const lastHeard = lastHeardOf(scene);
  const first = new Set<Player>();
  for (const one of said) {
    const absence = absenceOf(scene, one, bySaid.get(one) ?? [], lastHeard);
    if (absence === undefined) continue;
    // That a sender gets no copy of its own is looked for once: it takes two more messages each time.
    if (absence.of === 'sender' && first.has(one.sender)) continue;
    first.add(one.sender);
    sights.push(absence.sight);
  }
  const reports = reportsIn(scene, said, copies, lastHeard);
  return { deeds: [...answersIn(scene, copies), ...reports.deeds], sights: [...sights, ...reports.sights] };
}

/** What the participants of the capture could see: the content, without its wrapper. */
const contentOf = ({ cpim, octets }: ChatMessage): Buffer | undefined => cpim?.content ?? octets;

const digestOf = (content: Buffer): string => createHash('sha256').update(content).digest('base64');

/**
 * Which message each copy is of: the first one with this content that the receiver was there for and has not got yet. Texts
 * that nobody sent are of the room itself, and what was sent before is its history; a server does as it likes with both.
 */
function copiesIn(scene: Scene, said: readonly Said[], until: number): Copy[] {
  const { conversation, troupe, omissions } = scene;
  const byContent = new Map<string, Said[]>();
  for (const one of said) {
    const content = contentOf(one.message);
    if (content === undefined) continue;
    const key = digestOf(content);
    const same = byContent.get(key);
    if (same === undefined) byContent.set(key, [one]);
    else same.push(one);
  }
  // For each receiver and content: how many of the messages it has got or will not get.
  const passed = new Map<string, number>();
  const copies: Copy[] = [];
  for (const message of conversation.messages.list) {
    const content = message.direction === 'received' && message.state === 'complete' ? contentOf(message) : undefined;
    const [first] = message.chunks;
    const last = message.chunks.at(-1);
    if (content === undefined || first?.content.protocol !== 'msrp' || last === undefined) continue;
    const player = troupe.owner(first, first.content.message);
    if (player === undefined) continue;
    const digest = digestOf(content);
    const key = `${player.name} ${digest}`;
    const sent = byContent.get(digest) ?? [];
    let next = passed.get(key) ?? 0;
    while (next < sent.length && !wasThere(player, sent[next])) next += 1;
    const match = sent[next];
    if (match === undefined || match.start > first.index) {
      if (first.index >= until) continue;
      omissions.add(sent.length > 0 ? 'earlier messages that the room sent again' : 'texts of the room itself');
      continue;
    }
    passed.set(key, next + 1);
    copies.push({ said: match, player, message, at: last.index });
  }
  return copies;
}

const wasThere = ({ presences }: Player, said: Said | undefined): boolean =>
  said !== undefined && presences.some(({ from, to }) => from <= said.end && said.start < to);

/** By player: the last position at which something came to it, so that what had not come by then was not under way. */
function lastHeardOf({ conversation, troupe }: Scene): ReadonlyMap<string, number> {
  const last = new Map<string, number>();
  for (const { request, head, response } of conversation.msrp.list) {
    const at = request.direction === 'received' ? request.index : response?.entry.index;
    const player = at === undefined ? undefined : troupe.owner(request, head);
    if (player !== undefined && at !== undefined) last.set(player.name, Math.max(last.get(player.name) ?? 0, at));
  }
  return last;
}

/** Who did not get it, if the capture shows it of all who were there: something came to each of them later. */
function absenceOf(
  scene: Scene,
  { label, sender, start, end, message }: Said,
  copies: readonly Copy[],
  lastHeard: ReadonlyMap<string, number>,
): { readonly of: 'others' | 'sender'; readonly sight: Sight } | undefined {
  if (message.state !== 'complete') return undefined;
  const got = new Set(copies.map(({ player }) => player.name));
  const at = Math.max(end, ...copies.map((copy) => copy.at));
  const there = scene.troupe.present(start).filter(({ room }) => room === sender.room);
  const without = there.filter(({ name }) => !got.has(name));
  if (without.length === 0 || there.length === 1) return undefined;
  if (without.some(({ name }) => (lastHeard.get(name) ?? -1) <= at) || scene.troupe.changes(start, at))
    return undefined;
  return {
    of: without.some(({ name }) => name !== sender.name) ? 'others' : 'sender',
    sight: { kind: got.size === 0 ? 'nobody' : 'nobody-else', at: at + 0.5, label },
  };
}

/** From when on a participant answered SENDs otherwise than with 200. */
function answersIn(scene: Scene, copies: readonly Copy[]): Deed[] {
  const { conversation, troupe } = scene;
  const saidOf = new Map(copies.map(({ message, said }) => [message, said]));
  const messageOf = new Map<number, ChatMessage>();
  for (const message of conversation.messages.list)
    if (message.direction === 'received') for (const chunk of message.chunks) messageOf.set(chunk.index, message);
  const now = new Map<string, number>();
  const deeds: Deed[] = [];
  for (const { request, head, response } of conversation.msrp.list) {
    if (request.direction !== 'received' || head.method !== 'SEND' || response === undefined) continue;
    const player = troupe.owner(request, head);
    const message = messageOf.get(request.index);
    // What is not in its own accept-types a participant refuses by itself.
    if (player === undefined || message === undefined || response.head.status === 415) continue;
    const { status } = response.head;
    if ((now.get(player.name) ?? 200) === status) continue;
    now.set(player.name, status);
    const said = saidOf.get(message);
    const at = (said === undefined || said.start > request.index ? request.index : said.start) - 0.5;
    deeds.push({ actor: player.name, start: at, end: at, action: { answers: status } });
  }
  return deeds;
}

/** REPORTs: those that came, those that were asked for and did not, and those that participants sent unasked. */
function reportsIn(
  scene: Scene,
  said: readonly Said[],
  copies: readonly Copy[],
  lastHeard: ReadonlyMap<string, number>,
): { readonly deeds: Deed[]; readonly sights: Sight[] } {
  const { conversation, troupe } = scene;
  const own = new Map(said.map((one) => [`${one.sender.name} ${one.message.messageId}`, one]));
  const copyAt = new Map(copies.map((copy) => [`${copy.player.name} ${copy.message.messageId}`, copy]));
  const arrived = new Map<string, ChatMessage>();
  for (const message of conversation.messages.list) {
    const player = message.direction === 'received' ? playerOf(scene, message) : undefined;
    if (player !== undefined) arrived.set(`${player.name} ${message.messageId}`, message);
  }
  const reported = new Set<string>();
  const deeds: Deed[] = [];
  const sights: Sight[] = [];
  for (const exchange of conversation.msrp.list) {
    const { request, head } = exchange;
    if (head.method !== 'REPORT') continue;
    const player = troupe.owner(request, head);
    if (player === undefined) continue;
    const key = `${player.name} ${headerOf(head, 'Message-ID')}`;
    const status = parseStatus(headerOf(head, 'Status') ?? '');
    if (request.direction === 'received') {
      const about = own.get(key);
      const seen = about === undefined || !status.ok ? undefined : `${about.label} ${status.value.code}`;
      if (about === undefined || !status.ok || seen === undefined || reported.has(seen)) continue;
      reported.add(seen).add(about.label);
      const action = { 'gets-report': { message: about.label, status: status.value.code } };
      sights.push({ kind: 'actor', at: request.index, actor: player.name, action });
      continue;
    }
    const made = isAskedFor(exchange, arrived.get(key))
      ? undefined
      : reportDeed(scene, exchange, player, copyAt.get(key));
    if (made !== undefined) deeds.push(made);
  }
  for (const { label, message, sender, end, accepted } of said) {
    const asked =
      firstHead(message) === undefined ? undefined : headerOf(firstHead(message) as MsrpRequest, 'Success-Report');
    const later = (lastHeard.get(sender.name) ?? -1) > end;
    if (asked !== 'yes' || !accepted || reported.has(label) || !later) continue;
    sights.push({ kind: 'actor', at: end + 0.7, actor: sender.name, action: { 'gets-no-report': { message: label } } });
  }
  return { deeds, sights };
}

function firstHead({ chunks }: ChatMessage): MsrpRequest | undefined {
  const [first] = chunks;
  return first?.content.protocol === 'msrp' && first.content.message.kind === 'request'
    ? first.content.message
    : undefined;
}

/** A REPORT that the message itself asked for is sent by participants themselves, whoever it is from. */
function isAskedFor({ head }: MsrpExchange, message: ChatMessage | undefined): boolean {
  const status = parseStatus(headerOf(head, 'Status') ?? '');
  const asked = message === undefined ? undefined : firstHead(message);
  if (!status.ok || status.value.code !== 200 || asked === undefined) return false;
  return headerOf(asked, 'Success-Report')?.toLowerCase() === 'yes';
}

function playerOf({ troupe }: Scene, { chunks }: ChatMessage): Player | undefined {
  const [first] = chunks;
  return first?.content.protocol === 'msrp' ? troupe.owner(first, first.content.message) : undefined;
}

function reportDeed(scene: Scene, exchange: MsrpExchange, player: Player, copy: Copy | undefined): Deed | undefined {
  const { request, head } = exchange;
  const status = parseStatus(headerOf(head, 'Status') ?? '');
  if (request.content.protocol !== 'msrp') return undefined;
  const regular = request.content.defects.length === 0 && status.ok && head.body === undefined;
  if (copy === undefined || !regular) return byHand(scene, player, request, exchange);
  const written = headerOf(head, 'Byte-Range');
  const range = parseByteRange(written ?? '');
  const size = copy.message.octets?.length ?? 0;
  const whole = range.ok && range.value.start === 1n && range.value.end === BigInt(size);
  return {
    actor: player.name,
    start: request.index,
    end: exchange.response?.entry.index ?? request.index,
    action: {
      reports: {
        message: copy.said.label,
        status: status.value.code,
        ...(whole || written === undefined ? {} : { range: written }),
      },
    },
    ...(exchange.response === undefined && (scene.lastAnswered.get(request.connection) ?? -1) > request.index
      ? { expect: 'silence' as const }
      : {}),
  };
}
