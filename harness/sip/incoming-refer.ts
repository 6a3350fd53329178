import { header } from '../codec/sip/headers.ts';
import type { SipRequest } from '../codec/sip/message.ts';
import { type NameAddress, parseNameAddress } from '../codec/sip/name-address.ts';
import type { ResponseOptions } from './compose.ts';
import type { Dialog } from './dialog.ts';
import { cseqNumber } from './dialog-state.ts';
import type { IncomingRequest } from './incoming-request.ts';
import { acceptDialog } from './incoming-subscribe.ts';
import { Notifier, type NotifyContent } from './notifier.ts';
import type { RequestOutcome } from './outcome.ts';
import { reasonPhrase } from './reason-phrase.ts';

export interface AcceptReferOptions extends ResponseOptions {
  /** Default 202 (RFC 3515 §2.4.2). */
  readonly status?: number;
  /** `withheld`: the NOTIFY that has to follow at once is left to the caller. */
  readonly firstNotify?: 'automatic' | 'withheld';
}

/** How long the work on a REFER may take. */
const REFER_SECONDS = 180;

/** A REFER that waits for our decision (RFC 3515 §2.4). */
export class IncomingRefer {
  readonly incoming: IncomingRequest;
  readonly target: NameAddress;
  readonly #dialog: Dialog | undefined;

  constructor(incoming: IncomingRequest, target: NameAddress, dialog?: Dialog) {
    this.incoming = incoming;
    this.target = target;
    this.#dialog = dialog;
  }

  get request(): SipRequest {
    return this.incoming.request;
  }

  /** Undefined: refused, for it has no usable Contact. */
  accept(options: AcceptReferOptions = {}): ReferProgress | undefined {
    const dialog = this.#dialog ?? acceptDialog(this.incoming);
    if (dialog === undefined) return undefined;
    this.incoming.respond(options.status ?? 202, options, this.incoming.dialogHeaders());
    const id = String(cseqNumber(this.request));
    const event = { package: 'refer', parameters: [{ name: 'id', value: id }] }; // RFC 3515 §2.4.6
    const settings = { event, maximumSeconds: REFER_SECONDS, minimumSeconds: 0 };
    const progress = new ReferProgress(new Notifier(dialog, settings, 'active', REFER_SECONDS));
    if (options.firstNotify !== 'withheld') void progress.report(100);
    return progress;
  }

  reject(status: number, options: ResponseOptions = {}): void {
    this.incoming.respond(status, options);
  }
}

/** Tells the sender of a REFER what comes of it. */
export class ReferProgress {
  readonly notifier: Notifier;

  constructor(notifier: Notifier) {
    this.notifier = notifier;
  }

  /** A provisional status keeps the subscription, a final one ends it (RFC 3515 §2.4.5, §2.4.7). */
  report(status: number, reason: string = reasonPhrase(status)): Promise<RequestOutcome> {
    const content = sipfrag(status, reason);
    return status < 200 ? this.notifier.notify({ content }) : this.notifier.terminate('noresource', { content });
  }
}

/** A status line alone: more could leak what is not for the sender of the REFER (RFC 3515 §2.4.5). */
const sipfrag = (status: number, reason: string): NotifyContent => ({
  body: `SIP/2.0 ${status} ${reason}\r\n`,
  contentType: 'message/sipfrag;version=2.0',
});

/** Refer-To of a request that was screened; undefined: it has none that can be read. */
export function referTarget(request: SipRequest): NameAddress | undefined {
  const address = parseNameAddress(header(request, 'refer-to') ?? '');
  return address.ok ? address.value : undefined;
}
