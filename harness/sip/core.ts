import type { SipRequest } from '../codec/sip/message.ts';
import { parseNameAddress } from '../codec/sip/name-address.ts';
import { parseSipUri } from '../codec/sip/uri.ts';
import type { Clock } from '../net/clock.ts';
import type { Random } from '../net/random.ts';
import { ok, type Result } from '../result.ts';
import { type AgentOptions, LARGE_REQUEST_OCTETS, USUAL_CONTENT_TYPES, USUAL_METHODS } from './agent-options.ts';
import { composeRequest, type HeaderList } from './compose.ts';
import type { Dialog } from './dialog.ts';
import { DigestClient } from './digest-client.ts';
import { type Draft, Exchange, type ExchangeUser } from './exchange.ts';
import { newBranch, newTag } from './identifiers.ts';
import type { IncomingRequest } from './incoming-request.ts';
import type { Abilities } from './screen.ts';
import type { Subscription } from './subscription.ts';
import { isLooseRoute, type SipTarget, targetOfUri, uriHost } from './target.ts';
import { connectTimeout, DEFAULT_TIMERS, type TimerValues } from './timers.ts';
import { TransactionLayer, type TransactionUser } from './transaction-layer.ts';
import { SipTransport } from './transport.ts';

const WILDCARDS: ReadonlySet<string> = new Set(['0.0.0.0', '::']);

/** What calls, subscriptions and the rest of a user agent share. */
export class Core {
  readonly options: AgentOptions;
  readonly clock: Clock;
  readonly random: Random;
  readonly timers: TimerValues;
  readonly transport: SipTransport;
  readonly layer: TransactionLayer;
  readonly digest: DigestClient;
  readonly abilities: Abilities;
  /** A request inside a dialog that none of its usages takes: SUBSCRIBE and REFER start a new one. */
  onUnclaimed: ((incoming: IncomingRequest, dialog: Dialog) => void) | undefined;
  /** Subscriptions whose first NOTIFY has not come. */
  readonly subscribing = new Set<Subscription>();
  /** Dialogs by Call-ID and tags (RFC 3261 §12). */
  readonly dialogs = new Map<string, Dialog>();

  constructor(options: AgentOptions, user: TransactionUser) {
    this.options = options;
    this.clock = options.clock;
    this.random = options.random;
    this.timers = options.timers ?? DEFAULT_TIMERS;
    this.digest = new DigestClient(options.random);
    this.transport = new SipTransport(
      {
        clock: options.clock,
        network: options.network,
        listen: options.listen,
        connectTimeoutMs: connectTimeout(this.timers),
        ...(options.tls === undefined ? {} : { tls: options.tls }),
      },
      {
        request: (request, arrival) => this.layer.takeRequest(request, arrival),
        response: (response) => this.layer.takeResponse(response),
      },
    );
    this.layer = new TransactionLayer(
      this.transport,
      {
        clock: options.clock,
        timers: this.timers,
        newTag: () => newTag(options.random),
        ...(options.product === undefined ? {} : { server: options.product }),
      },
      user,
    );
    this.abilities = {
      methods: options.methods ?? USUAL_METHODS,
      extensions: options.extensions ?? [],
      contentTypes: options.contentTypes ?? USUAL_CONTENT_TYPES,
      packages: options.packages ?? [],
      ...(options.serves === undefined ? {} : { serves: options.serves }),
    };
  }

  exchange(draft: Draft, user: ExchangeUser): Exchange {
    const exchange = new Exchange(this, draft, user);
    exchange.begin();
    return exchange;
  }

  /** Writes the request that a draft is about, for the place it goes to. */
  compose(draft: Draft, target: SipTarget, cseq: number, further: HeaderList): SipRequest {
    const { method, uri, routes, from, to, callId, contact, headers, options } = draft;
    const own = contact === undefined ? {} : { contact: this.contact(contact.user, contact.parameters, target, uri) };
    return composeRequest(
      {
        method,
        uri,
        via: this.newVia(target),
        maxForwards: 70,
        routes,
        from,
        to,
        callId,
        cseq,
        ...own,
        headers: [...headers, ...further],
      },
      options,
    );
  }

  /** RFC 3261 §8.1.2: the override, else the first loose route, else the Request-URI. Error: one line. */
  targetOf({ target, routes, uri, to }: Draft): Result<SipTarget, string> {
    if (target !== undefined) return ok(target);
    const { target: names } = this.options;
    const inside = /;\s*tag\s*=/i.test(to);
    // A pre-existing route set begins with the target itself.
    const usual = routes.length === 0 || routes === this.options.routes;
    if (names !== undefined && !inside && usual) return ok(names);
    const [first] = routes;
    const route = first !== undefined && isLooseRoute(first) ? parseNameAddress(first) : undefined;
    const next = route?.ok === true ? route.value.uri : uri;
    const transport = this.transport.transports.includes('udp') ? 'udp' : (this.transport.transports[0] ?? 'udp');
    return targetOfUri(next, names === undefined ? { transport } : { transport, names });
  }

  /** The same place by TCP, when a request is too large for UDP (RFC 3261 §18.1.1). */
  widerTarget(target: SipTarget, octets: () => number): SipTarget | undefined {
    if (target.transport !== 'udp' || !this.transport.transports.includes('tcp')) return undefined;
    const limit = this.options.largeRequestOctets ?? LARGE_REQUEST_OCTETS;
    return octets() > limit ? { ...target, transport: 'tcp' } : undefined;
  }

  /** A Via value for a request to `target`, with a fresh branch. */
  newVia(target: SipTarget): string {
    const rport = target.transport === 'udp' ? ';rport' : '';
    const place = this.#ownPlace(target);
    return `SIP/2.0/${target.transport.toUpperCase()} ${place};branch=${newBranch(this.random)}${rport}`;
  }

  /** Our Contact towards `target`; SIPS where the Request-URI is (RFC 3261 §8.1.1.8). */
  contact(user: string, parameters: readonly string[], target: SipTarget, requestUri: string): string {
    const secure = /^sips:/i.test(requestUri);
    const at = user === '' ? '' : `${user}@`;
    const transport = secure ? '' : `;transport=${target.transport}`;
    const uri = `${secure ? 'sips' : 'sip'}:${at}${this.#ownPlace(target)}${transport}`;
    return `<${uri}>${parameters.map((parameter) => `;${parameter}`).join('')}`;
  }

  /** Where we are to be found, for an address of record that is registered with `registrar`. */
  ownContact(addressOfRecord: string, registrar: string): string {
    const transport = this.transport.transports[0] ?? 'udp';
    const target = this.options.target ?? { transport, address: { host: this.options.host, port: 0 } };
    return this.contact(userOf(addressOfRecord), [], target, registrar);
  }

  get contactParameters(): readonly string[] {
    return this.options.contactParameters ?? [];
  }

  /** Says what we are, in every request. */
  get productHeader(): HeaderList {
    return this.options.product === undefined ? [] : [['User-Agent', this.options.product]];
  }

  get serverHeader(): HeaderList {
    return this.options.product === undefined ? [] : [['Server', this.options.product]];
  }

  /** Allow, Supported and Allow-Events (RFC 3261 §13.2.1, §13.3.1.4; RFC 6665 §4.4.4). */
  get abilityHeaders(): HeaderList {
    const { methods, extensions, packages } = this.abilities;
    const events: HeaderList = packages.length === 0 ? [] : [['Allow-Events', packages.join(', ')]];
    return [['Allow', methods.join(', ')], ['Supported', extensions.join(', ')], ...events];
  }

  /** What the 200 to OPTIONS lists (RFC 3261 §11.2). */
  get optionsHeaders(): HeaderList {
    return [
      ...this.abilityHeaders,
      ['Accept', this.abilities.contentTypes.join(', ')],
      ['Accept-Encoding', 'identity'],
      ['Accept-Language', 'en'],
    ];
  }

  #ownPlace({ transport, address }: SipTarget): string {
    const local = this.transport.local(transport, address.host);
    const host = local === undefined || WILDCARDS.has(local.host) ? this.options.host : local.host;
    return local === undefined ? uriHost(host) : `${uriHost(host)}:${local.port}`;
  }
}

/** The user part of a URI or of a name-addr; empty when there is none. */
export function userOf(value: string): string {
  const address = parseNameAddress(value);
  const uri = parseSipUri(address.ok ? address.value.uri : value);
  return uri.ok ? (uri.value.user ?? '') : '';
}
