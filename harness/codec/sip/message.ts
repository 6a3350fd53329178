import type { Defect } from '../violation.ts';

/** Name and value as on the wire (folded lines joined by one space); order, case and repetition are kept. */
export interface SipHeader {
  readonly name: string;
  readonly value: string;
}

export interface SipRequest {
  readonly kind: 'request';
  readonly method: string;
  readonly uri: string;
  readonly version: string;
  readonly headers: readonly SipHeader[];
  readonly body: Buffer;
}

export interface SipResponse {
  readonly kind: 'response';
  readonly version: string;
  readonly status: number;
  readonly reason: string;
  readonly headers: readonly SipHeader[];
  readonly body: Buffer;
}

export type SipMessage = SipRequest | SipResponse;

/** What the stream parser reports. Offsets count from the first octet of the stream. */
export type SipEvent =
  | {
      readonly type: 'message';
      readonly message: SipMessage;
      readonly octets: Buffer;
      readonly start: number;
      readonly end: number;
      readonly defects: readonly Defect[];
    }
  /** CRLF between messages (RFC 3261 §7.5, RFC 5626 §3.5.1): `ping` is CRLF CRLF, `pong` CRLF. */
  | { readonly type: 'keep-alive'; readonly kind: 'ping' | 'pong'; readonly start: number }
  /** Octets that cannot be framed; after it the stream can no longer be read. */
  | { readonly type: 'garbage'; readonly octets: Buffer; readonly start: number; readonly reason: string };
