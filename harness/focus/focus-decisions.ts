import type { MsrpMediaDescription } from '../codec/sdp/description.ts';
import { acceptsType } from '../codec/sdp/media-type.ts';
import { header, headerLines, headerValues } from '../codec/sip/headers.ts';
import type { SipRequest } from '../codec/sip/message.ts';
import { parseNameAddress } from '../codec/sip/name-address.ts';
import { formatSipUri, parseSipUri } from '../codec/sip/uri.ts';
import type { PeerCheck } from '../net/network.ts';
import type { JoinIdentity } from './room-events.ts';
import type { RoomPolicy } from './room-state.ts';

/** What the focus decides at the border to SIP, SDP and MSRP. */
export interface FocusDecisions {
  /** Parameters behind the Contact of responses (RFC 7701 §5.2, RFC 3840 §9). */
  contactParameters(): readonly string[];
  /** SIP status if no session can come of this MSRP stream (RFC 7701 §5.2); undefined: it can. */
  offerStatus(offer: MsrpMediaDescription, policy: RoomPolicy): number | undefined;
  /** `a=accept-types` of the room (RFC 7701 §5.2). */
  acceptTypes(): readonly string[];
  acceptWrappedTypes(policy: RoomPolicy): readonly string[] | undefined;
  /** Tokens of `a=chatroom` (RFC 7701 §8); undefined: no attribute. `offered`: those of the peer. */
  chatroomTokens(policy: RoomPolicy, offered: readonly string[] | undefined): readonly string[] | undefined;
  chatroomLevel(): 'media' | 'session';
  /** Who connects where the offer leaves it to the answer (RFC 6135 §4.2.2)? `active`: the room does. */
  answersActpass(): 'active' | 'passive';
  /** Does the room connect, offer and answer having made it the active side or not? */
  connects(isActive: boolean): boolean;
  /** How the certificate of a TLS peer is judged, by what it has signalled and who connects (RFC 4975 §14.4). */
  judgePeer(fingerprints: MsrpMediaDescription['fingerprints'], peer: 'client' | 'server'): PeerCheck;
  /** Who sends this request, and does it ask to be hidden? `username`: as authenticated. */
  identify(request: SipRequest, trust: IdentityTrust, username: string | undefined): JoinIdentity;
  /** From-Path of a copy (RFC 7701 §6.1). `sender`: From-Path of the message. */
  copyFromPath(own: string, sender: string | undefined): string;
  /** Are copies held back because one of their recipients is slow (RFC 7701 §6.4)? */
  waitsForSlow(slow: number, recipients: number): boolean;
  /** How subscribers learn that the roster has changed (RFC 4575 §4.4). */
  tellsChanges(): 'as a change' | 'as the whole roster';
  /** Status for a REFER; a 2xx is followed by a NOTIFY that the wish was declined (RFC 3515 §2.4.5, RFC 4579 §5.5). */
  referStatus(): number;
}

/** Where the identity may come from. */
export interface IdentityTrust {
  readonly domain: string;
  /** Does the next hop vouch for P-Asserted-Identity (RFC 3325)? */
  readonly assertedIdentity: boolean;
}

export const referenceFocusDecisions: FocusDecisions = {
  contactParameters: () => ['isfocus'],
  offerStatus: (offer, policy) => {
    if (offer.path.length === 0) return 488;
    if (policy.mediaTransport === 'tls-only' && !/\/TLS\//i.test(offer.protocol)) return 488;
    return acceptsType(offer.acceptTypes ?? [], 'message/cpim') ? undefined : 488;
  },
  acceptTypes: () => ['message/cpim'],
  acceptWrappedTypes: (policy) => policy.wrappedTypes,
  chatroomTokens: (policy) => [
    ...(policy.nicknames === 'allowed' ? ['nickname'] : []),
    ...(policy.privateMessages === 'allowed' ? ['private-messages'] : []),
  ],
  chatroomLevel: () => 'media',
  answersActpass: () => 'passive',
  connects: (isActive) => isActive,
  judgePeer: (accepted, peer) => {
    if (accepted.length > 0) return { kind: 'fingerprint', accepted };
    // Under the CA model a client may do without a certificate (RFC 4975 §14.4).
    return peer === 'server' ? { kind: 'certificate-authority' } : { kind: 'none' };
  },
  identify: (request, trust, username) => {
    const from = parseNameAddress(header(request, 'from') ?? '');
    const fromUri = from.ok ? addressOfRecord(from.value.uri) : '';
    // Who brings an anonymous URI is known by it; who asks the focus to hide the real one gets one (RFC 7701 §5.2).
    if (/@(?:[^@]*\.)?invalid(?::\d+)?$/i.test(fromUri)) return { uri: fromUri, aliases: [], privacy: 'own' };
    const asserted = trust.assertedIdentity ? assertedUris(request) : [];
    const [uri = accountOf(fromUri, trust.domain, username), ...aliases] = asserted;
    const displayName = from.ok ? from.value.displayName : undefined;
    return {
      uri,
      aliases,
      privacy: asksPrivacy(request) ? 'asked' : 'none',
      ...(displayName === undefined || displayName === '' ? {} : { displayName }),
    };
  },
  copyFromPath: (own) => own,
  waitsForSlow: () => false,
  tellsChanges: () => 'as a change',
  referStatus: () => 202,
};

/** RFC 3323 §4.2, RFC 3325 §9.3: `header` alone asks to hide Via and Contact, which nobody gets to see anyway. */
function asksPrivacy(request: SipRequest): boolean {
  const values = headerLines(request, 'privacy').flatMap((line) => line.split(/[;,]/));
  return values.some((value) => ['id', 'user'].includes(value.trim().toLowerCase()));
}

function assertedUris(request: SipRequest): readonly string[] {
  return headerValues(request, 'p-asserted-identity').flatMap((text) => {
    const address = parseNameAddress(text);
    return address.ok ? [addressOfRecord(address.value.uri)] : [];
  });
}

/** Without authentication the From is believed; with it, only as far as it names the account. */
function accountOf(from: string, domain: string, username: string | undefined): string {
  const parsed = parseSipUri(from);
  if (username === undefined || (parsed.ok && parsed.value.user === username)) return from;
  return `sip:${username}@${domain}`;
}

/** Scheme, user, host and port: the parameters of a From URI do not belong to the address of record (RFC 3261 §10.3). */
function addressOfRecord(uri: string): string {
  const parsed = parseSipUri(uri);
  if (!parsed.ok) return uri;
  const { password: _password, ...rest } = parsed.value;
  return formatSipUri({ ...rest, parameters: [], headers: [] });
}
