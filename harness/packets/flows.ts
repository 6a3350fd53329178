import type { Address } from '../net/network.ts';
import { ByEnds, type Ends } from './by-ends.ts';
import type { Flow, FlowEvent } from './flow.ts';
import type { Held } from './half.ts';
import type { IpDatagram } from './ip.ts';
import { readSegment } from './segment.ts';
import { type Side, TcpConnection } from './tcp.ts';
import { readUdp, UdpFlow } from './udp.ts';

export interface FlowLimits {
  /** Flows that are followed at the same time; of more, those idle for longest are left. */
  readonly flows: number;
}

const DEFAULT_LIMITS: FlowLimits = { flows: 20_000 };
/** How many of them are left together, as to find them means to look at all. */
const SHARE_LEFT = 0.25;
/** Connections that are over are remembered for a while, so that what is captured late or twice does not begin another. */
const MOST_REMEMBERED = 4096;

/** What is between two ports, a connection or datagrams, seen from one of them. */
interface Way<F> {
  readonly between: F;
  readonly side: Side;
  readonly ends: Ends;
}

interface Followed {
  /** When its last packet passed, in milliseconds since 1970. */
  readonly time: number;
  readonly isOver: boolean;
  leave(why: Extract<FlowEvent, { type: 'left' }>['why']): void;
}

/** Sorts IP datagrams by flow, and puts octets of streams into order. What a flow carries matters to others. */
export class FlowReader {
  readonly #emit: (event: FlowEvent) => void;
  readonly #limits: FlowLimits;
  readonly #held: Held = { octets: 0 };
  readonly #tcp = new ByEnds<Way<TcpConnection>>();
  readonly #udp = new ByEnds<Way<UdpFlow>>();
  /** Connections that are over, in the order of their ends. */
  readonly #over: Way<TcpConnection>[] = [];
  #flows = 0;
  #unreadable = 0;
  #leftEarly = 0;

  constructor(emit: (event: FlowEvent) => void, limits: FlowLimits = DEFAULT_LIMITS) {
    this.#emit = emit;
    this.#limits = limits;
  }

  /** Flows so far that carried octets, or could not be opened. */
  get flows(): number {
    return this.#flows;
  }

  /** Datagrams in which no header of TCP or UDP was found. */
  get unreadable(): number {
    return this.#unreadable;
  }

  /** Flows left because there were too many. */
  get leftEarly(): number {
    return this.#leftEarly;
  }

  take(datagram: IpDatagram): void {
    const taken = datagram.protocol === 6 ? this.#takeTcp(datagram) : this.#takeUdp(datagram);
    if (!taken) this.#unreadable += 1;
  }

  /** The capture is over. */
  finish(): void {
    for (const ways of [this.#tcp, this.#udp]) {
      for (const { between, side } of ways.values()) if (side === 0) between.leave('capture-over');
      ways.clear();
    }
  }

  #takeTcp(datagram: IpDatagram): boolean {
    const segment = readSegment(datagram);
    if (segment === undefined) return false;
    const { sourcePort, destinationPort } = segment;
    let way = this.#tcp.get(datagram, sourcePort, destinationPort);
    if (way === undefined || way.between.isFollowedBy(segment, way.side)) {
      way?.between.leave('ports-reused');
      const ends = endsOf(datagram, sourcePort, destinationPort);
      way = this.#follow(this.#tcp, ends, this.#connection(ends, datagram.comments));
    }
    const { between } = way;
    const wasOver = between.isOver;
    between.take(segment, way.side);
    if (between.isOver && !wasOver) this.#remember(way);
    return true;
  }

  #remember(way: Way<TcpConnection>): void {
    this.#over.push(way);
    if (this.#over.length <= MOST_REMEMBERED) return;
    const oldest = this.#over.shift();
    if (oldest === undefined) return;
    const { source, sourcePort, destination, destinationPort } = oldest.ends;
    const current = this.#tcp.get({ source, destination }, sourcePort, destinationPort);
    // The ports may have been used again since.
    if (current?.between === oldest.between) this.#forget(this.#tcp, oldest.ends);
  }

  #forget<F>(ways: ByEnds<Way<F>>, ends: Ends): void {
    ways.delete(ends);
    ways.delete(backwards(ends));
  }

  #takeUdp(datagram: IpDatagram): boolean {
    const udp = readUdp(datagram);
    if (udp === undefined) return false;
    const { sourcePort, destinationPort } = udp;
    let way = this.#udp.get(datagram, sourcePort, destinationPort);
    if (way === undefined) {
      const ends = endsOf(datagram, sourcePort, destinationPort);
      const flow = this.#flow('udp', from(ends), to(ends), datagram.comments);
      way = this.#follow(this.#udp, ends, new UdpFlow(flow, this.#emit));
    }
    way.between.take(udp, datagram, way.side);
    return true;
  }

  #connection(ends: Ends, comments: readonly string[]): TcpConnection {
    return new TcpConnection(from(ends), to(ends), {
      emit: this.#emit,
      flow: (opener, other) => this.#flow('tcp', opener, other, comments),
      held: this.#held,
    });
  }

  #flow(transport: Flow['transport'], opener: Address, other: Address, comments: readonly string[]): Flow {
    this.#flows += 1;
    return { id: this.#flows, transport, opener, other, comments };
  }

  #follow<F extends Followed>(ways: ByEnds<Way<F>>, ends: Ends, between: F): Way<F> {
    // A port that talks to itself has one way only; which direction is which cannot be told.
    const way: Way<F> = { between, side: 0, ends };
    const back = backwards(ends);
    ways.set(back, { between, side: 1, ends: back });
    ways.set(ends, way);
    if (ways.size > 2 * this.#limits.flows) this.#leaveIdle(ways, between);
    return way;
  }

  #leaveIdle<F extends Followed>(ways: ByEnds<Way<F>>, newest: F): void {
    const all = [...ways.values()].filter(({ between, side }) => side === 0 && between !== newest);
    all.sort(({ between: one }, { between: other }) => {
      return Number(other.isOver) - Number(one.isOver) || one.time - other.time;
    });
    for (const { between, ends } of all.slice(0, Math.ceil(all.length * SHARE_LEFT))) {
      this.#forget(ways, ends);
      if (between.isOver) continue;
      this.#leftEarly += 1;
      between.leave('too-many');
    }
  }
}

const endsOf = ({ source, destination }: IpDatagram, sourcePort: number, destinationPort: number): Ends => {
  return { source, sourcePort, destination, destinationPort };
};

const backwards = ({ source, sourcePort, destination, destinationPort }: Ends): Ends => {
  return { source: destination, sourcePort: destinationPort, destination: source, destinationPort: sourcePort };
};

const from = ({ source, sourcePort }: Ends): Address => ({ host: source, port: sourcePort });

const to = ({ destination, destinationPort }: Ends): Address => ({ host: destination, port: destinationPort });
