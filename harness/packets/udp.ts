import type { Flow, FlowEvent } from './flow.ts';
import type { IpDatagram } from './ip.ts';

const HEADER = 8;

/** What is in a UDP datagram (RFC 768); undefined where its header was not captured. */
export interface UdpDatagram {
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly octets: Buffer;
  /** Octets behind those, which the capture has not kept. */
  readonly missing: number;
}

export function readUdp({ payload, missing }: IpDatagram): UdpDatagram | undefined {
  if (payload.length < HEADER) return undefined;
  const there = payload.length + missing;
  // Zero stands for a jumbogram (RFC 2675 §4); other lengths that cannot be are those of a packet cut short on its way.
  const stated = payload.readUInt16BE(4);
  const length = stated < HEADER || stated > there ? there : stated;
  const octets = payload.subarray(HEADER, Math.min(length, payload.length));
  return {
    sourcePort: payload.readUInt16BE(0),
    destinationPort: payload.readUInt16BE(2),
    octets,
    missing: length - HEADER - octets.length,
  };
}

/** The datagrams between two ports. Nobody opens or closes them. */
export class UdpFlow {
  readonly #flow: Flow;
  readonly #emit: (event: FlowEvent) => void;
  readonly isOver = false;
  #frame = 0;
  #time = 0;

  constructor(flow: Flow, emit: (event: FlowEvent) => void) {
    this.#flow = flow;
    this.#emit = emit;
  }

  /** When its last datagram passed. */
  get time(): number {
    return this.#time;
  }

  take({ octets, missing }: UdpDatagram, { frames, time }: IpDatagram, side: 0 | 1): void {
    this.#frame = frames[frames.length - 1] ?? this.#frame;
    this.#time = time;
    const from = side === 0 ? 'opener' : 'other';
    this.#emit({
      type: 'datagram',
      flow: this.#flow,
      frame: this.#frame,
      time,
      from,
      octets,
      missing,
      packets: frames,
    });
  }

  leave(why: Extract<FlowEvent, { type: 'left' }>['why']): void {
    this.#emit({ type: 'left', flow: this.#flow, frame: this.#frame, time: this.#time, why });
  }
}
