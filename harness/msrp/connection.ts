import type { MsrpEvent, MsrpResponseHead } from '../codec/msrp/message.ts';
import { MsrpParser } from '../codec/msrp/parser.ts';
import type { Clock, Timer } from '../net/clock.ts';
import type { ByteStream, NetError } from '../net/network.ts';
import type { Cork } from './cork.ts';
import type { Flow } from './flow.ts';
import type { Identifiers } from './identifiers.ts';
import { IncomingRequest, type RequestSink } from './incoming.ts';
import { Outlet } from './outlet.ts';
import type { MsrpSession } from './session.ts';
import { Transactions } from './transactions.ts';
import { WriteQueue } from './write-queue.ts';

/** Responses waiting for a peer that asks but does not read, before its requests are left unread, in octets. */
const URGENT_OCTETS = 256 * 1024;
/** Octets that are no MSRP, in one connection, before it is reset. */
const GARBAGE_OCTETS = 1024 * 1024;

/** How long an ended connection may take to send what is queued and to be closed by the peer. */
const LINGER_MS = 5_000;

export interface ConnectionParts {
  readonly clock: Clock;
  readonly identifiers: Identifiers;
  readonly cork: Cork;
  readonly responseTimeoutMs: number;
  readonly maxHeadOctets: number;
}

/** What a connection asks of its endpoint. */
export interface ConnectionOwner {
  request(request: IncomingRequest): RequestSink | undefined;
  /** A response with a transaction id that is not, or no longer, open: to be ignored. */
  strayResponse(connection: Connection, response: MsrpResponseHead): void;
  /** No session can use it any more. */
  closed(connection: Connection, reason: string): void;
  /** The stream itself is gone. */
  gone(connection: Connection): void;
}

/** One TCP or TLS connection: requests in, a fair queue out, any number of sessions on it. */
export class Connection {
  readonly stream: ByteStream;
  readonly sessions = new Set<MsrpSession>();
  readonly transactions: Transactions;
  readonly #clock: Clock;
  readonly #cork: Cork;
  readonly #owner: ConnectionOwner;
  readonly #parser: MsrpParser;
  readonly #queue: WriteQueue;
  #sink: RequestSink | undefined;
  #response: MsrpResponseHead | undefined;
  #garbage = 0;
  #holds = 0;
  #releaseUrgent: (() => void) | undefined;
  #idle: Timer | undefined;
  #ending = false;
  #closed = false;
  #gone = false;
  #lingering: Timer | undefined;

  constructor(stream: ByteStream, parts: ConnectionParts, owner: ConnectionOwner) {
    this.stream = stream;
    this.#clock = parts.clock;
    this.#cork = parts.cork;
    this.#owner = owner;
    this.transactions = new Transactions(parts.clock, parts.responseTimeoutMs);
    this.#queue = new WriteQueue(stream, new Outlet(parts.identifiers, this.transactions), parts.cork, {
      drained: () => this.#drained(),
      urgentWritten: () => this.#urgentWritten(),
      idle: () => this.#finish(),
    });
    this.#parser = new MsrpParser((event) => this.#take(event), { maxHeadOctets: parts.maxHeadOctets });
    stream.attach({
      data: (octets) => this.#data(octets),
      drain: () => this.#queue.drained(),
      end: () => this.#ended(),
      closed: (error) => this.#lost(error),
    });
  }

  /** Neither lost nor being ended: sessions may be put on it. */
  get usable(): boolean {
    return !this.#closed && !this.#ending;
  }

  /** The peer takes octets more slowly than they come: hold back until the sessions hear `drained`. */
  get congested(): boolean {
    return this.#queue.congested;
  }

  /** Octets waiting to go out. */
  get queued(): number {
    return this.#queue.queued;
  }

  add(flow: Flow): void {
    this.#queue.add(flow);
  }

  /** A complete response or REPORT: goes out before anything else and interrupts a long chunk (RFC 4975 §7.1.1). */
  urgent(message: Uint8Array): void {
    this.#queue.urgent(message);
    if (this.#queue.urgentOctets > URGENT_OCTETS) this.#releaseUrgent ??= this.hold();
  }

  /** Flows of these sessions have come to their end or been stopped: writes what that leaves to write. */
  pump(): void {
    this.#queue.pump();
  }

  /** Stops reading until every hold is released: the peer feels it through TCP. */
  hold(): () => void {
    if (this.#holds++ === 0) this.stream.pause();
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      if (--this.#holds === 0 && !this.#closed) this.stream.resume();
    };
  }

  /** Ends the connection when no session has used it for so long. Zero: as soon as what is queued has gone. */
  idleAfter(delayMs: number): void {
    this.keep();
    if (this.#closed) return;
    if (delayMs === 0) this.end();
    else this.#idle = this.#clock.after(delayMs, () => this.end());
  }

  keep(): void {
    this.#idle?.cancel();
    this.#idle = undefined;
  }

  /** Orderly: what is queued goes out first. */
  end(): void {
    if (this.#closed || this.#ending) return;
    this.#ending = true;
    this.#linger();
    this.#finish();
  }

  /** At once, with RST. */
  reset(): void {
    if (this.#gone) return;
    this.stream.reset();
    this.#close('reset by this side');
  }

  #data(octets: Buffer): void {
    if (this.#closed) return;
    this.#cork.during(() => this.#parser.feed(octets));
  }

  #take(event: MsrpEvent): void {
    if (this.#closed) return;
    switch (event.type) {
      case 'head':
        if (event.head.kind === 'response') this.#response = event.head;
        else this.#sink = this.#owner.request(new IncomingRequest(this, event.head, event.hasBody));
        return;
      case 'body':
        this.#sink?.body(event.octets);
        return;
      case 'end': {
        const sink = this.#sink;
        const response = this.#response;
        this.#sink = undefined;
        this.#response = undefined;
        if (response === undefined) sink?.end(event.flag);
        else if (!this.transactions.settle(response)) this.#owner.strayResponse(this, response);
        return;
      }
      case 'garbage':
        this.#cut(event.reason);
        this.#garbage += event.octets.length;
        if (this.#garbage > GARBAGE_OCTETS) this.reset();
        return;
    }
  }

  #cut(reason: string): void {
    const sink = this.#sink;
    this.#sink = undefined;
    this.#response = undefined;
    sink?.cut(reason);
  }

  #urgentWritten(): void {
    this.#releaseUrgent?.();
    this.#releaseUrgent = undefined;
  }

  #drained(): void {
    if (!this.#closed) for (const session of this.sessions) session.drained();
  }

  /** RFC 4975 §5.4: a connection that only one side can still use carries no session. */
  #ended(): void {
    if (this.#closed) return;
    this.#cork.during(() => this.#parser.end());
    this.stream.end();
    this.#linger();
    this.#close('closed by the peer');
  }

  /** A peer that neither reads nor closes must not keep the connection for ever. */
  #linger(): void {
    this.#lingering ??= this.#clock.after(LINGER_MS, () => this.reset());
  }

  #lost(error: NetError | undefined): void {
    this.#gone = true;
    this.#lingering?.cancel();
    this.#close(error === undefined ? 'connection closed' : error.message);
    this.#owner.gone(this);
  }

  #finish(): void {
    if (!this.#ending || this.#closed || !this.#queue.idle || this.#queue.congested) return;
    this.stream.end();
    this.#close('closed by this side');
  }

  #close(reason: string): void {
    if (this.#closed) return;
    this.#closed = true;
    this.keep();
    this.#urgentWritten();
    this.#cut(reason);
    this.#queue.close(reason);
    this.transactions.lose(reason);
    this.#owner.closed(this, reason);
  }
}
