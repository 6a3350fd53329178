import type { MsrpHeader, MsrpRequestHead } from '../codec/msrp/message.ts';
import { formatMsrpUri, type MsrpUri } from '../codec/msrp/uri.ts';
import { acceptsFingerprint } from '../net/fingerprint.ts';
import type { ByteStream, NetError, PeerCheck } from '../net/network.ts';
import { err, ok, type Result } from '../result.ts';
import type { SessionStanding } from './binding.ts';
import type { Connection } from './connection.ts';
import type { Identifiers } from './identifiers.ts';
import type { IncomingRequest, RequestSink } from './incoming.ts';
import { Outbox } from './outbox.ts';
import type {
  ConnectOptions,
  ForwardedChunk,
  Forwarding,
  OutgoingRequest,
  RawWriter,
  SendOptions,
  SentRequest,
} from './outgoing.ts';
import type { OutgoingMessage } from './outgoing-message.ts';
import { type Report, readReport } from './reports.ts';
import type { RequestOutcome } from './transactions.ts';

/** A REPORT from the peer; what is missing or makes no sense in it is left out (RFC 4975 §7.1.2). */
export interface IncomingReport {
  readonly head: MsrpRequestHead;
  readonly report: Report | undefined;
  /** The message it speaks of, when this session sent it through `send`. */
  readonly message: OutgoingMessage | undefined;
}

/** What the owner of a session wants to hear. */
export interface SessionHandler {
  /** Any request of this session but REPORT, its paths in order. Nothing is answered unless the handler does. */
  request(request: IncomingRequest): RequestSink | undefined;
  report?(report: IncomingReport): void;
  /** The session has its connection: the passive side may send from now on (RFC 4975 §5.4). */
  bound?(): void;
  /** The peer takes octets again after `congested`. */
  drained?(): void;
  /** The connection was lost: the session has failed (RFC 4975 §5.4). Not called for an own `close`. */
  failed?(reason: string): void;
}

/** What a session asks of its endpoint. */
export interface SessionOwner {
  identifiers(): Identifiers;
  /** What may wait for one session before nothing more is forwarded to it. */
  readonly maxQueuedOctets: number;
  connectionFor(options: ConnectOptions): Promise<Result<Connection, NetError>>;
  closed(session: MsrpSession, connection: Connection | undefined): void;
}

/** One MSRP session: one URI of this side, one path of the peer, one connection for life (RFC 4975 §5.4). */
export class MsrpSession {
  readonly uri: MsrpUri;
  /** The own URI, for `a=path` and From-Path. */
  readonly path: string;
  readonly #owner: SessionOwner;
  readonly #handler: SessionHandler;
  readonly #outbox: Outbox;
  #peerPath: string | undefined;
  #peerCheck: PeerCheck = { kind: 'none' };
  #standing: SessionStanding<Connection> = { kind: 'unbound' };
  #endReason = '';

  constructor(uri: MsrpUri, handler: SessionHandler, owner: SessionOwner) {
    this.uri = uri;
    this.path = formatMsrpUri(uri);
    this.#handler = handler;
    this.#owner = owner;
    this.#outbox = new Outbox(owner.identifiers(), this.path, owner.maxQueuedOctets);
  }

  get standing(): SessionStanding<Connection> {
    return this.#standing;
  }

  /** The peer's whole path, as To-Path of what is sent. */
  get peerPath(): string | undefined {
    return this.#peerPath;
  }

  /** Octets of this session known to wait. */
  get queued(): number {
    return this.#outbox.queued;
  }

  /** What is sent now has to wait: for the binding, or for a peer that reads slowly. */
  get congested(): boolean {
    return this.#outbox.congested;
  }

  /**
   * Passive: takes the peer's path and waits, silent, for its first SEND (RFC 4975 §5.4). `peer`: fingerprints that it
   * has signalled; what shows another certificate does not come in (RFC 4975 §14.4).
   */
  accept(peerPath: readonly string[], peer: PeerCheck = { kind: 'none' }): void {
    this.#peerPath = peerPath.join(' ');
    this.#peerCheck = peer;
    this.#openOutbox();
  }

  /**
   * Active: finds or opens the connection and sends the first SEND at once, which is what binds the session at the
   * peer, on a reused connection too (RFC 4975 §5.4). The value is that first message.
   */
  async connect(options: ConnectOptions): Promise<Result<OutgoingMessage, NetError>> {
    this.#peerPath = options.peerPath.join(' ');
    let found = await this.#owner.connectionFor(options);
    // Another session that shared the connection may have ended it in the same turn.
    if (found.ok && !found.value.usable) found = await this.#owner.connectionFor(options);
    if (!found.ok) {
      this.fail(found.error.message);
      return found;
    }
    if (this.#standing.kind === 'ended') {
      this.#owner.closed(this, found.value);
      return err({ kind: 'other', message: this.#endReason });
    }
    const message = this.#outbox.sendFirst(options.first);
    if (this.#standing.kind === 'unbound') this.bind(found.value);
    return ok(message);
  }

  /** Sends a message, in chunks as need be; before the session is bound it waits. Octets of the body are not copied. */
  send(options: SendOptions): OutgoingMessage {
    return this.#outbox.send(options);
  }

  /**
   * Passes a piece of a message on as one chunk, or as several when it has to be broken off: no handle, no copy of
   * the body, no transaction with Failure-Report `no`.
   */
  forward(chunk: ForwardedChunk): Forwarding {
    return this.#outbox.forward(chunk);
  }

  /** One request exactly as given: right or wrong. Its body, of any size, is not broken off. */
  sendRequest(request: OutgoingRequest): SentRequest {
    return this.#outbox.sendRequest(request);
  }

  /** NICKNAME and other methods of one piece: the outcome alone. */
  request(method: string, headers: readonly MsrpHeader[], body?: Buffer): Promise<RequestOutcome> {
    return this.sendRequest({ method, headers, ...(body === undefined ? {} : { body }) }).outcome;
  }

  /** Octets as they are, between two messages. */
  sendRaw(octets: Uint8Array): void {
    const writer = this.openRaw();
    writer.write(octets);
    writer.end();
  }

  /** Takes the connection over: until `end` nothing else goes out on it, not even responses. */
  openRaw(): RawWriter {
    return this.#outbox.openRaw();
  }

  /** Sends a REPORT to the From-Path of the SEND it speaks of (RFC 4975 §7.1.2); `headers` are added behind. */
  report(toPath: string, report: Report, headers: readonly MsrpHeader[] = []): void {
    this.#outbox.report(toPath, report, headers);
  }

  /** Ends the session: what is under way is given up, its URI is unknown from now on. */
  close(): void {
    const { connection, ended } = this.#end('session closed');
    if (ended) return;
    this.#owner.closed(this, connection);
    connection?.pump();
  }

  /** For the endpoint: may this connection be the session's? Undefined: it may; else why not. */
  objectionTo({ security, peerCertificate }: ByteStream): 'in the clear' | 'another certificate' | undefined {
    // RFC 4975 §5.4: an msrps URI demands TLS.
    if (this.uri.scheme === 'msrps' && security === 'plain') return 'in the clear';
    if (this.#peerCheck.kind !== 'fingerprint') return undefined;
    const shown = peerCertificate !== undefined && acceptsFingerprint(this.#peerCheck.accepted, peerCertificate);
    return shown ? undefined : 'another certificate';
  }

  /** For the endpoint: this connection is the session's for life. */
  bind(connection: Connection): void {
    this.#standing = { kind: 'bound', connection };
    connection.sessions.add(this);
    connection.keep();
    this.#openOutbox();
    this.#handler.bound?.();
  }

  /** For the endpoint: the connection is lost, or could not be made. */
  fail(reason: string): void {
    const { connection, ended } = this.#end(reason);
    if (ended) return;
    this.#owner.closed(this, connection);
    this.#handler.failed?.(reason);
  }

  /** For the endpoint. */
  drained(): void {
    this.#handler.drained?.();
  }

  /** For the endpoint: a request on the session's connection. REPORTs are never answered (RFC 4975 §7.1.2). */
  receive(request: IncomingRequest): RequestSink | undefined {
    if (request.method !== 'REPORT') return this.#handler.request(request);
    return { body: () => undefined, end: () => this.#reported(request.head), cut: () => undefined };
  }

  #openOutbox(): void {
    if (this.#standing.kind === 'bound' && this.#peerPath !== undefined) {
      this.#outbox.open(this.#standing.connection, this.#peerPath);
    }
  }

  #reported(head: MsrpRequestHead): void {
    const report = readReport(head);
    const message = report === undefined ? undefined : this.#outbox.reported(report);
    this.#handler.report?.({ head, report, message });
  }

  #end(reason: string): { readonly connection: Connection | undefined; readonly ended: boolean } {
    const standing = this.#standing;
    if (standing.kind === 'ended') return { connection: undefined, ended: true };
    this.#standing = { kind: 'ended' };
    this.#endReason = reason;
    this.#outbox.close(reason);
    if (standing.kind !== 'bound') return { connection: undefined, ended: false };
    standing.connection.sessions.delete(this);
    return { connection: standing.connection, ended: false };
  }
}
