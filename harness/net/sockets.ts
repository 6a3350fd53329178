import { connect, createServer, isIP, type Server, type Socket } from 'node:net';
import {
  type ConnectionOptions,
  connect as connectTls,
  createServer as createTlsServer,
  type TLSSocket,
} from 'node:tls';
import { err, ok, type Result } from '../result.ts';
import type { Clock } from './clock.ts';
import { fromNodeError, netError } from './net-error.ts';
import type { Address, ByteStream, Listener, NetError, Network, PeerCheck, Security } from './network.ts';
import { plainHost, SocketStream } from './socket-stream.ts';
import { clientTlsOptions, peerFault, serverTlsOptions } from './socket-tls.ts';
import { openDatagramSocket } from './socket-udp.ts';

type Tls = Security & { readonly kind: 'tls' };

export interface SocketNetworkOptions {
  /** How long a client of a TLS listener may take for the handshake. */
  readonly handshakeMs?: number;
}

const HANDSHAKE_MS = 10_000;

/** The operating system's TCP, TLS and UDP. The clock limits connects and handshakes. */
export function socketNetwork(clock: Clock, options: SocketNetworkOptions = {}): Network {
  const handshakeMs = options.handshakeMs ?? HANDSHAKE_MS;
  return {
    connect(to, security, timeoutMs) {
      if (security.kind === 'plain') return connectStream(clock, to, timeoutMs, dial(to));
      const options = clientTlsOptions(to, security);
      if (!options.ok) return Promise.resolve(err(netError('tls', to, options.error)));
      return connectStream(clock, to, timeoutMs, dialTls(to, security.peer, options.value));
    },
    listen: (at, security, accept) => {
      if (security.kind === 'plain') return listenPlain(at, accept);
      return listenTls(clock, handshakeMs, at, security, accept);
    },
    datagrams: openDatagramSocket,
  };
}

/** A connection that is being made. */
interface Attempt {
  readonly socket: Socket;
  /** The TCP socket below a TLS layer; else the socket itself. */
  readonly carrier: Socket;
  /** The event of `socket` that says it is made. */
  readonly ready: 'connect' | 'secureConnect';
  /** Why the peer is refused once it is made. */
  fault(): string | undefined;
}

function dial(to: Address): Attempt {
  const socket = connect({ host: to.host, port: to.port, allowHalfOpen: true, noDelay: true });
  return { socket, carrier: socket, ready: 'connect', fault: () => undefined };
}

function dialTls(to: Address, peer: PeerCheck, options: ConnectionOptions): Attempt {
  const { carrier } = dial(to);
  const socket = connectTls({ ...options, socket: carrier });
  return { socket, carrier, ready: 'secureConnect', fault: () => peerFault(peer, socket, 'server') };
}

function connectStream(
  clock: Clock,
  to: Address,
  timeoutMs: number,
  { socket, carrier, ready, fault }: Attempt,
): Promise<Result<ByteStream, NetError>> {
  return new Promise((resolve) => {
    let done = false;
    let carried = false;
    const settle = (result: Result<ByteStream, NetError>): void => {
      if (done) return;
      done = true;
      timer.cancel();
      for (const each of [socket, carrier]) each.off('error', onError).off('close', onClose);
      if (!result.ok) abandon(socket, carrier);
      resolve(result);
    };
    const fail = (error: NetError): void => settle(err(error));
    // Once TCP stands, what breaks is the handshake.
    const onClose = (): void => fail(netError(carried ? 'tls' : 'reset', to, 'the peer broke off'));
    const onError = (error: Error): void => {
      const failed = fromNodeError(error, to);
      if (carried && failed.kind === 'reset') onClose();
      else fail(failed);
    };
    const timer = clock.after(timeoutMs, () => fail(netError('timed-out', to, `${timeoutMs} ms`)));
    for (const each of new Set([socket, carrier])) each.on('error', onError).on('close', onClose);
    carrier.once('connect', () => {
      carried = true;
    });
    socket.once(ready, () => {
      if (done) return;
      const refused = fault();
      if (refused !== undefined) fail(netError('tls', to, refused));
      else settle(ok(new SocketStream(socket, carrier)));
    });
  });
}

/** Errors that follow are of no interest, but would end the process if nobody took them. */
function abandon(socket: Socket, carrier: Socket): void {
  socket.on('error', () => {});
  carrier.on('error', () => {});
  socket.destroy();
  carrier.destroy();
}

function listenPlain(at: Address, accept: (stream: ByteStream) => void): Promise<Result<Listener, NetError>> {
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => accept(new SocketStream(socket)));
  return bind(server, at, () => {});
}

function listenTls(
  clock: Clock,
  handshakeMs: number,
  at: Address,
  security: Tls,
  accept: (stream: ByteStream) => void,
): Promise<Result<Listener, NetError>> {
  const options = serverTlsOptions(security);
  if (!options.ok) return Promise.resolve(err(netError('tls', at, options.error)));
  // Never listens: it is given connections to make TLS of. Its sockets do not tell which one they stand on, but a
  // connection is known by its remote address as long as it lives.
  const handshakes = new Map<string, { secured(socket: TLSSocket): void; giveUp(): void }>();
  const tls = createTlsServer(options.value, (socket) => handshakes.get(remoteKey(socket))?.secured(socket));
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (carrier) => {
    const key = remoteKey(carrier);
    const giveUp = (): void => {
      over();
      carrier.on('error', () => {});
      carrier.resetAndDestroy();
    };
    const over = (): void => {
      handshakes.delete(key);
      timer.cancel();
      carrier.off('close', over).off('error', over);
    };
    const timer = clock.after(handshakeMs, giveUp);
    carrier.on('close', over).on('error', over);
    handshakes.set(key, {
      giveUp,
      secured(socket) {
        if (peerFault(security.peer, socket, 'client') === undefined) {
          over();
          accept(new SocketStream(socket, carrier));
        } else {
          socket.on('error', () => {});
          giveUp();
        }
      },
    });
    tls.emit('connection', carrier);
  });
  return bind(server, at, () => {
    for (const { giveUp } of [...handshakes.values()]) giveUp();
  });
}

const remoteKey = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress} ${remotePort}`;

function bind(server: Server, at: Address, onClose: () => void): Promise<Result<Listener, NetError>> {
  return new Promise((resolve) => {
    server.once('error', (error) => resolve(err(fromNodeError(error, at))));
    server.listen({ host: at.host, port: at.port }, () => {
      // Out of descriptors, say: this connection fails, the listener goes on.
      server.on('error', () => {});
      const address = server.address();
      const port = address !== null && typeof address === 'object' ? address.port : at.port;
      const host = address !== null && typeof address === 'object' ? plainHost(address.address) : at.host;
      let open = true;
      resolve(
        ok({
          local: { host: isIP(at.host) === 0 ? host : at.host, port },
          close: () => {
            if (!open) return;
            open = false;
            server.close();
            onClose();
          },
        }),
      );
    });
  });
}
