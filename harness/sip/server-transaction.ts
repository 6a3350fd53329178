import type { SipRequest, SipResponse } from '../codec/sip/message.ts';
import type { Clock } from '../net/clock.ts';
import type { Arrival } from './arrival.ts';
import { beginInviteServer, type InviteServerState, stepInviteServer } from './invite-server.ts';
import { beginNonInviteServer, type NonInviteServerState, stepNonInviteServer } from './non-invite-server.ts';
import type { TransactionSettings } from './timers.ts';
import type { ServerEffect, ServerEvent, TransactionFailure } from './transaction.ts';
import { TransactionTimers } from './transaction-timers.ts';
import type { SipTransport } from './transport.ts';

export interface ServerSurroundings extends TransactionSettings {
  readonly clock: Clock;
  readonly transport: SipTransport;
  /** Makes the 100 response. */
  trying(): SipResponse;
}

type Machine =
  | { readonly kind: 'invite'; readonly state: InviteServerState }
  | { readonly kind: 'non-invite'; readonly state: NonInviteServerState };

/** Runs one server state machine: carries out its effects. */
export class ServerTransaction {
  readonly request: SipRequest;
  readonly arrival: Arrival;
  /** The To tag that all responses of the user bear, once there is one. */
  localTag: string | undefined;
  /** Of the latest response. */
  status: number | undefined;
  /** Called when CANCEL has come; that has been answered already (RFC 3261 §9.2). */
  onCancel: (() => void) | undefined;
  /** Called when the ACK of a failure response does not come, or a response cannot be sent. */
  onFailed: ((failure: TransactionFailure) => void) | undefined;
  readonly #surroundings: ServerSurroundings;
  readonly #ack: (ack: SipRequest) => void;
  readonly #ended: () => void;
  readonly #timers: TransactionTimers;
  #machine: Machine;

  constructor(
    request: SipRequest,
    arrival: Arrival,
    surroundings: ServerSurroundings,
    ack: (ack: SipRequest) => void,
    ended: () => void,
  ) {
    this.request = request;
    this.arrival = arrival;
    this.#surroundings = surroundings;
    this.#ack = ack;
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
      const [state, effects] = beginInviteServer();
      this.#enter({ kind: 'invite', state }, effects);
    } else {
      const [state, effects] = beginNonInviteServer();
      this.#enter({ kind: 'non-invite', state }, effects);
    }
  }

  respond(response: SipResponse): void {
    this.status = response.status;
    this.#step({ type: 'respond', response });
  }

  /** The request came once more. */
  takeAgain(): void {
    this.#step({ type: 'request' });
  }

  takeAck(ack: SipRequest): void {
    this.#step({ type: 'ack', ack });
  }

  /** Ends without telling anybody. */
  drop(): void {
    this.#enter({ ...this.#machine, state: { name: 'terminated' } }, []);
  }

  #step(event: ServerEvent): void {
    if (this.#machine.kind === 'invite') {
      const [state, effects] = stepInviteServer(this.#machine.state, event, this.#surroundings);
      this.#enter({ kind: 'invite', state }, effects);
    } else {
      const [state, effects] = stepNonInviteServer(this.#machine.state, event, this.#surroundings);
      this.#enter({ kind: 'non-invite', state }, effects);
    }
  }

  #enter(machine: Machine, effects: readonly ServerEffect[]): void {
    this.#machine = machine;
    if (machine.state.name === 'terminated') {
      this.#timers.stopAll();
      this.#ended();
    }
    for (const effect of effects) this.#carryOut(effect);
  }

  #carryOut(effect: ServerEffect): void {
    switch (effect.type) {
      case 'start-timer':
        // A message that could not be sent may have ended the transaction before its first timer.
        if (this.#machine.state.name !== 'terminated') this.#timers.start(effect.timer, effect.ms);
        return;
      case 'stop-timer':
        this.#timers.stop(effect.timer);
        return;
      case 'send-response':
        this.#send(effect.response);
        return;
      case 'send-trying':
        this.#send(this.#surroundings.trying());
        return;
      case 'deliver-ack':
        this.#ack(effect.ack);
        return;
      case 'fail':
        this.onFailed?.(effect.failure);
    }
  }

  #send(response: SipResponse): void {
    this.#surroundings.transport.respond(response, this.arrival, (error) =>
      this.#step({ type: 'transport-error', error }),
    );
  }
}
