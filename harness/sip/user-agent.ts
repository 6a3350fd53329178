import { parseEvent } from '../codec/sip/event.ts';
import { formatNameAddress, parseNameAddress } from '../codec/sip/name-address.ts';
import { parseSipUri } from '../codec/sip/uri.ts';
import type { Address, NetError, Transport } from '../net/network.ts';
import type { Result } from '../result.ts';
import type { AgentOptions } from './agent-options.ts';
import type { Call } from './call.ts';
import { CallSetup } from './call-setup.ts';
import { type HeaderList, type MessageOptions, withTag } from './compose.ts';
import { Core, userOf } from './core.ts';
import type { Dialog } from './dialog.ts';
import type { Credentials } from './digest-client.ts';
import { type Draft, outcomeOf } from './exchange.ts';
import { newCallId, newCSeq, newTag } from './identifiers.ts';
import type { RequestOutcome } from './outcome.ts';
import { type InviteOptions, OutgoingInvite } from './outgoing-invite.ts';
import { type AgentHandlers, Reception } from './reception.ts';
import { type Notification, type NotifyAnswer, Subscription, subscribeHeaders } from './subscription.ts';
import type { SipTarget } from './target.ts';

/** Any request outside a dialog. Everything has a usual value but `to`. */
export interface RequestOptions extends MessageOptions {
  /** URI, or name-addr. */
  readonly to: string;
  /** Request-URI instead of the URI in `to`. */
  readonly uri?: string;
  /** name-addr without tag, instead of our own. */
  readonly from?: string;
  /** Values of Route headers. */
  readonly routes?: readonly string[];
  readonly target?: SipTarget;
  /** Instead of those of the user agent; `none`: a challenge is the outcome. */
  readonly credentials?: Credentials | 'none';
  readonly contactParameters?: readonly string[];
  readonly callId?: string;
  readonly fromTag?: string;
  readonly cseq?: number;
}

export interface SubscribeOptions extends RequestOptions {
  /** Value of Event, e.g. `conference`. */
  readonly event: string;
  /** Seconds; 0 fetches the state once (RFC 6665 §4.4.3). Default 3600. */
  readonly expires?: number;
  /** Types in Accept; without: no Accept. */
  readonly accept?: readonly string[];
  readonly refresh?: 'automatic' | 'never';
  /** Called for each NOTIFY; what it returns is the answer, 200 if nothing. */
  readonly onNotify?: (notification: Notification) => NotifyAnswer | undefined;
  /** Sent inside this call's dialog. */
  readonly inside?: Call;
}

export interface ReferOptions extends RequestOptions {
  /** Value of Refer-To, e.g. `<sip:carol@example.org>`. */
  readonly referTo: string;
  readonly onNotify?: (notification: Notification) => NotifyAnswer | undefined;
  readonly inside?: Call;
}

const DEFAULT_SECONDS = 3600;

/** A SIP user agent: client and server, caller and called, subscriber and notifier. */
export class UserAgent {
  readonly core: Core;
  readonly #reception: Reception;

  constructor(options: AgentOptions, handlers: AgentHandlers = {}) {
    this.#reception = new Reception(() => this.core, handlers);
    this.core = new Core(options, this.#reception);
    this.core.onUnclaimed = (incoming, dialog) => this.#reception.takeUnclaimed(incoming, dialog);
  }

  get handlers(): AgentHandlers {
    return this.#reception.handlers;
  }

  set handlers(handlers: AgentHandlers) {
    this.#reception.handlers = handlers;
  }

  /** Opens everything that is listened on. */
  start(): Promise<Result<void, NetError>> {
    return this.core.transport.open();
  }

  /** Where we listen; undefined: not by this transport, or not yet. */
  address(transport: Transport): Address | undefined {
    return this.core.transport.local(transport);
  }

  /** Sends any request and waits for the final outcome, a challenge that can be answered excepted. Never rejects. */
  request(
    method: string,
    options: RequestOptions,
    onProvisional?: Parameters<typeof outcomeOf>[2],
  ): Promise<RequestOutcome> {
    return outcomeOf(this.core, this.#draft(method, [], options), onProvisional);
  }

  /** Sends INVITE: the beginning of a call. */
  invite(options: RequestOptions & InviteOptions): OutgoingInvite {
    const draft = this.#draft('INVITE', this.core.abilityHeaders, options);
    const invite = new OutgoingInvite(this.core, new CallSetup(this.core, draft, options), options);
    invite.begin();
    return invite;
  }

  subscribe(options: SubscribeOptions): Subscription {
    const read = parseEvent(options.event);
    const event = read.ok ? read.value : { package: options.event, parameters: [] };
    const seconds = options.expires ?? DEFAULT_SECONDS;
    const headers: HeaderList = options.accept === undefined ? [] : [['Accept', options.accept.join(', ')]];
    const draft = this.#draftInside('SUBSCRIBE', subscribeHeaders(event, seconds, headers), options);
    const { refresh = 'automatic', onNotify } = options;
    const settings = { event, headers, seconds, refresh, ...(onNotify === undefined ? {} : { onNotify }) };
    return new Subscription(this.core, draft, settings, options.inside?.dialog);
  }

  /** Sends REFER; what comes of it is told by the NOTIFYs of the subscription (RFC 3515 §2.4.4). */
  refer(options: ReferOptions): Subscription {
    const draft = this.#draftInside('REFER', [['Refer-To', options.referTo]], options);
    const { onNotify } = options;
    const event = { package: 'refer', parameters: [] };
    const settings = { event, headers: [], refresh: 'never', ...(onNotify === undefined ? {} : { onNotify }) } as const;
    return new Subscription(this.core, draft, settings, options.inside?.dialog);
  }

  /** Sends octets as they are. Responses to them belong to no transaction: see `AgentHandlers.strayResponse`. */
  sendRaw(octets: Buffer, target: SipTarget): Promise<Result<void, NetError>> {
    return this.core.transport.sendRaw(octets, target);
  }

  /** Ends everything here without a word to the peers: no timer and no socket is left once it resolves. Never rejects. */
  async close(): Promise<void> {
    this.#dropAll();
    await this.core.transport.close();
  }

  /** As a crash would: connections are cut with RST. */
  abort(): void {
    this.#dropAll();
    this.core.transport.abort();
  }

  #dropAll(): void {
    for (const subscription of [...this.core.subscribing]) subscription.drop();
    for (const dialog of [...this.core.dialogs.values()]) dialog.drop();
    this.core.layer.close();
  }

  #draftInside(
    method: string,
    headers: HeaderList,
    options: RequestOptions & { readonly inside?: { readonly dialog: Dialog } },
  ): Draft {
    if (options.inside === undefined) return this.#draft(method, headers, options);
    const { cseq, target, headers: given, without, body, contentType } = options;
    return options.inside.dialog.draft(method, headers, {
      ...(cseq === undefined ? {} : { cseq }),
      ...(target === undefined ? {} : { target }),
      ...(given === undefined ? {} : { headers: given }),
      ...(without === undefined ? {} : { without }),
      ...(body === undefined ? {} : { body }),
      ...(contentType === undefined ? {} : { contentType }),
    });
  }

  #draft(method: string, headers: HeaderList, options: RequestOptions): Draft {
    const { random } = this.core;
    const from = options.from ?? this.#self();
    let cseq = (options.cseq ?? newCSeq(random)) - 1;
    const parameters = options.contactParameters ?? this.core.contactParameters;
    return {
      method,
      uri: options.uri ?? requestUri(options.to),
      routes: options.routes ?? this.core.options.routes ?? [],
      from: withTag(from, options.fromTag ?? newTag(random)),
      to: asNameAddress(options.to),
      callId: options.callId ?? newCallId(random),
      cseq: () => ++cseq,
      ...(DIALOG_MAKING.has(method) ? { contact: { user: userOf(from), parameters } } : {}),
      headers: [...headers, ...this.core.productHeader],
      options,
      ...(options.target === undefined ? {} : { target: options.target }),
      ...(options.credentials === undefined ? {} : { credentials: options.credentials }),
    };
  }

  #self(): string {
    const { uri, displayName } = this.core.options;
    return formatNameAddress({ uri, parameters: [], ...(displayName === undefined ? {} : { displayName }) });
  }
}

const DIALOG_MAKING: ReadonlySet<string> = new Set(['INVITE', 'SUBSCRIBE', 'REFER', 'OPTIONS']);

/** The URI in a To value, without what a Request-URI may not have (RFC 3261 §19.1.1). */
function requestUri(to: string): string {
  const address = parseNameAddress(asNameAddress(to));
  const uri = address.ok ? address.value.uri : to;
  return parseSipUri(uri).ok ? (uri.split('?')[0] ?? uri) : uri;
}

/** A bare URI may have parameters of its own, so it is put in brackets (RFC 3261 §20.10). */
const asNameAddress = (text: string): string => (text.includes('<') ? text : `<${text}>`);
