import { parseByteRange } from '../../codec/msrp/byte-range.ts';
import { headerOf, type MsrpRequest } from '../../codec/msrp/message.ts';
import { parseStatus } from '../../codec/msrp/status.ts';
import type { ChatMessage } from '../../conversation/chat-messages.ts';
import type { MsrpExchange } from '../../conversation/msrp-exchanges.ts';
import { byHand } from './by-hand.ts';
import { type Copy, copiesIn } from './copies.ts';
import type { Deed, Sight } from './deed.ts';
import { Doubts } from './doubts.ts';
import type { Scene } from './scene.ts';
import type { Said } from './speech.ts';
import type { Player, Presence } from './troupe.ts';

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
  const doubts = new Doubts(scene, copies);
  const first = new Set<Player>();
  for (const one of said) {
    const absence = absenceOf(scene, one, bySaid.get(one) ?? [], lastHeard, doubts);
    if (absence === undefined) continue;
    // That a sender gets no copy of its own is looked for once: it takes two more messages each time.
    if (absence.of === 'sender' && first.has(one.sender)) continue;
    first.add(one.sender);
    sights.push(absence.sight);
  }
  const reports = reportsIn(scene, said, copies, lastHeard);
  return { deeds: [...answersIn(scene, copies), ...reports.deeds], sights: [...sights, ...reports.sights] };
}

/** The last position at which something came to somebody in a stay, so that what had not come by then was not under way. */
function lastHeardOf({ conversation, troupe }: Scene): ReadonlyMap<Presence, number> {
  const last = new Map<Presence, number>();
  for (const { request, head, response } of conversation.msrp.list) {
    const at = request.direction === 'received' ? request.index : response?.entry.index;
    const player = at === undefined ? undefined : troupe.owner(request, head);
    const presence = at === undefined || player === undefined ? undefined : presenceAt(player, at);
    if (presence !== undefined && at !== undefined) last.set(presence, Math.max(last.get(presence) ?? 0, at));
  }
  return last;
}

const presenceAt = ({ presences }: Player, at: number): Presence | undefined =>
  presences.find(({ from, to }) => from <= at && at < to);

/** Whether something came to somebody behind `at`, in the stay that it was in at `since`. */
function heardLater(lastHeard: ReadonlyMap<Presence, number>, player: Player, since: number, at: number): boolean {
  const presence = presenceAt(player, since);
  return presence !== undefined && (lastHeard.get(presence) ?? -1) > at;
}

/** Who did not get it, if the capture shows it of all who were there: something came to each of them later. */
function absenceOf(
  scene: Scene,
  { label, sender, start, end, message }: Said,
  copies: readonly Copy[],
  lastHeard: ReadonlyMap<Presence, number>,
  doubts: Doubts,
): { readonly of: 'others' | 'sender'; readonly sight: Sight } | undefined {
  if (message.state !== 'complete') return undefined;
  const got = new Set(copies.map(({ player }) => player.name));
  const at = Math.max(end, ...copies.map((copy) => copy.at));
  const there = scene.troupe.present(start).filter(({ room }) => room === sender.room);
  const without = there.filter(({ name }) => !got.has(name));
  if (without.length === 0 || there.length === 1) return undefined;
  if (without.some((player) => !heardLater(lastHeard, player, start, at)) || scene.troupe.changes(start, at))
    return undefined;
  const doubt = doubts.about(there, without, start, at);
  if (doubt !== undefined) {
    scene.omissions.add(doubt);
    return undefined;
  }
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
  lastHeard: ReadonlyMap<Presence, number>,
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
  for (const { label, message, sender, start, end, accepted } of said) {
    const head = firstHead(message);
    const asked = head === undefined ? undefined : headerOf(head, 'Success-Report');
    const later = heardLater(lastHeard, sender, start, end);
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
