import { parseCSeq } from '../../codec/sip/cseq.ts';
import { comparableName } from '../../codec/sip/header-name.ts';
import { header } from '../../codec/sip/headers.ts';
import type { SipMessage, SipRequest } from '../../codec/sip/message.ts';
import { validateSip } from '../../codec/sip/validate.ts';
import type { Conversation } from '../../conversation/conversation.ts';
import type { SipExchange } from '../../conversation/sip-exchanges.ts';
import { type Stay, tagIn } from '../../conversation/stays.ts';
import type { Action, CastMember, Expectation } from '../../scenario/schema.ts';
import type { Deed, Sight } from './deed.ts';
import { offerWords } from './media-words.ts';
import type { Scene } from './scene.ts';
import type { Player } from './troupe.ts';

type Join = NonNullable<Action['join']>;

/** The media words of a cast member: those of its first offer. */
export type CastMedia = Pick<
  CastMember,
  'chatroom' | 'accept-types' | 'accept-wrapped-types' | 'setup' | 'max-size' | 'sdp-lines'
>;

/** What the participants did by SIP, save for subscriptions. `media` gets the media words of each player. */
export function signallingDeeds(scene: Scene, media: Map<string, CastMedia>): Deed[] {
  const { conversation, troupe, omissions } = scene;
  const stays = new Map(conversation.stays.list.map((stay) => [`${stay.actor} ${stay.callId}`, stay]));
  const acknowledged = acknowledgedIn(conversation);
  const sequence = new Map<string, number>();
  const deeds: Deed[] = [];
  for (const exchange of conversation.sip.list) {
    const player = troupe.of(exchange.actor);
    if (exchange.direction !== 'sent' || player === undefined || isChallenged(exchange, conversation)) continue;
    const { message } = exchange;
    const callId = header(message, 'Call-ID') ?? '';
    const stay = stays.get(`${exchange.actor} ${callId}`);
    if (isRefusedForItsForm(exchange, sequence)) {
      omissions.add(`${message.method} of ${player.name}, which is out of form and was refused: SIP by hand`);
      continue;
    }
    switch (message.method) {
      case 'ACK':
      case 'PRACK':
      case 'SUBSCRIBE':
      case 'REGISTER':
        break;
      case 'CANCEL':
        omissions.add('a CANCEL, which participants do not send');
        break;
      case 'INVITE':
        if (stay === undefined) omissions.add('an INVITE that cannot be read');
        else if (tagIn(message, 'To') !== undefined) {
          const further = Object.keys(furtherHeaders(scene, message) ?? {});
          if (further.length === 0) deeds.push(renegotiation(exchange, player, media));
          else omissions.add(`a change of the session by ${player.name} with ${further.join(', ')}`);
        } else if (isBeside(stay, player)) omissions.add('an INVITE beside the stay of the same participant');
        else deeds.push(joining(scene, exchange, stay, player, media, acknowledged));
        break;
      case 'BYE':
        if (stay !== undefined && leavesOnItsOwn(scene, stay, player))
          deeds.push({ ...deed(exchange, player), action: { leave: {} }, ...expecting(exchange, [200]) });
        break;
      case 'REFER':
        deeds.push(referral(scene, exchange, player, stay));
        break;
      default:
        deeds.push(otherRequest(scene, exchange, player, stay));
    }
  }
  return deeds;
}

/**
 * Out of form, and refused: what comes of it in another form shows nothing. What servers take although it is out of form is
 * replayed as participants say it. `sequence` remembers the CSeq number of each dialog.
 */
function isRefusedForItsForm({ actor, request, message, final }: SipExchange, sequence: Map<string, number>): boolean {
  const cseq = parseCSeq((header(message, 'CSeq') ?? '').trim());
  const call = `${actor} ${header(message, 'Call-ID')}`;
  const before = sequence.get(call) ?? -1;
  if (cseq.ok) sequence.set(call, Math.max(before, cseq.value.number));
  if (final === undefined || final.message.status < 400 || request.content.protocol !== 'sip') return false;
  if (message.method !== 'ACK' && message.method !== 'CANCEL' && cseq.ok && cseq.value.number <= before) return true;
  return (
    message.version !== 'SIP/2.0' ||
    validateSip(message, request.content.defects).some(({ tolerated }) => tolerated !== true)
  );
}

/** A request inside a stay of the same actor that goes on at that time takes nothing of it away. */
const isBeside = (stay: Stay, { presences }: Player): boolean =>
  presences.some((one) => one.stay !== stay && one.from < stay.invite.index && stay.invite.index < one.to);

/** A request that asked for credentials is repeated with them, which participants do by themselves. */
function isChallenged({ actor, final, message }: SipExchange, { sip }: Conversation): boolean {
  if (final === undefined || (final.message.status !== 401 && final.message.status !== 407)) return false;
  const callId = header(message, 'Call-ID');
  return sip.list.some(
    (one) =>
      one.actor === actor &&
      one.direction === 'sent' &&
      one.message.method === message.method &&
      one.request.index > final.entry.index &&
      header(one.message, 'Call-ID') === callId &&
      /^(?:proxy-)?authorization$/im.test(one.message.headers.map(({ name }) => name).join('\n')),
  );
}

function acknowledgedIn({ sip }: Conversation): ReadonlySet<string> {
  const calls = sip.list.filter(({ direction, message }) => direction === 'sent' && message.method === 'ACK');
  return new Set(calls.map(({ actor, message }) => callKey(actor, message)));
}

function callKey(actor: string, message: SipMessage): string {
  const cseq = parseCSeq((header(message, 'CSeq') ?? '').trim());
  return `${actor} ${header(message, 'Call-ID')} ${cseq.ok ? cseq.value.number : ''}`;
}

export const deed = ({ request, final }: SipExchange, { name }: Player): Pick<Deed, 'actor' | 'start' | 'end'> => ({
  actor: name,
  start: request.index,
  end: final?.entry.index ?? request.index,
});

/** What the final response was, where it is not among those that need no word. */
export function expecting({ final }: SipExchange, usual: readonly number[]): { expect?: Expectation } {
  if (final === undefined) return { expect: 'anything' };
  const { status } = final.message;
  return usual.includes(status) ? {} : { expect: status };
}

function joining(
  scene: Scene,
  exchange: SipExchange,
  stay: Stay,
  player: Player,
  media: Map<string, CastMedia>,
  acknowledged: ReadonlySet<string>,
): Deed {
  const { final, message } = exchange;
  const { troupe } = scene;
  const first = !media.has(player.name);
  const { sdp, offer, ...words } = offerWords(message, media.get(player.name));
  if (first) media.set(player.name, words);
  const accepted = final !== undefined && final.message.status < 300;
  const headers = furtherHeaders(scene, message);
  const presence = player.presences.find((one) => one.stay === stay);
  const join: Join = {
    ...(first ? {} : words),
    ...(sdp === undefined ? {} : { sdp: troupe.renewal.write(sdp, PLACES) }),
    ...(offer === undefined ? {} : { offer }),
    ...(troupe.isRoom(stay.room, player.room === 'second' ? 1 : 0) ? {} : { to: troupe.renewal.write(stay.room) }),
    ...(headers === undefined ? {} : { headers }),
    ...(accepted && !acknowledged.has(callKey(player.actor, message)) ? { ack: 'never' as const } : {}),
  };
  const about = { ...deed(exchange, player), end: presence?.from ?? final?.entry.index ?? exchange.request.index };
  if (!accepted) return { ...about, action: { join }, ...expecting(exchange, [200]) };
  if (isStreamRefused(stay)) return { ...about, action: { join }, expect: 488 };
  if (presence !== undefined) return { ...about, action: { join } };
  if (!scene.isWhole && hasNoMsrp(scene, stay)) {
    scene.omissions.add(`what ${player.name} says in the room: none of its MSRP can be read, as over TLS`);
    return { ...about, action: { join } };
  }
  if (wasTried(scene, stay)) return { ...about, action: { 'is-kept-out': join } };
  return { ...about, action: { join: { ...join, bind: false } } };
}

/** The 2xx has no port for the MSRP stream. */
const isStreamRefused = (stay: Stay): boolean =>
  stay.agreements.length > 0 && stay.agreements[0]?.peer.media === undefined;

/** A session was tried, or each side left it to the other. */
function wasTried({ conversation }: Scene, stay: Stay): boolean {
  const own = conversation.sessions.list.filter((one) => one.stay === stay);
  if (own.some(({ opening }) => opening !== undefined)) return true;
  const [agreement] = stay.agreements;
  return (
    agreement === undefined || agreement.actor.media?.setup === 'passive' || agreement.peer.media?.setup === 'active'
  );
}

/** Not even an attempt to open its session. */
const hasNoMsrp = ({ conversation }: Scene, stay: Stay): boolean =>
  conversation.sessions.list.every((one) => one.stay !== stay || one.opening === undefined);

/** What was never a stay is ended by the participant itself. */
function leavesOnItsOwn(scene: Scene, stay: Stay, player: Player): boolean {
  if (player.presences.some((one) => one.stay === stay)) return true;
  if (!scene.isWhole && hasNoMsrp(scene, stay)) return !isStreamRefused(stay);
  return !isStreamRefused(stay) && !isBeside(stay, player) && !wasTried(scene, stay);
}

function renegotiation(exchange: SipExchange, player: Player, media: ReadonlyMap<string, CastMedia>): Deed {
  const { sdp: _whole, offer, ...words } = offerWords(exchange.message, media.get(player.name));
  const { final } = exchange;
  const port = final === undefined ? undefined : /^m=message (\d+) /m.exec(final.message.body.toString('latin1'))?.[1];
  const refused = final !== undefined && final.message.status < 300 && port === '0';
  return {
    ...deed(exchange, player),
    action: { renegotiate: { ...words, ...(offer === undefined ? {} : { offer }) } },
    ...(refused ? { expect: 488 } : expecting(exchange, [200])),
  };
}

function referral({ troupe }: Scene, exchange: SipExchange, player: Player, stay: Stay | undefined): Deed {
  const to = troupe.renewal.write(header(exchange.message, 'Refer-To') ?? '');
  const inside = stay !== undefined && tagIn(exchange.message, 'To') !== undefined;
  return {
    ...deed(exchange, player),
    action: { refer: { to, ...(inside ? { 'in-dialog': true as const } : {}) } },
    ...expecting(exchange, [200, 202]),
  };
}

/** A request that the language has no word of its own for. `besides`: headers that participants do not write of themselves here. */
export function otherRequest(
  scene: Scene,
  exchange: SipExchange,
  player: Player,
  stay: Stay | undefined,
  besides: readonly string[] = [],
): Deed {
  const { message } = exchange;
  const { renewal } = scene.troupe;
  const inside = stay !== undefined && tagIn(message, 'To') !== undefined;
  const body = message.body.length === 0 ? undefined : renewal.write(message.body.toString('utf8'));
  const own = [...besides, ...(body === undefined ? [] : ['Content-Type'])].flatMap((name): [string, string][] => {
    const value = header(message, name);
    return value === undefined ? [] : [[name, renewal.write(value)]];
  });
  const headers = { ...furtherHeaders(scene, message), ...Object.fromEntries(own) };
  return {
    ...deed(exchange, player),
    action: {
      sip: {
        method: message.method,
        ...(inside || scene.troupe.isRoom(message.uri, 0) ? {} : { to: renewal.write(message.uri) }),
        ...(Object.keys(headers).length === 0 ? {} : { headers }),
        ...(body === undefined ? {} : { body }),
        ...(inside ? { 'in-dialog': true } : {}),
      },
    },
    ...expecting(exchange, []),
  };
}

const PLACES: ReadonlyMap<string, string> = new Map(['path', 'host', 'port'].map((name) => [`{${name}}`, name]));

/** Headers that say who sends, where and with what software, or that participants write by themselves. */
const OWN_HEADERS: ReadonlySet<string> = new Set(
  [
    ...['Via', 'From', 'To', 'Call-ID', 'CSeq', 'Contact', 'Max-Forwards', 'Content-Type', 'Content-Length', 'Allow'],
    ...['Supported', 'User-Agent', 'Accept', 'Accept-Encoding', 'Accept-Language', 'Expires', 'Route', 'Record-Route'],
    ...['Authorization', 'Proxy-Authorization', 'Privacy', 'P-Preferred-Identity', 'P-Asserted-Identity', 'Date'],
    ...['Allow-Events', 'Session-Expires', 'Min-SE', 'Event', 'Refer-To', 'Server', 'Organization', 'Timestamp'],
  ].map(comparableName),
);

/** The other headers of a request, as `headers` of the language has them; undefined: there are none. */
export function furtherHeaders({ troupe }: Scene, message: SipRequest): Record<string, string> | undefined {
  const further = message.headers.filter(({ name }) => !OWN_HEADERS.has(comparableName(name)));
  if (further.length === 0) return undefined;
  return Object.fromEntries(further.map(({ name, value }) => [name, troupe.renewal.write(value)]));
}

/** BYE of the room; connections that participants cut while their dialogs went on. */
export function endingsIn(scene: Scene): { readonly deeds: Deed[]; readonly sights: Sight[] } {
  const { conversation, troupe, omissions } = scene;
  const deeds: Deed[] = [];
  const sights: Sight[] = [];
  for (const { actor, direction, request, message } of conversation.sip.list) {
    const player = troupe.of(actor);
    if (direction !== 'received' || player === undefined) continue;
    if (message.method === 'BYE')
      sights.push({ kind: 'actor', at: request.index, actor: player.name, action: { 'gets-bye': {} } });
    if (message.method === 'INVITE' && tagIn(message, 'To') === undefined)
      omissions.add(`the room calls ${player.name}, and participants cannot be called`);
  }
  for (const { lost, stay } of conversation.sessions.list) {
    const player = troupe.of(stay.actor);
    if (lost?.content.protocol !== 'connection' || lost.content.by !== 'actor' || player === undefined) continue;
    if (stay.ending !== undefined && stay.ending.index < lost.index) continue;
    if (isReplaced(scene, stay, lost.index)) continue;
    const reset = lost.content.event !== 'ended';
    const action: Action =
      reset && hasVanished(scene, player, lost.index) ? { vanish: {} } : { disconnect: reset ? 'reset' : 'end' };
    deeds.push({ actor: player.name, start: lost.index, end: lost.index, action });
  }
  return { deeds, sights };
}

/** Another session of the stay has taken the place of this one before its connection went. */
const isReplaced = ({ conversation }: Scene, stay: Stay, at: number): boolean =>
  conversation.sessions.list.some(
    (one) => one.stay === stay && one.opening !== undefined && one.opening.index < at && one.lost === undefined,
  );

/** From here on nothing more is said until the next INVITE, and nothing is answered. */
function hasVanished({ conversation }: Scene, { actor }: Player, at: number): boolean {
  for (const entry of conversation.log.entries.slice(at + 1)) {
    if (entry.actor !== actor || entry.direction !== 'sent') continue;
    const { content } = entry;
    if (content.protocol === 'connection') {
      if (content.event === 'opened') return true;
      continue;
    }
    return content.protocol === 'sip' && content.message.kind === 'request' && content.message.method === 'INVITE';
  }
  return true;
}
