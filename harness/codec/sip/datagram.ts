import { err, ok, type Result } from '../../result.ts';
import type { Defect } from '../violation.ts';
import { readContentLength } from './content-length.ts';
import { messageOf, readHead } from './head.ts';
import type { SipMessage } from './message.ts';

const CR = 0x0d;
const LF = 0x0a;

/**
 * Reads a UDP datagram (RFC 3261 §18.3). Without Content-Length the body is all that follows the empty line; octets beyond
 * it are dropped; a shorter body is kept as it is with the defect `body-shorter-than-content-length`. Offsets of defects
 * count from the start line. Error: nothing but line ends, or the first line is no SIP.
 */
export function parseSipDatagram(
  octets: Buffer,
): Result<{ readonly message: SipMessage; readonly defects: readonly Defect[] }, string> {
  const begin = skipLineEnds(octets);
  if (begin === octets.length) return err('nothing but line ends');
  const datagram = octets.subarray(begin);
  const end = headEnd(datagram);
  const head = readHead(datagram.subarray(0, end ?? datagram.length));
  if (!head.ok) return head;
  const defects = [...head.value.defects];
  if (begin > 0) defects.push({ kind: 'leading-line-end', offset: 0 });
  if (end === undefined) defects.push({ kind: 'missing-empty-line', offset: datagram.length });
  const bodyStart = end ?? datagram.length;
  const body = cutBody(datagram.subarray(bodyStart), readContentLength(head.value), bodyStart, defects);
  return ok({ message: messageOf(head.value, body), defects });
}

function cutBody(
  rest: Buffer,
  length: ReturnType<typeof readContentLength>,
  offset: number,
  defects: Defect[],
): Buffer {
  switch (length.kind) {
    case 'absent':
      return rest;
    case 'malformed':
    case 'conflicting':
      defects.push({ kind: `${length.kind}-content-length`, offset, detail: length.text });
      return rest;
    case 'octets': {
      const detail = `Content-Length ${length.value}, ${rest.length} octets there`;
      if (length.value > rest.length) defects.push({ kind: 'body-shorter-than-content-length', offset, detail });
      if (length.value < rest.length) defects.push({ kind: 'octets-beyond-content-length', offset, detail });
      return rest.subarray(0, length.value);
    }
  }
}

function skipLineEnds(octets: Buffer): number {
  let index = 0;
  while (octets[index] === LF || (octets[index] === CR && octets[index + 1] === LF)) index += 1;
  return index;
}

/** Offset behind the empty line. */
function headEnd(octets: Buffer): number | undefined {
  let lineStart = 0;
  for (let feed = octets.indexOf(LF); feed !== -1; feed = octets.indexOf(LF, lineStart)) {
    if (feed === lineStart || (feed === lineStart + 1 && octets[lineStart] === CR)) return feed + 1;
    lineStart = feed + 1;
  }
  return undefined;
}
