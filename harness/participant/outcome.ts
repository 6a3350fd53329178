import type { MsrpMediaDescription } from '../codec/sdp/description.ts';
import type { SipResponse } from '../codec/sip/message.ts';

/** What became of a SIP request. */
export type SipOutcome =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly response: SipResponse;
      readonly request: SipRequestRef;
    }
  /** Nothing came back in time, or the connection failed. */
  | { readonly kind: 'unanswered'; readonly reason: string; readonly request?: SipRequestRef };

/** Enough to find the request in the wire log. */
export interface SipRequestRef {
  readonly method: string;
  readonly callId: string;
  readonly cseq: number;
}

/** Why no MSRP session has come about. */
export interface Unbound {
  readonly cause: /** What the peer says of its stream leaves no way. */
    | 'description'
    /** Nobody listens where the peer says that it does. */
    | 'connection-refused'
    /** There is no connection to it for another reason, be it its own or that of the network between. */
    | 'no-connection'
    /** The peer has said that it connects, and sends nothing. */
    | 'not-called'
    | 'first-send-refused'
    | 'first-send-unanswered'
    /** The connection was lost, or the session closed, before the first SEND was answered. */
    | 'lost';
  /** One line. */
  readonly reason: string;
}

/** What became of a join. */
export type JoinOutcome =
  /** 2xx, and where it was asked for the MSRP session is bound. */
  | { readonly kind: 'joined'; readonly response: SipResponse; readonly answer: MsrpMediaDescription }
  | { readonly kind: 'refused'; readonly status: number; readonly response: SipResponse }
  /** 2xx, but the message stream was refused: port 0 (RFC 3264 §6). The dialog has been ended. */
  | { readonly kind: 'stream-refused'; readonly response: SipResponse }
  /** 2xx, but no MSRP session came about. */
  | ({ readonly kind: 'not-bound'; readonly response: SipResponse } & Unbound)
  | { readonly kind: 'unanswered'; readonly reason: string };

/** What became of an MSRP request. */
export type MsrpOutcome =
  | { readonly kind: 'answered'; readonly transactionId: string; readonly status: number; readonly comment?: string }
  /** 30 s passed (RFC 4975 §7.1), or the connection was lost. */
  | {
      readonly kind: 'unanswered';
      readonly transactionId: string;
      readonly reason: 'timed-out' | 'connection-lost' | 'not-sent';
    };
