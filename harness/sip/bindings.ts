import { netError } from '../net/net-error.ts';
import type {
  Address,
  ByteStream,
  DatagramSocket,
  NetError,
  Network,
  PeerCheck,
  Security,
  TlsIdentity,
  Transport,
} from '../net/network.ts';
import { err, ok, type Result } from '../result.ts';

export interface ListenPoint {
  readonly transport: Transport;
  /** Port 0: any free port, the same for UDP and TCP where that can be had. */
  readonly address: Address;
}

export interface TlsSettings {
  /** Needed to listen. */
  readonly identity?: TlsIdentity;
  /** How peers that we connect to are judged. */
  readonly peer: PeerCheck;
  /** How clients are judged; without: not at all. */
  readonly clients?: PeerCheck;
}

export interface BindingHandlers {
  datagram(octets: Buffer, from: Address, socket: DatagramSocket): void;
  accepted(stream: ByteStream, transport: Transport): void;
}

interface Bound {
  readonly transport: Transport;
  readonly local: Address;
  readonly socket?: DatagramSocket;
  close(): void;
}

/** The sockets and listeners of one user agent. */
export class Bindings {
  readonly #network: Network;
  readonly #tls: TlsSettings | undefined;
  readonly #handlers: BindingHandlers;
  readonly #bound: Bound[] = [];
  #closed = false;

  constructor(network: Network, tls: TlsSettings | undefined, handlers: BindingHandlers) {
    this.#network = network;
    this.#tls = tls;
    this.#handlers = handlers;
  }

  /** On an error nothing stays bound. */
  async open(points: readonly ListenPoint[]): Promise<Result<void, NetError>> {
    for (const point of points) {
      const bound = await this.#bindBeside(point);
      if (bound.ok && !this.#closed) {
        this.#bound.push(bound.value);
        continue;
      }
      if (bound.ok) bound.value.close();
      this.close();
      return bound.ok ? err(netError('other', point.address, 'closed')) : bound;
    }
    return ok(undefined);
  }

  /** The address bound for this transport, of the address family of `peer` if there is one. */
  local(transport: Transport, peer?: string): Address | undefined {
    const candidates = this.#bound.filter((bound) => bound.transport === transport);
    const version6 = peer?.includes(':') ?? false;
    return (candidates.find((bound) => bound.local.host.includes(':') === version6) ?? candidates[0])?.local;
  }

  /** The UDP socket that is bound to exactly this address. */
  socketAt({ host, port }: Address): DatagramSocket | undefined {
    return this.#bound.find(({ socket, local }) => socket !== undefined && local.host === host && local.port === port)
      ?.socket;
  }

  close(): void {
    this.#closed = true;
    for (const bound of this.#bound.splice(0)) bound.close();
  }

  /** Whoever takes UDP takes TCP at the same port (RFC 3261 §18.2.1); so where any port will do, that one is tried first. */
  async #bindBeside(point: ListenPoint): Promise<Result<Bound, NetError>> {
    const { transport, address } = point;
    const beside = this.#bound.find((bound) => bound.transport !== 'tls' && bound.local.host === address.host);
    if (address.port !== 0 || transport === 'tls' || beside === undefined) return this.#bind(point);
    const same = await this.#bind({ transport, address: beside.local });
    return same.ok ? same : this.#bind(point);
  }

  #bind({ transport, address }: ListenPoint): Promise<Result<Bound, NetError>> {
    switch (transport) {
      case 'udp':
        return this.#bindUdp(address);
      case 'tcp':
        return this.#listen(transport, address, { kind: 'plain' });
      case 'tls': {
        const identity = this.#tls?.identity === undefined ? {} : { identity: this.#tls.identity };
        return this.#listen(transport, address, {
          kind: 'tls',
          peer: this.#tls?.clients ?? { kind: 'none' },
          ...identity,
        });
      }
    }
  }

  async #bindUdp(address: Address): Promise<Result<Bound, NetError>> {
    let socket: DatagramSocket | undefined;
    // A datagram that is faster than the promise of its socket is lost, as UDP may lose any.
    const datagram = (octets: Buffer, from: Address): void => {
      if (socket !== undefined && !this.#closed) this.#handlers.datagram(octets, from, socket);
    };
    const opened = await this.#network.datagrams(address, { datagram });
    if (!opened.ok) return opened;
    socket = opened.value;
    return ok({ transport: 'udp', local: socket.local, socket, close: () => opened.value.close() });
  }

  async #listen(transport: Transport, address: Address, security: Security): Promise<Result<Bound, NetError>> {
    const accept = (stream: ByteStream): void => this.#handlers.accepted(stream, transport);
    const listener = await this.#network.listen(address, security, accept);
    if (!listener.ok) return listener;
    return ok({ transport, local: listener.value.local, close: () => listener.value.close() });
  }
}
