import type { ByteRange } from '../codec/msrp/byte-range.ts';
import type { ContinuationFlag, MsrpHeader } from '../codec/msrp/message.ts';
import type { Address, Security } from '../net/network.ts';
import type { Content } from './body-source.ts';
import type { Chunking } from './message-flow.ts';
import type { FailureReport, SuccessReport } from './reports.ts';
import type { RequestOutcome, Silence } from './transactions.ts';

/** Headers that every SEND of a message shares. Absent ones are not written: the defaults of RFC 4975 §7.1 hold. */
export interface SendHeaders {
  readonly successReport?: SuccessReport;
  readonly failureReport?: FailureReport;
  /** Written behind the others and before Content-Type. */
  readonly headers?: readonly MsrpHeader[];
}

export interface SendOptions extends SendHeaders {
  readonly contentType: string;
  readonly body: Content;
  readonly messageId?: string;
  readonly chunking?: Chunking;
  /** Position of the first octet, to take a message up in the middle; 1 if absent. */
  readonly start?: bigint;
  /** Total of Byte-Range; if absent, the size of the body when it is known, else `*`. */
  readonly total?: bigint | '*';
  /** Flag of the last chunk; `$` if absent. */
  readonly lastFlag?: ContinuationFlag;
}

export interface ForwardedChunk extends SendHeaders {
  readonly messageId: string;
  /** Start and total are written as they are; the end follows from the octets. */
  readonly range: Pick<ByteRange, 'start' | 'total'>;
  readonly contentType: string;
  /** Shared by any number of sessions, never copied. */
  readonly body: readonly Buffer[];
  readonly flag: ContinuationFlag;
  readonly settled?: (outcome: RequestOutcome) => void;
}

/**
 * - `taken`: on its way
 * - `congested`: taken, but the peer reads slowly or is not bound yet; hold back until `drained`
 * - `refused`: not taken, since too much waits already or the session has ended; the message has a hole now
 */
export type Forwarding = 'taken' | 'congested' | 'refused';

export interface OutgoingRequest {
  readonly method: string;
  /** Everything behind the paths, in this order. */
  readonly headers: readonly MsrpHeader[];
  readonly body?: Buffer;
  readonly flag?: ContinuationFlag;
  readonly transactionId?: string;
  /** Instead of the session's own. */
  readonly toPath?: string;
  readonly fromPath?: string;
  /** What silence means; if absent, it follows from Failure-Report. */
  readonly silence?: Silence | 'none';
}

export interface SentRequest {
  readonly transactionId: string;
  readonly outcome: Promise<RequestOutcome>;
}

export interface RawWriter {
  write(octets: Uint8Array): void;
  end(): void;
}

export interface ConnectOptions {
  /** The peer's `a=path`, in its order. */
  readonly peerPath: readonly string[];
  /** How a TLS peer is judged; needed for an `msrps` path. */
  readonly security?: Security;
  /** Where to connect instead of the first path URI: CEMA (RFC 6714 §4.2). */
  readonly target?: Address;
  /** `own`: never shares a connection, though RFC 4975 §5.4 recommends it. */
  readonly connection?: 'shared' | 'own';
  /** The message that binds the session; without body if absent. */
  readonly first?: SendOptions;
}
