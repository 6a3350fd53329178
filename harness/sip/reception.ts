import { header } from '../codec/sip/headers.ts';
import type { SipRequest, SipResponse } from '../codec/sip/message.ts';
import { Call } from './call.ts';
import { type Core, userOf } from './core.ts';
import { Dialog, dialogOf } from './dialog.ts';
import { dialogOfCallee, tagIn } from './dialog-state.ts';
import { screenRefer, screenSubscribe } from './event-screen.ts';
import { newCSeq } from './identifiers.ts';
import type { IncomingInvite } from './incoming-invite.ts';
import { IncomingRefer, referTarget } from './incoming-refer.ts';
import { IncomingRequest } from './incoming-request.ts';
import { eventOf, IncomingSubscribe } from './incoming-subscribe.ts';
import { screen } from './screen.ts';
import type { ServerTransaction } from './server-transaction.ts';
import type { TransactionUser } from './transaction-layer.ts';

/** What a user agent does with requests of others. What has no handler is refused. */
export interface AgentHandlers {
  /** A first INVITE. */
  readonly invite?: (invite: IncomingInvite) => void;
  readonly subscribe?: (subscribe: IncomingSubscribe) => void;
  readonly refer?: (refer: IncomingRefer) => void;
  /** Any other request outside dialogs; without this handler OPTIONS gets 200. */
  readonly request?: (incoming: IncomingRequest) => void;
  /** Responses that belong to no request of ours, such as those to octets sent raw. */
  readonly strayResponse?: (response: SipResponse) => void;
  /** Sees every request outside dialogs first, before authentication and screening. True: it took the request. */
  readonly first?: (incoming: IncomingRequest) => boolean;
}

/** Leads each request to the dialog it belongs to, or to a handler (RFC 3261 §8.2, §12.2.2). */
export class Reception implements TransactionUser {
  handlers: AgentHandlers;
  readonly #core: () => Core;

  constructor(core: () => Core, handlers: AgentHandlers) {
    this.#core = core;
    this.handlers = handlers;
  }

  request(transaction: ServerTransaction): void {
    const core = this.#core();
    const incoming = new IncomingRequest(core, transaction);
    const { request } = incoming;
    const dialog = dialogOf(core, request);
    if (dialog !== undefined) dialog.receive(incoming);
    else if (request.method === 'NOTIFY') this.#takeNotify(core, incoming);
    else if (tagIn(header(request, 'to') ?? '') !== '') incoming.respond(481);
    else if (this.handlers.first?.(incoming) !== true) this.#takeOutside(core, incoming);
  }

  stray(response: SipResponse): void {
    this.handlers.strayResponse?.(response);
  }

  ack(ack: SipRequest): void {
    dialogOf(this.#core(), ack)?.takeAck(ack);
  }

  /** SUBSCRIBE or REFER inside a dialog that no usage takes starts a usage. */
  takeUnclaimed(incoming: IncomingRequest, dialog: Dialog): void {
    switch (incoming.request.method) {
      case 'SUBSCRIBE':
        this.#takeSubscribe(incoming, dialog);
        return;
      case 'REFER':
        this.#takeRefer(incoming, dialog);
        return;
      default:
        incoming.respond(481);
    }
  }

  #takeOutside(core: Core, incoming: IncomingRequest): void {
    const verdict = core.options.guard?.check(incoming.request);
    if (verdict?.kind === 'challenged') {
      incoming.respond(401, {}, verdict.headers);
      return;
    }
    if (verdict?.kind === 'accepted') incoming.username = verdict.username;
    const refusal = screen(incoming.request, core.abilities);
    if (refusal !== undefined) {
      incoming.refuse(refusal);
      return;
    }
    switch (incoming.request.method) {
      case 'INVITE':
        this.#takeInvite(core, incoming);
        return;
      case 'SUBSCRIBE':
        this.#takeSubscribe(incoming);
        return;
      case 'REFER':
        this.#takeRefer(incoming);
        return;
      case 'BYE':
        incoming.respond(481); // RFC 3261 §15.1.2
        return;
      default:
        if (this.handlers.request !== undefined) this.handlers.request(incoming);
        else if (incoming.request.method === 'OPTIONS') incoming.respond(200, {}, core.optionsHeaders);
        else incoming.respond(501);
    }
  }

  #takeInvite(core: Core, incoming: IncomingRequest): void {
    const { invite: handler } = this.handlers;
    if (handler === undefined) {
      incoming.respond(480);
      return;
    }
    const state = dialogOfCallee(incoming.request, incoming.localTag, newCSeq(core.random));
    if (!state.ok) {
      incoming.respond(400, { reason: state.error });
      return;
    }
    const dialog = new Dialog(core, state.value, userOf(incoming.request.uri), core.contactParameters);
    handler(new Call(dialog).admit(incoming));
  }

  #takeSubscribe(incoming: IncomingRequest, dialog?: Dialog): void {
    const refusal = screenSubscribe(incoming.request, incoming.core.abilities.packages);
    if (refusal !== undefined) incoming.refuse(refusal);
    else if (this.handlers.subscribe === undefined) incoming.respond(480);
    else this.handlers.subscribe(new IncomingSubscribe(incoming, eventOf(incoming.request), dialog));
  }

  #takeRefer(incoming: IncomingRequest, dialog?: Dialog): void {
    const refusal = screenRefer(incoming.request);
    const target = referTarget(incoming.request);
    if (refusal !== undefined) incoming.refuse(refusal);
    else if (this.handlers.refer === undefined || target === undefined) incoming.respond(603);
    else this.handlers.refer(new IncomingRefer(incoming, target, dialog));
  }

  /** The first NOTIFY of a subscription makes its dialog; any other that belongs nowhere gets 481 (RFC 6665 §4.1.3). */
  #takeNotify(core: Core, incoming: IncomingRequest): void {
    const subscription = [...core.subscribing].find((candidate) => candidate.expects(incoming.request));
    if (subscription === undefined) incoming.respond(481);
    else subscription.takeFirst(incoming);
  }
}
