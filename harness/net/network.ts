import type { Result } from '../result.ts';

export interface Address {
  /** IPv4 or IPv6 literal without brackets, or a name for `connect`. */
  readonly host: string;
  readonly port: number;
}

/** Certificate and key in PEM. */
export interface TlsIdentity {
  readonly certificate: string;
  readonly privateKey: string;
  /** SHA-256 of the DER certificate, upper-case hex pairs with colons, as in `a=fingerprint` (RFC 8122 §5). */
  readonly fingerprint: string;
}

/** How a TLS peer is judged: by the CA model, by fingerprints signalled in SDP (RFC 4975 §14.4), or not at all. */
export type PeerCheck =
  | { readonly kind: 'certificate-authority'; readonly trusted?: readonly string[] }
  | {
      readonly kind: 'fingerprint';
      readonly accepted: readonly { readonly algorithm: string; readonly value: string }[];
    }
  | { readonly kind: 'none' };

export type Security =
  | { readonly kind: 'plain' }
  | { readonly kind: 'tls'; readonly identity?: TlsIdentity; readonly peer: PeerCheck; readonly serverName?: string };

export interface NetError {
  readonly kind: 'refused' | 'reset' | 'unreachable' | 'timed-out' | 'address-in-use' | 'tls' | 'name' | 'other';
  /** One line for people, with the address. */
  readonly message: string;
}

export interface StreamHandlers {
  /** The buffer belongs to the receiver from now on; it is shared, to read only, with the observer of a tap. */
  data(octets: Buffer): void;
  /** The write buffer has fallen below its mark after `write` returned false. */
  drain?(): void;
  /** The peer has sent FIN; we may still write. Without this handler the stream answers FIN with `end()` by itself. */
  end?(): void;
  /** Last call, exactly once, whoever closed. No error: both sides ended in order, or we reset. */
  closed(error?: NetError): void;
}

/** A connected TCP or TLS stream, or its in-memory double. */
export interface ByteStream {
  readonly local: Address;
  readonly remote: Address;
  readonly security: Security['kind'];
  /** SHA-256 fingerprint of the peer's certificate, when it showed one. */
  readonly peerFingerprint?: string;
  /** The peer's certificate in DER, for fingerprints by other hashes: `acceptsFingerprint` in `fingerprint.ts`. */
  readonly peerCertificate?: Buffer;
  /** Octets accepted by `write` that the operating system has not taken yet. */
  readonly queued: number;
  /** To be called once, in the same turn in which the stream was handed over; no data is lost before it. */
  attach(handlers: StreamHandlers): void;
  /**
   * Never blocks. False: more than the mark is queued; hold back until `drain`. The octets must not be altered
   * afterwards: they are queued and tapped without a copy. Once ended or closed, what is written is dropped.
   */
  write(octets: Uint8Array): boolean;
  /** Several buffers in one go (writev). */
  writeAll(parts: readonly Uint8Array[]): boolean;
  /** Stops reading: the peer feels it through TCP flow control. */
  pause(): void;
  resume(): void;
  /** Orderly: sends what is queued, then FIN; closes once the peer has ended too. Data may still arrive until then. */
  end(): void;
  /** At once, with RST. */
  reset(): void;
}

export interface Listener {
  readonly local: Address;
  /** Stops listening; streams already accepted live on. */
  close(): void;
}

export interface DatagramSocket {
  readonly local: Address;
  /** One datagram, which may get lost like any other; `to.host` is a literal. The octets must not be altered afterwards. */
  send(octets: Uint8Array, to: Address): void;
  close(): void;
}

export interface DatagramHandlers {
  datagram(octets: Buffer, from: Address): void;
  closed?(error?: NetError): void;
}

/** Where octets come from and go to: the operating system, or a network in memory. */
export interface Network {
  connect(to: Address, security: Security, timeoutMs: number): Promise<Result<ByteStream, NetError>>;
  /** Port 0: any free port; see `Listener.local`. */
  listen(at: Address, security: Security, accept: (stream: ByteStream) => void): Promise<Result<Listener, NetError>>;
  datagrams(at: Address, handlers: DatagramHandlers): Promise<Result<DatagramSocket, NetError>>;
}

export type Transport = 'udp' | 'tcp' | 'tls';

/**
 * Octets as they pass a socket of one actor: what the tap tells the wire log. Buffers are views of what was written or
 * delivered: the observer may keep them but must not alter them, and nobody else may either.
 */
export interface TapObserver {
  /** A stream is there, before any of its octets. Not called for UDP, where no connection opens or closes. */
  opened(connection: TappedConnection): void;
  octets(connection: TappedConnection, direction: 'sent' | 'received', octets: Buffer): void;
  closed(connection: TappedConnection, how: 'ended' | 'reset' | 'failed', by: 'actor' | 'peer', reason?: string): void;
}

export interface TappedConnection {
  /** Unique within one wire log, e.g. `alice-2`. */
  readonly id: string;
  readonly actor: string;
  readonly transport: Transport;
  readonly local: Address;
  /** For a UDP socket: the peer of the datagram at hand. */
  readonly remote: Address;
  /** Who opened the stream; absent for UDP. */
  readonly opener?: 'actor' | 'peer';
}
