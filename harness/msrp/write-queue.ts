import type { ByteStream } from '../net/network.ts';
import type { Cork } from './cork.ts';
import type { Flow } from './flow.ts';
import { UNINTERRUPTED_OCTETS } from './message-flow.ts';
import type { Outlet } from './outlet.ts';

/** Body octets of one chunk after which others get their turn, if any wait (RFC 4975 §7.1.1). */
const TURN_OCTETS = 16 * 1024;
/** Octets gathered before they are handed to the stream. */
const WRITE_OCTETS = 64 * 1024;

export interface QueueListener {
  /** The stream takes octets again after it was congested. */
  drained(): void;
  /** All waiting responses and REPORTs have been written. */
  urgentWritten(): void;
  /** Nothing waits any more. */
  idle(): void;
}

/**
 * Decides what goes out next on a connection. Responses and REPORTs come first and interrupt a chunk that may be
 * interrupted; flows take turns, one chunk or one turn's worth of it each.
 */
export class WriteQueue {
  readonly #stream: ByteStream;
  readonly #outlet: Outlet;
  readonly #cork: Cork;
  readonly #listener: QueueListener;
  #urgent: Uint8Array[] = [];
  #urgentOctets = 0;
  readonly #ready = new Set<Flow>();
  readonly #parked = new Set<Flow>();
  readonly #counted = new Map<Flow, number>();
  #current: Flow | undefined;
  #turn = 0;
  #backlog = 0;
  #blocked: readonly string[] | undefined;
  #pumping = false;
  #closed: string | undefined;

  constructor(stream: ByteStream, outlet: Outlet, cork: Cork, listener: QueueListener) {
    this.#stream = stream;
    this.#outlet = outlet;
    this.#cork = cork;
    this.#listener = listener;
  }

  /** The stream takes no more for now. */
  get congested(): boolean {
    return this.#blocked !== undefined;
  }

  /** Octets of responses and REPORTs that wait: the peer asks faster than it reads. */
  get urgentOctets(): number {
    return this.#urgentOctets;
  }

  /** Octets known to wait, here and in the stream. */
  get queued(): number {
    return this.#backlog + this.#urgentOctets + this.#outlet.octets + this.#stream.queued;
  }

  get idle(): boolean {
    return this.#ready.size === 0 && this.#parked.size === 0 && this.#urgent.length === 0 && this.#outlet.octets === 0;
  }

  /** One complete response or REPORT. */
  urgent(message: Uint8Array): void {
    if (this.#closed !== undefined) return;
    this.#urgent.push(message);
    this.#urgentOctets += message.length;
    this.pump();
  }

  add(flow: Flow): void {
    if (this.#closed !== undefined) {
      flow.lose(this.#closed);
      return;
    }
    this.#ready.add(flow);
    this.#count(flow);
    this.pump();
  }

  /** The stream takes octets again. */
  drained(): void {
    const finished = this.#blocked ?? [];
    this.#blocked = undefined;
    for (const transactionId of finished) this.#outlet.transactions.sent(transactionId);
    this.pump();
    if (!this.congested) this.#listener.drained();
  }

  close(reason: string): void {
    if (this.#closed !== undefined) return;
    this.#closed = reason;
    this.#outlet.take();
    this.#urgent = [];
    this.#urgentOctets = 0;
    this.#blocked = undefined;
    const flows = [...this.#ready, ...this.#parked];
    this.#ready.clear();
    this.#parked.clear();
    this.#current = undefined;
    this.#backlog = 0;
    for (const flow of flows) {
      this.#count(flow, 0);
      flow.lose(reason);
    }
    this.#counted.clear();
  }

  pump(): void {
    if (this.#pumping || this.#closed !== undefined || this.#cork.holds(this)) return;
    this.#pumping = true;
    while (this.#blocked === undefined && this.#next()) {
      if (this.#outlet.octets >= WRITE_OCTETS) this.#flush();
    }
    this.#flush();
    this.#pumping = false;
    if (this.idle && this.#blocked === undefined) this.#listener.idle();
  }

  #flush(): void {
    if (this.#outlet.octets === 0 || this.#blocked !== undefined || this.#closed !== undefined) return;
    const { parts, finished } = this.#outlet.take();
    if (this.#stream.writeAll(parts))
      for (const transactionId of finished) this.#outlet.transactions.sent(transactionId);
    else this.#blocked = finished;
  }

  #next(): boolean {
    const current = this.#current;
    if (current !== undefined) {
      if (this.#othersWait(current) && current.breakable) {
        current.break(this.#outlet);
        this.#current = undefined;
        this.#rotate(current);
        return true;
      }
      return this.#ready.has(current) && this.#advance(current);
    }
    if (this.#urgent.length > 0) {
      for (const message of this.#urgent) this.#outlet.put(message);
      this.#urgent = [];
      this.#urgentOctets = 0;
      this.#listener.urgentWritten();
      return true;
    }
    for (const flow of this.#ready) {
      this.#turn = 0;
      return this.#advance(flow);
    }
    return false;
  }

  #othersWait(current: Flow): boolean {
    if (this.#urgent.length > 0) return true;
    const others = this.#ready.size - (this.#ready.has(current) ? 1 : 0);
    return others > 0 && (this.#turn >= TURN_OCTETS || this.#parked.has(current));
  }

  #advance(flow: Flow): boolean {
    const octets = this.#outlet.octets;
    const step = flow.write(this.#outlet, this.#urgent.length > 0 ? UNINTERRUPTED_OCTETS : TURN_OCTETS);
    this.#turn += this.#outlet.octets - octets;
    this.#count(flow);
    this.#current = flow.midChunk ? flow : undefined;
    switch (step) {
      case 'more':
        break;
      case 'chunk-ended':
        this.#rotate(flow);
        break;
      case 'waiting':
        this.#park(flow);
        break;
      case 'done':
        this.#ready.delete(flow);
        this.#count(flow, 0);
        this.#counted.delete(flow);
        break;
    }
    return true;
  }

  #rotate(flow: Flow): void {
    if (this.#ready.delete(flow)) this.#ready.add(flow);
  }

  #park(flow: Flow): void {
    this.#ready.delete(flow);
    this.#parked.add(flow);
    flow.wait(() => {
      if (!this.#parked.delete(flow)) return;
      this.#ready.add(flow);
      this.#count(flow);
      this.pump();
    });
  }

  #count(flow: Flow, pending = flow.pending): void {
    const octets = pending - (this.#counted.get(flow) ?? 0);
    this.#counted.set(flow, pending);
    flow.backlog.octets += octets;
    this.#backlog += octets;
  }
}
