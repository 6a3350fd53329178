import type { Address } from '../net/network.ts';
import type { End, Flow, FlowEvent } from './flow.ts';
import { Half, type Held } from './half.ts';
import { ACK, ahead, FIN, plus, RST, SYN, type TcpSegment } from './segment.ts';

/**
 * `unseen`: nothing that tells about its octets was captured. `asked`: a SYN. `open`: it carries octets.
 * `refused`: the SYN was answered by a reset. `over`: closed, reset or left.
 */
type Stage = 'unseen' | 'asked' | 'open' | 'refused' | 'over';

/** Which of the two ends; 0 sent the first segment that was captured. */
export type Side = 0 | 1;

/** A hole that will not be filled: since when that is known. */
interface Doubt {
  readonly segments: number;
  readonly time: number;
}

interface Direction {
  readonly side: Side;
  readonly address: Address;
  readonly half: Half;
  /** What the other end was last seen to have received. */
  acknowledged: number | undefined;
  doubt: Doubt | undefined;
  isSeen: boolean;
}

export interface ConnectionContext {
  readonly emit: (event: FlowEvent) => void;
  /** Makes the flow once it is known who opened it. */
  readonly flow: (opener: Address, other: Address) => Flow;
  readonly held: Held;
}

// What is acknowledged may still come where packets were captured out of their order, but not much later.
const PATIENCE = { segments: 16, ms: 200 };
// Where nothing of the other end was captured nobody says what was received.
const PATIENCE_ONE_SIDED = { segments: 64, ms: 2000 };

/** A TCP connection (RFC 9293) as a bystander sees it, who has to do without the packets that the capture has not got. */
export class TcpConnection {
  readonly #context: ConnectionContext;
  readonly #sides: readonly [Direction, Direction];
  #stage: Stage = 'unseen';
  #flow: Flow | undefined;
  #opener: Side = 0;
  #endedBy: Side | undefined;
  #segments = 0;
  #frame = 0;
  #time = 0;

  constructor(first: Address, second: Address, context: ConnectionContext) {
    this.#context = context;
    this.#sides = [this.#direction(0, first), this.#direction(1, second)];
  }

  /** When its last segment passed. */
  get time(): number {
    return this.#time;
  }

  get isOver(): boolean {
    return this.#stage === 'over' || this.#stage === 'refused';
  }

  /** Whether this segment belongs to another connection, between the same ports. */
  isFollowedBy({ flags, sequence }: TcpSegment, from: Side): boolean {
    if ((flags & SYN) === 0 || (flags & RST) !== 0) return false;
    const isRequest = (flags & ACK) === 0;
    if (this.#stage === 'refused') return isRequest;
    const { half } = this.#sides[from];
    const known = half.syn ?? (half.first === undefined ? undefined : plus(half.first, -1));
    if (known !== undefined) return known !== sequence;
    return isRequest && (this.#stage === 'open' || this.#stage === 'over');
  }

  take(segment: TcpSegment, from: Side): void {
    if (this.isOver) return;
    this.#frame = segment.frames[segment.frames.length - 1] ?? this.#frame;
    this.#time = segment.time;
    this.#segments += 1;
    const sender = this.#sides[from];
    const receiver = this.#sides[from === 0 ? 1 : 0];
    this.#loseHope(sender, receiver);
    this.#loseHope(receiver, sender);
    sender.isSeen = true;
    if ((segment.flags & RST) !== 0) {
      this.#reset(segment, sender, receiver);
      return;
    }
    if (this.#stage !== 'open') this.#begin(segment, sender, receiver);
    if (this.#stage !== 'open') return;
    this.#carry(segment, sender);
    if ((segment.flags & ACK) !== 0) noteAcknowledged(receiver, segment.acknowledgement);
    this.#doubt(sender, receiver);
    this.#doubt(receiver, sender);
    this.#end();
  }

  /** The capture has no more of it. */
  leave(why: Extract<FlowEvent, { type: 'left' }>['why']): void {
    if (this.#stage === 'open') {
      for (const direction of this.#sides) flush(direction);
      this.#end();
    }
    if (this.#stage === 'open') this.#emit({ type: 'left', why });
    if (!this.isOver) this.#stage = 'over';
  }

  #begin(segment: TcpSegment, sender: Direction, receiver: Direction): void {
    const { flags, sequence, acknowledgement } = segment;
    const isAnswer = (flags & ACK) !== 0;
    if (this.#stage === 'asked' && !this.#isExpected(segment, sender)) return;
    if ((flags & SYN) !== 0) {
      noteSyn(sender, sequence);
      if (this.#stage === 'unseen') this.#opener = isAnswer ? receiver.side : sender.side;
      if (isAnswer) noteSyn(receiver, plus(acknowledgement, -1));
      // With TCP Fast Open (RFC 7413) octets travel before the other end has answered.
      if (isAnswer || lengthOf(segment) > 0) this.#open('opened', sender, receiver);
      else this.#stage = 'asked';
      return;
    }
    if (this.#stage === 'asked') {
      // The answer to the SYN was not captured; what is acknowledged tells where the other end began.
      if (sender.side === this.#opener && isAnswer) noteSyn(receiver, plus(acknowledgement, -1));
      this.#open('opened', sender, receiver);
      return;
    }
    if (isKeepAlive(segment, sender) || lengthOf(segment) === 0) {
      this.#carry(segment, sender);
      return;
    }
    this.#opener = sender.side;
    this.#open('joined', sender, receiver);
  }

  /** Whether a segment can follow the SYN: others are of an earlier connection, or answer to one. */
  #isExpected({ flags, sequence, acknowledgement }: TcpSegment, sender: Direction): boolean {
    const { first } = this.#sides[this.#opener].half;
    if (first === undefined || ((flags & SYN) !== 0 && (flags & ACK) === 0)) return true;
    if (sender.side === this.#opener) return (flags & SYN) !== 0 || isNear(sequence, first);
    return (flags & ACK) !== 0 && isNear(acknowledgement, first);
  }

  #open(type: 'opened' | 'joined', sender: Direction, receiver: Direction): void {
    this.#makeFlow(sender, receiver);
    this.#stage = 'open';
    this.#emit({ type });
  }

  #makeFlow(sender: Direction, receiver: Direction): void {
    const [opener, other] = sender.side === this.#opener ? [sender, receiver] : [receiver, sender];
    this.#flow = this.#context.flow(opener.address, other.address);
  }

  #carry(segment: TcpSegment, sender: Direction): void {
    const { flags, octets, missing, frames } = segment;
    const { half } = sender;
    const isSyn = (flags & SYN) !== 0;
    if (isSyn) noteSyn(sender, segment.sequence);
    const sequence = isSyn ? plus(segment.sequence, 1) : segment.sequence;
    const length = lengthOf(segment);
    const isFin = (flags & FIN) !== 0;
    if (half.first === undefined && (length > 0 || isFin)) {
      half.startAt(isKeepAlive(segment, sender) ? plus(sequence, 1) : sequence);
    }
    if (isFin) {
      half.fin ??= plus(sequence, length);
      this.#endedBy ??= sender.side;
    }
    if (length > 0 && this.#stage === 'open') half.take(sequence, octets, missing, frames);
  }

  #reset(segment: TcpSegment, sender: Direction, receiver: Direction): void {
    switch (this.#stage) {
      case 'unseen':
        this.#stage = 'over';
        return;
      case 'asked':
        if (!this.#isExpected(segment, sender)) return;
        this.#makeFlow(sender, receiver);
        this.#stage = 'refused';
        break;
      case 'open':
        for (const direction of this.#sides) flush(direction);
        this.#stage = 'over';
        break;
      case 'refused':
      case 'over':
        return;
    }
    this.#emit({ type: 'closed', by: this.#nameOf(sender.side), how: 'reset' });
  }

  #end(): void {
    if (!this.#sides.every(({ half }) => half.isFinished)) return;
    this.#stage = 'over';
    this.#emit({ type: 'closed', by: this.#nameOf(this.#endedBy ?? this.#opener), how: 'ended' });
  }

  #doubt(direction: Direction, peer: Direction): void {
    if (direction.acknowledged === direction.half.next && !direction.half.isHolding) direction.doubt = undefined;
    else if (lack(direction, peer) === undefined) direction.doubt = undefined;
    else direction.doubt ??= { segments: this.#segments, time: this.#time };
  }

  #loseHope(direction: Direction, peer: Direction): void {
    const { doubt } = direction;
    if (doubt === undefined) return;
    const patience = peer.isSeen ? PATIENCE : PATIENCE_ONE_SIDED;
    if (this.#segments - doubt.segments < patience.segments && this.#time - doubt.time < patience.ms) return;
    direction.doubt = undefined;
    if (peer.isSeen) giveUpAcknowledged(direction);
    else direction.half.giveUp();
  }

  #direction(side: Side, address: Address): Direction {
    const out = {
      octets: (octets: Buffer, packets: readonly number[]) => this.#tell(side, octets, packets),
      gap: (missing: number) => this.#emit({ type: 'gap', from: this.#nameOf(side), missing }),
    };
    const half = new Half(out, this.#context.held);
    return { side, address, half, acknowledged: undefined, doubt: undefined, isSeen: false };
  }

  /** Spelled out, as copying by spread takes longer than all the rest of a packet. */
  #tell(side: Side, octets: Buffer, packets: readonly number[]): void {
    const flow = this.#flow;
    if (flow === undefined) throw new Error('octets of a connection that has not begun');
    const from = this.#nameOf(side);
    this.#context.emit({ flow, frame: this.#frame, time: this.#time, type: 'octets', from, octets, packets });
  }

  #nameOf(side: Side): End {
    return side === this.#opener ? 'opener' : 'other';
  }

  #emit(what: FlowEventOf): void {
    if (this.#flow === undefined) throw new Error('an event of a connection that has not begun');
    this.#context.emit({ flow: this.#flow, frame: this.#frame, time: this.#time, ...what });
  }
}

type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
type FlowEventOf = Without<FlowEvent, 'flow' | 'frame' | 'time'>;

const lengthOf = ({ octets, missing }: TcpSegment): number => octets.length + missing;

/** Near enough behind the SYN to belong to it. */
const isNear = (number: number, first: number): boolean => ahead(number, first) >= 0 && ahead(number, first) < 2 ** 24;

/** A single octet in a direction that was not seen before: most likely an old one that probes the other end (RFC 9293 §3.8.4). */
function isKeepAlive(segment: TcpSegment, { half }: Direction): boolean {
  return half.first === undefined && lengthOf(segment) === 1 && (segment.flags & (SYN | FIN)) === 0;
}

function noteSyn({ half }: Direction, sequence: number): void {
  if (half.first !== undefined) return;
  half.syn = sequence;
  half.startAt(plus(sequence, 1));
}

function noteAcknowledged(direction: Direction, number: number): void {
  const { acknowledged, half } = direction;
  if (half.next === undefined || ahead(number, half.next) > 2 ** 30) return;
  if (acknowledged === undefined || ahead(number, acknowledged) > 0) direction.acknowledged = number;
}

/** Up to where octets were received that the capture has not got. */
function acknowledgedBeyond({ half, acknowledged }: Direction): number | undefined {
  if (half.next === undefined || acknowledged === undefined || half.isFinished) return undefined;
  const end = half.fin !== undefined && ahead(acknowledged, half.fin) > 0 ? half.fin : acknowledged;
  const missing = ahead(end, half.next);
  // A single one with nothing behind it may be a FIN that was not captured.
  return missing > 1 || (missing === 1 && (half.isHolding || half.fin !== undefined)) ? end : undefined;
}

function lack(direction: Direction, peer: Direction): 'acknowledged' | 'untold' | undefined {
  if (acknowledgedBeyond(direction) !== undefined) return 'acknowledged';
  return direction.half.isHolding && !peer.isSeen ? 'untold' : undefined;
}

function giveUpAcknowledged(direction: Direction): void {
  for (let end = acknowledgedBeyond(direction); end !== undefined; end = acknowledgedBeyond(direction)) {
    direction.half.giveUp(end);
  }
}

function flush(direction: Direction): void {
  direction.half.flush();
  giveUpAcknowledged(direction);
}
