import type { ConferenceDocument } from '../codec/conference/document.ts';
import { writeConference } from '../codec/conference/write.ts';
import type { Clock, Timer } from '../net/clock.ts';
import type { IncomingSubscribe } from '../sip/incoming-subscribe.ts';
import type { Notifier, NotifyContent } from '../sip/notifier.ts';
import type { FocusDecisions } from './focus-decisions.ts';
import { rosterChange } from './roster.ts';

const TYPE = 'application/conference-info+xml';

interface Subscriber {
  readonly notifier: Notifier;
  /** What the subscriber knows. */
  told: ConferenceDocument | undefined;
  version: number;
  /** A NOTIFY waits to be written. */
  queued: boolean;
  lastAt: number;
  timer: Timer | undefined;
}

/**
 * The subscriptions to one room (RFC 4575 §3): full documents in answer to SUBSCRIBE, partial ones for changes, each with
 * its own version numbers (RFC 4575 §4.4), and no more often than `intervalMs` (RFC 4575 §3.10).
 */
export class RosterSubscriptions {
  readonly #clock: Clock;
  readonly #intervalMs: number;
  readonly #roster: () => ConferenceDocument;
  readonly #tells: FocusDecisions['tellsChanges'];
  readonly #subscribers = new Set<Subscriber>();
  /** The last subscriber is gone. */
  onEmpty: (() => void) | undefined;

  constructor(
    clock: Clock,
    intervalMs: number,
    roster: () => ConferenceDocument,
    tells: FocusDecisions['tellsChanges'],
  ) {
    this.#clock = clock;
    this.#intervalMs = intervalMs;
    this.#roster = roster;
    this.#tells = tells;
  }

  get size(): number {
    return this.#subscribers.size;
  }

  add(subscribe: IncomingSubscribe, contactParameters: readonly string[]): void {
    let subscriber: Subscriber | undefined;
    const knowledge = { told: undefined as ConferenceDocument | undefined, version: 0 };
    const content = (): NotifyContent => this.#full(subscriber ?? knowledge);
    const notifier = subscribe.accept({ contactParameters, content });
    if (notifier === undefined || notifier.end !== undefined) return;
    subscriber = { notifier, ...knowledge, queued: false, lastAt: this.#clock.now(), timer: undefined };
    const added = subscriber;
    this.#subscribers.add(added);
    notifier.onEnded = () => {
      added.timer?.cancel();
      this.#subscribers.delete(added);
      if (this.#subscribers.size === 0) this.onEmpty?.();
    };
  }

  /** The roster has changed: everybody is told, sooner or later. */
  changed(): void {
    for (const subscriber of this.#subscribers) this.#schedule(subscriber);
  }

  /** The room is gone (RFC 4579 §5.10): a last document, then nothing. */
  end(): void {
    for (const subscriber of [...this.#subscribers]) {
      subscriber.timer?.cancel();
      void subscriber.notifier.terminate('noresource', { content: () => this.#full(subscriber) });
    }
  }

  #schedule(subscriber: Subscriber): void {
    if (subscriber.queued || subscriber.timer !== undefined) return;
    const wait = subscriber.lastAt + this.#intervalMs - this.#clock.now();
    if (wait <= 0) this.#tell(subscriber);
    else
      subscriber.timer = this.#clock.after(wait, () => {
        subscriber.timer = undefined;
        this.#tell(subscriber);
      });
  }

  #tell(subscriber: Subscriber): void {
    const { told } = subscriber;
    if (told !== undefined && rosterChange(told, this.#roster()) === undefined) return;
    subscriber.queued = true;
    subscriber.lastAt = this.#clock.now();
    // Evaluated when it is written: what has changed meanwhile is in it.
    void subscriber.notifier.notify({
      content: () => {
        subscriber.queued = false;
        return this.#partial(subscriber);
      },
    });
  }

  #full(subscriber: Pick<Subscriber, 'told' | 'version'>): NotifyContent {
    const roster = this.#roster();
    subscriber.told = roster;
    subscriber.version += 1;
    return document({ ...roster, version: subscriber.version });
  }

  #partial(subscriber: Subscriber): NotifyContent {
    const roster = this.#roster();
    const change = subscriber.told === undefined ? undefined : rosterChange(subscriber.told, roster);
    // A document without any change would still be one; the whole is as short and repairs what may be wrong.
    if (change === undefined || this.#tells() === 'as the whole roster') return this.#full(subscriber);
    subscriber.told = roster;
    subscriber.version += 1;
    return document({ ...change, version: subscriber.version });
  }
}

const document = (roster: ConferenceDocument): NotifyContent => ({
  body: writeConference(roster),
  contentType: TYPE,
});
