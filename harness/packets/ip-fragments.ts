import type { Packet } from './packet.ts';

/** A fragment of an IP datagram, in the terms of RFC 791 §3.2 and RFC 8200 §4.5. */
export interface Fragment {
  readonly packet: Packet;
  /** The same for all fragments of one datagram. */
  readonly datagram: string;
  readonly version: 4 | 6;
  /** Where it belongs in the datagram, in octets. */
  readonly offset: number;
  /** It is not the last. */
  readonly more: boolean;
  /** What stands at the beginning of the datagram. */
  readonly next: number;
  readonly octets: Buffer;
  /** Octets behind them that the capture cut off. */
  readonly missing: number;
}

/** A datagram of which all fragments have come. */
export interface Reassembled {
  readonly next: number;
  readonly octets: Buffer;
  /** Octets behind the first one that was cut off, and this one: of what was captured behind it nothing is told. */
  readonly missing: number;
  readonly frames: readonly number[];
  readonly comments: readonly string[];
}

interface Incomplete {
  readonly since: number;
  octets: Buffer;
  /** Begins and ends of what has come, by turns and in order. */
  readonly covered: number[];
  end: number | undefined;
  /** The first octet that the capture cut off. */
  cutAt: number;
  next: number;
  readonly frames: number[];
  readonly comments: string[];
}

const MOST_DATAGRAMS = 1024;
const MOST_OCTETS = 16 * 1024 * 1024;
/** RFC 8200 §4.5, in milliseconds. */
const MOST_AGE = 60_000;
const LARGEST_DATAGRAM = 65_535;
/** What keeping the number of a frame costs, in octets. */
const FRAME_COST = 16;

/** Puts fragments together. Bounded: the oldest incomplete datagram makes room for a new one. */
export class IpFragments {
  readonly #incomplete = new Map<string, Incomplete>();
  #octets = 0;
  #dropped = 0;

  /** Datagrams that were given up: too old, too many, or with fragments that contradict one another. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Takes a fragment; returns its datagram once it is whole. */
  add(fragment: Fragment): Reassembled | undefined {
    this.#forget(fragment.packet.time);
    const whole = this.#incomplete.get(fragment.datagram) ?? this.#begin(fragment);
    if (contradicts(whole, fragment)) return this.#drop(fragment.datagram, whole);
    if (isCopy(whole, fragment)) return undefined;
    this.#put(whole, fragment);
    if (
      whole.end === undefined ||
      whole.covered.length > 2 ||
      whole.covered[0] !== 0 ||
      whole.covered[1] !== whole.end
    ) {
      this.#makeRoom();
      return undefined;
    }
    this.#remove(fragment.datagram, whole);
    const present = Math.min(whole.cutAt, whole.end);
    const { next, frames, comments } = whole;
    return { next, octets: whole.octets.subarray(0, present), missing: whole.end - present, frames, comments };
  }

  /** Nothing follows: what is incomplete remains so. */
  end(): void {
    for (const [key, whole] of this.#incomplete) this.#drop(key, whole);
  }

  #begin({ datagram, packet, next }: Fragment): Incomplete {
    const octets = Buffer.alloc(0);
    const whole = {
      since: packet.time,
      octets,
      covered: [],
      end: undefined,
      cutAt: Infinity,
      next,
      frames: [],
      comments: [],
    };
    this.#incomplete.set(datagram, whole);
    return whole;
  }

  /** RFC 791 §3.2: where fragments of IPv4 overlap the later one counts. */
  #put(whole: Incomplete, { packet, offset, more, next, octets, missing }: Fragment): void {
    const end = offset + octets.length + missing;
    this.#octets += FRAME_COST;
    if (whole.octets.length < end) {
      const larger = Buffer.allocUnsafe(Math.max(end, whole.octets.length * 2));
      whole.octets.copy(larger);
      this.#octets += larger.length - whole.octets.length;
      whole.octets = larger;
    }
    octets.copy(whole.octets, offset);
    cover(whole.covered, offset, end);
    if (missing > 0) whole.cutAt = Math.min(whole.cutAt, offset + octets.length);
    if (!more) whole.end = end;
    if (offset === 0) whole.next = next;
    whole.frames.push(packet.frame);
    whole.comments.push(...packet.comments);
  }

  #forget(now: number): void {
    for (const [key, whole] of this.#incomplete) {
      if (now - whole.since <= MOST_AGE) return;
      this.#drop(key, whole);
    }
  }

  #makeRoom(): void {
    for (const [key, whole] of this.#incomplete) {
      if (this.#incomplete.size <= MOST_DATAGRAMS && this.#octets <= MOST_OCTETS) return;
      this.#drop(key, whole);
    }
  }

  #drop(key: string, whole: Incomplete): undefined {
    this.#remove(key, whole);
    this.#dropped++;
  }

  #remove(key: string, whole: Incomplete): void {
    this.#incomplete.delete(key);
    this.#octets -= whole.octets.length + whole.frames.length * FRAME_COST;
  }
}

/** Whether a fragment cannot be of the datagram that the others make. */
function contradicts(whole: Incomplete, fragment: Fragment): boolean {
  const { offset, octets, missing, more, version } = fragment;
  const end = offset + octets.length + missing;
  // All but the last hold a multiple of eight octets, for the offset counts these.
  if (end > LARGEST_DATAGRAM || end === offset || (more && end % 8 !== 0)) return true;
  const { covered } = whole;
  if (whole.end !== undefined && (more ? end > whole.end : end !== whole.end)) return true;
  if (!more && (covered.at(-1) ?? 0) > end) return true;
  // RFC 8200 §4.5: overlapping fragments are no datagram, exact copies may be.
  return version === 6 && overlaps(covered, offset, end) && !isCopy(whole, fragment);
}

/** Whether all of it has come before, as far as that was captured. */
function isCopy({ covered, cutAt, octets: had }: Incomplete, { offset, octets, missing }: Fragment): boolean {
  const end = offset + octets.length + missing;
  for (let at = 0; at < covered.length; at += 2) {
    const start = covered[at] ?? 0;
    const stop = covered[at + 1] ?? 0;
    if (start <= offset && end <= stop) {
      return end > cutAt || had.compare(octets, 0, octets.length, offset, offset + octets.length) === 0;
    }
  }
  return false;
}

function overlaps(covered: readonly number[], start: number, end: number): boolean {
  for (let at = 0; at < covered.length; at += 2) {
    if (start < (covered[at + 1] ?? 0) && (covered[at] ?? 0) < end) return true;
  }
  return false;
}

/** Adds a range to ordered ranges, joining those it touches. */
function cover(covered: number[], start: number, end: number): void {
  let first = 0;
  while (first < covered.length && (covered[first + 1] ?? 0) < start) first += 2;
  let last = first;
  while (last < covered.length && (covered[last] ?? 0) <= end) last += 2;
  const joined = covered.slice(first, last);
  covered.splice(first, last - first, Math.min(start, joined[0] ?? start), Math.max(end, joined.at(-1) ?? end));
}
