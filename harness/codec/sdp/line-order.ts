import type { Defect } from '../violation.ts';
import type { PlacedLine } from './parse.ts';

/** Place of each letter in a session or media section (RFC 8866 §5); letters of one place may alternate. */
const SESSION_PLACES = placesOf(['v', 'o', 's', 'i', 'u', 'e', 'p', 'c', 'b', 'trz', 'k', 'a']);
const MEDIA_PLACES = placesOf(['m', 'i', 'c', 'b', 'k', 'a']);
const ONCE_A_SESSION = 'vosiuczk';
const ONCE_A_MEDIA = 'ik';
const COMPULSORY = ['v', 'o', 's', 't'];

function placesOf(order: readonly string[]): ReadonlyMap<string, number> {
  return new Map(order.flatMap((letters, place) => [...letters].map((letter) => [letter, place] as const)));
}

/** Lines missing, repeated, unknown or out of order (RFC 8866 §5). */
export function lineOrderDefects(lines: readonly PlacedLine[]): readonly Defect[] {
  const defects: Defect[] = [];
  const seen = new Set<string>();
  let inMedia = false;
  let reached = 0;
  for (const { type, offset } of lines) {
    if (type === 'm') {
      inMedia = true;
      reached = 0;
      seen.clear();
      continue;
    }
    if (type === 'v' && inMedia) {
      defects.push({ kind: 'second-description', offset });
      inMedia = false;
      reached = 0;
      seen.clear();
    }
    const place = (inMedia ? MEDIA_PLACES : SESSION_PLACES).get(type);
    if (place === undefined) {
      defects.push({ kind: SESSION_PLACES.has(type) ? 'line-order' : 'unknown-type', offset, detail: type });
      continue;
    }
    if (place < reached) defects.push({ kind: 'line-order', offset, detail: type });
    else if (seen.has(type) && (inMedia ? ONCE_A_MEDIA : ONCE_A_SESSION).includes(type))
      defects.push({ kind: 'repeated-line', offset, detail: type });
    seen.add(type);
    reached = Math.max(reached, place);
  }
  return [...defects, ...missingLines(lines)];
}

function missingLines(lines: readonly PlacedLine[]): readonly Defect[] {
  const firstMedia = lines.findIndex(({ type }) => type === 'm');
  const session = new Set((firstMedia === -1 ? lines : lines.slice(0, firstMedia)).map(({ type }) => type));
  return COMPULSORY.filter((type) => !session.has(type)).map((detail) => ({ kind: 'missing-line', offset: 0, detail }));
}
