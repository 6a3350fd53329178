import type { MsrpResponseHead } from '../codec/msrp/message.ts';
import { type MsrpUri, sameMsrpUri } from '../codec/msrp/uri.ts';
import type { Clock } from '../net/clock.ts';
import type { Address, ByteStream, Listener, NetError, Network, Security } from '../net/network.ts';
import type { Random } from '../net/random.ts';
import { err, ok, type Result } from '../result.ts';
import { type Destination, decideBinding } from './binding.ts';
import { Connection, type ConnectionOwner } from './connection.ts';
import { Cork } from './cork.ts';
import { Identifiers } from './identifiers.ts';
import type { IncomingRequest, RequestSink } from './incoming.ts';
import { Outbox } from './outbox.ts';
import type { ConnectOptions } from './outgoing.ts';
import { readToPath } from './path.ts';
import { dueFor } from './reports.ts';
import { failureReportOf, successReportOf } from './send-head.ts';
import { MsrpSession, type SessionHandler, type SessionOwner } from './session.ts';
import { connectTarget } from './target.ts';
import { RESPONSE_TIMEOUT_MS } from './transactions.ts';

/** The port of an endpoint that only connects: discard, as RFC 6135 §4.2.1 has it. */
const NO_LISTENER_PORT = 9;

export interface EndpointOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly network: Network;
  /** Host in the URIs of this endpoint: a name, an IPv4 address, or an IPv6 address without brackets. */
  readonly host: string;
  readonly connectTimeoutMs?: number;
  readonly responseTimeoutMs?: number;
  /** How long a connection that the peer opened may be without a session. */
  readonly idleMs?: number;
  readonly maxHeadOctets?: number;
  /** Body octets that may wait for one session before `forward` refuses more. */
  readonly maxQueuedOctets?: number;
  readonly observer?: EndpointObserver;
}

/** What happens outside of any session. */
export interface EndpointObserver {
  /** A request that belongs to no session of its connection; `status` is what it got, if an answer was due. */
  refused?(request: IncomingRequest, status: number | undefined): void;
  /** A response that fits no open request, or came after its time. */
  strayResponse?(connection: Connection, response: MsrpResponseHead): void;
}

export interface SessionOptions {
  /** `msrp` if absent. */
  readonly scheme?: 'msrp' | 'msrps';
  /** Minted with 96 random bits if absent. */
  readonly sessionId?: string;
  /** Instead of the port of the listener of this scheme, or 9 without one. */
  readonly port?: number;
}

/** A connection that belongs to no session, and what goes out on it. */
export interface StrayConnection {
  readonly connection: Connection;
  readonly outbox: Outbox;
}

/** A connection that sessions with the same peer share (RFC 4975 §5.4), perhaps still being made. */
interface SharedConnection {
  readonly connecting: Promise<Result<Connection, NetError>>;
  connection: Connection | undefined;
}

/** An MSRP endpoint: its listeners, its connections and its sessions (RFC 4975 §5.4). */
export class MsrpEndpoint {
  readonly #options: EndpointOptions;
  readonly #identifiers: Identifiers;
  readonly #cork = new Cork();
  readonly #listeners: { readonly scheme: MsrpUri['scheme']; readonly listener: Listener }[] = [];
  readonly #connections = new Set<Connection>();
  /** Connections this side has made. */
  readonly #opened = new Set<Connection>();
  readonly #shared = new Map<string, SharedConnection>();
  readonly #sessions = new Map<string, MsrpSession>();
  readonly #sessionOwner: SessionOwner;
  #onceGone: (() => void)[] = [];
  #closed = false;

  constructor(options: EndpointOptions) {
    this.#options = options;
    this.#identifiers = new Identifiers(options.random);
    this.#sessionOwner = {
      maxQueuedOctets: options.maxQueuedOctets ?? 16 * 2 ** 20,
      identifiers: () => this.#identifiers,
      connectionFor: (target) => this.#connectionFor(target),
      closed: (session, connection) => this.#forget(session, connection),
    };
  }

  get connections(): ReadonlySet<Connection> {
    return this.#connections;
  }

  get sessionCount(): number {
    return this.#sessions.size;
  }

  /** Takes connections; `tls` makes it the listener of `msrps`. The value is the local address. */
  async listen(at: Address, security: Security = { kind: 'plain' }): Promise<Result<Address, NetError>> {
    const result = await this.#options.network.listen(at, security, (stream) => this.#accept(stream));
    if (!result.ok) return result;
    if (this.#closed) {
      result.value.close();
      return err({ kind: 'other', message: 'the endpoint is closed' });
    }
    this.#listeners.push({ scheme: security.kind === 'tls' ? 'msrps' : 'msrp', listener: result.value });
    return ok(result.value.local);
  }

  /** A session with a URI of its own, known at once: the peer may be quicker than the signalling (RFC 4975 §5.4). */
  createSession(handler: SessionHandler, options: SessionOptions = {}): MsrpSession {
    const { scheme = 'msrp', sessionId = this.#identifiers.sessionId() } = options;
    if (this.#closed) throw new Error('the endpoint is closed');
    if (this.#sessions.has(sessionId)) throw new Error(`session-id ${sessionId} is in use`);
    const listener = this.#listeners.find((candidate) => candidate.scheme === scheme)?.listener;
    const { host } = this.#options;
    const uri: MsrpUri = {
      scheme,
      host: host.includes(':') && !host.startsWith('[') ? `[${host}]` : host,
      port: options.port ?? listener?.local.port ?? NO_LISTENER_PORT,
      sessionId,
      transport: 'tcp',
      parameters: [],
    };
    const session = new MsrpSession(uri, handler, this.#sessionOwner);
    this.#sessions.set(sessionId, session);
    return session;
  }

  /**
   * A fresh connection for requests that come where they do not belong: of sessions bound elsewhere or unknown
   * (RFC 4975 §5.4, §10.10). It is closed after the idle time. `fromPath` stands in its requests.
   */
  async openStray(fromPath: string, options: ConnectOptions): Promise<Result<StrayConnection, NetError>> {
    const found = await this.#connectionFor({ ...options, connection: 'own' });
    if (!found.ok) return found;
    const connection = found.value;
    connection.idleAfter(this.#options.idleMs ?? 60_000);
    const outbox = new Outbox(this.#identifiers, fromPath, this.#sessionOwner.maxQueuedOctets);
    outbox.open(connection, options.peerPath.join(' '));
    return ok({ connection, outbox });
  }

  /** Closes sessions, listeners and connections; resolves when the last socket is gone. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const { listener } of this.#listeners) listener.close();
    this.#listeners.length = 0;
    for (const session of [...this.#sessions.values()]) session.close();
    for (const connection of [...this.#connections]) connection.end();
    if (this.#connections.size > 0) await new Promise<void>((resolve) => this.#onceGone.push(resolve));
  }

  /** Resets every connection at once, as a crash would. */
  abort(): void {
    for (const connection of [...this.#connections]) connection.reset();
  }

  readonly #connectionOwner: ConnectionOwner = {
    request: (request) => this.#request(request),
    strayResponse: (connection, response) => this.#options.observer?.strayResponse?.(connection, response),
    closed: (connection, reason) => {
      for (const session of [...connection.sessions]) session.fail(reason);
    },
    gone: (connection) => {
      this.#connections.delete(connection);
      if (this.#opened.delete(connection)) this.#unshare(connection);
      if (this.#connections.size > 0) return;
      const waiting = this.#onceGone;
      this.#onceGone = [];
      for (const resolve of waiting) resolve();
    },
  };

  #accept(stream: ByteStream): void {
    const connection = this.#adopt(stream);
    if (this.#closed) connection.reset();
    else connection.idleAfter(this.#options.idleMs ?? 60_000);
  }

  #adopt(stream: ByteStream): Connection {
    const { clock, responseTimeoutMs = RESPONSE_TIMEOUT_MS, maxHeadOctets = 64 * 1024 } = this.#options;
    const parts = { clock, identifiers: this.#identifiers, cork: this.#cork, responseTimeoutMs, maxHeadOctets };
    const connection = new Connection(stream, parts, this.#connectionOwner);
    this.#connections.add(connection);
    return connection;
  }

  #forget(session: MsrpSession, connection: Connection | undefined): void {
    const sessionId = session.uri.sessionId ?? '';
    if (this.#sessions.get(sessionId) === session) this.#sessions.delete(sessionId);
    if (connection !== undefined) this.#release(connection);
  }

  /** After the last session its opener closes a connection at once; the other side gives the peer some time. */
  #release(connection: Connection): void {
    if (!connection.usable || connection.sessions.size > 0) return;
    connection.idleAfter(this.#opened.has(connection) ? 0 : (this.#options.idleMs ?? 60_000));
  }

  #unshare(connection: Connection): void {
    for (const [key, shared] of this.#shared) if (shared.connection === connection) this.#shared.delete(key);
  }

  #request(request: IncomingRequest): RequestSink | undefined {
    // Without From-Path there is nobody to answer to (RFC 4975 §7.2).
    if (request.fromPath.trim() === '') return undefined;
    const { connection, head } = request;
    const { destination, session } = this.#find(request);
    const binding = decideBinding(destination, connection, head.method);
    switch (binding.kind) {
      case 'refuse': {
        const due = dueFor(failureReportOf(head), successReportOf(head), 'no-session');
        const answered = due.response !== 'none' && head.method !== 'REPORT';
        if (answered) request.respond(binding.status, binding.comment);
        this.#options.observer?.refused?.(request, answered ? binding.status : undefined);
        return undefined;
      }
      case 'bind':
        if (session?.objectionTo(connection.stream) === 'another certificate') {
          // RFC 4975 §14.4: torn down at once, and nothing of it is answered.
          session.fail('the certificate of the peer has not the fingerprint that it signalled');
          connection.reset();
          return undefined;
        }
        session?.bind(connection);
        return session?.receive(request);
      case 'process':
        return session?.receive(request);
    }
  }

  #find(request: IncomingRequest): {
    readonly destination: Destination<Connection>;
    readonly session?: MsrpSession;
  } {
    const path = readToPath(request.head);
    switch (path.kind) {
      case 'unreadable':
        return { destination: { kind: 'unreadable' } };
      case 'several':
        return { destination: { kind: 'not-last-hop' } };
      case 'one': {
        const session = this.#sessions.get(path.uri.sessionId ?? '');
        return session !== undefined &&
          (session.path === path.text || sameMsrpUri(session.uri, path.uri)) &&
          session.objectionTo(request.connection.stream) !== 'in the clear'
          ? { destination: { kind: 'session', standing: session.standing }, session }
          : { destination: { kind: 'no-session' } };
      }
    }
  }

  async #connectionFor(options: ConnectOptions): Promise<Result<Connection, NetError>> {
    const target = connectTarget(options);
    if (!target.ok) return err({ kind: 'other', message: target.error });
    const { address, security, key } = target.value;
    if (options.connection === 'own') return this.#open(address, security);
    const shared = this.#shared.get(key);
    if (shared !== undefined && (shared.connection === undefined || shared.connection.usable)) return shared.connecting;
    const made: SharedConnection = { connecting: this.#open(address, security), connection: undefined };
    this.#shared.set(key, made);
    const result = await made.connecting;
    if (result.ok) made.connection = result.value;
    else if (this.#shared.get(key) === made) this.#shared.delete(key);
    return result;
  }

  async #open(address: Address, security: Security): Promise<Result<Connection, NetError>> {
    const { network, connectTimeoutMs = 10_000 } = this.#options;
    const result = await network.connect(address, security, connectTimeoutMs);
    if (!result.ok) return result;
    const connection = this.#adopt(result.value);
    this.#opened.add(connection);
    if (!this.#closed) return ok(connection);
    connection.reset();
    return err({ kind: 'other', message: 'the endpoint is closed' });
  }
}
