import type { MsrpHeader } from '../codec/msrp/message.ts';
import { formatUseNickname } from '../codec/msrp/nickname.ts';
import { splitPath } from '../codec/msrp/uri.ts';
import { Identifiers } from '../msrp/identifiers.ts';
import type { OutgoingRequest } from '../msrp/outgoing.ts';
import { sendHeaders } from '../msrp/send-plan.ts';
import type { MsrpSession } from '../msrp/session.ts';
import type { Random } from '../net/random.ts';
import type { HeaderList } from '../sip/compose.ts';
import { type Carrier, carrierOf, nicknameOctets, requestOn, responseOn, writeOn } from './carrier.ts';
import { type ComposedMessage, composeMessage, type OutgoingSpec } from './compose.ts';
import type { MsrpOutcome } from './outcome.ts';
import {
  type ChunkOptions,
  notSent,
  type SendingOptions,
  type SentMessage,
  type SentRequest,
  sendChunk,
  sendMessage,
} from './sending.ts';

/** What a NICKNAME request asks for (RFC 7701 §7.1): a nickname, a header value right or wrong, or no header at all. */
export type NicknameWish =
  | { readonly text: string }
  | { readonly header: string }
  | { readonly headerOctets: Buffer }
  | { readonly none: true };

/** Whose MSRP connection carries a request: that of another participant, or one opened for it, `clear`: without TLS. */
export type CarrierChoice = Speaker | 'fresh' | 'clear';

export interface MsrpRequestOptions {
  readonly method: string;
  readonly toPath?: string;
  readonly fromPath?: string;
  /** Everything behind the paths. */
  readonly headers: HeaderList;
  readonly body?: Buffer;
  readonly on?: CarrierChoice;
}

export interface RawOptions {
  /** Transaction id of a request in these octets whose response is of interest. */
  readonly transactionId?: string;
  readonly on?: CarrierChoice;
}

export interface Paths {
  readonly toPath: string;
  readonly fromPath: string;
}

/** Absent parts: to the room, from the participant itself. */
export type ComposeWords = Omit<OutgoingSpec, 'to' | 'from'> & Partial<Pick<OutgoingSpec, 'to' | 'from'>>;

/** Everything a participant says over MSRP. Without a session nothing is sent, and the outcome says so. */
export abstract class Speaker {
  /** The URI in CPIM From. */
  #identity: string;
  readonly #room: string;
  readonly #identifiers: Identifiers;
  #paths: Paths;

  constructor(random: Random, host: string, room: string, identity: string) {
    this.#identifiers = new Identifiers(random);
    this.#room = room;
    this.#identity = identity;
    const name = host.includes(':') ? `[${host}]` : host;
    this.#paths = { toPath: '', fromPath: `msrp://${name}:9/${this.#identifiers.sessionId()};tcp` };
  }

  /** The session of the stay, with its connection; undefined when there is none. */
  protected abstract boundSession(): MsrpSession | undefined;

  /** Opens a connection to the first URI of a path. */
  protected abstract openFresh(peerPath: readonly string[], fromPath: string): Promise<Carrier | undefined>;

  /** URI of the room. */
  get room(): string {
    return this.#room;
  }

  /** The URI that CPIM From says. */
  get identity(): string {
    return this.#identity;
  }

  /** Sets the URI that CPIM From says from now on. */
  speakAs(uri: string): void {
    this.#identity = uri;
  }

  /** Paths for requests made by hand; those of the last session when it is over. */
  paths(): Paths {
    return this.#paths;
  }

  /** One that this participant has not used yet (RFC 4975 §7.1). */
  newTransactionId(): string {
    return this.#identifiers.transactionId();
  }

  /** Makes a CPIM message, to the room unless another recipient is named; nothing is sent yet. */
  compose({ to = [this.#room], from = this.#identity, ...rest }: ComposeWords): ComposedMessage {
    return composeMessage({ ...rest, to, from }, () => this.#identifiers.messageId());
  }

  /** A whole message, in as many chunks as it takes. The outcome never rejects: without an answer for 30 s it is `unanswered`. */
  send(message: ComposedMessage, options: SendingOptions = {}): SentMessage {
    const session = this.boundSession();
    if (session !== undefined) return sendMessage(session, message, options);
    return { transactionIds: () => [], written: Promise.resolve(), outcome: Promise.resolve(notSent('')) };
  }

  /** One chunk of a message, as it is asked for (RFC 4975 §5.1). */
  sendChunk(message: ComposedMessage, options: ChunkOptions): SentRequest {
    const session = this.boundSession();
    if (session !== undefined) return sendChunk(session, message, options);
    const transactionId = this.newTransactionId();
    return { transactionId, written: Promise.resolve(), outcome: Promise.resolve(notSent(transactionId)) };
  }

  /** SEND without body: all it asks for is an answer (RFC 4975 §7.1.1). */
  ping(): SentRequest {
    const range = { start: 1n, end: 0n, total: 0n };
    const headers = sendHeaders(this.#identifiers.messageId(), {}, range);
    return this.request({ method: 'SEND', headers: headers.map(({ name, value }) => [name, value]) });
  }

  /** NICKNAME (RFC 7701 §7.1). */
  nickname(wish: NicknameWish, further: HeaderList = []): Promise<MsrpOutcome> {
    if ('headerOctets' in wish) {
      const transactionId = this.newTransactionId();
      const octets = nicknameOctets(transactionId, this.#paths, wish.headerOctets, further);
      return this.writeRaw(octets, { transactionId });
    }
    const value = 'text' in wish ? formatUseNickname(wish.text) : 'header' in wish ? wish.header : undefined;
    const own: HeaderList = value === undefined ? [] : [['Use-Nickname', value]];
    return this.request({ method: 'NICKNAME', headers: [...own, ...further] }).outcome;
  }

  /** Any MSRP request, right or wrong. */
  request({ method, headers, body, on, toPath, fromPath }: MsrpRequestOptions): SentRequest {
    const transactionId = this.newTransactionId();
    const paths = { toPath: toPath ?? this.#paths.toPath, fromPath: fromPath ?? this.#paths.fromPath };
    const request: OutgoingRequest & { readonly transactionId: string } = {
      transactionId,
      method,
      headers: headers.map(([name, value]): MsrpHeader => ({ name, value })),
      ...paths,
      ...(body === undefined ? {} : { body }),
    };
    let placed = (): void => {};
    const written = new Promise<void>((resolve) => {
      placed = resolve;
    });
    const outcome = this.#over(on, paths, (carrier) => {
      const sent = requestOn(carrier, request);
      placed();
      return sent;
    });
    return { transactionId, written, outcome };
  }

  /** Octets as they are, each segment in a write of its own. The outcome is that of the request named, if one is. */
  writeRaw(octets: Buffer | readonly Buffer[], { transactionId, on }: RawOptions = {}): Promise<MsrpOutcome> {
    const segments = Buffer.isBuffer(octets) ? [octets] : octets;
    return this.#over(on, this.#paths, (carrier) => {
      if (carrier === undefined) return Promise.resolve(notSent(transactionId ?? ''));
      const response = transactionId === undefined ? undefined : responseOn(carrier, transactionId);
      writeOn(carrier, segments);
      return response ?? Promise.resolve({ kind: 'unanswered', transactionId: '', reason: 'timed-out' });
    });
  }

  protected notePaths(paths: Paths): void {
    this.#paths = paths;
  }

  /** At once, unless a connection has to be opened first: what is sent in turn goes out in turn. */
  #over<T>(
    on: CarrierChoice | undefined,
    { toPath, fromPath }: Paths,
    run: (carrier: Carrier | undefined) => Promise<T>,
  ): Promise<T> {
    if (on === 'fresh') return this.openFresh(splitPath(toPath), fromPath).then(run);
    if (on === 'clear') return this.openFresh(splitPath(toPath.replace(/^msrps:/i, 'msrp:')), fromPath).then(run);
    return run(carrierOf((on ?? this).boundSession()));
  }
}
