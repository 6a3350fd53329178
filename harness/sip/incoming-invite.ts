import { header } from '../codec/sip/headers.ts';
import type { SipRequest, SipResponse } from '../codec/sip/message.ts';
import { parseSeconds } from '../codec/sip/seconds.ts';
import type { Timer } from '../net/clock.ts';
import type { Call } from './call.ts';
import type { ResponseOptions } from './compose.ts';
import { cseqNumber } from './dialog-state.ts';
import type { IncomingRequest } from './incoming-request.ts';
import { transactionTimeout } from './timers.ts';

export interface AcceptOptions extends ResponseOptions {
  /** Default 200. */
  readonly status?: number;
  /** Parameters of our Contact instead of the usual ones. */
  readonly contactParameters?: readonly string[];
  /** `never`: the 2xx is sent once, and a missing ACK has no consequence. */
  readonly repeat?: 'until-acknowledged' | 'never';
}

/** What followed our final response. */
export type Acknowledgement =
  | { readonly kind: 'acknowledged'; readonly ack: SipRequest }
  /** 64*T1 passed; the call has been ended with BYE (RFC 3261 §13.3.1.4). */
  | { readonly kind: 'timed-out' }
  /** There was no 2xx. */
  | { readonly kind: 'refused' }
  | { readonly kind: 'closed' };

export interface RingOptions extends ResponseOptions {
  readonly contactParameters?: readonly string[];
}

/** Proxies forget an INVITE that hears nothing for three minutes (RFC 3261 §13.3.1.1). */
const RING_AGAIN_MS = 60_000;

/** An INVITE of the peer, first or repeated (re-INVITE), that waits for our decision. */
export class IncomingInvite {
  readonly incoming: IncomingRequest;
  readonly call: Call;
  /** Settles once the ACK of a 2xx has come, or will not come any more. */
  readonly acknowledged: Promise<Acknowledgement>;
  /** The peer does not want it any more; 487 has been sent. */
  onCancelled: (() => void) | undefined;
  #state: 'pending' | 'accepted' | 'refused' | 'cancelled' = 'pending';
  #settle: (acknowledgement: Acknowledgement) => void = () => {};
  #waiting = true;
  #ringAgain: Timer | undefined;
  readonly #timers = new Set<Timer>();
  readonly #finished: (invite: IncomingInvite) => void;

  /** `finished` is called once a final response has been sent. */
  constructor(incoming: IncomingRequest, call: Call, finished: (invite: IncomingInvite) => void) {
    this.incoming = incoming;
    this.call = call;
    this.#finished = finished;
    this.acknowledged = new Promise((resolve) => {
      this.#settle = resolve;
    });
    incoming.onCancel = () => this.cancel();
    const expires = parseSeconds(header(incoming.request, 'expires') ?? '');
    // RFC 3261 §13.3.1: an INVITE that is not answered in its time gets 487.
    if (expires.ok) this.#after(expires.value * 1000, () => this.reject(487));
  }

  get request(): SipRequest {
    return this.incoming.request;
  }

  get state(): 'pending' | 'accepted' | 'refused' | 'cancelled' {
    return this.#state;
  }

  /** A provisional response, 180 by default. */
  ring(status = 180, options: RingOptions = {}): void {
    if (this.#state !== 'pending') return;
    this.incoming.respond(
      status,
      options,
      status === 100 ? [] : this.incoming.dialogHeaders(options.contactParameters),
    );
    this.#ringAgain?.cancel();
    this.#ringAgain = this.incoming.core.clock.after(RING_AGAIN_MS, () => this.ring(status, options));
  }

  /** A 2xx. Undefined: too late, it was cancelled or answered already. */
  accept(options: AcceptOptions = {}): Call | undefined {
    if (this.#state !== 'pending') return undefined;
    const { core } = this.incoming;
    const headers = [...this.incoming.dialogHeaders(options.contactParameters), ...core.abilityHeaders];
    this.#conclude('accepted');
    const response = this.incoming.respond(options.status ?? 200, options, headers);
    if (response !== undefined && options.repeat !== 'never') this.#repeatUntilAcknowledged(response);
    this.call.confirm(this);
    return this.call;
  }

  /** A final response of 300 to 699. */
  reject(status: number, options: ResponseOptions = {}): void {
    this.#refuse('refused', status, options);
  }

  /** CANCEL has come (RFC 3261 §9.2). */
  cancel(): void {
    if (this.#state !== 'pending') return;
    this.#refuse('cancelled', 487, {});
    this.onCancelled?.();
  }

  /** An ACK of the dialog. False: not for this INVITE. */
  takeAck(ack: SipRequest): boolean {
    if (this.#state !== 'accepted' || cseqNumber(ack) !== cseqNumber(this.request)) return false;
    this.#finish({ kind: 'acknowledged', ack });
    return true;
  }

  /** Stops everything without a word. */
  drop(): void {
    if (this.#state === 'pending') this.#state = 'refused';
    this.#finish({ kind: 'closed' });
  }

  #refuse(state: 'refused' | 'cancelled', status: number, options: ResponseOptions): void {
    if (this.#state !== 'pending') return;
    this.#conclude(state);
    this.incoming.respond(status, options);
    this.call.refused();
    this.#finish({ kind: 'refused' });
  }

  #conclude(state: 'accepted' | 'refused' | 'cancelled'): void {
    this.#state = state;
    this.#stopTimers();
    this.#finished(this);
  }

  #repeatUntilAcknowledged(response: SipResponse): void {
    const { t1, t2 } = this.incoming.core.timers;
    const again = (intervalMs: number): void =>
      this.#after(intervalMs, () => {
        this.incoming.repeat(response);
        again(Math.min(2 * intervalMs, t2));
      });
    again(t1);
    this.#after(transactionTimeout(this.incoming.core.timers), () => {
      this.#finish({ kind: 'timed-out' });
      void this.call.bye();
    });
  }

  #finish(acknowledgement: Acknowledgement): void {
    this.#stopTimers();
    if (!this.#waiting) return;
    this.#waiting = false;
    this.#settle(acknowledgement);
  }

  #after(ms: number, run: () => void): void {
    const timer = this.incoming.core.clock.after(ms, () => {
      this.#timers.delete(timer);
      run();
    });
    this.#timers.add(timer);
  }

  #stopTimers(): void {
    this.#ringAgain?.cancel();
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
  }
}
