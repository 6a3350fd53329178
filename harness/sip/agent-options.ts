import type { Clock } from '../net/clock.ts';
import type { Network } from '../net/network.ts';
import type { Random } from '../net/random.ts';
import type { ListenPoint, TlsSettings } from './bindings.ts';
import type { Credentials } from './digest-client.ts';
import type { DigestGuard } from './digest-guard.ts';
import type { SipTarget } from './target.ts';
import type { TimerValues } from './timers.ts';

export interface AgentOptions {
  readonly network: Network;
  readonly clock: Clock;
  readonly random: Random;
  /** Our own URI, in From. */
  readonly uri: string;
  readonly displayName?: string;
  /** The host that Via and Contact name where we listen on a wildcard address. */
  readonly host: string;
  readonly listen: readonly ListenPoint[];
  /** Where requests outside dialogs go, and inside them where a host is a name; without: to their URIs. */
  readonly target?: SipTarget;
  /** Values of Route in requests outside dialogs: a pre-existing route set, such as an outbound proxy (RFC 3261 §8.1.2). */
  readonly routes?: readonly string[];
  readonly tls?: TlsSettings;
  readonly timers?: TimerValues;
  /** Answers challenges. */
  readonly credentials?: Credentials;
  /** Challenges requests outside dialogs, except ACK and CANCEL. */
  readonly guard?: DigestGuard;
  /** In User-Agent and Server. */
  readonly product?: string;
  /** Parameters behind every Contact, e.g. `isfocus` (RFC 4579 §4.2). */
  readonly contactParameters?: readonly string[];
  /** What we take in; absent parts have the usual values of a chat client. */
  readonly methods?: readonly string[];
  readonly extensions?: readonly string[];
  readonly contentTypes?: readonly string[];
  readonly packages?: readonly string[];
  readonly serves?: (uri: string) => boolean;
  /** Octets from which a request goes over TCP where we and the target speak both (RFC 3261 §18.1.1). */
  readonly largeRequestOctets?: number;
}

/** A request that may not be fragmented, when the path is not known (RFC 3261 §18.1.1). */
export const LARGE_REQUEST_OCTETS = 1300;

export const USUAL_METHODS: readonly string[] = [
  'INVITE',
  'ACK',
  'CANCEL',
  'BYE',
  'OPTIONS',
  'SUBSCRIBE',
  'NOTIFY',
  'REFER',
];

export const USUAL_CONTENT_TYPES: readonly string[] = [
  'application/sdp',
  'application/conference-info+xml',
  'message/sipfrag',
];
