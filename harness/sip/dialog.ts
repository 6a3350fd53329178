import { header } from '../codec/sip/headers.ts';
import type { SipMessage, SipRequest } from '../codec/sip/message.ts';
import type { HeaderList, MessageOptions } from './compose.ts';
import type { Core } from './core.ts';
import { type DialogState, routing, tagIn, withRemoteCSeq, withRemoteTarget } from './dialog-state.ts';
import { type Draft, outcomeOf } from './exchange.ts';
import type { IncomingRequest } from './incoming-request.ts';
import { endsDialog, type RequestOutcome } from './outcome.ts';
import { screen } from './screen.ts';
import type { SipTarget } from './target.ts';

/** A call or a subscription that lives in a dialog (RFC 5057). */
export interface DialogUsage {
  /** False: the request is none of its business. */
  receive(incoming: IncomingRequest): boolean;
  /** The peer does not know the dialog any more, or does not answer (RFC 3261 §12.2.1.2). */
  lost(): void;
  /** ACK of a 2xx to INVITE. */
  takeAck?(ack: SipRequest): void;
  /** To end at once, without a word to the peer. */
  drop(): void;
}

/** A request inside a dialog. */
export interface InDialogOptions extends MessageOptions {
  /** Instead of the next number. */
  readonly cseq?: number;
  readonly target?: SipTarget;
}

/** Target refreshes (RFC 3261 §12.2), and REFER, which needs a Contact too (RFC 3515 §2). */
const WITH_CONTACT: ReadonlySet<string> = new Set(['INVITE', 'SUBSCRIBE', 'NOTIFY', 'UPDATE', 'REFER']);

/** Their failure is that of a subscription, which a call in the same dialog outlives (RFC 5057 §5.1, RFC 6665 §4.2.2). */
const EVENTS: ReadonlySet<string> = new Set(['SUBSCRIBE', 'NOTIFY']);

/** One dialog: its state, and the usages that share it. It is forgotten when the last usage leaves. */
export class Dialog {
  readonly core: Core;
  /** User part of our Contact. */
  readonly contactUser: string;
  readonly contactParameters: readonly string[];
  readonly #usages = new Set<DialogUsage>();
  readonly #key: string;
  #state: DialogState;

  constructor(core: Core, state: DialogState, contactUser: string, contactParameters: readonly string[]) {
    this.core = core;
    this.contactUser = contactUser;
    this.contactParameters = contactParameters;
    this.#state = state;
    this.#key = dialogKey(state.callId, state.localTag, state.remoteTag);
    core.dialogs.set(this.#key, this);
  }

  get state(): DialogState {
    return this.#state;
  }

  set state(state: DialogState) {
    this.#state = state;
  }

  join(usage: DialogUsage): void {
    this.#usages.add(usage);
  }

  leave(usage: DialogUsage): void {
    this.#usages.delete(usage);
    if (this.#usages.size === 0 && this.core.dialogs.get(this.#key) === this) this.core.dialogs.delete(this.#key);
  }

  refreshTarget(message: SipMessage): void {
    this.#state = withRemoteTarget(this.#state, message);
  }

  nextCSeq(): number {
    const localCSeq = this.#state.localCSeq + 1;
    this.#state = { ...this.#state, localCSeq };
    return localCSeq;
  }

  draft(method: string, headers: HeaderList, options: InDialogOptions): Draft {
    const { callId, local, remote } = this.#state;
    const contact = { user: this.contactUser, parameters: this.contactParameters };
    const { cseq, target } = options;
    return {
      method,
      ...routing(this.#state),
      from: local,
      to: remote,
      callId,
      cseq: cseq === undefined ? () => this.nextCSeq() : () => cseq,
      ...(WITH_CONTACT.has(method) ? { contact } : {}),
      headers: [...headers, ...this.core.productHeader],
      options,
      ...(target === undefined ? {} : { target }),
    };
  }

  /** Sends a request and waits for its outcome; one that ends the dialog is told to the usages first. Never rejects. */
  async request(method: string, headers: HeaderList, options: InDialogOptions): Promise<RequestOutcome> {
    const outcome = await outcomeOf(this.core, this.draft(method, headers, options));
    if (!EVENTS.has(method) && endsDialog(outcome)) this.lose();
    return outcome;
  }

  /** An ACK inside the dialog, that of a 2xx. */
  takeAck(ack: SipRequest): void {
    for (const usage of [...this.#usages]) usage.takeAck?.(ack);
  }

  /** Ends all usages without a word to the peer. */
  drop(): void {
    for (const usage of [...this.#usages]) usage.drop();
  }

  /** Tells all usages that the peer is gone. */
  lose(): void {
    for (const usage of [...this.#usages]) usage.lost();
  }

  /** A request inside the dialog (RFC 3261 §12.2.2). */
  receive(incoming: IncomingRequest): void {
    const { request } = incoming;
    incoming.localTag = this.#state.localTag;
    const state = withRemoteCSeq(this.#state, request);
    if (state === undefined) {
      incoming.respond(500, { reason: 'CSeq Out Of Order' });
      return;
    }
    this.#state = state;
    const refusal = screen(request, this.core.abilities);
    if (refusal !== undefined) {
      incoming.refuse(refusal);
      return;
    }
    for (const usage of [...this.#usages]) if (usage.receive(incoming)) return;
    if (this.core.onUnclaimed === undefined) incoming.respond(481);
    else this.core.onUnclaimed(incoming, this);
  }
}

const dialogKey = (callId: string, localTag: string, remoteTag: string): string =>
  `${callId}\n${localTag}\n${remoteTag}`;

/** The dialog to which a request of the peer belongs. */
export function dialogOf(core: Core, request: SipRequest): Dialog | undefined {
  const localTag = tagIn(header(request, 'to') ?? '');
  const remoteTag = tagIn(header(request, 'from') ?? '');
  return core.dialogs.get(dialogKey(header(request, 'call-id') ?? '', localTag, remoteTag));
}
