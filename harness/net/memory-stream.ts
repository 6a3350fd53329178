import type { Clock } from './clock.ts';
import { netError } from './net-error.ts';
import type { Address, ByteStream, NetError, Security, StreamHandlers } from './network.ts';

/** What lies between the two ends of a stream. */
export interface MemoryPath {
  readonly clock: Clock;
  /** One way, in milliseconds. */
  readonly latencyMs: number;
  /** Octets of the next segment, out of `octets` that could go. */
  segment(octets: number): number;
}

export interface MemoryEndpoint {
  readonly local: Address;
  readonly remote: Address;
  readonly security: Security['kind'];
  readonly peerFingerprint?: string;
  readonly peerCertificate?: Buffer;
}

/** Octets that may be on the way to a reader or wait unread there, like a TCP receive window. */
export const MEMORY_WINDOW = 65_536;
/** Queued octets from which on `write` asks to hold back. */
export const MEMORY_WRITE_MARK = 65_536;

/** The two ends of a new connection. */
export function memoryPair(path: MemoryPath, near: MemoryEndpoint, far: MemoryEndpoint): [MemoryEnd, MemoryEnd] {
  const a = new MemoryEnd(path, near);
  const b = new MemoryEnd(path, far);
  a.join(b);
  b.join(a);
  return [a, b];
}

/** One end of a stream in memory. What happens at the other end is told by `#arrive…` after the latency. */
export class MemoryEnd implements ByteStream {
  readonly local: Address;
  readonly remote: Address;
  readonly security: Security['kind'];
  declare readonly peerFingerprint?: string;
  declare readonly peerCertificate?: Buffer;
  readonly #path: MemoryPath;
  #peer: MemoryEnd | undefined;
  #handlers: StreamHandlers | undefined;

  readonly #outgoing: Buffer[] = [];
  #queued = 0;
  #window = MEMORY_WINDOW;
  #writing: 'open' | 'ending' | 'ended' = 'open';
  #wantsDrain = false;
  #deliveryDue = false;

  readonly #unread: Buffer[] = [];
  #reading: 'open' | 'ending' | 'ended' = 'open';
  /** Octets read, for which the peer's window has not opened again. */
  #uncredited = 0;
  #paused = false;
  #delivering = false;

  /** Reset or closed: nothing passes any more but `closed`. */
  #over = false;
  #error: NetError | undefined;

  constructor(path: MemoryPath, endpoint: MemoryEndpoint) {
    this.#path = path;
    this.local = endpoint.local;
    this.remote = endpoint.remote;
    this.security = endpoint.security;
    if (endpoint.peerFingerprint !== undefined) this.peerFingerprint = endpoint.peerFingerprint;
    if (endpoint.peerCertificate !== undefined) this.peerCertificate = endpoint.peerCertificate;
  }

  join(peer: MemoryEnd): void {
    this.#peer = peer;
  }

  get queued(): number {
    return this.#queued;
  }

  attach(handlers: StreamHandlers): void {
    if (this.#handlers !== undefined) throw new Error('a stream is attached once');
    this.#handlers = handlers;
    if (this.#over) this.#tellClosed();
    else this.#deliverSoon();
  }

  write(octets: Uint8Array): boolean {
    return this.#enqueue(Buffer.from(octets));
  }

  writeAll(parts: readonly Uint8Array[]): boolean {
    return this.#enqueue(Buffer.concat(parts));
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#deliverSoon();
  }

  end(): void {
    if (this.#over || this.#writing !== 'open') return;
    this.#writing = 'ending';
    this.#pump();
  }

  reset(): void {
    if (this.#over) return;
    this.#tell((peer) => peer.#arriveReset());
    this.#finish(undefined);
  }

  /** The operating system would copy too: what arrives belongs to the receiver alone. */
  #enqueue(copy: Buffer): boolean {
    if (this.#over || this.#writing !== 'open') return false;
    if (copy.length > 0) this.#outgoing.push(copy);
    this.#queued += copy.length;
    this.#pump();
    this.#wantsDrain ||= this.#queued >= MEMORY_WRITE_MARK;
    return this.#queued < MEMORY_WRITE_MARK;
  }

  #tell(arrive: (peer: MemoryEnd) => void): void {
    const peer = this.#peer;
    if (peer !== undefined) this.#path.clock.after(this.#path.latencyMs, () => arrive(peer));
  }

  /** Sends what the window allows, then FIN when there is nothing left to send. */
  #pump(): void {
    let sent = 0;
    for (let first = this.#outgoing[sent]; first !== undefined && this.#window > 0; first = this.#outgoing[sent]) {
      const size = this.#path.segment(Math.min(first.length, this.#window));
      const segment = first.subarray(0, size);
      if (size === first.length) sent += 1;
      else this.#outgoing[sent] = first.subarray(size);
      this.#queued -= size;
      this.#window -= size;
      this.#tell((peer) => peer.#arriveOctets(segment));
    }
    this.#outgoing.splice(0, sent);
    if (this.#writing === 'ending' && this.#queued === 0) {
      this.#writing = 'ended';
      this.#tell((peer) => peer.#arriveEnd());
      this.#closeWhenBothEnded();
    }
  }

  #arriveOctets(segment: Buffer): void {
    if (this.#over) return;
    this.#unread.push(segment);
    this.#deliver();
  }

  #arriveEnd(): void {
    if (this.#over) return;
    this.#reading = 'ending';
    this.#deliver();
  }

  #arriveReset(): void {
    if (!this.#over) this.#finish(netError('reset', this.remote));
  }

  /** The reader has taken octets: after the way back, the window opens by as many. */
  #arriveCredit(octets: number): void {
    this.#window += octets;
    if (this.#over) return;
    this.#pump();
    if (this.#wantsDrain && this.#queued < MEMORY_WRITE_MARK && this.#writing === 'open') {
      this.#wantsDrain = false;
      this.#handlers?.drain?.();
    }
  }

  /** Not from within the caller's turn: handlers are called from the clock only. */
  #deliverSoon(): void {
    if (this.#deliveryDue) return;
    this.#deliveryDue = true;
    this.#path.clock.after(0, () => {
      this.#deliveryDue = false;
      this.#deliver();
    });
  }

  #deliver(): void {
    const handlers = this.#handlers;
    if (handlers === undefined || this.#delivering) return;
    this.#delivering = true;
    let taken = 0;
    let octets = 0;
    for (const segment of this.#unread) {
      if (this.#paused || this.#over) break;
      taken += 1;
      octets += segment.length;
      handlers.data(segment);
    }
    this.#delivering = false;
    this.#unread.splice(0, taken);
    if (octets > 0) this.#credit(octets);
    if (this.#reading === 'ending' && this.#unread.length === 0 && !this.#paused && !this.#over) {
      this.#reading = 'ended';
      if (handlers.end === undefined) this.end();
      else handlers.end();
      this.#closeWhenBothEnded();
    }
  }

  /**
   * A peer that waits for nothing needs no event for it. One that waits has used its window up, so half of it comes
   * free at once: no silly windows (RFC 9293 §3.8.6.2.2).
   */
  #credit(octets: number): void {
    const peer = this.#peer;
    this.#uncredited += octets;
    if (peer === undefined || (peer.#queued > 0 && this.#uncredited < MEMORY_WINDOW / 2)) return;
    const freed = this.#uncredited;
    this.#uncredited = 0;
    if (peer.#queued === 0) peer.#window += freed;
    else this.#tell(() => peer.#arriveCredit(freed));
  }

  #closeWhenBothEnded(): void {
    if (this.#writing === 'ended' && this.#reading === 'ended' && !this.#over) this.#finish(undefined);
  }

  #finish(error: NetError | undefined): void {
    this.#over = true;
    this.#error = error;
    this.#outgoing.length = 0;
    this.#unread.length = 0;
    this.#queued = 0;
    if (this.#handlers !== undefined) this.#tellClosed();
  }

  #tellClosed(): void {
    this.#path.clock.after(0, () => this.#handlers?.closed(this.#error));
  }
}
