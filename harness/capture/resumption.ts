import type { EndLine } from '../codec/msrp/end-line.ts';
import { isCertainMsrpStart } from '../codec/msrp/find-start.ts';
import { isCertainSipStart } from '../codec/sip/find-start.ts';

export type Protocol = 'sip' | 'msrp';

const LF = 0x0a;

export type Start =
  | { readonly protocol: Protocol; readonly at: number }
  /** None before `judged`; whether one begins there is not known yet, if a line does. */
  | { readonly protocol: undefined; readonly judged: number; readonly isLineStart: boolean };

/**
 * The first message that certainly starts between `from` and the end, at the beginning of a line. `isLineStart`: whether
 * one begins at `from`.
 */
export function findStart(octets: Buffer, from: number, isLineStart: boolean, protocol?: Protocol): Start {
  const before = isLineStart ? from - 1 : octets.indexOf(LF, from);
  if (!isLineStart && before < 0) return { protocol: undefined, judged: octets.length, isLineStart: false };
  let line = before + 1;
  while (line < octets.length) {
    if (octets[line] === LF) {
      line += 1;
      continue;
    }
    const isMsrp = protocol === 'sip' ? false : isCertainMsrpStart(octets, line);
    if (isMsrp === true) return { protocol: 'msrp', at: line };
    const isSip = protocol === 'msrp' ? false : isCertainSipStart(octets, line);
    if (isSip === true) return { protocol: 'sip', at: line };
    if (isMsrp === 'more' || isSip === 'more') return { protocol: undefined, judged: line, isLineStart: true };
    const end = octets.indexOf(LF, line);
    if (end < 0) return { protocol: undefined, judged: octets.length, isLineStart: false };
    line = end + 1;
  }
  return { protocol: undefined, judged: octets.length, isLineStart: true };
}

export type Resumption =
  /** A message starts at `at`; what stands before it is none. */
  | { readonly resumed: true; readonly at: number }
  | { readonly resumed: false; readonly judged: number; readonly isLineStart: boolean };

/** The MSRP message that was broken off. */
export interface BrokenOff {
  readonly endLine: EndLine;
  /** Octets at the beginning that are of its body, by its Byte-Range; 0 where nothing tells. */
  readonly bodyOctets: number;
}

/**
 * Where an MSRP stream can be read again whose message was broken off: behind the end-line of that message, or at a start
 * that cannot be of its body.
 */
export function resumeMsrp(octets: Buffer, isLineStart: boolean, { endLine, bodyOctets }: BrokenOff): Resumption {
  const end = endLine.find(octets, 0);
  const limit = end.match === 'whole' ? end.at : octets.length;
  const next = findStart(
    octets.subarray(0, limit),
    Math.min(bodyOctets, limit),
    bodyOctets === 0 && isLineStart,
    'msrp',
  );
  if (next.protocol !== undefined) return { resumed: true, at: next.at };
  if (end.match === 'whole') return { resumed: true, at: end.at + endLine.length };
  const judged = Math.min(end.at, next.judged);
  return { resumed: false, judged, isLineStart: next.isLineStart && judged === next.judged };
}
