import type { SipRequest, SipResponse } from '../codec/sip/message.ts';
import type { Clock } from '../net/clock.ts';
import { composeFailureAck } from './compose.ts';
import { beginInviteClient, type InviteClientState, stepInviteClient } from './invite-client.ts';
import { beginNonInviteClient, type NonInviteClientState, stepNonInviteClient } from './non-invite-client.ts';
import type { SipTarget } from './target.ts';
import type { TransactionSettings } from './timers.ts';
import type { ClientEffect, ClientEvent, Step, TransactionFailure } from './transaction.ts';
import { TransactionTimers } from './transaction-timers.ts';
import type { SipTransport } from './transport.ts';

/** Who waits for the outcome. */
export interface ClientUser {
  /** Provisional and final responses; for INVITE every 2xx, repeated ones too. */
  response(response: SipResponse): void;
  failed(failure: TransactionFailure): void;
}

export interface ClientSurroundings extends TransactionSettings {
  readonly clock: Clock;
  readonly transport: SipTransport;
}

type Machine =
  | { readonly kind: 'invite'; readonly state: InviteClientState }
  | { readonly kind: 'non-invite'; readonly state: NonInviteClientState };

/** Runs one client state machine: carries out its effects. */
export class ClientTransaction {
  readonly request: SipRequest;
  readonly target: SipTarget;
  readonly #surroundings: ClientSurroundings;
  readonly #user: ClientUser;
  readonly #ended: () => void;
  readonly #timers: TransactionTimers;
  #machine: Machine;

  constructor(
    request: SipRequest,
    target: SipTarget,
    surroundings: ClientSurroundings,
    user: ClientUser,
    ended: () => void,
  ) {
    this.request = request;
    this.target = target;
    this.#surroundings = surroundings;
    this.#user = user;
    this.#ended = ended;
    this.#timers = new TransactionTimers(surroundings.clock, (timer) => this.#step({ type: 'timer', timer }));
    this.#machine =
      request.method === 'INVITE'
        ? { kind: 'invite', state: { name: 'terminated' } }
        : { kind: 'non-invite', state: { name: 'terminated' } };
  }

  /** The name of the state, as in the figures of RFC 3261 §17. */
  get state(): string {
    return this.#machine.state.name;
  }

  begin(): void {
    if (this.#machine.kind === 'invite') {
      const [state, effects] = beginInviteClient(this.#surroundings);
      this.#enter({ kind: 'invite', state }, effects);
    } else {
      const [state, effects] = beginNonInviteClient(this.#surroundings);
      this.#enter({ kind: 'non-invite', state }, effects);
    }
  }

  take(response: SipResponse): void {
    this.#step({ type: 'response', response });
  }

  /** Gives up waiting: the user learns of a timeout. */
  abandon(): void {
    this.#step({ type: 'abandon' });
  }

  /** Ends without a word to the peer. */
  drop(): void {
    const { name } = this.#machine.state;
    const waiting = name === 'calling' || name === 'trying' || name === 'proceeding';
    this.#enter({ ...this.#machine, state: { name: 'terminated' } }, []);
    if (waiting) this.#user.failed({ kind: 'closed' });
  }

  #step(event: ClientEvent): void {
    if (this.#machine.kind === 'invite') {
      const [state, effects]: Step<InviteClientState, ClientEffect> = stepInviteClient(
        this.#machine.state,
        event,
        this.#surroundings,
      );
      this.#enter({ kind: 'invite', state }, effects);
    } else {
      const [state, effects] = stepNonInviteClient(this.#machine.state, event, this.#surroundings);
      this.#enter({ kind: 'non-invite', state }, effects);
    }
  }

  #enter(machine: Machine, effects: readonly ClientEffect[]): void {
    this.#machine = machine;
    if (machine.state.name === 'terminated') {
      this.#timers.stopAll();
      this.#ended();
    }
    for (const effect of effects) this.#carryOut(effect);
  }

  #carryOut(effect: ClientEffect): void {
    switch (effect.type) {
      case 'start-timer':
        // A message that could not be sent may have ended the transaction before its first timer.
        if (this.#machine.state.name !== 'terminated') this.#timers.start(effect.timer, effect.ms);
        return;
      case 'stop-timer':
        this.#timers.stop(effect.timer);
        return;
      case 'send-request':
        this.#send(this.request);
        return;
      case 'send-ack':
        this.#send(composeFailureAck(this.request, effect.response));
        return;
      case 'deliver':
        this.#user.response(effect.response);
        return;
      case 'fail':
        this.#user.failed(effect.failure);
    }
  }

  #send(message: SipRequest): void {
    this.#surroundings.transport.send(message, this.target, (error) => this.#step({ type: 'transport-error', error }));
  }
}
