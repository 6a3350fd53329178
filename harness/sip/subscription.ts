import { type EventHeader, eventId, formatEvent, parseEvent } from '../codec/sip/event.ts';
import { header } from '../codec/sip/headers.ts';
import type { SipRequest, SipResponse } from '../codec/sip/message.ts';
import { parseSeconds } from '../codec/sip/seconds.ts';
import { parseSubscriptionState, type SubscriptionState } from '../codec/sip/subscription-state.ts';
import type { Timer } from '../net/clock.ts';
import type { HeaderList, ResponseOptions } from './compose.ts';
import type { Core } from './core.ts';
import { Dialog, type DialogUsage, type InDialogOptions } from './dialog.ts';
import { cseqNumber, dialogOfCaller, dialogOfNotify, tagIn } from './dialog-state.ts';
import type { Draft } from './exchange.ts';
import type { IncomingRequest } from './incoming-request.ts';
import { endsSubscription, type RequestOutcome, succeeded } from './outcome.ts';
import { transactionTimeout } from './timers.ts';

/** A NOTIFY of this subscription. */
export interface Notification {
  readonly request: SipRequest;
  /** Undefined: there is none that can be read. */
  readonly state: SubscriptionState | undefined;
}

/** How a NOTIFY is answered; `silence` leaves it without an answer. */
export type NotifyAnswer = { readonly status: number; readonly options?: ResponseOptions } | 'silence';

/** Why a subscription is over, at the subscriber. */
export type SubscriptionEnd =
  | { readonly kind: 'terminated'; readonly state: SubscriptionState }
  /** The first SUBSCRIBE, or a refresh, got a final response that ends it (RFC 6665 §4.1.2.2), or none. */
  | { readonly kind: 'refused'; readonly outcome: RequestOutcome }
  /** Timer N has run out, at the start or after `unsubscribe` (RFC 6665 §4.1.2.4). */
  | { readonly kind: 'no-notify' }
  /** Its time is over, and the notifier did not say so. */
  | { readonly kind: 'expired' }
  | { readonly kind: 'lost' }
  | { readonly kind: 'closed' };

export interface SubscriptionSettings {
  readonly event: EventHeader;
  /** Headers of each SUBSCRIBE, Event and Expires excepted. */
  readonly headers: HeaderList;
  /** Seconds that refreshes ask for; absent: the request was REFER, which has no such time. */
  readonly seconds?: number;
  readonly refresh: 'automatic' | 'never';
  readonly onNotify?: (notification: Notification) => NotifyAnswer | undefined;
}

/** One subscription at the subscriber (RFC 6665 §4.1), or the implicit one of a REFER (RFC 3515 §2.4.4). */
export class Subscription implements DialogUsage {
  /** What became of the first request. Never rejects. */
  readonly outcome: Promise<RequestOutcome>;
  /** Never rejects. */
  readonly ended: Promise<SubscriptionEnd>;
  readonly #core: Core;
  readonly #draft: Draft;
  readonly #settings: SubscriptionSettings;
  readonly #settle: (end: SubscriptionEnd) => void;
  readonly #own: { readonly user: string; readonly parameters: readonly string[] };
  #dialog: Dialog | undefined;
  #notified = false;
  #first: SipRequest | undefined;
  #accepted: SipResponse | undefined;
  #end: SubscriptionEnd | undefined;
  #timerN: Timer | undefined;
  #expiry: Timer | undefined;
  #renewal: Timer | undefined;

  /** `dialog`: the request goes inside that dialog, which is shared then. */
  constructor(core: Core, draft: Draft, settings: SubscriptionSettings, dialog?: Dialog) {
    this.#core = core;
    this.#draft = draft;
    this.#settings = settings;
    this.#own = draft.contact ?? { user: '', parameters: [] };
    this.#dialog = dialog;
    let settle: (end: SubscriptionEnd) => void = () => {};
    this.ended = new Promise((resolve) => {
      settle = resolve;
    });
    this.#settle = settle;
    if (dialog === undefined) core.subscribing.add(this);
    else dialog.join(this);
    this.#awaitNotify();
    this.outcome = this.#begin();
  }

  get dialog(): Dialog | undefined {
    return this.#dialog;
  }

  /** Undefined while it lasts. */
  get end(): SubscriptionEnd | undefined {
    return this.#end;
  }

  /** SUBSCRIBE once more. Never rejects. */
  async refresh(seconds = this.#settings.seconds ?? 3600, options: InDialogOptions = {}): Promise<RequestOutcome> {
    const dialog = this.#end === undefined ? this.#dialogNow() : undefined;
    if (dialog === undefined) return { kind: 'not-sent', reason: 'there is no subscription' };
    const { event, headers } = this.#settings;
    const outcome = await dialog.request('SUBSCRIBE', subscribeHeaders(event, seconds, headers), options);
    if (this.#end !== undefined) return outcome;
    if (outcome.kind === 'answered' && succeeded(outcome)) this.#grant(secondsIn(outcome.response) ?? seconds);
    else if (endsSubscription(outcome)) this.#finish({ kind: 'refused', outcome });
    return outcome;
  }

  /** SUBSCRIBE with Expires 0. `ended` settles with the last NOTIFY, or when that does not come. */
  async unsubscribe(options: InDialogOptions = {}): Promise<RequestOutcome> {
    this.#renewal?.cancel();
    const outcome = await this.refresh(0, options);
    if (this.#end === undefined && outcome.kind !== 'not-sent') {
      this.#notified = false;
      this.#awaitNotify();
    }
    return outcome;
  }

  /** Whether a NOTIFY outside all dialogs known is the first of this subscription (RFC 6665 §4.4.1). */
  expects(notify: SipRequest): boolean {
    if (this.#dialog !== undefined || this.#end !== undefined) return false;
    const first = this.#first;
    if (first === undefined || header(first, 'call-id') !== header(notify, 'call-id')) return false;
    return tagIn(header(first, 'from') ?? '') === tagIn(header(notify, 'to') ?? '') && this.#matches(notify);
  }

  /** Takes the NOTIFY that makes the dialog. */
  takeFirst(incoming: IncomingRequest): void {
    const first = this.#first;
    const state = first === undefined ? undefined : dialogOfNotify(first, incoming.request);
    if (state === undefined || !state.ok) {
      incoming.respond(400, state === undefined ? {} : { reason: state.error });
      return;
    }
    this.#adopt(new Dialog(this.#core, state.value, this.#own.user, this.#own.parameters));
    incoming.localTag = state.value.localTag;
    this.#take(incoming);
  }

  receive(incoming: IncomingRequest): boolean {
    if (incoming.request.method !== 'NOTIFY' || !this.#matches(incoming.request)) return false;
    if (this.#end !== undefined) return false;
    this.#dialog?.refreshTarget(incoming.request);
    this.#take(incoming);
    return true;
  }

  lost(): void {
    this.#finish({ kind: 'lost' });
  }

  /** Ends it without a word to the notifier. */
  drop(): void {
    this.#finish({ kind: 'closed' });
  }

  async #begin(): Promise<RequestOutcome> {
    const outcome = await new Promise<RequestOutcome>((resolve) => {
      this.#core.exchange(this.#draft, {
        sent: (request) => {
          this.#first = request;
        },
        response: (response, request) => {
          if (response.status < 200) return;
          if (response.status < 300) this.#accepted = response;
          resolve({ kind: 'answered', response, request });
        },
        failed: (failure, request) =>
          resolve(request === undefined ? { kind: 'unanswered', failure } : { kind: 'unanswered', failure, request }),
      });
    });
    if (this.#end !== undefined) return outcome;
    if (outcome.kind === 'answered' && succeeded(outcome)) {
      const { seconds } = this.#settings;
      if (seconds !== undefined) this.#grant(secondsIn(outcome.response) ?? seconds);
    } else if (!this.#notified || endsSubscription(outcome)) this.#finish({ kind: 'refused', outcome });
    return outcome;
  }

  #take(incoming: IncomingRequest): void {
    const { request } = incoming;
    const read = parseSubscriptionState(header(request, 'subscription-state') ?? '');
    const state = read.ok ? read.value : undefined;
    const over = state?.state === 'terminated';
    if (!this.#notified) this.#timerN?.cancel();
    this.#notified = true;
    const answer = this.#settings.onNotify?.({ request, state }) ?? { status: state === undefined ? 400 : 200 };
    if (answer !== 'silence') incoming.respond(answer.status, answer.options);
    if (state === undefined) return;
    if (over) this.#finish({ kind: 'terminated', state });
    // RFC 6665 §4.1.3 lets NOTIFY shorten the time. A longer one is a fault of the notifier, who then keeps it that long.
    else if (state.expires !== undefined && this.#settings.seconds !== undefined) this.#grant(state.expires);
  }

  #matches(notify: SipRequest): boolean {
    const event = parseEvent(header(notify, 'event') ?? '');
    if (!event.ok || event.value.package !== this.#settings.event.package) return false;
    const id = eventId(event.value);
    if (this.#settings.seconds !== undefined) return id === eventId(this.#settings.event);
    // RFC 3515 §2.4.6: the id is the CSeq number of the REFER, and may be left out for the first.
    return id === undefined || (this.#first !== undefined && id === String(cseqNumber(this.#first)));
  }

  /** The dialog; before the first NOTIFY that of the 2xx. */
  #dialogNow(): Dialog | undefined {
    if (this.#dialog === undefined && this.#accepted !== undefined && this.#first !== undefined) {
      const state = dialogOfCaller(this.#first, this.#accepted);
      this.#adopt(new Dialog(this.#core, state, this.#own.user, this.#own.parameters));
    }
    return this.#dialog;
  }

  #adopt(dialog: Dialog): void {
    this.#dialog = dialog;
    dialog.join(this);
    this.#core.subscribing.delete(this);
  }

  #awaitNotify(): void {
    this.#timerN?.cancel();
    this.#timerN = this.#core.clock.after(transactionTimeout(this.#core.timers), () => {
      if (!this.#notified) this.#finish({ kind: 'no-notify' });
    });
  }

  #grant(seconds: number): void {
    const { clock } = this.#core;
    this.#expiry?.cancel();
    this.#renewal?.cancel();
    if (seconds === 0) return;
    const graceMs = transactionTimeout(this.#core.timers);
    this.#expiry = clock.after(seconds * 1000 + graceMs, () => this.#finish({ kind: 'expired' }));
    if (this.#settings.refresh === 'never') return;
    // Early enough for a refresh that needs all of its transaction, but not before half of the time.
    const renewMs = Math.max(seconds * 500, seconds * 1000 - 2 * graceMs);
    this.#renewal = clock.after(renewMs, () => void this.refresh());
  }

  #finish(end: SubscriptionEnd): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    for (const timer of [this.#timerN, this.#expiry, this.#renewal]) timer?.cancel();
    this.#core.subscribing.delete(this);
    this.#dialog?.leave(this);
    this.#settle(end);
  }
}

/** RFC 6665 §3.1.1, §3.1.2: one Event, one Expires. */
export const subscribeHeaders = (event: EventHeader, seconds: number, headers: HeaderList): HeaderList => [
  ['Event', formatEvent(event)],
  ['Expires', String(seconds)],
  ...headers,
];

const secondsIn = (response: SipResponse): number | undefined => {
  const seconds = parseSeconds(header(response, 'expires') ?? '');
  return seconds.ok ? seconds.value : undefined;
};
