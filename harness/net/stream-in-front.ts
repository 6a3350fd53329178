import type { Address, ByteStream, Security, StreamHandlers } from './network.ts';

/** A stream that stands in front of another: the same ends, and what it does not do otherwise, the other does. */
export abstract class StreamInFront implements ByteStream {
  readonly local: Address;
  readonly remote: Address;
  readonly security: Security['kind'];
  declare readonly peerFingerprint?: string;
  declare readonly peerCertificate?: Buffer;
  protected readonly stream: ByteStream;

  constructor(stream: ByteStream) {
    const { local, remote, security, peerFingerprint, peerCertificate } = stream;
    this.local = local;
    this.remote = remote;
    this.security = security;
    if (peerFingerprint !== undefined) this.peerFingerprint = peerFingerprint;
    if (peerCertificate !== undefined) this.peerCertificate = peerCertificate;
    this.stream = stream;
  }

  get queued(): number {
    return this.stream.queued;
  }

  abstract attach(handlers: StreamHandlers): void;
  abstract write(octets: Uint8Array): boolean;
  abstract writeAll(parts: readonly Uint8Array[]): boolean;

  pause(): void {
    this.stream.pause();
  }

  resume(): void {
    this.stream.resume();
  }

  end(): void {
    this.stream.end();
  }

  reset(): void {
    this.stream.reset();
  }
}
