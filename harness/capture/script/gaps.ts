import { parseCSeq } from '../../codec/sip/cseq.ts';
import { header } from '../../codec/sip/headers.ts';
import type { SipMessage } from '../../codec/sip/message.ts';
import { validateSip } from '../../codec/sip/validate.ts';
import type { Conversation } from '../../conversation/conversation.ts';
import type { SipExchange } from '../../conversation/sip-exchanges.ts';
import { type Stay, tagIn } from '../../conversation/stays.ts';
import type { WireEntry } from '../../wire/entry.ts';
import type { Omissions } from './deed.ts';
import { offerWords } from './media-words.ts';
import { Positions } from './positions.ts';
import type { Player, Troupe } from './troupe.ts';

/** A time in which a script does not follow a player, as the language has no exact words for what happened then. */
interface Gap {
  readonly from: number;
  readonly to: number;
  /** Whether the player is in the room of the replay meanwhile, so that it gets what others say. */
  readonly isThere: boolean;
  /** Its own BYE, which is told all the same. */
  readonly leaves?: number;
}

/** What a script leaves out of the stays of its players. Positions are those of the wire log. */
export class Gaps {
  readonly #byPlayer = new Map<string, Gap[]>();
  readonly #stays = new Set<Stay>();

  constructor(conversation: Conversation, troupe: Troupe, omissions: Omissions, isWhole: boolean) {
    const acknowledged = acknowledgedIn(conversation);
    const requests = requestsOf(conversation);
    for (const exchange of conversation.sip.list) {
      const player = troupe.of(exchange.actor);
      if (player === undefined) continue;
      const found =
        exchange.direction === 'received'
          ? endedByTime(exchange, player, conversation, requests)
          : exchange.message.method === 'INVITE'
            ? gapBehind(exchange, player, { conversation, troupe, acknowledged, isWhole })
            : undefined;
      if (found === undefined || this.has(player.name, found.from)) continue;
      omissions.add(found.why);
      const stay = troupe.stay(exchange.actor, exchange.message);
      if (!found.isThere && stay !== undefined) this.#stays.add(stay);
      const own = this.#byPlayer.get(player.name);
      if (own === undefined) this.#byPlayer.set(player.name, [found]);
      else own.push(found);
    }
  }

  /** Whether nothing of a stay is told. */
  leavesOut(stay: Stay | undefined): boolean {
    return stay !== undefined && this.#stays.has(stay);
  }

  /** Whether what a player did or saw at this position is left out. */
  has(name: string, at: number): boolean {
    return this.#at(name, at).some(({ leaves }) => leaves !== at);
  }

  /** Whether somebody may be in the room of the replay of whom the script does not know what it gets. */
  hidesSomebody(players: readonly Player[], at: number): boolean {
    return players.some(({ name }) => this.#at(name, at).some(({ isThere }) => isThere));
  }

  #at(name: string, at: number): Gap[] {
    return (this.#byPlayer.get(name) ?? []).filter(({ from, to }) => from <= at && at < to);
  }
}

type FoundGap = Gap & { readonly why: string };

const END = Number.POSITIVE_INFINITY;

interface Known {
  readonly conversation: Conversation;
  readonly troupe: Troupe;
  readonly acknowledged: ReadonlySet<string>;
  readonly isWhole: boolean;
}

/** What cannot be told behind an INVITE that was taken. */
function gapBehind(exchange: SipExchange, player: Player, known: Known): FoundGap | undefined {
  const { actor, message, final } = exchange;
  const stay = known.troupe.stay(actor, message);
  if (stay === undefined || final === undefined || final.message.status >= 300) return undefined;
  return tagIn(message, 'To') === undefined
    ? gapBehindCall(exchange, player, stay, known)
    : gapBehindChange(exchange, player, stay, known);
}

function gapBehindChange(
  { request, message }: SipExchange,
  { actor, name }: Player,
  stay: Stay,
  { conversation, acknowledged }: Known,
): FoundGap | undefined {
  const why =
    !acknowledged.has(callKey(actor, message)) && isEndedByPeer(stay, conversation)
      ? 'the 200 is never acknowledged'
      : offerWords(message).sdp !== undefined
        ? 'no participant makes such an offer'
        : neverOpens(stay, request, conversation)
          ? 'the new one is never opened'
          : undefined;
  if (why === undefined) return undefined;
  const to = stay.ending?.direction === 'sent' ? stay.ending.index + 1 : END;
  const from = request.index;
  return { from, to, isThere: true, ...ownEnding(stay), why: `${name}, from a change of its session on: ${why}` };
}

function gapBehindCall(
  exchange: SipExchange,
  { actor, name, presences }: Player,
  stay: Stay,
  { conversation, acknowledged, isWhole }: Known,
): FoundGap | undefined {
  const from = exchange.request.index;
  const other = presences.find((one) => one.stay !== stay && one.from < from && from < one.to)?.stay;
  if (other !== undefined)
    return { from, to: END, isThere: true, ...ownEnding(other), why: `${name}, from an INVITE beside its own stay on` };
  if (presences.some((one) => one.stay === stay)) return undefined;
  const why =
    !acknowledged.has(callKey(actor, exchange.message)) && isEndedByPeer(stay, conversation)
      ? 'the 200 is never acknowledged'
      : whyAbsent(exchange, stay, conversation, isWhole);
  if (why === undefined) return undefined;
  const to = (stay.ended ?? stay.ending)?.index ?? END;
  return { from, to: to + 1, isThere: false, why: `a call of ${name} without a session: ${why}` };
}

const ownEnding = ({ ending }: Stay): Pick<Gap, 'leaves'> =>
  ending?.direction === 'sent' ? { leaves: ending.index } : {};

/** Why a call that was taken came to no session, where a script cannot bring that about. */
function whyAbsent(
  { request, message }: SipExchange,
  stay: Stay,
  { sessions }: Conversation,
  isWhole: boolean,
): string | undefined {
  if (request.content.protocol !== 'sip') return undefined;
  if (validateSip(message, request.content.defects).some(({ tolerated }) => tolerated !== true))
    return 'its INVITE is out of form';
  const [agreement] = stay.agreements;
  if (agreement === undefined) return 'its offer is never answered';
  if (agreement.peer.media === undefined) return undefined;
  const own = sessions.list.filter((one) => one.stay === stay);
  const tried = own.some(({ opening }) => opening !== undefined);
  if (agreement.peer.media.setup === 'active' && !tried) return 'the room was to open it';
  const isTls = own.some((one) => /^msrps:/i.test(one.own));
  // Whoever does not see TLS does not see either that it was tried.
  if (isTls && (isWhole || tried)) return 'certificates are not seen';
  return undefined;
}

/** Servers begin to time out. In milliseconds. */
export const LONG_MS = 10_000;

/** The room ends a stay when nobody has done anything for long. */
function endedByTime(
  { request, message }: SipExchange,
  { name }: Player,
  { log }: Conversation,
  requests: Positions,
): FoundGap | undefined {
  if (message.method !== 'BYE') return undefined;
  const last = log.entries[requests.lastBefore(request.index) ?? request.index];
  if (last === undefined || request.time - last.time < LONG_MS) return undefined;
  return { from: request.index, to: END, isThere: true, why: `${name}, from the BYE on that comes by time alone` };
}

/** What the participants sent unasked. */
const requestsOf = ({ sip, msrp }: Conversation): Positions =>
  new Positions(
    [...sip.list, ...msrp.list]
      .map(({ request }) => request)
      .flatMap((one) => (one.direction === 'sent' ? one.index : [])),
  );

/** A change to another session, which nobody opens. */
const neverOpens = (stay: Stay, { index }: WireEntry, { sessions }: Conversation): boolean =>
  sessions.list.some(
    (one) => one.stay === stay && one.opening === undefined && one.agreements[0]?.offer.entry.index === index,
  );

const isEndedByPeer = (stay: Stay, { sip }: Conversation): boolean =>
  sip.list.some(
    ({ actor, direction, message }) =>
      actor === stay.actor &&
      direction === 'received' &&
      message.method === 'BYE' &&
      header(message, 'Call-ID') === stay.callId,
  );

/** The calls that their callers have acknowledged, by `callKey`. */
export function acknowledgedIn({ sip }: Conversation): ReadonlySet<string> {
  const calls = sip.list.filter(({ direction, message }) => direction === 'sent' && message.method === 'ACK');
  return new Set(calls.map(({ actor, message }) => callKey(actor, message)));
}

/** The same for an INVITE and its ACK. */
export function callKey(actor: string, message: SipMessage): string {
  const cseq = parseCSeq((header(message, 'CSeq') ?? '').trim());
  return `${actor} ${header(message, 'Call-ID')} ${cseq.ok ? cseq.value.number : ''}`;
}
