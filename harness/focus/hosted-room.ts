import type { ConferenceDocument } from '../codec/conference/document.ts';
import type { Clock, Timer } from '../net/clock.ts';
import type { IncomingInvite } from '../sip/incoming-invite.ts';
import type { IncomingSubscribe } from '../sip/incoming-subscribe.ts';
import type { Decisions } from './decisions.ts';
import type { Leg } from './leg.ts';
import { type ChosenStream, endpointMedia } from './offer-answer.ts';
import { stepRoom } from './room.ts';
import type { CopyEffect, JoinIdentity, RoomEffect, RoomEvent } from './room-events.ts';
import type { RoomPolicy, RoomState, SessionId } from './room-state.ts';
import { rosterOf } from './roster.ts';
import { RosterSubscriptions } from './roster-subscriptions.ts';

/** What a room needs of the focus. */
export interface RoomHost {
  readonly clock: Clock;
  readonly decide: Decisions;
  readonly rosterIntervalMs: number;
  /** Legs of all rooms: a wrong decision may name those of others. */
  leg(session: SessionId): Leg | undefined;
  gone(session: SessionId): void;
  neighbours(room: HostedRoom): readonly RoomState[];
  /** Nobody is in the room and nobody watches it. */
  deserted(room: HostedRoom): void;
  told(room: HostedRoom, event: RoomEvent, effects: readonly RoomEffect[]): void;
}

type Refuse = (status: number, reason: string) => void;

/** Carries out what the pure room wants: events in, effects out, one after the other. */
export class HostedRoom {
  readonly name: string;
  readonly subscriptions: RosterSubscriptions;
  readonly #host: RoomHost;
  readonly #timers = new Map<string, Timer>();
  readonly #joining = new Map<SessionId, { readonly admit: () => void; readonly refuse: Refuse }>();
  readonly #waiting: RoomEvent[] = [];
  /** From-Path of the message under way, by session. */
  readonly #fromPaths = new Map<SessionId, string>();
  #held: CopyEffect[] = [];
  #working = false;
  #state: RoomState;
  #written: (Pick<RoomState, 'users' | 'sessions'> & { readonly document: ConferenceDocument }) | undefined;

  constructor(name: string, state: RoomState, host: RoomHost) {
    this.name = name;
    this.#state = state;
    this.#host = host;
    const roster = (): ConferenceDocument => this.#roster();
    this.subscriptions = new RosterSubscriptions(host.clock, host.rosterIntervalMs, roster, () =>
      host.decide.tellsChanges(),
    );
    this.subscriptions.onEmpty = () => this.#checkDeserted();
  }

  get state(): RoomState {
    return this.#state;
  }

  get policy(): RoomPolicy {
    return this.#state.policy;
  }

  /** Made anew only when something in it can have changed. */
  #roster(): ConferenceDocument {
    const { users, sessions } = this.#state;
    if (this.#written?.users !== users || this.#written.sessions !== sessions)
      this.#written = { users, sessions, document: rosterOf(this.#state, this.#host.decide) };
    return this.#written.document;
  }

  /** A first INVITE to the room. */
  invite(invite: IncomingInvite, leg: Leg, identity: JoinIdentity): void {
    const read = leg.read(invite);
    if (read?.kind === 'refused') {
      leg.refuse(invite, read);
      this.#host.gone(leg.id);
      this.#checkDeserted();
    } else if (read === undefined) this.#offer(invite, leg, identity);
    else {
      const admit = (): void => {
        this.#follow(leg);
        leg.accept(invite, read.offer, read.stream);
      };
      const refuse = (status: number, reason: string): void => invite.reject(status, { reason });
      this.#join(leg, identity, read.stream, admit, refuse);
    }
  }

  /** Without an offer nothing is known of the endpoint before its ACK: until then it is not in the room. */
  #offer(invite: IncomingInvite, leg: Leg, identity: JoinIdentity): void {
    leg.call.onEnded = () => {
      leg.port.release();
      this.#host.gone(leg.id);
    };
    const hangUp = (): void => void leg.call.bye();
    leg.offer(invite, (stream) => {
      if (stream === undefined || leg.call.end !== undefined) {
        hangUp();
        return;
      }
      const admit = (): void => {
        this.#follow(leg);
        leg.complete(stream);
      };
      this.#join(leg, identity, stream, admit, hangUp);
    });
  }

  #join(leg: Leg, identity: JoinIdentity, stream: ChosenStream, admit: () => void, refuse: Refuse): void {
    this.#joining.set(leg.id, { admit, refuse });
    this.event({
      type: 'join',
      session: leg.id,
      identity,
      media: endpointMedia(stream.media),
      at: this.#host.clock.date(),
    });
  }

  #follow(leg: Leg): void {
    leg.call.onInvite = (again) => leg.renegotiate(again);
    leg.call.onEnded = () => this.event({ type: 'leave', session: leg.id });
  }

  subscribe(subscribe: IncomingSubscribe): void {
    this.subscriptions.add(subscribe, this.#host.decide.contactParameters());
    this.#checkDeserted();
  }

  /** Somebody slow takes octets again. */
  drained(): void {
    this.#deliverHeld();
  }

  /** Events that effects bring about are worked off after the effects. */
  event(event: RoomEvent): void {
    this.#waiting.push(event);
    if (this.#working) return;
    this.#working = true;
    try {
      for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) this.#work(next);
    } finally {
      this.#working = false;
    }
    this.#checkDeserted();
  }

  /** Ends everything without a word to anybody. */
  drop(): void {
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
  }

  #work(event: RoomEvent): void {
    if (event.type === 'chunk-head') this.#fromPaths.set(event.session, fromPathOf(event));
    const [state, effects] = stepRoom(this.#state, event, this.#host.decide, () => this.#host.neighbours(this));
    this.#state = state;
    this.#host.told(this, event, effects);
    for (const effect of effects) this.#carryOut(effect);
    this.#deliverHeld();
  }

  #carryOut(effect: RoomEffect): void {
    switch (effect.type) {
      case 'admit':
        this.#joining.get(effect.session)?.admit();
        this.#joining.delete(effect.session);
        break;
      case 'refuse-join':
        this.#joining.get(effect.session)?.refuse(effect.status, effect.reason);
        this.#joining.delete(effect.session);
        this.#host.gone(effect.session);
        break;
      case 'respond':
        this.#host.leg(effect.session)?.port.respond(effect.request, effect.status, effect.comment);
        break;
      case 'copy':
        if (this.#held.length > 0 || this.#mustWait(effect)) this.#held.push(effect);
        else this.#deliver(effect);
        break;
      case 'report':
        this.#host.leg(effect.session)?.port.report(effect);
        break;
      case 'release-media':
        this.#host.leg(effect.session)?.port.release();
        if (!this.#state.sessions.has(effect.session)) this.#forget(effect.session);
        break;
      case 'dismiss':
        void this.#host.leg(effect.session)?.call.bye();
        break;
      case 'roster-changed':
        // The end of the room is told once, with its last NOTIFY.
        if (this.#state.phase === 'open') this.subscriptions.changed();
        break;
      case 'start-timer':
        this.#startTimer(effect.name, effect.delayMs);
        break;
      case 'stop-timer':
        this.#timers.get(effect.name)?.cancel();
        this.#timers.delete(effect.name);
        break;
      case 'room-closed':
        this.subscriptions.end();
        this.drop();
        break;
      default:
        effect satisfies never;
    }
  }

  #deliver(effect: CopyEffect): void {
    const sender = effect.from === undefined ? undefined : this.#fromPaths.get(effect.from);
    for (const recipient of effect.recipients) this.#host.leg(recipient)?.port.copy(effect, sender);
  }

  #mustWait({ recipients }: CopyEffect): boolean {
    const slow = recipients.filter((recipient) => this.#host.leg(recipient)?.port.slow === true).length;
    return this.#host.decide.waitsForSlow(slow, recipients.length);
  }

  #deliverHeld(): void {
    while (this.#held[0] !== undefined && !this.#mustWait(this.#held[0])) {
      const [first, ...rest] = this.#held;
      this.#held = rest;
      this.#deliver(first);
    }
  }

  #startTimer(name: string, delayMs: number): void {
    this.#timers.get(name)?.cancel();
    const timer = this.#host.clock.after(delayMs, () => {
      this.#timers.delete(name);
      this.event({ type: 'timer', name });
    });
    this.#timers.set(name, timer);
  }

  #forget(session: SessionId): void {
    this.#fromPaths.delete(session);
    this.#host.gone(session);
  }

  #checkDeserted(): void {
    if (this.#state.sessions.size === 0 && this.#joining.size === 0 && this.subscriptions.size === 0)
      this.#host.deserted(this);
  }
}

function fromPathOf(event: Extract<RoomEvent, { type: 'chunk-head' }>): string {
  return event.head.headers.find(({ name }) => name.toLowerCase() === 'from-path')?.value ?? '';
}
