import type { Address } from '../net/network.ts';
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

const DEFAULT_LIMITS: FlowLimits = { flows: 50_000 };
/** How many of them are left together, as to find them means to look at all. */
const SHARE_LEFT = 0.25;

/** What is between two ports at present, a connection or datagrams, and from which of them one key looks at it. */
interface Way<F> {
  readonly between: { readonly keys: readonly [string, string]; now: F };
  readonly side: Side;
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
  readonly #tcp = new Map<string, Way<TcpConnection>>();
  readonly #udp = new Map<string, Way<UdpFlow>>();
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
      for (const { between, side } of ways.values()) if (side === 0) between.now.leave('capture-over');
      ways.clear();
    }
  }

  #takeTcp(datagram: IpDatagram): boolean {
    const segment = readSegment(datagram);
    if (segment === undefined) return false;
    const { source, destination } = datagram;
    const { sourcePort, destinationPort } = segment;
    const key = keyOf(source, sourcePort, destination, destinationPort);
    let way = this.#tcp.get(key);
    if (way === undefined || way.between.now.isFollowedBy(segment, way.side)) {
      way?.between.now.leave('ports-reused');
      const back = keyOf(destination, destinationPort, source, sourcePort);
      way = this.#follow(this.#tcp, key, back, this.#connection(datagram, sourcePort, destinationPort));
    }
    way.between.now.take(segment, way.side);
    return true;
  }

  #takeUdp(datagram: IpDatagram): boolean {
    const udp = readUdp(datagram);
    if (udp === undefined) return false;
    const { source, destination, comments } = datagram;
    const { sourcePort, destinationPort } = udp;
    const key = keyOf(source, sourcePort, destination, destinationPort);
    let way = this.#udp.get(key);
    if (way === undefined) {
      const [opener, other] = addresses(datagram, sourcePort, destinationPort);
      const back = keyOf(destination, destinationPort, source, sourcePort);
      const flow = this.#flow('udp', opener, other, comments);
      way = this.#follow(this.#udp, key, back, new UdpFlow(flow, this.#emit));
    }
    way.between.now.take(udp, datagram, way.side);
    return true;
  }

  #connection(datagram: IpDatagram, sourcePort: number, destinationPort: number): TcpConnection {
    const { comments } = datagram;
    return new TcpConnection(...addresses(datagram, sourcePort, destinationPort), {
      emit: this.#emit,
      flow: (opener, other) => this.#flow('tcp', opener, other, comments),
      held: this.#held,
    });
  }

  #flow(transport: Flow['transport'], opener: Address, other: Address, comments: readonly string[]): Flow {
    this.#flows += 1;
    return { id: this.#flows, transport, opener, other, comments };
  }

  #follow<F extends Followed>(ways: Map<string, Way<F>>, key: string, back: string, now: F): Way<F> {
    // A port that talks to itself has one key for both directions; which is which cannot be told.
    const between = { keys: [key, back] as const, now };
    const way: Way<F> = { between, side: 0 };
    ways.set(back, { between, side: 1 });
    ways.set(key, way);
    if (ways.size > 2 * this.#limits.flows) this.#leaveIdle(ways, now);
    return way;
  }

  #leaveIdle<F extends Followed>(ways: Map<string, Way<F>>, newest: F): void {
    const all = [...ways.values()].filter(({ between, side }) => side === 0 && between.now !== newest);
    all.sort(({ between: { now: one } }, { between: { now: other } }) => {
      return Number(other.isOver) - Number(one.isOver) || one.time - other.time;
    });
    for (const { between } of all.slice(0, Math.ceil(all.length * SHARE_LEFT))) {
      for (const key of between.keys) ways.delete(key);
      if (between.now.isOver) continue;
      this.#leftEarly += 1;
      between.now.leave('too-many');
    }
  }
}

function addresses(
  { source, destination }: IpDatagram,
  sourcePort: number,
  destinationPort: number,
): readonly [Address, Address] {
  return [
    { host: source, port: sourcePort },
    { host: destination, port: destinationPort },
  ];
}

const keyOf = (source: string, sourcePort: number, destination: string, destinationPort: number): string =>
  `${source} ${sourcePort} ${destination} ${destinationPort}`;
