import type { SipRequest, SipResponse } from '../codec/sip/message.ts';
import type { NetError } from '../net/network.ts';

/** Names of RFC 3261 §17, RFC 6026 §8 (L, M), and `100` for the automatic 100 response. */
export type TimerName = 'A' | 'B' | 'D' | 'E' | 'F' | 'G' | 'H' | 'I' | 'J' | 'K' | 'L' | 'M' | '100';

/** Why a transaction ended, or a message did not get out. */
export type TransactionFailure =
  | { readonly kind: 'timed-out' }
  | { readonly kind: 'transport-error'; readonly error: NetError }
  /** The user agent was closed. */
  | { readonly kind: 'closed' };

export type TimerEffect =
  | { readonly type: 'start-timer'; readonly timer: TimerName; readonly ms: number }
  | { readonly type: 'stop-timer'; readonly timer: TimerName };

export type ClientEvent =
  | { readonly type: 'response'; readonly response: SipResponse }
  | { readonly type: 'timer'; readonly timer: TimerName }
  | { readonly type: 'transport-error'; readonly error: NetError }
  /** The user does not wait any longer: no final response after CANCEL (RFC 3261 §9.1). */
  | { readonly type: 'abandon' };

export type ClientEffect =
  | TimerEffect
  | { readonly type: 'send-request' }
  /** ACK of a 300-699 response (RFC 3261 §17.1.1.3). */
  | { readonly type: 'send-ack'; readonly response: SipResponse }
  | { readonly type: 'deliver'; readonly response: SipResponse }
  | { readonly type: 'fail'; readonly failure: TransactionFailure };

export type ServerEvent =
  /** The same request once more. */
  | { readonly type: 'request' }
  | { readonly type: 'ack'; readonly ack: SipRequest }
  | { readonly type: 'respond'; readonly response: SipResponse }
  | { readonly type: 'timer'; readonly timer: TimerName }
  | { readonly type: 'transport-error'; readonly error: NetError };

export type ServerEffect =
  | TimerEffect
  | { readonly type: 'send-response'; readonly response: SipResponse }
  | { readonly type: 'send-trying' }
  | { readonly type: 'deliver-ack'; readonly ack: SipRequest }
  | { readonly type: 'fail'; readonly failure: TransactionFailure };

export type Step<State, Effect> = readonly [State, readonly Effect[]];

export const start = (timer: TimerName, ms: number): TimerEffect => ({ type: 'start-timer', timer, ms });
export const stop = (timer: TimerName): TimerEffect => ({ type: 'stop-timer', timer });
export const failed = (failure: TransactionFailure): { type: 'fail'; failure: TransactionFailure } => ({
  type: 'fail',
  failure,
});
