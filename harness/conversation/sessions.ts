import { headerOf, type MsrpRequest } from '../codec/msrp/message.ts';
import { parseMsrpUri, splitPath } from '../codec/msrp/uri.ts';
import type { WireEntry } from '../wire/entry.ts';
import type { ChatMessage } from './chat-messages.ts';
import type { MsrpExchange, MsrpExchanges } from './msrp-exchanges.ts';
import type { Agreement, Stay, Stays } from './stays.ts';

/** An MSRP session of an actor, known by the URI that its SDP gave (RFC 4975 §8.2). */
export interface Session {
  readonly stay: Stay;
  /** Last URI of the actor's path. */
  readonly own: string;
  /** The offers and answers that spoke of it, in order. */
  readonly agreements: Agreement[];
  /** The last URIs of the paths that the other side gave for it, as written and as `uriKey`. */
  readonly peers: Set<string>;
  /** The first request that the actor sent in it, and the first 200 to a SEND there: it is bound (RFC 4975 §5.4). */
  opening?: WireEntry;
  bound?: WireEntry;
  /** The first of its connections was closed. */
  lost?: WireEntry;
}

/** Follows the MSRP sessions of the actors. Their signalling has to be in the log. */
export class Sessions {
  readonly list: Session[] = [];
  readonly #stays: Stays;
  readonly #exchanges: MsrpExchanges;
  readonly #byUri = new Map<string, Session>();
  readonly #byConnection = new Map<string, Set<Session>>();
  /** How many of the agreements have been looked at. */
  #agreements = 0;

  constructor(stays: Stays, exchanges: MsrpExchanges) {
    this.#stays = stays;
    this.#exchanges = exchanges;
  }

  /** To be told of an entry after the stays and the exchanges. */
  observe(entry: WireEntry): void {
    switch (entry.content.protocol) {
      case 'sip':
        this.#signalling();
        return;
      case 'msrp':
        if (entry.content.message.kind === 'response') this.#answered(entry);
        else if (entry.direction === 'sent') this.#request(entry, entry.content.message);
        return;
      case 'connection':
        if (entry.content.event === 'opened') return;
        for (const session of this.#byConnection.get(entry.connection) ?? []) session.lost ??= entry;
        return;
      case 'unknown':
        return;
    }
  }

  /** The session that has this URI at the actor's end, whose connection it may use. */
  at(uri: string): Session | undefined {
    return this.#byUri.get(uri) ?? this.#byUri.get(uriKey(uri));
  }

  /** The session of a request on the wire; none when an actor's paths are not both of one session (RFC 4975 §7.3). */
  of(entry: WireEntry, head: MsrpRequest): Session | undefined {
    const [to = '', from = ''] = ['To-Path', 'From-Path'].map((name) => splitPath(headerOf(head, name) ?? '').at(-1));
    if (entry.direction === 'received') return this.at(to);
    const session = this.at(from);
    if (session === undefined) return undefined;
    return session.peers.has(to) || session.peers.has(uriKey(to)) ? session : undefined;
  }

  /** The session that a message passed, by its first chunk. */
  ofMessage({ chunks }: ChatMessage): Session | undefined {
    const [first] = chunks;
    if (first?.content.protocol !== 'msrp' || first.content.message.kind !== 'request') return undefined;
    return this.of(first, first.content.message);
  }

  #signalling(): void {
    for (const { stay, agreement } of this.#stays.agreed.slice(this.#agreements)) this.#agreed(stay, agreement);
    this.#agreements = this.#stays.agreed.length;
  }

  #agreed(stay: Stay, agreement: Agreement): void {
    const own = agreement.actor.media?.path.at(-1);
    if (own === undefined || agreement.peer.media === undefined) return;
    const known = this.#byUri.get(uriKey(own));
    const session: Session = known ?? { stay, own, agreements: [], peers: new Set() };
    if (session.stay !== stay) return;
    session.agreements.push(agreement);
    for (const uri of agreement.peer.media.path.slice(-1)) session.peers.add(uri).add(uriKey(uri));
    if (known !== undefined) return;
    // Most software writes a URI in one form, which need not be read again each time.
    for (const key of [own, uriKey(own)]) this.#byUri.set(key, session);
    this.list.push(session);
  }

  #request(entry: WireEntry, head: MsrpRequest): void {
    const session = this.of(entry, head);
    if (session === undefined) return;
    session.opening ??= entry;
    const sessions = this.#byConnection.get(entry.connection);
    if (sessions === undefined) this.#byConnection.set(entry.connection, new Set([session]));
    else sessions.add(session);
  }

  #answered(entry: WireEntry): void {
    const exchange: MsrpExchange | undefined = this.#exchanges.answeredBy(entry);
    if (exchange === undefined || exchange.head.method !== 'SEND' || exchange.response?.head.status !== 200) return;
    const session = exchange.request.direction === 'sent' ? this.of(exchange.request, exchange.head) : undefined;
    if (session !== undefined) session.bound ??= entry;
  }
}

/** Equal for paths whose URIs are equal one by one. */
export const isSamePath = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((uri, i) => uri === b[i] || uriKey(uri) === uriKey(b[i] ?? ''));

/** Equal for URIs that are equal by RFC 4975 §6.1, but for percent-encoded hosts. */
export function uriKey(text: string): string {
  const uri = parseMsrpUri(text);
  if (!uri.ok) return text;
  const { scheme, host, port, sessionId, transport } = uri.value;
  return `${scheme}://${host.toLowerCase()}:${port ?? ''}/${sessionId ?? ''};${transport.toLowerCase()}`;
}
