import { err, ok, type Result } from '../result.ts';

interface Held {
  readonly at: number;
  readonly octets: Buffer;
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

/** One message may make the switch hold so much out of order, in octets and in pieces. */
export const MAX_HELD_OCTETS: number = 2 ** 20;
export const MAX_HELD_PIECES = 1024;

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

  const held = overlay(assembly.held, { at, octets });
  let next = assembly.next;
  let taken = 0;
  const ready: Buffer[] = [];
  for (const piece of held) {
    if (piece.at !== next) break;
    ready.push(piece.octets);
    next += piece.octets.length;
    taken += 1;
  }
  const rest = held.slice(taken);
  const heldOctets = rest.reduce((sum, piece) => sum + piece.octets.length, 0);
  if (heldOctets > MAX_HELD_OCTETS || rest.length > MAX_HELD_PIECES) return err('too-much');
  return ok({ assembly: { next, held: rest, heldOctets }, octets: ready });
}

/** One past the last octet known. */
export function reach(assembly: Assembly): number {
  const last = assembly.held.at(-1);
  return last === undefined ? assembly.next : last.at + last.octets.length;
}

function overlay(held: readonly Held[], added: Held): Held[] {
  const end = added.at + added.octets.length;
  const result: Held[] = [];
  let placed = false;
  for (const piece of held) {
    const pieceEnd = piece.at + piece.octets.length;
    if (pieceEnd <= added.at) {
      result.push(piece);
      continue;
    }
    if (piece.at < added.at) result.push({ at: piece.at, octets: piece.octets.subarray(0, added.at - piece.at) });
    if (!placed) result.push(added);
    placed = true;
    if (piece.at >= end) result.push(piece);
    else if (pieceEnd > end) result.push({ at: end, octets: piece.octets.subarray(end - piece.at) });
  }
  if (!placed) result.push(added);
  return result;
}
