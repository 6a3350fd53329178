import { err, ok, type Result } from '../result.ts';
import { append, join, NO_PIECES, type Pieces, toBuffers } from './pieces.ts';

interface Held {
  readonly at: number;
  readonly octets: Pieces;
}

/**
 * Puts the octets of one message in order (RFC 4975 §7.3.1). A sender may send its chunks in any order, the copies have
 * to be in order: what comes early is held. An immutable value; positions count from 0.
 */
export interface Assembly {
  /** All octets before this position have been handed on. */
  readonly next: number;
  /** Sorted, without overlaps, all behind `next`. */
  readonly held: readonly Held[];
  readonly heldOctets: number;
}

export const EMPTY_ASSEMBLY: Assembly = { next: 0, held: [], heldOctets: 0 };

/** One message may make the switch hold so much out of order, in octets and in separate ranges. */
const MAX_HELD_OCTETS: number = 2 ** 20;
const MAX_HELD_RANGES = 1024;

/** What is in order now; `assembly` is what remains. */
export interface Ordered {
  readonly assembly: Assembly;
  readonly octets: readonly Buffer[];
}

/**
 * Takes octets that begin at `at`. What was handed on stays as it was; of what is held, the octets that came last win.
 * Error: too much is held.
 */
export function place(assembly: Assembly, at: number, octets: Buffer): Result<Ordered, 'too-much'> {
  if (at < assembly.next) {
    octets = octets.subarray(assembly.next - at);
    at = assembly.next;
  }
  if (octets.length === 0) return ok({ assembly, octets: [] });
  if (at === assembly.next && assembly.held.length === 0)
    return ok({ assembly: { next: at + octets.length, held: [], heldOctets: 0 }, octets: [octets] });

  const held = overlay(assembly.held, at, octets);
  let next = assembly.next;
  let taken = 0;
  const ready: Buffer[] = [];
  for (const range of held) {
    if (range.at !== next) break;
    ready.push(...toBuffers(range.octets));
    next = endOf(range);
    taken += 1;
  }
  const rest = held.slice(taken);
  const heldOctets = rest.reduce((sum, range) => sum + range.octets.length, 0);
  if (heldOctets > MAX_HELD_OCTETS || rest.length > MAX_HELD_RANGES) return err('too-much');
  return ok({ assembly: { next, held: rest, heldOctets }, octets: ready });
}

/** One past the last octet known. */
export function reach(assembly: Assembly): number {
  const last = assembly.held.at(-1);
  return last === undefined ? assembly.next : endOf(last);
}

const endOf = (range: Held): number => range.at + range.octets.length;

function overlay(held: readonly Held[], at: number, octets: Buffer): Held[] {
  const end = at + octets.length;
  const before = held.findIndex((range) => endOf(range) === at);
  const extended = held[before];
  if (extended !== undefined && (held[before + 1]?.at ?? end) >= end)
    return held.with(before, { at: extended.at, octets: append(extended.octets, octets) });

  const added: Held = { at, octets: append(NO_PIECES, octets) };
  const inFront: Held[] = [];
  const behind: Held[] = [];
  for (const range of held) {
    if (range.at < at) inFront.push(endOf(range) <= at ? range : cut(range, range.at, at));
    if (endOf(range) > end) behind.push(range.at >= end ? range : cut(range, end, endOf(range)));
  }
  return [...inFront, added, ...behind];
}

function cut(range: Held, from: number, to: number): Held {
  const octets = join(range.octets).subarray(from - range.at, to - range.at);
  return { at: from, octets: append(NO_PIECES, octets) };
}
