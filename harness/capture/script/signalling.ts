import { header } from '../../codec/sip/headers.ts';
import type { Conversation } from '../../conversation/conversation.ts';
import type { SipExchange } from '../../conversation/sip-exchanges.ts';
import { type Stay, tagIn } from '../../conversation/stays.ts';
import type { Action, CastMember } from '../../scenario/schema.ts';
import type { Deed } from './deed.ts';
import { acknowledgedIn, callKey } from './gaps.ts';
import { offerWords } from './media-words.ts';
import type { Scene } from './scene.ts';
import { isRefusedForItsForm } from './sip-form.ts';
import { deed, expecting, furtherHeaders, otherRequest } from './sip-request.ts';
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
  const acknowledged = acknowledgedIn(conversation);
  const sequence = new Map<string, number>();
  const left = new Set<Stay>();
  /** Until when the latest change of a session is under way. */
  const changing = new Map<Stay, number>();
  const deeds: Deed[] = [];
  for (const exchange of conversation.sip.list) {
    const player = troupe.of(exchange.actor);
    if (exchange.direction !== 'sent' || player === undefined || isChallenged(exchange, conversation)) continue;
    const { message } = exchange;
    const stay = troupe.stay(exchange.actor, message);
    if (isRefusedForItsForm(exchange, sequence)) {
      omissions.add(`${message.method} of ${player.name}, which is out of form and was refused: SIP by hand`);
      continue;
    }
    if (scene.gaps.has(player.name, exchange.request.index)) continue;
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
          const isOpen = exchange.request.index < (changing.get(stay) ?? -1);
          changing.set(stay, Math.max(deed(exchange, player).end, changing.get(stay) ?? -1));
          const further = Object.keys(furtherHeaders(scene, message) ?? {});
          if (isOpen) omissions.add(`a change of the session by ${player.name} while another one is under way`);
          else if (further.length > 0)
            omissions.add(`a change of the session by ${player.name} with ${further.join(', ')}`);
          else if (offerWords(message).sdp !== undefined)
            omissions.add(`a change of the session by ${player.name} with an offer that is none of a participant`);
          else deeds.push(renegotiation(exchange, player, media));
        } else if (isBeside(stay, player)) omissions.add('an INVITE beside the stay of the same participant');
        else deeds.push(joining(scene, exchange, stay, player, media, acknowledged));
        break;
      case 'BYE':
        if (stay === undefined || scene.gaps.has(player.name, stay.invite.index)) break;
        if (!leavesOnItsOwn(scene, stay, player)) break;
        if (left.has(stay)) omissions.add(`another BYE of ${player.name} in the same dialog`);
        else deeds.push({ ...deed(exchange, player), action: { leave: {} }, ...expecting(exchange, [200]) });
        left.add(stay);
        break;
      case 'REFER':
        if (isInside(exchange, stay)) deeds.push(referral(scene, exchange, player, stay));
        else omissions.add(outside(exchange, player));
        break;
      default:
        if (isInside(exchange, stay)) deeds.push(otherRequest(scene, exchange, player, stay));
        else omissions.add(outside(exchange, player));
    }
  }
  return deeds;
}

/** Inside its dialog where it says that it is inside one. */
const isInside = ({ message }: SipExchange, stay: Stay | undefined): boolean =>
  stay !== undefined || tagIn(message, 'To') === undefined;

const outside = ({ message }: SipExchange, { name }: Player): string =>
  `${message.method} of ${name} inside a dialog that is not in the capture`;

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
  const answered = final?.entry.index ?? exchange.request.index;
  // Who speaks before the session stands does so once it has joined.
  const end = presence === undefined || opensWithMore(scene, stay) ? answered : presence.from;
  const about = { ...deed(exchange, player), end };
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

/** Its first request is no empty SEND, as that of participants is. */
const opensWithMore = ({ conversation }: Scene, stay: Stay): boolean =>
  conversation.sessions.list.some(({ stay: own, opening }) => {
    const head = own === stay && opening?.content.protocol === 'msrp' ? opening.content.message : undefined;
    return head?.kind === 'request' && (head.method !== 'SEND' || head.body !== undefined);
  });

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

const PLACES: ReadonlyMap<string, string> = new Map(['path', 'host', 'port'].map((name) => [`{${name}}`, name]));
