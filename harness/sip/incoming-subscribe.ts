import { type EventHeader, parseEvent } from '../codec/sip/event.ts';
import { header } from '../codec/sip/headers.ts';
import type { SipRequest } from '../codec/sip/message.ts';
import type { ResponseOptions } from './compose.ts';
import { userOf } from './core.ts';
import { Dialog } from './dialog.ts';
import { dialogOfCallee } from './dialog-state.ts';
import { askedExpires, screenExpires } from './event-screen.ts';
import { newCSeq } from './identifiers.ts';
import type { IncomingRequest } from './incoming-request.ts';
import { type AcceptSubscriptionOptions, grantedSeconds, Notifier, type NotifierSettings } from './notifier.ts';

/** RFC 4575 §3.3 for the package conference; other packages have their own. */
const USUAL_SECONDS = 3600;

/** A SUBSCRIBE that starts a subscription and waits for our decision. */
export class IncomingSubscribe {
  readonly incoming: IncomingRequest;
  readonly event: EventHeader;
  /** Seconds asked for; undefined: not said. */
  readonly asked: number | undefined;
  readonly #dialog: Dialog | undefined;

  /** `dialog`: it came inside that dialog. */
  constructor(incoming: IncomingRequest, event: EventHeader, dialog?: Dialog) {
    this.incoming = incoming;
    this.event = event;
    this.asked = askedExpires(incoming.request);
    this.#dialog = dialog;
  }

  get request(): SipRequest {
    return this.incoming.request;
  }

  /**
   * A 2xx, and the NOTIFY that has to follow at once (RFC 6665 §4.2.1.2). Undefined: refused, because the time asked for is
   * too short or Contact is missing.
   */
  accept(options: AcceptSubscriptionOptions = {}): Notifier | undefined {
    const { maximumSeconds = USUAL_SECONDS, minimumSeconds = 0, content, firstNotify, state = 'active' } = options;
    const refusal = screenExpires(this.request, minimumSeconds);
    if (refusal !== undefined) {
      this.incoming.refuse(refusal);
      return undefined;
    }
    const seconds = grantedSeconds(this.request, maximumSeconds);
    const dialog = this.#dialog ?? acceptDialog(this.incoming, options.contactParameters);
    if (dialog === undefined) return undefined;
    this.incoming.respond(options.status ?? 200, options, [
      ...this.incoming.dialogHeaders(options.contactParameters),
      ['Expires', String(seconds)],
      ...this.incoming.core.abilityHeaders,
    ]);
    const settings: NotifierSettings = { event: this.event, maximumSeconds, minimumSeconds };
    const notifier = new Notifier(dialog, content === undefined ? settings : { ...settings, content }, state, seconds);
    if (firstNotify === 'withheld') return notifier;
    const told = content === undefined ? {} : { content };
    // Expires 0 outside a dialog is a fetch (RFC 6665 §4.4.3).
    if (seconds === 0) void notifier.terminate('timeout', told);
    else void notifier.notify(told);
    return notifier;
  }

  reject(status: number, options: ResponseOptions = {}): void {
    this.incoming.respond(status, options);
  }
}

/** The Event of a request that was screened. */
export const eventOf = (request: SipRequest): EventHeader => {
  const event = parseEvent(header(request, 'event') ?? '');
  return event.ok ? event.value : { package: '', parameters: [] };
};

/** The dialog of a request that starts one; undefined: there can be none, and 400 has been sent. */
export function acceptDialog(incoming: IncomingRequest, contactParameters?: readonly string[]): Dialog | undefined {
  const { core, request, localTag } = incoming;
  const state = dialogOfCallee(request, localTag, newCSeq(core.random));
  if (!state.ok) {
    incoming.respond(400, { reason: state.error });
    return undefined;
  }
  const parameters = contactParameters ?? core.contactParameters;
  return new Dialog(core, { ...state.value, phase: 'confirmed' }, userOf(request.uri), parameters);
}
