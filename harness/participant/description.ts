import type { MsrpMediaDescription, SdpLine, SdpMedia, SessionDescription } from '../codec/sdp/description.ts';
import { findMsrpMedia, readMsrpMedia } from '../codec/sdp/msrp-media.ts';
import type { Origin } from '../codec/sdp/origin.ts';
import { parseSdp } from '../codec/sdp/parse.ts';
import { writeMsrpMedia, writeSdp, writeSession } from '../codec/sdp/write.ts';
import type { SipMessage } from '../codec/sip/message.ts';
import { fingerprintsFor } from './fingerprints.ts';
import type { MediaProfile } from './media.ts';

/** Where the participant's end of an MSRP session is. */
export interface OwnEnd {
  /** The own MSRP URI. */
  readonly path: string;
  readonly host: string;
  readonly port: number;
  /** SHA-256 of the certificate shown to the peer; absent without TLS. */
  readonly fingerprint?: string;
}

/** The session description of an offer (RFC 4975 §8, RFC 6135 §4.2, RFC 7701 §8). */
export function writeOffer(origin: Origin, own: OwnEnd, media: MediaProfile): string {
  return writeSdp({
    session: writeSession({ origin, connectionHost: own.host }),
    media: [writeOwnMedia(own, media, media.setup)],
  });
}

/** The answer to a later offer of the peer: the MSRP stream as before, any other stream refused (RFC 3264 §6). */
export function writeAnswer(
  origin: Origin,
  own: OwnEnd,
  media: MediaProfile,
  offer: SessionDescription,
  setup: 'active' | 'passive' | undefined,
): string {
  const accepted = findMsrpMedia(offer);
  const time = offer.session.find(({ type }) => type === 't')?.value;
  return writeSdp({
    session: writeSession({ origin, connectionHost: own.host, ...(time === undefined ? {} : { time }) }),
    media: offer.media.map((section) =>
      section === accepted && section.port !== 0 ? writeOwnMedia(own, media, setup) : refused(section),
    ),
  });
}

/** What a message says of its MSRP stream; undefined when it says nothing of one. */
export function describedIn(message: SipMessage): MsrpMediaDescription | undefined {
  return message.body.length === 0 ? undefined : msrpMediaOf(parseSdp(message.body.toString('utf8')));
}

/** Does an answer refuse each stream by port 0 (RFC 3264 §6), whether it is an MSRP stream or not? */
export function refusesAll(message: SipMessage): boolean {
  const { media } = parseSdp(message.body.toString('utf8'));
  return media.length > 0 && media.every(({ port }) => port === 0);
}

export function msrpMediaOf(description: SessionDescription): MsrpMediaDescription | undefined {
  const media = findMsrpMedia(description);
  return media === undefined ? undefined : readMsrpMedia(description, media);
}

function writeOwnMedia(own: OwnEnd, media: MediaProfile, setup: MediaProfile['setup']): SdpMedia {
  const { chatroom, acceptTypes, acceptWrappedTypes, maxSize, fingerprints, furtherLines = [] } = media;
  const { fingerprint } = own;
  return writeMsrpMedia({
    port: own.port,
    protocol: fingerprint === undefined ? 'TCP/MSRP' : 'TCP/TLS/MSRP',
    acceptTypes,
    path: [own.path],
    additional: furtherLines.map(lineOf),
    ...(acceptWrappedTypes === undefined ? {} : { acceptWrappedTypes }),
    ...(maxSize === undefined ? {} : { maxSize: BigInt(maxSize) }),
    ...(setup === undefined ? {} : { setup }),
    ...(fingerprint === undefined ? {} : { fingerprints: fingerprintsFor(fingerprint, fingerprints) }),
    ...(chatroom === undefined ? {} : { chatroom }),
  });
}

function refused({ media, protocol, formats }: SdpMedia): { readonly lines: readonly SdpLine[] } {
  return { lines: [{ type: 'm', value: [media, '0', protocol, ...formats].join(' ') }] };
}

function lineOf(text: string): SdpLine {
  const equals = text.indexOf('=');
  return equals === -1 ? { type: 'a', value: text } : { type: text.slice(0, equals), value: text.slice(equals + 1) };
}
