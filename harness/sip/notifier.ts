import { type EventHeader, formatEvent, parseEvent, sameEvent } from '../codec/sip/event.ts';
import { header } from '../codec/sip/headers.ts';
import type { SipRequest } from '../codec/sip/message.ts';
import type { Timer } from '../net/clock.ts';
import type { MessageOptions, ResponseOptions } from './compose.ts';
import type { Dialog, DialogUsage, InDialogOptions } from './dialog.ts';
import { askedExpires, screenExpires } from './event-screen.ts';
import type { IncomingRequest } from './incoming-request.ts';
import { endsSubscription, type RequestOutcome } from './outcome.ts';

export interface NotifyContent {
  readonly body: Buffer | string;
  readonly contentType: string;
}

export interface NotifierSettings {
  readonly event: EventHeader;
  /** Longest and usual time granted, in seconds. */
  readonly maximumSeconds: number;
  /** Shorter times are refused with 423. */
  readonly minimumSeconds: number;
  /** What an automatic NOTIFY tells: after SUBSCRIBE, and at the end.*/
  readonly content?: () => NotifyContent | undefined;
}

/** Why a subscription is over, at the notifier. */
export type NotifierEnd =
  | { readonly kind: 'terminated'; readonly reason: string }
  /** NOTIFY was refused in a way that ends it, or not answered (RFC 6665 §4.2.2). */
  | { readonly kind: 'lost' }
  | { readonly kind: 'closed' };

export interface NotifyOptions extends Omit<InDialogOptions, 'body'> {
  /** Evaluated when the NOTIFY is written, which may be later: one waits for the answer to the one before. */
  readonly content?: NotifyContent | (() => NotifyContent | undefined);
  readonly state?: 'active' | 'pending';
}

export interface TerminateOptions extends NotifyOptions {
  readonly retryAfterSeconds?: number;
}

const MAX_QUEUED = 256;

/** One subscription at the notifier (RFC 6665 §4.2), whatever its package. */
export class Notifier implements DialogUsage {
  readonly dialog: Dialog;
  readonly event: EventHeader;
  /** A refresh came; it is answered and notified already. */
  onRefresh: ((request: SipRequest) => void) | undefined;
  onEnded: ((end: NotifierEnd) => void) | undefined;
  readonly #settings: NotifierSettings;
  #end: NotifierEnd | undefined;
  #state: 'active' | 'pending';
  #expiresAt: number;
  #timer: Timer | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  #queued = 0;
  /** The subscriber has asked for the end (RFC 6665 §4.1.2.3). */
  #dismissed = false;

  constructor(dialog: Dialog, settings: NotifierSettings, state: 'active' | 'pending', seconds: number) {
    this.dialog = dialog;
    this.event = settings.event;
    this.#settings = settings;
    this.#state = state;
    this.#expiresAt = dialog.core.clock.now();
    dialog.join(this);
    this.#grant(seconds);
  }

  /** Undefined while it lasts. */
  get end(): NotifierEnd | undefined {
    return this.#end;
  }

  /** Whole seconds that are left. */
  get secondsLeft(): number {
    return Math.max(0, Math.ceil((this.#expiresAt - this.dialog.core.clock.now()) / 1000));
  }

  /** Sends NOTIFY, after those sent before have been answered. Never rejects. */
  notify(options: NotifyOptions = {}): Promise<RequestOutcome> {
    if (this.#end !== undefined) return Promise.resolve({ kind: 'not-sent', reason: 'the subscription is over' });
    this.#state = options.state ?? this.#state;
    // What still waits when the subscriber takes its leave is told by the last NOTIFY.
    return this.#enqueue(options, () => (this.#dismissed ? undefined : `${this.#state};expires=${this.secondsLeft}`));
  }

  /** Sends the last NOTIFY. `reason` as in RFC 6665 §4.1.3. */
  terminate(reason: string, options: TerminateOptions = {}): Promise<RequestOutcome> {
    if (this.#end !== undefined) return Promise.resolve({ kind: 'not-sent', reason: 'the subscription is over' });
    const wait = options.retryAfterSeconds === undefined ? '' : `;retry-after=${options.retryAfterSeconds}`;
    const sent = this.#enqueue(options, () => `terminated;reason=${reason}${wait}`);
    this.#finish({ kind: 'terminated', reason });
    return sent.finally(() => this.dialog.leave(this));
  }

  /** Ends it without a word to the subscriber. */
  drop(): void {
    this.#finish({ kind: 'closed' });
    this.dialog.leave(this);
  }

  /** SUBSCRIBE in the dialog: a refresh, or the wish to end (RFC 6665 §4.2.1.4). */
  receive(incoming: IncomingRequest): boolean {
    if (incoming.request.method !== 'SUBSCRIBE') return false;
    const event = parseEvent(header(incoming.request, 'event') ?? '');
    if (!event.ok || !sameEvent(event.value, this.event)) return false;
    if (this.#end !== undefined) {
      incoming.respond(481);
      return true;
    }
    const refusal = screenExpires(incoming.request, this.#settings.minimumSeconds);
    if (refusal !== undefined) {
      incoming.refuse(refusal);
      return true;
    }
    const seconds = grantedSeconds(incoming.request, this.#settings.maximumSeconds);
    const { core, contactParameters } = this.dialog;
    const contact = incoming.contact(contactParameters);
    incoming.respond(200, {}, [['Contact', contact], ['Expires', String(seconds)], ...core.abilityHeaders]);
    this.dialog.refreshTarget(incoming.request);
    if (seconds === 0) {
      this.#dismissed = true;
      void this.terminate('timeout', this.#ownContent());
    } else {
      this.#grant(seconds);
      void this.notify(this.#ownContent());
    }
    this.onRefresh?.(incoming.request);
    return true;
  }

  lost(): void {
    this.#finish({ kind: 'lost' });
    this.dialog.leave(this);
  }

  #ownContent(): NotifyOptions {
    return this.#settings.content === undefined ? {} : { content: this.#settings.content };
  }

  #grant(seconds: number): void {
    const { clock } = this.dialog.core;
    this.#timer?.cancel();
    this.#expiresAt = clock.now() + seconds * 1000;
    this.#timer = clock.after(seconds * 1000, () => void this.terminate('timeout', this.#ownContent()));
  }

  #enqueue(options: NotifyOptions, state: () => string | undefined): Promise<RequestOutcome> {
    if (this.#queued >= MAX_QUEUED) {
      this.lost();
      return Promise.resolve({ kind: 'not-sent', reason: 'the subscriber does not answer' });
    }
    this.#queued += 1;
    const send = async (): Promise<RequestOutcome> => {
      this.#queued -= 1;
      const told = state();
      if (told === undefined || this.#end?.kind === 'lost' || this.#end?.kind === 'closed') {
        return { kind: 'not-sent', reason: 'the subscription is over' };
      }
      const outcome = await this.#send(options, told);
      if (endsSubscription(outcome) && this.#end === undefined) this.lost();
      return outcome;
    };
    const outcome = this.#queue.then(send);
    this.#queue = outcome;
    return outcome;
  }

  #send(options: NotifyOptions, state: string): Promise<RequestOutcome> {
    const content = typeof options.content === 'function' ? options.content() : options.content;
    const { content: _, state: __, ...others } = options;
    const message: MessageOptions = content === undefined ? others : { ...content, ...others };
    return this.dialog.request(
      'NOTIFY',
      [
        ['Event', formatEvent(this.event)],
        ['Subscription-State', state],
      ],
      message,
    );
  }

  #finish(end: NotifierEnd): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    this.#timer?.cancel();
    this.onEnded?.(end);
  }
}

/** RFC 6665 §3.1.1: never more than asked. */
export const grantedSeconds = (request: SipRequest, maximumSeconds: number): number =>
  Math.min(askedExpires(request) ?? maximumSeconds, maximumSeconds);

export interface AcceptSubscriptionOptions extends ResponseOptions {
  readonly status?: number;
  readonly state?: 'active' | 'pending';
  readonly maximumSeconds?: number;
  readonly minimumSeconds?: number;
  readonly contactParameters?: readonly string[];
  readonly content?: () => NotifyContent | undefined;
  /** `withheld`: the NOTIFY that has to follow is left to the caller. */
  readonly firstNotify?: 'automatic' | 'withheld';
}
