import { err, ok, type Result } from '../result.ts';
import type { Clock } from './clock.ts';
import { type MemoryEnd, type MemoryPath, memoryPair } from './memory-stream.ts';
import { judgePeer, pretendedPeer } from './memory-tls.ts';
import { netError } from './net-error.ts';
import type {
  Address,
  ByteStream,
  DatagramHandlers,
  DatagramSocket,
  Listener,
  NetError,
  Network,
  Security,
} from './network.ts';
import type { Random } from './random.ts';
import { seededRandom } from './seeded-random.ts';

export interface MemoryNetworkOptions {
  /** One way, in milliseconds. */
  readonly latencyMs?: number;
  /** Feeds `segment` and `datagram`. */
  readonly random?: Random;
  /** Size of the next segment to cut from `octets` octets that could go; kept within 1 and `octets`. Default: all. */
  readonly segment?: (octets: number, random: Random) => number;
  /** Extra delay in ms of each copy of a datagram that arrives: `[]` loses it, `[0, 0]` doubles it. Default: `[0]`. */
  readonly datagram?: (octets: Buffer, from: Address, to: Address, random: Random) => readonly number[];
  /** Addresses of names. A name that is not here is its own address. */
  readonly names?: Readonly<Record<string, string>>;
}

interface Listening {
  readonly local: Address;
  readonly security: Security;
  readonly accept: (stream: ByteStream) => void;
}

interface Receiving {
  readonly local: Address;
  readonly handlers: DatagramHandlers;
}

/** Where IANA's dynamic ports begin (RFC 6335 §6). */
const FIRST_DYNAMIC_PORT = 49152;
const LAST_PORT = 65535;
const WILDCARDS: ReadonlySet<string> = new Set(['0.0.0.0', '::']);

const key = (host: string, port: number): string => `${host} ${port}`;

/** Listeners or datagram sockets by address: ports free or taken, wildcard hosts. */
class PortTable<T> {
  readonly #bound = new Map<string, T>();
  readonly #nextPort = new Map<string, number>();

  /** Undefined: the port is taken. */
  bind(at: Address, make: (local: Address) => T): T | undefined {
    const port = at.port === 0 ? this.freePort(at.host) : at.port;
    if (port === undefined || this.#bound.has(key(at.host, port))) return undefined;
    const value = make({ host: at.host, port });
    this.#bound.set(key(at.host, port), value);
    return value;
  }

  find(to: Address): T | undefined {
    return (
      this.#bound.get(key(to.host, to.port)) ?? this.#bound.get(key(to.host.includes(':') ? '::' : '0.0.0.0', to.port))
    );
  }

  release(at: Address): void {
    this.#bound.delete(key(at.host, at.port));
  }

  /** The next dynamic port of the host that nobody listens on; undefined when all are taken. */
  freePort(host: string): number | undefined {
    const first = this.#nextPort.get(host) ?? FIRST_DYNAMIC_PORT;
    let port = first;
    do {
      const next = port === LAST_PORT ? FIRST_DYNAMIC_PORT : port + 1;
      if (this.find({ host, port }) === undefined) {
        this.#nextPort.set(host, next);
        return port;
      }
      port = next;
    } while (port !== first);
    return undefined;
  }
}

/**
 * A network in memory: any number of hosts, in simulated time, deterministic. TLS is pretended: the identities are
 * compared as the real thing would, nothing is enciphered.
 */
export class MemoryNetwork implements Network {
  readonly #clock: Clock;
  readonly #latencyMs: number;
  readonly #random: Random;
  readonly #options: MemoryNetworkOptions;
  readonly #path: MemoryPath;
  readonly #listeners = new PortTable<Listening>();
  readonly #receivers = new PortTable<Receiving>();

  constructor(clock: Clock, options: MemoryNetworkOptions = {}) {
    const random = options.random ?? seededRandom('network');
    const segment = options.segment ?? ((octets: number) => octets);
    this.#clock = clock;
    this.#latencyMs = options.latencyMs ?? 0;
    this.#random = random;
    this.#options = options;
    this.#path = {
      clock,
      latencyMs: this.#latencyMs,
      segment: (octets) => Math.min(octets, Math.max(1, Math.trunc(segment(octets, random)))),
    };
  }

  /** The same network as seen from one host: its connections and wildcard sockets bear that address. */
  host(host: string): Network {
    return {
      connect: (to, security, timeoutMs) => this.#connect(host, to, security, timeoutMs),
      listen: (at, security, accept) => this.#listen(at, security, accept),
      datagrams: (at, handlers) => this.#datagrams(host, at, handlers),
    };
  }

  connect(to: Address, security: Security, timeoutMs: number): Promise<Result<ByteStream, NetError>> {
    return this.#connect(this.#resolve(to.host).includes(':') ? '::1' : '127.0.0.1', to, security, timeoutMs);
  }

  listen(at: Address, security: Security, accept: (stream: ByteStream) => void): Promise<Result<Listener, NetError>> {
    return this.#listen(at, security, accept);
  }

  datagrams(at: Address, handlers: DatagramHandlers): Promise<Result<DatagramSocket, NetError>> {
    return this.#datagrams(at.host.includes(':') ? '::1' : '127.0.0.1', at, handlers);
  }

  #resolve(host: string): string {
    return this.#options.names?.[host] ?? (host === 'localhost' ? '127.0.0.1' : host);
  }

  #connect(from: string, to: Address, security: Security, timeoutMs: number): Promise<Result<ByteStream, NetError>> {
    return new Promise((resolve) => {
      const roundTripMs = 2 * this.#latencyMs;
      if (roundTripMs > timeoutMs) {
        this.#clock.after(timeoutMs, () => resolve(err(netError('timed-out', to))));
        return;
      }
      this.#clock.after(this.#latencyMs, () => {
        const remote = { host: this.#resolve(to.host), port: to.port };
        const listening = this.#listeners.find(remote);
        const port = this.#listeners.freePort(from);
        const answer = (result: Result<ByteStream, NetError>): void => {
          this.#clock.after(this.#latencyMs, () => resolve(result));
        };
        if (listening === undefined) answer(err(netError('refused', to)));
        else if (port === undefined) answer(err(netError('unreachable', to, 'no port is free')));
        else this.#shakeHands({ host: from, port }, remote, to.host, security, listening, answer);
      });
    });
  }

  /** The SYN has arrived at the listener. */
  #shakeHands(
    local: Address,
    remote: Address,
    name: string,
    security: Security,
    listening: Listening,
    answer: (result: Result<ByteStream, NetError>) => void,
  ): void {
    const server = listening.security;
    const [near, far] = memoryPair(
      this.#path,
      { local, remote, security: security.kind, ...pretendedPeer(server) },
      { local: remote, remote: local, security: server.kind, ...pretendedPeer(security) },
    );
    if (security.kind === 'plain' && server.kind === 'plain') {
      answer(ok(near));
      listening.accept(far);
    } else if (security.kind === 'plain') {
      answer(ok(near));
      far.reset(); // what a TLS listener does with octets that are no ClientHello
    } else if (server.kind === 'plain') {
      answer(err(netError('tls', remote, 'the peer does not speak TLS')));
    } else {
      this.#shakeTlsHands(near, far, { security, server, name: security.serverName ?? name }, listening, answer);
    }
  }

  /** The server judges first and tells by a reset; the client judges when the answer is back, as with TLS 1.2. */
  #shakeTlsHands(
    near: MemoryEnd,
    far: MemoryEnd,
    sides: { security: Security & { kind: 'tls' }; server: Security & { kind: 'tls' }; name: string },
    listening: Listening,
    answer: (result: Result<ByteStream, NetError>) => void,
  ): void {
    const clientFault = judgePeer(sides.server.peer, sides.security.identity, undefined);
    const serverFault = judgePeer(sides.security.peer, sides.server.identity, sides.name);
    if (sides.server.identity === undefined) answer(err(netError('tls', near.remote, 'the peer has no certificate')));
    else if (clientFault !== undefined) answer(err(netError('tls', near.remote, 'the peer refused our certificate')));
    else if (serverFault !== undefined) {
      answer(err(netError('tls', near.remote, serverFault)));
      listening.accept(far);
      near.reset();
    } else {
      answer(ok(near));
      listening.accept(far);
    }
  }

  #listen(at: Address, security: Security, accept: (stream: ByteStream) => void): Promise<Result<Listener, NetError>> {
    const bound = this.#listeners.bind({ host: this.#resolve(at.host), port: at.port }, (local) => ({
      local,
      security,
      accept,
    }));
    if (bound === undefined) return Promise.resolve(err(netError('address-in-use', at)));
    let open = true;
    return Promise.resolve(
      ok({
        local: bound.local,
        close: () => {
          if (open) this.#listeners.release(bound.local);
          open = false;
        },
      }),
    );
  }

  #datagrams(host: string, at: Address, handlers: DatagramHandlers): Promise<Result<DatagramSocket, NetError>> {
    const bound = this.#receivers.bind({ host: this.#resolve(at.host), port: at.port }, (local) => ({
      local,
      handlers,
    }));
    if (bound === undefined) return Promise.resolve(err(netError('address-in-use', at)));
    const from = { host: WILDCARDS.has(bound.local.host) ? host : bound.local.host, port: bound.local.port };
    let open = true;
    return Promise.resolve(
      ok({
        local: bound.local,
        send: (octets, to) => {
          if (open) this.#send(Buffer.from(octets), from, { host: this.#resolve(to.host), port: to.port });
        },
        close: () => {
          if (!open) return;
          open = false;
          this.#receivers.release(bound.local);
          this.#clock.after(0, () => handlers.closed?.());
        },
      }),
    );
  }

  #send(octets: Buffer, from: Address, to: Address): void {
    const copies = this.#options.datagram?.(octets, from, to, this.#random) ?? [0];
    for (const extraMs of copies) {
      this.#clock.after(this.#latencyMs + extraMs, () => {
        this.#receivers.find(to)?.handlers.datagram(Buffer.from(octets), from);
      });
    }
  }
}
