import type { SipMessage, SipRequest, SipResponse } from '../codec/sip/message.ts';
import { parseSipDatagram } from '../codec/sip/parser.ts';
import { serializeSip } from '../codec/sip/serialize.ts';
import type { Defect } from '../codec/violation.ts';
import type { Clock } from '../net/clock.ts';
import { formatAddress, netError } from '../net/net-error.ts';
import type { Address, ByteStream, DatagramSocket, NetError, Network, Security, Transport } from '../net/network.ts';
import { err, ok, type Result } from '../result.ts';
import { type Arrival, type Flow, readableTopVia, responseTarget, withSource } from './arrival.ts';
import { Bindings, type ListenPoint, type TlsSettings } from './bindings.ts';
import { SipConnection } from './connection.ts';
import type { SipTarget } from './target.ts';

export type { ListenPoint, TlsSettings } from './bindings.ts';

export interface TransportOptions {
  readonly clock: Clock;
  readonly network: Network;
  readonly listen: readonly ListenPoint[];
  readonly tls?: TlsSettings;
  readonly connectTimeoutMs: number;
}

export interface TransportHandlers {
  /** A request has its source in its top Via already. */
  request(request: SipRequest, arrival: Arrival): void;
  response(response: SipResponse, arrival: Arrival): void;
}

const MAX_CONNECTIONS = 4096;
/** How long close() waits for peers to close their side. */
const CLOSE_MS = 1000;

/** Carries SIP messages over UDP, TCP and TLS (RFC 3261 §18); knows nothing of transactions. */
export class SipTransport {
  readonly #options: TransportOptions;
  readonly #handlers: TransportHandlers;
  readonly #bindings: Bindings;
  readonly #connections = new Map<string, SipConnection>();
  readonly #live = new Set<SipConnection>();
  readonly #connecting = new Map<string, Promise<Result<SipConnection, NetError>>>();
  #closed = false;

  constructor(options: TransportOptions, handlers: TransportHandlers) {
    this.#options = options;
    this.#handlers = handlers;
    this.#bindings = new Bindings(options.network, options.tls, {
      datagram: (octets, from, socket) => this.#datagram(octets, from, socket),
      accepted: (stream, transport) => {
        const connection = this.#adopt(stream, transport, 'peer');
        if (this.#closed || this.#live.size > MAX_CONNECTIONS) connection.reset();
      },
    });
  }

  /** Binds everything that is to be listened on; on an error nothing stays bound. */
  open(): Promise<Result<void, NetError>> {
    return this.#bindings.open(this.#options.listen);
  }

  /** The address we listen on for this transport, of the address family of `peer` if there is one. */
  local(transport: Transport, peer?: string): Address | undefined {
    return this.#bindings.local(transport, peer);
  }

  /** Transports we listen on, in the order they were given. */
  get transports(): readonly Transport[] {
    return [...new Set(this.#options.listen.map((point) => point.transport))];
  }

  /** Sends a request. `failed` is called at most once, also later, when a connection cannot be opened. */
  send(request: SipRequest, target: SipTarget, failed: (error: NetError) => void): void {
    this.#deliver(serializeSip(request), target, failed);
  }

  /** Sends octets as they are; on a stream over the connection that requests to this target use. */
  sendRaw(octets: Buffer, target: SipTarget): Promise<Result<void, NetError>> {
    if (target.transport === 'udp') return Promise.resolve(this.#sendDatagram(octets, target.address));
    return this.#connection(target).then((connection) => (connection.ok ? connection.value.send(octets) : connection));
  }

  /** RFC 3261 §18.2.2: the way the request came, else to where its Via points. */
  respond(response: SipResponse, arrival: Arrival, failed: (error: NetError) => void): void {
    const octets = serializeSip(response);
    const via = readableTopVia(response);
    const target = via === undefined ? undefined : responseTarget(via, arrival.transport, arrival.remote);
    if (arrival.transport !== 'udp' && arrival.flow(octets)) return;
    if (target === undefined) failed(netError('other', arrival.remote, 'the response has no readable Via'));
    // RFC 3581 §4: from the very socket on which the request came.
    else if (target.transport === 'udp') this.#bindings.socketAt(arrival.local)?.send(octets, target.address);
    else this.#deliver(octets, target, failed);
  }

  /** Stops listening, ends all connections; resolves when they are gone, by force after a second. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#bindings.close();
    this.#connections.clear();
    await Promise.all([...this.#live].map((connection) => this.#closeConnection(connection)));
  }

  /** Cuts all connections with RST and stops listening, as a crash would. */
  abort(): void {
    this.#closed = true;
    this.#bindings.close();
    for (const connection of this.#live) connection.reset();
  }

  #closeConnection(connection: SipConnection): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.#options.clock.after(CLOSE_MS, () => connection.reset());
      connection.whenClosed(() => {
        timer.cancel();
        resolve();
      });
      connection.end();
    });
  }

  #datagram(octets: Buffer, from: Address, socket: DatagramSocket): void {
    const parsed = parseSipDatagram(octets);
    if (!parsed.ok) return; // no SIP, or a keep-alive: nothing to answer (RFC 3261 §18.3)
    const flow: Flow = (answer) => {
      socket.send(answer, from);
      return true;
    };
    const { message, defects } = parsed.value;
    this.#arrive({ message, defects, transport: 'udp', local: socket.local, remote: from, flow });
  }

  #arrive(arrival: Arrival): void {
    const { message } = arrival;
    if (message.kind === 'response') {
      this.#handlers.response(message, arrival);
      return;
    }
    // Without a Via nobody knows where an answer should go: dropped.
    const request = withSource(message, arrival.remote);
    if (request !== undefined) this.#handlers.request(request, arrival);
  }

  #adopt(stream: ByteStream, transport: Transport, opener: 'we' | 'peer'): SipConnection {
    const key = connectionKey(transport, stream.remote);
    const arrive = (message: SipMessage, defects: readonly Defect[]): void => {
      const { local, remote } = stream;
      this.#arrive({ message, defects, transport, local, remote, flow: (octets) => connection.send(octets).ok });
    };
    const connection: SipConnection = new SipConnection(stream, opener, {
      message: arrive,
      garbage: (octets) => {
        // A readable head without a readable length can be answered, but nothing can be read behind it.
        const parsed = parseSipDatagram(octets);
        if (parsed.ok) arrive(parsed.value.message, [...parsed.value.defects, { kind: 'unframed', offset: 0 }]);
        void this.#closeConnection(connection);
      },
      closed: () => {
        this.#live.delete(connection);
        this.#forget(connection);
      },
    });
    this.#live.add(connection);
    // An accepted connection is used again for requests to the very address it came from (RFC 3261 §18).
    if (!this.#connections.has(key)) this.#connections.set(key, connection);
    return connection;
  }

  #deliver(octets: Buffer, target: SipTarget, failed: (error: NetError) => void): void {
    if (target.transport === 'udp') {
      const sent = this.#sendDatagram(octets, target.address);
      if (!sent.ok) failed(sent.error);
      return;
    }
    const connection = this.#connections.get(connectionKey(target.transport, target.address));
    if (connection?.open === true) {
      const sent = connection.send(octets);
      if (!sent.ok) failed(sent.error);
      return;
    }
    void this.#connection(target).then((opened) => {
      const sent = opened.ok ? opened.value.send(octets) : opened;
      if (!sent.ok) failed(sent.error);
    });
  }

  #sendDatagram(octets: Buffer, to: Address): Result<void, NetError> {
    const at = this.local('udp', to.host);
    const socket = at === undefined ? undefined : this.#bindings.socketAt(at);
    if (socket === undefined) return err(netError('other', to, 'no UDP socket is open'));
    socket.send(octets, to);
    return ok(undefined);
  }

  #connection(target: SipTarget): Promise<Result<SipConnection, NetError>> {
    const key = connectionKey(target.transport, target.address);
    const existing = this.#connections.get(key);
    if (existing?.open === true) return Promise.resolve(ok(existing));
    const waiting = this.#connecting.get(key);
    if (waiting !== undefined) return waiting;
    const opening = this.#connect(target).finally(() => this.#connecting.delete(key));
    this.#connecting.set(key, opening);
    return opening;
  }

  async #connect({ transport, address }: SipTarget): Promise<Result<SipConnection, NetError>> {
    if (this.#closed) return err(netError('other', address, 'closed'));
    const { network, connectTimeoutMs } = this.#options;
    const stream = await network.connect(address, this.#outboundSecurity(transport), connectTimeoutMs);
    if (!stream.ok) return stream;
    const connection = this.#adopt(stream.value, transport, 'we');
    this.#connections.set(connectionKey(transport, address), connection);
    if (!this.#closed) return ok(connection);
    connection.reset();
    return err(netError('other', address, 'closed'));
  }

  #outboundSecurity(transport: Transport): Security {
    if (transport !== 'tls') return { kind: 'plain' };
    const { tls } = this.#options;
    const identity = tls?.identity === undefined ? {} : { identity: tls.identity };
    return { kind: 'tls', peer: tls?.peer ?? { kind: 'certificate-authority' }, ...identity };
  }

  /** It may be known by the name that was connected to and by its address. */
  #forget(connection: SipConnection): void {
    for (const [key, candidate] of this.#connections) if (candidate === connection) this.#connections.delete(key);
  }
}

const connectionKey = (transport: Transport, address: Address): string => `${transport} ${formatAddress(address)}`;
