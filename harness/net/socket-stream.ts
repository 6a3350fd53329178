import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { fingerprintOf } from './fingerprint.ts';
import { fromNodeError, netError } from './net-error.ts';
import type { Address, ByteStream, NetError, Security, StreamHandlers } from './network.ts';

/** Queued octets from which on `write` asks to hold back: not below Node's own mark, which decides on `drain`. */
export const SOCKET_WRITE_MARK = 65_536;

const NOTHING = new Uint8Array();

/** A socket bound to `::` shows IPv4 peers as `::ffff:192.0.2.1` (RFC 4291 §2.5.5.2). */
export function plainHost(host: string): string {
  return host.startsWith('::ffff:') && host.includes('.') ? host.slice('::ffff:'.length) : host;
}

/** A connected socket; for TLS, `socket` is the TLS layer and `carrier` the TCP socket below. */
export class SocketStream implements ByteStream {
  readonly local: Address;
  readonly remote: Address;
  readonly security: Security['kind'];
  declare readonly peerFingerprint?: string;
  declare readonly peerCertificate?: Buffer;
  readonly #socket: Socket;
  readonly #carrier: Socket;
  #handlers: StreamHandlers | undefined;
  #state: 'open' | 'reset' | 'closed' = 'open';
  #error: NetError | undefined;
  #paused = false;
  #heldBack = false;
  #peerEnded: 'no' | 'seen' | 'told' = 'no';

  constructor(socket: Socket | TLSSocket, carrier: Socket = socket) {
    this.#socket = socket;
    this.#carrier = carrier;
    this.local = { host: plainHost(carrier.localAddress ?? ''), port: carrier.localPort ?? 0 };
    this.remote = { host: plainHost(carrier.remoteAddress ?? ''), port: carrier.remotePort ?? 0 };
    this.security = 'getPeerCertificate' in socket ? 'tls' : 'plain';
    const certificate = 'getPeerCertificate' in socket ? socket.getPeerCertificate().raw : undefined;
    const fingerprint = certificate && fingerprintOf(certificate, 'sha-256');
    if (certificate !== undefined) this.peerCertificate = certificate;
    if (fingerprint !== undefined) this.peerFingerprint = fingerprint;
    socket.on('error', (error) => {
      this.#error ??= fromNodeError(error, this.remote);
    });
    // A TLS layer is destroyed without an error of its own when the TCP socket below breaks.
    if (carrier !== socket) {
      carrier.on('error', (error) => {
        this.#error ??= fromNodeError(error, this.remote);
      });
    }
    // Node tells an end that no octets precede at once, even to a stream that nobody reads yet.
    socket.on('end', () => {
      this.#peerEnded = 'seen';
      this.#tellEnd();
    });
    socket.on('close', () => this.#close());
  }

  get queued(): number {
    return this.#socket.writableLength;
  }

  attach(handlers: StreamHandlers): void {
    if (this.#handlers !== undefined) throw new Error('a stream is attached once');
    this.#handlers = handlers;
    const socket = this.#socket;
    if (this.#state === 'closed') {
      queueMicrotask(() => handlers.closed(this.#error));
      return;
    }
    socket.on('drain', () => {
      if (!this.#heldBack) return;
      this.#heldBack = false;
      if (this.#state === 'open' && socket.writable) handlers.drain?.();
    });
    if (this.#peerEnded === 'seen') setImmediate(() => this.#tellEnd());
    if (this.#paused) socket.pause();
    socket.on('data', (octets: Buffer) => {
      if (this.#state === 'open') handlers.data(octets);
    });
  }

  write(octets: Uint8Array): boolean {
    const socket = this.#socket;
    if (this.#state !== 'open' || !socket.writable) return false;
    if (octets.length > 0) socket.write(octets);
    return this.#belowMark();
  }

  writeAll(parts: readonly Uint8Array[]): boolean {
    const socket = this.#socket;
    if (this.#state !== 'open' || !socket.writable) return false;
    socket.cork();
    for (const part of parts) if (part.length > 0) socket.write(part);
    socket.uncork();
    return this.#belowMark();
  }

  pause(): void {
    this.#paused = true;
    if (this.#handlers !== undefined) this.#socket.pause();
  }

  resume(): void {
    this.#paused = false;
    if (this.#handlers === undefined) return;
    this.#socket.resume();
    if (this.#peerEnded === 'seen') setImmediate(() => this.#tellEnd());
  }

  end(): void {
    if (this.#state === 'open' && this.#socket.writable) this.#socket.end();
  }

  reset(): void {
    if (this.#state !== 'open') return;
    this.#state = 'reset';
    this.#error = undefined;
    const { writableEnded, writableFinished, writableLength } = this.#socket;
    // libuv refuses to reset while FIN is on its way out, and Node would then leak the socket: just close it.
    if (writableEnded && !writableFinished && writableLength === 0) this.#socket.destroy();
    else this.#carrier.resetAndDestroy(); // takes the TLS layer with it
  }

  #tellEnd(): void {
    const handlers = this.#handlers;
    if (handlers === undefined || this.#paused || this.#state !== 'open' || this.#peerEnded !== 'seen') return;
    if (this.#wasResetInstead()) return;
    this.#peerEnded = 'told';
    if (handlers.end === undefined) this.end();
    else handlers.end();
  }

  /**
   * libuv reports a reset that follows unread octets as FIN. An empty write sends nothing, but fails on a connection
   * that is gone; `closed` comes next then.
   */
  #wasResetInstead(): boolean {
    const carrier = this.#carrier;
    if (this.#socket.writable && carrier.writable && carrier.writableLength === 0) carrier.write(NOTHING);
    return carrier.errored !== null && carrier.errored !== undefined;
  }

  #belowMark(): boolean {
    const below = this.#socket.writableLength < SOCKET_WRITE_MARK;
    if (!below) this.#heldBack = true;
    return below;
  }

  #close(): void {
    if (this.#state === 'reset') this.#error = undefined;
    else if (this.#error === undefined && !this.#socket.readableEnded) {
      this.#error = netError('reset', this.remote);
    }
    this.#state = 'closed';
    this.#handlers?.closed(this.#error);
  }
}
