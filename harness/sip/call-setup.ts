import { header } from '../codec/sip/headers.ts';
import type { SipRequest, SipResponse } from '../codec/sip/message.ts';
import { Call } from './call.ts';
import type { Core } from './core.ts';
import { Dialog } from './dialog.ts';
import { confirmed, dialogOfCaller, tagIn } from './dialog-state.ts';
import type { Draft } from './exchange.ts';
import type { InviteOptions, InviteOwner } from './outgoing-invite.ts';

/** A peer could invent tags without end. */
const MAX_EARLY_DIALOGS = 32;

/** Makes calls of the responses to a first INVITE: one for each To tag, as forking may bring several (RFC 3261 §13.2.2.4). */
export class CallSetup implements InviteOwner {
  readonly #core: Core;
  readonly #draft: Draft;
  readonly #options: InviteOptions;
  readonly #calls = new Map<string, Call>();
  #chosen: Call | undefined;

  constructor(core: Core, draft: Draft, options: InviteOptions) {
    this.#core = core;
    this.#draft = draft;
    this.#options = options;
  }

  draft(): Draft {
    return this.#draft;
  }

  mayBegin(): boolean {
    return true;
  }

  provisional(response: SipResponse, request: SipRequest): void {
    const tagged = response.status > 100 && tagIn(header(response, 'to') ?? '') !== '';
    if (tagged && this.#calls.size < MAX_EARLY_DIALOGS) this.#callOf(response, request);
  }

  accepted(response: SipResponse, request: SipRequest): Call {
    const call = this.#callOf(response, request);
    if (call.dialog.state.phase === 'early') call.dialog.state = confirmed(call.dialog.state, response);
    if (this.#chosen === undefined) {
      this.#chosen = call;
      this.#forgetEarly();
    }
    if (call === this.#chosen) {
      call.takeAccepted(request, response, this.#options.ack ?? 'automatic');
      return call;
    }
    call.takeAccepted(request, response, 'automatic');
    if (call.end === undefined) void call.bye();
    return this.#chosen;
  }

  refused(): undefined {
    this.failed();
  }

  failed(): void {
    this.#forgetEarly();
  }

  #forgetEarly(): void {
    for (const [tag, call] of this.#calls) {
      if (call.dialog.state.phase !== 'early') continue;
      this.#calls.delete(tag);
      call.refused();
    }
  }

  #callOf(response: SipResponse, request: SipRequest): Call {
    const tag = tagIn(header(response, 'to') ?? '');
    const known = this.#calls.get(tag);
    if (known !== undefined) return known;
    const contact = this.#draft.contact ?? { user: '', parameters: [] };
    const call = new Call(new Dialog(this.#core, dialogOfCaller(request, response), contact.user, contact.parameters));
    this.#calls.set(tag, call);
    return call;
  }
}
