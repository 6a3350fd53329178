import { ahead, plus } from './segment.ts';

/** Octets, or octets that were not captured, that came before some that are due earlier. */
interface Piece {
  readonly sequence: number;
  readonly length: number;
  /** Absent: the capture cut them off. */
  readonly octets?: Buffer;
  readonly packets: readonly number[];
}

/** Who takes what has come into order. */
export interface InOrder {
  octets(octets: Buffer, packets: readonly number[]): void;
  gap(missing: number): void;
}

/** What out-of-order octets of all connections together take. */
export interface Held {
  octets: number;
}

// Windows beyond 4 MiB are rare, and what is lost in between is seen by acknowledgements long before.
const MOST_HELD = 4 * 1024 * 1024;
const MOST_PIECES = 4096;
const MOST_HELD_OF_ALL = 48 * 1024 * 1024;
/** What an entry takes beside its octets. */
const PIECE_OCTETS = 200;
/** No window is larger (RFC 7323 §2.3): a segment farther ahead is none of this connection. */
const FARTHEST = 2 ** 30;

/**
 * One direction of a connection: puts octets into order, each once. Of octets that came twice the first copy counts, as
 * the receiver may have acknowledged it. Holes are waited for until somebody gives them up or too much is held.
 */
export class Half {
  /** Sequence number of the SYN. */
  syn: number | undefined;
  /** The sequence number that was due first. */
  first: number | undefined;
  /** The sequence number that is due. */
  next: number | undefined;
  /** Sequence number of the FIN. */
  fin: number | undefined;
  readonly #out: InOrder;
  readonly #ofAll: Held;
  #pieces: Piece[] = [];
  #held = 0;

  constructor(out: InOrder, ofAll: Held) {
    this.#out = out;
    this.#ofAll = ofAll;
  }

  get isFinished(): boolean {
    return this.fin !== undefined && this.next !== undefined && ahead(this.next, this.fin) >= 0;
  }

  get isHolding(): boolean {
    return this.#pieces.length > 0;
  }

  startAt(sequence: number): void {
    this.first = sequence;
    this.next = sequence;
  }

  /** `octets`, and `missing` ones behind them, of which the first has this sequence number. */
  take(sequence: number, octets: Buffer, missing: number, packets: readonly number[]): void {
    const distance = ahead(sequence, this.#due());
    const { length } = octets;
    if (distance > FARTHEST || distance + length + missing <= 0) return;
    if (distance <= 0 && this.#pieces.length === 0) {
      this.#pass(octets, -distance, packets);
      this.#passOver(missing - Math.max(0, -distance - length));
      return;
    }
    if (length > 0) this.#hold({ sequence, length, octets, packets });
    if (missing > 0) this.#hold({ sequence: plus(sequence, length), length: missing, packets });
    this.#drain();
    while (this.#isTooMuch()) this.giveUp();
  }

  /** Octets that are due are not waited for any longer: up to those held behind them, or up to `end` if that comes earlier. */
  giveUp(end?: number): void {
    const held = this.#pieces[0]?.sequence;
    const target = held === undefined || (end !== undefined && ahead(end, held) < 0) ? end : held;
    if (target === undefined) return;
    this.#passOver(ahead(target, this.#due()));
    this.#drain();
  }

  /** Nothing will fill the holes any more. */
  flush(): void {
    while (this.#pieces.length > 0) this.giveUp();
  }

  #due(): number {
    if (this.next === undefined) throw new Error('octets of a direction whose beginning is not known');
    return this.next;
  }

  #pass(octets: Buffer, from: number, packets: readonly number[]): void {
    if (from >= octets.length) return;
    this.next = plus(this.#due(), octets.length - from);
    this.#out.octets(from === 0 ? octets : octets.subarray(from), packets);
  }

  #passOver(missing: number): void {
    if (missing <= 0) return;
    this.next = plus(this.#due(), missing);
    this.#out.gap(missing);
  }

  #isTooMuch(): boolean {
    if (this.#pieces.length === 0) return false;
    return this.#held > MOST_HELD || this.#pieces.length > MOST_PIECES || this.#ofAll.octets > MOST_HELD_OF_ALL;
  }

  #drain(): void {
    let count = 0;
    for (let piece = this.#pieces[0]; piece !== undefined; piece = this.#pieces[count]) {
      const behind = -ahead(piece.sequence, this.#due());
      if (behind < 0) break;
      count += 1;
      this.#count(-1, piece);
      if (piece.octets !== undefined) this.#pass(piece.octets, behind, piece.packets);
      else this.#passOver(piece.length - behind);
    }
    if (count > 0) this.#pieces.splice(0, count);
  }

  /** Puts what no earlier piece has into the spaces between them. */
  #hold(piece: Piece): void {
    const end = plus(piece.sequence, piece.length);
    let start = ahead(piece.sequence, this.#due()) < 0 ? this.#due() : piece.sequence;
    let index = this.#pieces.length;
    for (; index > 0; index -= 1) {
      const before = this.#pieces[index - 1];
      if (before === undefined || ahead(before.sequence, start) > 0) continue;
      start = later(start, endOf(before));
      break;
    }
    while (ahead(end, start) > 0) {
      const following = this.#pieces[index];
      const space = following === undefined ? end : earlier(end, following.sequence);
      if (ahead(space, start) > 0) {
        const part = cut(piece, start, space);
        this.#pieces.splice(index, 0, part);
        this.#count(1, part);
        index += 1;
      }
      if (following === undefined) return;
      start = endOf(following);
      index += 1;
    }
  }

  #count(sign: 1 | -1, { octets }: Piece): void {
    const size = sign * ((octets?.length ?? 0) + PIECE_OCTETS);
    this.#held += size;
    this.#ofAll.octets += size;
  }
}

const endOf = ({ sequence, length }: Piece): number => plus(sequence, length);

const later = (one: number, other: number): number => (ahead(one, other) > 0 ? one : other);

const earlier = (one: number, other: number): number => (ahead(one, other) < 0 ? one : other);

/** A copy, as the octets of a packet are a view of what is read next. */
function cut({ sequence, octets, packets }: Piece, start: number, end: number): Piece {
  const length = ahead(end, start);
  if (octets === undefined) return { sequence: start, length, packets };
  const from = ahead(start, sequence);
  return { sequence: start, length, octets: Buffer.from(octets.subarray(from, from + length)), packets };
}
