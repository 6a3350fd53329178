import { formatChatroom } from '../codec/sdp/chatroom.ts';
import type { MsrpMediaDescription, SdpLine, SdpMedia, SessionDescription } from '../codec/sdp/description.ts';
import { isMsrpMedia, readMsrpMedia } from '../codec/sdp/msrp-media.ts';
import type { Origin } from '../codec/sdp/origin.ts';
import { writeMsrpMedia, writeSdp, writeSession } from '../codec/sdp/write.ts';
import type { Decisions } from './decisions.ts';
import type { EndpointMedia, RoomPolicy } from './room-state.ts';

export type Scheme = 'msrp' | 'msrps';

/** Which stream of a description becomes the MSRP session, and what it says. */
export interface ChosenStream {
  readonly index: number;
  readonly media: MsrpMediaDescription;
  readonly scheme: Scheme;
}

export type JudgedOffer =
  | { readonly kind: 'accepted'; readonly stream: ChosenStream }
  /** The peer itself has given the stream up with port 0. */
  | { readonly kind: 'no-stream' }
  | RefusedOffer;

export interface RefusedOffer {
  readonly kind: 'refused';
  /** Of the SIP response. */
  readonly status: number;
  /** Code and text of its Warning (RFC 3261 §20.43). */
  readonly warning: readonly [code: number, text: string];
}

const WRONG_BEGINNING = [399, 'No session description begins so'] as const;
const WRONG_MEDIA = [304, 'No MSRP message stream'] as const;
const WRONG_TRANSPORT = [302, 'Transport of the stream not available'] as const;
const WRONG_FORMAT = [305, 'A stream for message/cpim is wanted'] as const;

/** Looks for the first MSRP stream of which a session can come (RFC 7701 §5.2). `schemes`: what the focus listens on. */
export function judgeDescription(
  description: SessionDescription,
  policy: RoomPolicy,
  schemes: ReadonlySet<Scheme>,
  decide: Decisions,
): JudgedOffer {
  if (!beginsRight(description)) return { kind: 'refused', status: 488, warning: WRONG_BEGINNING };
  let given = false;
  let refusal: RefusedOffer = { kind: 'refused', status: 488, warning: WRONG_MEDIA };
  for (const [index, section] of description.media.entries()) {
    if (!isMsrpMedia(section)) continue;
    given = true;
    if (section.port === 0) continue;
    const media = readMsrpMedia(description, section);
    const scheme: Scheme = /\/TLS\//i.test(media.protocol) ? 'msrps' : 'msrp';
    given = false;
    if (section.media.toLowerCase() !== 'message') continue;
    const status = schemes.has(scheme) ? decide.offerStatus(media, policy) : 488;
    if (status === undefined) return { kind: 'accepted', stream: { index, media, scheme } };
    refusal = { kind: 'refused', status, warning: schemes.has(scheme) ? WRONG_FORMAT : WRONG_TRANSPORT };
  }
  return given ? { kind: 'no-stream' } : refusal;
}

/** v=, o= and s= come first, in this order (RFC 8866 §5). */
const beginsRight = ({ session }: SessionDescription): boolean =>
  ['v', 'o', 's'].every((type, i) => session[i]?.type === type);

/** What the room says of its side of the stream. */
export interface OwnMedia {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly scheme: Scheme;
  /** SHA-256 of the TLS certificate. */
  readonly fingerprint: string | undefined;
  readonly setup: 'active' | 'passive' | 'actpass';
}

/** Answer to an offer: the chosen stream is taken, all others are refused with port 0 (RFC 3264 §6). */
export function writeAnswer(
  offer: SessionDescription,
  stream: ChosenStream | undefined,
  own: OwnMedia | undefined,
  origin: Origin,
  policy: RoomPolicy,
  decide: Decisions,
): string {
  const time = offer.session.find(({ type }) => type === 't')?.value;
  const media = offer.media.map((section, index) =>
    stream !== undefined && own !== undefined && index === stream.index
      ? ownSection(own, section.media, stream.media, policy, decide)
      : refusedSection(section),
  );
  return writeSdp({ session: session(origin, own, time, stream?.media.chatroom, policy, decide), media });
}

/** The offer in a response to an INVITE without one (RFC 3261 §13.2.1). */
export function writeOffer(own: OwnMedia, origin: Origin, policy: RoomPolicy, decide: Decisions): string {
  const media = [ownSection(own, 'message', {}, policy, decide)];
  return writeSdp({ session: session(origin, own, undefined, undefined, policy, decide), media });
}

export function endpointMedia(media: MsrpMediaDescription): EndpointMedia {
  const { chatroom, acceptTypes = [], acceptWrappedTypes, maxSize, direction } = media;
  return {
    acceptTypes,
    direction,
    ...(chatroom === undefined ? {} : { chatroom }),
    ...(acceptWrappedTypes === undefined ? {} : { acceptWrappedTypes }),
    ...(maxSize === undefined ? {} : { maxSize }),
  };
}

function session(
  origin: Origin,
  own: OwnMedia | undefined,
  time: string | undefined,
  offered: readonly string[] | undefined,
  policy: RoomPolicy,
  decide: Decisions,
): readonly SdpLine[] {
  const tokens = decide.chatroomTokens(policy, offered);
  const misplaced = decide.chatroomLevel() === 'session' && tokens !== undefined;
  return writeSession({
    origin,
    connectionHost: own?.host ?? origin.address,
    ...(time === undefined ? {} : { time }),
    ...(misplaced ? { additional: [{ type: 'a', value: formatChatroom(tokens) }] } : {}),
  });
}

/** RFC 3264 §6.1. */
const ANSWERED_DIRECTION = { sendonly: 'recvonly', recvonly: 'sendonly', inactive: 'inactive' } as const;

function ownSection(
  own: OwnMedia,
  media: string,
  offered: Partial<Pick<MsrpMediaDescription, 'chatroom' | 'direction'>>,
  policy: RoomPolicy,
  decide: Decisions,
): SdpMedia {
  const tokens = decide.chatroomTokens(policy, offered.chatroom);
  const { direction = 'sendrecv' } = offered;
  const wrapped = decide.acceptWrappedTypes(policy);
  const secure = own.scheme === 'msrps';
  return writeMsrpMedia({
    media,
    port: own.port,
    protocol: secure ? 'TCP/TLS/MSRP' : 'TCP/MSRP',
    acceptTypes: decide.acceptTypes(),
    ...(wrapped === undefined || wrapped.length === 0 ? {} : { acceptWrappedTypes: wrapped }),
    maxSize: BigInt(policy.maxMessageOctets),
    setup: own.setup,
    ...(direction === 'sendrecv' ? {} : { direction: ANSWERED_DIRECTION[direction] }),
    ...(secure && own.fingerprint !== undefined
      ? { fingerprints: [{ algorithm: 'sha-256', value: own.fingerprint }] }
      : {}),
    path: [own.path],
    ...(tokens !== undefined && decide.chatroomLevel() === 'media' ? { chatroom: tokens } : {}),
  });
}

function refusedSection({ media, protocol, formats }: SdpMedia): { readonly lines: readonly SdpLine[] } {
  return { lines: [{ type: 'm', value: [media, '0', protocol, ...formats].join(' ') }] };
}
