import type { FlowEvent } from './flow.ts';
import { type FlowLimits, FlowReader } from './flows.ts';
import type { IpDatagram } from './ip.ts';
import { ACK, FIN, plus, RST, SYN } from './segment.ts';

/** `a` opens, `b` answers. */
export type Speaker = 'a' | 'b';

const HOSTS = { a: '10.0.0.1', b: '10.0.0.2' } as const;
const PORTS = { a: 40_000, b: 2855 } as const;

/** A segment of a script; frame and time are given when it is played. */
export interface ScriptedSegment {
  readonly from: Speaker;
  readonly sequence: number;
  readonly acknowledgement?: number;
  readonly flags: number;
  readonly octets: Buffer;
  /** Octets at the end that the capture cut off. */
  readonly missing?: number;
  /** Milliseconds since the segment before; 1 where it does not matter. */
  readonly after?: number;
  /** Where `a` is, if elsewhere than usual. */
  readonly host?: string;
}

/** Writes a TCP conversation segment by segment, as two ends without faults would. */
export class ScriptedTcp {
  readonly segments: ScriptedSegment[] = [];
  readonly #next: Record<Speaker, number>;

  constructor(first: { readonly a: number; readonly b: number } = { a: 1000, b: 5000 }) {
    this.#next = { ...first };
  }

  next(speaker: Speaker): number {
    return this.#next[speaker];
  }

  handshake(): this {
    const { a, b } = this.#next;
    this.raw({ from: 'a', flags: SYN, sequence: a });
    this.raw({ from: 'b', flags: SYN | ACK, sequence: b, acknowledgement: plus(a, 1) });
    this.#next.a = plus(a, 1);
    this.#next.b = plus(b, 1);
    return this.ack('a');
  }

  /** One segment, which is not acknowledged. */
  say(from: Speaker, text: string | Buffer): this {
    const octets = Buffer.from(text);
    this.raw({ from, flags: ACK, sequence: this.#next[from], octets });
    this.#next[from] = plus(this.#next[from], octets.length);
    return this;
  }

  /** Acknowledges all that the other end has said. */
  ack(from: Speaker): this {
    return this.raw({ from, flags: ACK, sequence: this.#next[from] });
  }

  fin(from: Speaker): this {
    this.raw({ from, flags: FIN | ACK, sequence: this.#next[from] });
    this.#next[from] = plus(this.#next[from], 1);
    return this;
  }

  reset(from: Speaker): this {
    return this.raw({ from, flags: RST | ACK, sequence: this.#next[from] });
  }

  /** Both ends, `by` first. */
  close(by: Speaker): this {
    const other = by === 'a' ? 'b' : 'a';
    return this.fin(by).fin(other).ack(by);
  }

  /** A segment as it is given; without an acknowledgement it acknowledges what the other end has said. */
  raw(segment: Omit<ScriptedSegment, 'octets'> & { readonly octets?: Buffer }): this {
    const acknowledgement = this.#next[segment.from === 'a' ? 'b' : 'a'];
    this.segments.push({ acknowledgement, octets: Buffer.alloc(0), ...segment });
    return this;
  }
}

/** The flow events of segments that pass in this order; octets are copied at once, as they are views. */
export function flowEvents(segments: readonly ScriptedSegment[], limits?: FlowLimits): FlowEvent[] {
  const events: FlowEvent[] = [];
  const reader = new FlowReader((event) => events.push(kept(event)), limits);
  let time = 0;
  segments.forEach((segment, index) => {
    time += segment.after ?? 1;
    const datagram = datagramOf(segment, index + 1, time);
    reader.take(datagram);
    datagram.payload.fill(0xee);
  });
  reader.finish();
  return events;
}

export const kept = (event: FlowEvent): FlowEvent =>
  event.type === 'octets' || event.type === 'datagram' ? { ...event, octets: Buffer.from(event.octets) } : event;

export function datagramOf(segment: ScriptedSegment, frame: number, time: number): IpDatagram {
  const { from, sequence, acknowledgement = 0, flags, octets, missing = 0, host = HOSTS.a } = segment;
  const to = from === 'a' ? 'b' : 'a';
  const header = Buffer.alloc(20);
  header.writeUInt16BE(PORTS[from], 0);
  header.writeUInt16BE(PORTS[to], 2);
  header.writeUInt32BE(sequence, 4);
  header.writeUInt32BE(acknowledgement, 8);
  header.writeUInt8(5 << 4, 12);
  header.writeUInt8(flags, 13);
  return {
    protocol: 6,
    source: from === 'a' ? host : HOSTS.b,
    destination: to === 'a' ? host : HOSTS.b,
    payload: Buffer.concat([header, octets.subarray(0, octets.length - missing)]),
    missing,
    frames: [frame],
    time,
    comments: [],
  };
}

/** What is told, in a few words: octets that follow one another in one direction are joined. */
export function told(events: readonly FlowEvent[]): string[] {
  const lines: string[] = [];
  let speaking: string | undefined;
  for (const event of events) {
    if (event.type === 'octets') {
      const text = event.octets.toString('latin1');
      if (speaking === event.from) lines.push(`${lines.pop()}${text}`);
      else lines.push(`${event.from}: ${text}`);
      speaking = event.from;
      continue;
    }
    speaking = undefined;
    lines.push(inWords(event));
  }
  return lines;
}

function inWords(event: Exclude<FlowEvent, { type: 'octets' }>): string {
  switch (event.type) {
    case 'opened':
    case 'joined':
      return `${event.type} ${event.flow.opener.port}`;
    case 'datagram':
      return `${event.from}: ${event.octets.toString('latin1')}${event.missing > 0 ? ` - ${event.missing}` : ''}`;
    case 'gap':
      return `${event.from} gap ${event.missing}`;
    case 'closed':
      return `${event.how} by ${event.by}`;
    case 'left':
      return `left: ${event.why}`;
  }
}
