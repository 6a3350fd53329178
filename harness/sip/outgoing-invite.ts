import type { SipRequest, SipResponse } from '../codec/sip/message.ts';
import type { Timer } from '../net/clock.ts';
import type { Call } from './call.ts';
import { composeCancel, type MessageOptions } from './compose.ts';
import type { Core } from './core.ts';
import type { Draft, Exchange } from './exchange.ts';
import type { RequestOutcome } from './outcome.ts';
import type { SipTarget } from './target.ts';
import { transactionTimeout } from './timers.ts';
import type { TransactionFailure } from './transaction.ts';

/** What became of an INVITE. */
export type InviteOutcome =
  | { readonly kind: 'accepted'; readonly call: Call; readonly response: SipResponse; readonly request: SipRequest }
  | { readonly kind: 'refused'; readonly response: SipResponse; readonly request: SipRequest }
  | { readonly kind: 'unanswered'; readonly failure: TransactionFailure; readonly request?: SipRequest }
  /** Not sent, because the rules do not allow it now. */
  | { readonly kind: 'not-sent'; readonly reason: string };

/** `withheld`: none is sent until `Call.acknowledge`. A function gives what the ACK bears, such as the answer to a late offer. */
export type AckChoice = 'automatic' | 'withheld' | ((response: SipResponse) => MessageOptions);

export interface InviteOptions extends MessageOptions {
  readonly target?: SipTarget;
  readonly ack?: AckChoice;
  readonly onProvisional?: (response: SipResponse) => void;
  /** How long a final response is waited for before CANCEL is sent; default three minutes. */
  readonly patienceMs?: number;
}

/** What the owner of an INVITE does with its responses. */
export interface InviteOwner {
  draft(): Draft;
  provisional(response: SipResponse, request: SipRequest): void;
  /** Every 2xx, repeated ones too; the first one's call becomes the outcome. */
  accepted(response: SipResponse, request: SipRequest): Call;
  /** No dialog comes of it. A number: to be tried again after so many milliseconds. */
  refused(response: SipResponse): number | undefined;
  /** No final response came; without a failure, nothing was sent. */
  failed(failure?: TransactionFailure): void;
  /** Whether it may be sent (once more) now. */
  mayBegin(): boolean;
}

/** Timer C of RFC 3261 §16.6 has this length in proxies; a UAC has to have patience of its own. */
const PATIENCE_MS = 180_000;
const MAX_GLARES = 8;

/** An INVITE of ours on its way. */
export class OutgoingInvite {
  /** Never rejects. */
  readonly outcome: Promise<InviteOutcome>;
  readonly #core: Core;
  readonly #owner: InviteOwner;
  readonly #options: InviteOptions;
  readonly #settle: (outcome: InviteOutcome) => void;
  #exchange: Exchange | undefined;
  #settled = false;
  #provisional = false;
  #glares = 0;
  #timer: Timer | undefined;
  /** CANCEL waits for the first provisional response (RFC 3261 §9.1). */
  #whenProvisional: (() => void) | undefined;
  #whenSettled: (() => void) | undefined;

  constructor(core: Core, owner: InviteOwner, options: InviteOptions) {
    this.#core = core;
    this.#owner = owner;
    this.#options = options;
    let settle: (outcome: InviteOutcome) => void = () => {};
    this.outcome = new Promise((resolve) => {
      settle = resolve;
    });
    this.#settle = settle;
  }

  /** The latest attempt; undefined: nothing was sent. */
  get request(): SipRequest | undefined {
    return this.#exchange?.request;
  }

  begin(): void {
    this.#provisional = false;
    this.#wait(this.#options.patienceMs ?? PATIENCE_MS, () => void this.cancel());
    this.#exchange = this.#core.exchange(this.#owner.draft(), {
      sent: () => {
        this.#provisional = false;
      },
      response: (response, request) => this.#take(response, request),
      failed: (failure, request) => {
        this.#owner.failed(failure);
        this.#conclude(
          request === undefined ? { kind: 'unanswered', failure } : { kind: 'unanswered', failure, request },
        );
      },
    });
  }

  /** Tells that the rules did not allow to begin. */
  abstain(reason: string): void {
    this.#owner.failed();
    this.#conclude({ kind: 'not-sent', reason });
  }

  /**
   * Sends CANCEL once it is allowed, at once with `now`. Resolves with its own outcome; the INVITE may be accepted all the
   * same, and it is for the caller to end that call.
   */
  cancel(options: MessageOptions & { readonly at?: 'once-allowed' | 'now' } = {}): Promise<RequestOutcome> {
    if (this.#settled) return Promise.resolve({ kind: 'not-sent', reason: 'the INVITE has its final response' });
    if (this.#exchange?.request === undefined) {
      this.abstain('cancelled');
      return Promise.resolve({ kind: 'not-sent', reason: 'there is no INVITE under way' });
    }
    if (this.#provisional || options.at === 'now') return this.#sendCancel(options);
    return new Promise((resolve) => {
      this.#whenProvisional = () => void this.#sendCancel(options).then(resolve);
      this.#whenSettled = () => resolve({ kind: 'not-sent', reason: 'the INVITE has its final response' });
    });
  }

  #sendCancel(options: MessageOptions): Promise<RequestOutcome> {
    const { request, target } = this.#exchange ?? {};
    if (request === undefined || target === undefined) {
      return Promise.resolve({ kind: 'not-sent', reason: 'there is no INVITE under way' });
    }
    this.#wait(transactionTimeout(this.#core.timers), () => this.#exchange?.abandon());
    const cancel = composeCancel(request, options);
    return new Promise((resolve) => {
      this.#core.layer.send(
        cancel,
        target,
        {
          response: (response) => {
            if (response.status >= 200) resolve({ kind: 'answered', response, request: cancel });
          },
          failed: (failure) => resolve({ kind: 'unanswered', failure, request: cancel }),
        },
        () => {},
      );
    });
  }

  #take(response: SipResponse, request: SipRequest): void {
    const { status } = response;
    if (status < 200) {
      this.#provisional = true;
      this.#owner.provisional(response, request);
      this.#options.onProvisional?.(response);
      const run = this.#whenProvisional;
      if (run !== undefined) {
        this.#whenProvisional = undefined;
        this.#whenSettled = undefined;
        run();
      }
      return;
    }
    if (status < 300) {
      this.#conclude({ kind: 'accepted', call: this.#owner.accepted(response, request), response, request });
      return;
    }
    const again = this.#owner.refused(response);
    if (again === undefined || this.#glares >= MAX_GLARES) this.#conclude({ kind: 'refused', response, request });
    else this.#wait(again, () => this.#beginAgain(again, { kind: 'refused', response, request }));
  }

  #beginAgain(pauseMs: number, otherwise: InviteOutcome): void {
    this.#glares += 1;
    if (this.#owner.mayBegin()) this.begin();
    else if (this.#glares > MAX_GLARES) this.#conclude(otherwise);
    else this.#wait(pauseMs, () => this.#beginAgain(pauseMs, otherwise));
  }

  #wait(ms: number, run: () => void): void {
    this.#timer?.cancel();
    this.#timer = this.#settled ? undefined : this.#core.clock.after(ms, run);
  }

  #conclude(outcome: InviteOutcome): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#timer?.cancel();
    this.#settle(outcome);
    this.#whenProvisional = undefined;
    this.#whenSettled?.();
  }

  /** Ends without a word, when the user agent is closed or the call is over. */
  drop(): void {
    this.#conclude({ kind: 'unanswered', failure: { kind: 'closed' } });
  }
}
