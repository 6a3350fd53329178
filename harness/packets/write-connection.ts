import { type End, opposite } from './flow.ts';
import { ACK, FIN, PSH, RST, SYN } from './segment.ts';
import { type FrameContent, Lane, type Station, WINDOW } from './write-frame.ts';

/** Takes the frames of a connection one by one and gives each its number. */
export type TakeFrame = (lane: Lane, content: FrameContent, comment?: string) => number;

/** So many octets go before the other end acknowledges them: half of what its window takes. */
const OCTETS_TO_AN_ACK = WINDOW >>> 1;

const NOTHING = Buffer.alloc(0);

/** One end of a TCP connection that is written, and what it sends. */
interface Sender {
  readonly lane: Lane;
  /** Sequence number of the next octet. */
  sequence: number;
  /** Of the next frame, in the header of IP. */
  id: number;
  /** Octets sent so far. */
  sent: number;
  /** For each frame with octets: how many had been sent with it, in ascending order, and its number. */
  readonly sentWith: number[];
  readonly frames: number[];
}

const sender = (lane: Lane, sequence: number): Sender => ({ lane, sequence, id: 1, sent: 0, sentWith: [], frames: [] });

/** A TCP connection as frames that an impartial observer could have seen: handshake, segments, acknowledgements, the end. */
export class WrittenConnection {
  readonly #take: TakeFrame;
  readonly #ends: Readonly<Record<End, Sender>>;
  #closed = false;

  /** `sequence`: where the opener begins to count. Where an address is used again, it has to be another number. */
  constructor(opener: Station, other: Station, sequence: number, take: TakeFrame) {
    this.#take = take;
    this.#ends = {
      opener: sender(new Lane('tcp', opener, other), sequence >>> 0),
      other: sender(new Lane('tcp', other, opener), ~sequence >>> 0),
    };
  }

  /** The handshake (RFC 9293 §3.5); `comment` goes with its first frame. Numbers of the frames, as of all that follows. */
  open(comment: string): readonly number[] {
    return [this.#control('opener', SYN, comment), this.#control('other', SYN | ACK), this.#control('opener', ACK)];
  }

  send(from: End, octets: Buffer): readonly number[] {
    if (this.#closed) return [];
    const end = this.#ends[from];
    const frames: number[] = [];
    let unacknowledged = 0;
    for (let at = 0; at < octets.length; at += end.lane.segmentOctets) {
      const payload = octets.subarray(at, at + end.lane.segmentOctets);
      const last = at + payload.length === octets.length;
      const frame = this.#emit(from, last ? PSH | ACK : ACK, payload);
      end.sent += payload.length;
      end.sentWith.push(end.sent);
      end.frames.push(frame);
      frames.push(frame);
      unacknowledged += payload.length;
      if (last || unacknowledged >= OCTETS_TO_AN_ACK) {
        this.#control(opposite(from), ACK);
        unacknowledged = 0;
      }
    }
    return frames;
  }

  close(by: End, how: 'ended' | 'reset', comment?: string): readonly number[] {
    if (this.#closed) return [];
    this.#closed = true;
    if (how === 'reset') return [this.#control(by, RST | ACK, comment)];
    const ends = [this.#control(by, FIN | ACK, comment), this.#control(opposite(by), FIN | ACK)];
    return [...ends, this.#control(by, ACK)];
  }

  /** The frames that carried octets from offset `start` up to offset `end` of what one end has sent. */
  framesOf(from: End, start: number, end: number): readonly number[] {
    const { sentWith, frames } = this.#ends[from];
    const first = firstAbove(sentWith, start);
    return end <= start ? [] : frames.slice(first, firstAbove(sentWith, end - 1) + 1);
  }

  #control(from: End, flags: number, comment?: string): number {
    return this.#emit(from, flags, NOTHING, comment);
  }

  #emit(from: End, flags: number, payload: Buffer, comment?: string): number {
    const end = this.#ends[from];
    const acknowledged = (flags & ACK) === 0 ? 0 : this.#ends[opposite(from)].sequence;
    const content = { payload, id: end.id, sequence: end.sequence, acknowledged, flags };
    end.id += 1;
    // RFC 9293 §3.4: SYN and FIN count like an octet.
    end.sequence = (end.sequence + payload.length + ((flags & (SYN | FIN)) === 0 ? 0 : 1)) >>> 0;
    return this.#take(end.lane, content, comment);
  }
}

/** Index of the first of the ascending values that is above `limit`. */
function firstAbove(ascending: readonly number[], limit: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ascending[middle] ?? 0) > limit) high = middle;
    else low = middle + 1;
  }
  return low;
}
