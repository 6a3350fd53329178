import type { SipRequest, SipResponse } from '../codec/sip/message.ts';
import type { HeaderList, MessageOptions } from './compose.ts';
import type { Core } from './core.ts';
import type { Dialog, DialogUsage, InDialogOptions } from './dialog.ts';
import { cseqNumber } from './dialog-state.ts';
import { credentialsIn } from './exchange.ts';
import { IncomingInvite } from './incoming-invite.ts';
import type { IncomingRequest } from './incoming-request.ts';
import type { RequestOutcome } from './outcome.ts';
import { type AckChoice, type InviteOptions, type InviteOwner, OutgoingInvite } from './outgoing-invite.ts';
import { type SipTarget, uriHost } from './target.ts';

/** Why a call is over. */
export type CallEnd = 'by-us' | 'by-peer' | 'refused' | 'lost' | 'closed';

export interface ReinviteOptions extends InviteOptions {
  /** What to do about 491: try again as RFC 3261 §14.1 says (the default), or tell the caller. */
  readonly glare?: 'retry' | 'report';
  /** `allowed`: sent even while another INVITE of the dialog is open, against RFC 3261 §14.1. */
  readonly overlap?: 'forbidden' | 'allowed';
}

/** An INVITE dialog, at either end. */
export class Call implements DialogUsage {
  readonly dialog: Dialog;
  /** A re-INVITE of the peer. Without a handler it gets 488. */
  onInvite: ((invite: IncomingInvite) => void) | undefined;
  /** Any other request of the peer, such as INFO. Without a handler it gets 501, OPTIONS 200. */
  onRequest: ((incoming: IncomingRequest) => void) | undefined;
  /** BYE of the peer. True: taken over, answer included; the call goes on as far as we know. */
  onBye: ((incoming: IncomingRequest) => boolean) | undefined;
  onEnded: ((end: CallEnd, bye?: SipRequest) => void) | undefined;
  #end: CallEnd | undefined;
  /** INVITE of the peer without a final response. */
  #incoming: IncomingInvite | undefined;
  /** Final response sent, ACK awaited. */
  readonly #unacknowledged = new Set<IncomingInvite>();
  /** INVITEs of ours without a final response. */
  readonly #outgoing = new Set<OutgoingInvite>();
  /** INVITEs of ours that crossed one of the peer and wait to be sent again. */
  readonly #paused = new Set<OutgoingInvite>();
  /** Our last INVITE that was accepted, and its ACK once it was sent. */
  #accepted: { readonly invite: SipRequest; readonly ack?: SipRequest; readonly target?: SipTarget } | undefined;

  constructor(dialog: Dialog) {
    this.dialog = dialog;
    dialog.join(this);
  }

  get core(): Core {
    return this.dialog.core;
  }

  /** Undefined while it lasts. */
  get end(): CallEnd | undefined {
    return this.#end;
  }

  /** Re-INVITE. */
  invite(options: ReinviteOptions = {}): OutgoingInvite {
    const invite: OutgoingInvite = new OutgoingInvite(
      this.core,
      this.#owner(options, () => invite),
      options,
    );
    const open = this.#incoming !== undefined || this.#outgoing.size > 0;
    if (this.#end !== undefined) invite.abstain('the call is over');
    else if (open && options.overlap !== 'allowed') invite.abstain('another INVITE of this dialog is open');
    else invite.begin();
    return invite;
  }

  /** Ends the call. Once it is over BYE is sent all the same, for whoever wants to see what happens. */
  async bye(options: InDialogOptions = {}): Promise<RequestOutcome> {
    this.#finish('by-us');
    const outcome = await this.dialog.request('BYE', [], options);
    this.dialog.leave(this);
    return outcome;
  }

  /** Any other request inside the dialog. */
  request(method: string, options: InDialogOptions = {}): Promise<RequestOutcome> {
    return this.dialog.request(method, [], options);
  }

  /** Sends the ACK of our last accepted INVITE, with a body if the 2xx had the offer (RFC 3261 §13.2.2.4). */
  acknowledge(options: MessageOptions = {}): void {
    const accepted = this.#accepted;
    if (accepted === undefined) return;
    const cseq = cseqNumber(accepted.invite);
    const draft = this.dialog.draft('ACK', credentialsIn(accepted.invite), { ...options, cseq });
    const target = this.core.targetOf(draft);
    if (!target.ok) return;
    const ack = this.core.compose(draft, target.value, cseq, []);
    this.#accepted = { invite: accepted.invite, ack, target: target.value };
    this.core.layer.sendAlone(ack, target.value);
  }

  /** A 2xx of ours or its repetition: acknowledges as chosen; a repetition gets the same ACK again. */
  takeAccepted(invite: SipRequest, response: SipResponse, choice: AckChoice): void {
    const accepted = this.#accepted;
    if (accepted?.invite === invite) {
      if (accepted.ack !== undefined && accepted.target !== undefined) {
        this.core.layer.sendAlone(accepted.ack, accepted.target);
      }
      return;
    }
    this.#accepted = { invite };
    if (choice === 'withheld') return;
    this.acknowledge(choice === 'automatic' ? {} : choice(response));
  }

  /** ACK of a 2xx that we sent. */
  takeAck(ack: SipRequest): void {
    for (const invite of [...this.#unacknowledged]) if (invite.takeAck(ack)) this.#unacknowledged.delete(invite);
  }

  /** The INVITE that started the call, at its receiver. */
  admit(incoming: IncomingRequest): IncomingInvite {
    const invite = new IncomingInvite(incoming, this, (done) => {
      if (this.#incoming === done) this.#incoming = undefined;
    });
    this.#incoming = invite;
    return invite;
  }

  /** An INVITE of the peer got a 2xx. */
  confirm(invite: IncomingInvite): void {
    const { dialog } = this;
    if (dialog.state.phase === 'early') dialog.state = { ...dialog.state, phase: 'confirmed' };
    else dialog.refreshTarget(invite.request);
    this.#unacknowledged.add(invite);
  }

  /** An INVITE was refused; if it was the first, that is the end of the call. */
  refused(): void {
    if (this.dialog.state.phase !== 'early') return;
    this.#finish('refused');
    this.dialog.leave(this);
  }

  receive(incoming: IncomingRequest): boolean {
    switch (incoming.request.method) {
      case 'SUBSCRIBE':
      case 'NOTIFY':
      case 'REFER':
        return false;
      case 'BYE':
        this.#takeBye(incoming);
        return true;
      case 'INVITE':
        this.#takeInvite(incoming);
        return true;
      default:
        if (this.#end !== undefined) incoming.respond(481);
        else if (this.onRequest !== undefined) this.onRequest(incoming);
        else if (incoming.request.method === 'OPTIONS') incoming.respond(200, {}, this.core.optionsHeaders);
        else incoming.respond(501);
        return true;
    }
  }

  lost(): void {
    if (this.#end !== undefined) return;
    this.#finish('lost');
    // RFC 3261 §12.2.1.2 wants a BYE even then.
    void this.dialog.request('BYE', [], {}).then(() => this.dialog.leave(this));
  }

  /** Ends the call without a word to the peer. */
  drop(): void {
    this.#finish('closed');
    this.dialog.leave(this);
  }

  #takeBye(incoming: IncomingRequest): void {
    if (this.#end === undefined && this.onBye?.(incoming) === true) return;
    incoming.respond(200);
    if (this.#end !== undefined) return;
    this.#finish('by-peer', incoming.request);
    this.dialog.leave(this);
  }

  #takeInvite(incoming: IncomingRequest): void {
    if (this.#end !== undefined) incoming.respond(481);
    else if (this.#incoming !== undefined) {
      const seconds = this.core.random.integer(11);
      incoming.respond(500, {}, [['Retry-After', String(seconds)]]); // RFC 3261 §14.2
    } else if (this.#outgoing.size > 0) incoming.respond(491);
    else {
      const invite = this.admit(incoming);
      const warning = `399 ${uriHost(this.core.options.host)} "The session cannot be changed"`;
      if (this.onInvite === undefined) invite.reject(488, { headers: [['Warning', warning]] });
      else this.onInvite(invite);
    }
  }

  #owner(options: ReinviteOptions, self: () => OutgoingInvite): InviteOwner {
    const over = (): void => {
      this.#outgoing.delete(self());
    };
    return {
      draft: () => {
        this.#paused.delete(self());
        this.#outgoing.add(self());
        const headers: HeaderList = this.core.abilityHeaders;
        return this.dialog.draft('INVITE', headers, options);
      },
      provisional: () => {},
      accepted: (response, request) => {
        over();
        if (this.#accepted?.invite !== request) this.dialog.refreshTarget(response);
        this.takeAccepted(request, response, options.ack ?? 'automatic');
        return this;
      },
      refused: (response) => {
        over();
        if (response.status === 481 || response.status === 408) this.dialog.lose();
        if (response.status !== 491 || options.glare === 'report' || this.#end !== undefined) return undefined;
        this.#paused.add(self());
        return this.#glarePause();
      },
      failed: (failure) => {
        over();
        if (failure !== undefined && failure.kind !== 'closed' && this.#end === undefined) this.dialog.lose();
      },
      mayBegin: () => this.#end === undefined && this.#incoming === undefined && this.#outgoing.size === 0,
    };
  }

  /** RFC 3261 §14.1: the owner of the Call-ID waits 2.1 to 4 s, the other 0 to 2 s, in steps of 10 ms. */
  #glarePause(): number {
    const { random } = this.core;
    return this.dialog.state.role === 'caller' ? 2100 + 10 * random.integer(191) : 10 * random.integer(201);
  }

  #finish(end: CallEnd, bye?: SipRequest): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    // What is pending is still answered (RFC 3261 §15.1.2).
    if (end === 'closed') this.#incoming?.drop();
    else this.#incoming?.reject(487);
    for (const invite of this.#unacknowledged) invite.drop();
    this.#unacknowledged.clear();
    for (const invite of [...this.#outgoing, ...this.#paused]) invite.drop();
    this.#outgoing.clear();
    this.#paused.clear();
    this.onEnded?.(end, bye);
  }
}
