import type { Clock } from '../net/clock.ts';
import type { Address, Network, PeerCheck, TlsIdentity, Transport } from '../net/network.ts';
import type { Random } from '../net/random.ts';
import type { Credentials } from '../sip/digest-client.ts';
import type { MediaProfile } from './media.ts';
import type { Participant } from './participant.ts';

export interface ParticipantOptions {
  readonly name: string;
  /** Address of record: From, and what the CPIM From says. */
  readonly uri: string;
  readonly displayName?: string;
  /** Tapped already, when a wire log is wanted. */
  readonly network: Network;
  readonly clock: Clock;
  readonly random: Random;
  /** Local address to bind and to advertise. */
  readonly host: string;
  readonly sip: {
    readonly transport: Transport;
    readonly target: Address;
    /** Values of Route in requests outside dialogs, where the target is an outbound proxy (RFC 3261 §8.1.2). */
    readonly routes?: readonly string[];
  };
  /** URI of the room. */
  readonly room: string;
  readonly media: MediaProfile;
  /** Asks the focus not to show the URI: `Privacy: id` (RFC 7701 §5.2, RFC 3325 §9.3). */
  readonly privacy?: boolean;
  /** Appears under this URI of its own making in From and CPIM From, instead of `uri` (RFC 3323 §4.1.1). */
  readonly anonymousUri?: string;
  readonly credentials?: Credentials;
  /** Registers its URI there before it does anything else, and takes that back when it is closed (RFC 3261 §10.2). */
  readonly registrar?: string;
  readonly msrpSecurity: 'plain' | 'tls';
  /** For SIP and MSRP over TLS. Without an identity one is made, which takes real time. How the peer is judged: by the CA model if absent. */
  readonly tls?: {
    readonly identity?: TlsIdentity | Promise<TlsIdentity>;
    readonly peer?: PeerCheck;
    /** How the peer of an MSRP connection is judged, instead of by `peer` or the fingerprint that it has signalled. */
    readonly mediaPeer?: PeerCheck;
  };
  /** Its MSRP endpoint serves both, so that their sessions share connections (RFC 4975 §5.4). It has to be started first. */
  readonly sharesConnectionsWith?: Participant;
  /** How long answers to SIP requests are waited for, in milliseconds. */
  readonly answerMs: number;
}
