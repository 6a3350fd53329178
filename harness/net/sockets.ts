import { connect, createServer, isIP, type Server, type Socket } from 'node:net';
import { connect as connectTls, TLSSocket } from 'node:tls';
import { err, ok, type Result } from '../result.ts';
import type { Clock } from './clock.ts';
import { fromNodeError, netError } from './net-error.ts';
import type { Address, ByteStream, Listener, NetError, Network, Security } from './network.ts';
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
    connect: (to, security, timeoutMs) => connectStream(clock, to, security, timeoutMs),
    listen: (at, security, accept) => {
      if (security.kind === 'plain') return listenPlain(at, accept);
      return listenTls(clock, handshakeMs, at, security, accept);
    },
    datagrams: openDatagramSocket,
  };
}

function connectStream(
  clock: Clock,
  to: Address,
  security: Security,
  timeoutMs: number,
): Promise<Result<ByteStream, NetError>> {
  return new Promise((resolve) => {
    const carrier = connect({ host: to.host, port: to.port, allowHalfOpen: true, noDelay: true });
    const socket = security.kind === 'tls' ? connectTls(clientTlsOptions(carrier, to, security)) : carrier;
    let done = false;
    const settle = (result: Result<ByteStream, NetError>): void => {
      if (done) return;
      done = true;
      timer.cancel();
      socket.off('error', onError);
      carrier.off('error', onError);
      if (!result.ok) abandon(socket, carrier);
      resolve(result);
    };
    const fail = (error: NetError): void => settle(err(error));
    const onError = (error: Error): void => fail(inHandshake(fromNodeError(error, to), security, carrier, to));
    const timer = clock.after(timeoutMs, () => fail(netError('timed-out', to, `${timeoutMs} ms`)));
    socket.on('error', onError);
    if (socket !== carrier) carrier.on('error', onError);
    socket.once('close', () => fail(netError(security.kind === 'tls' ? 'tls' : 'reset', to, 'closed by the peer')));
    if (security.kind === 'plain') {
      carrier.once('connect', () => settle(ok(new SocketStream(carrier))));
      return;
    }
    socket.once('secureConnect', () => {
      const fault = socket instanceof TLSSocket ? peerFault(security.peer, socket, 'server') : undefined;
      if (fault !== undefined) fail(netError('tls', to, fault));
      else settle(ok(new SocketStream(socket, carrier)));
    });
  });
}

/** A connection that breaks once TCP stands, but before TLS does, is a failed handshake. */
function inHandshake(error: NetError, security: Security, carrier: Socket, to: Address): NetError {
  if (security.kind !== 'tls' || error.kind !== 'reset' || carrier.remotePort === undefined) return error;
  return netError('tls', to, 'the peer broke off the handshake');
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
  const pending = new Set<() => void>();
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (carrier) => {
    const socket = new TLSSocket(carrier, options.value);
    const settle = (fault?: string): void => {
      if (!pending.delete(giveUp)) return;
      timer.cancel();
      socket.off('error', giveUp);
      carrier.off('error', giveUp);
      if (fault !== undefined) abandon(socket, carrier);
      else accept(new SocketStream(socket, carrier));
    };
    const giveUp = (): void => settle('the handshake failed');
    const timer = clock.after(handshakeMs, giveUp);
    pending.add(giveUp);
    socket.on('error', giveUp);
    carrier.on('error', giveUp);
    socket.once('close', giveUp);
    socket.once('secure', () => settle(peerFault(security.peer, socket, 'client')));
  });
  return bind(server, at, () => {
    for (const giveUp of pending) giveUp();
  });
}

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
