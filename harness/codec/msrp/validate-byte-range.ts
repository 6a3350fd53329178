import type { Violation } from '../violation.ts';
import { broken } from './broken.ts';
import { type ByteRange, parseByteRange } from './byte-range.ts';
import type { MsrpRequest } from './message.ts';

/** RFC 4975 §7.1.1: a longer chunk has to be ready for interruption. */
export const longestPlainChunk = 2048;

/** Byte-Range of a SEND against the octets that are really there (RFC 4975 §7.1.1). */
export function checkByteRange(request: MsrpRequest): Violation[] {
  return request.headers.flatMap(({ name, value }) => {
    if (name.toLowerCase() !== 'byte-range') return [];
    const range = parseByteRange(value);
    return range.ok
      ? checkRange(range.value, value, request)
      : [broken('RFC4975-9-16', `Byte-Range is ${JSON.stringify(value)}`)];
  });
}

function checkRange(range: ByteRange, value: string, request: MsrpRequest): Violation[] {
  const length = request.body?.length ?? 0;
  // Positions from zero or in an absent body shift all that follows, so nothing else is judged.
  const origin = checkStart(range, value, request);
  return origin.length > 0
    ? origin
    : [...checkEnd(range, value, request, length), ...checkTotal(range, value, request, length)];
}

function checkStart({ start }: ByteRange, value: string, { body, flag }: MsrpRequest): Violation[] {
  const empty = body === undefined || body.length === 0;
  // An empty body may close a message whose octets went before, as in 11-10/10 (part 5, A16); giving it up needs no body at all.
  const wrong = body === undefined && flag !== '#' ? start !== 1n : start === 0n;
  if (!wrong) return [];
  return empty
    ? [broken('RFC4975-7.1.1-26', `Byte-Range ${value} without content does not start with 1`)]
    : [broken('RFC4975-7.1.1-16', `Byte-Range ${value} counts from zero`)];
}

function checkEnd(range: ByteRange, value: string, { flag }: MsrpRequest, length: number): Violation[] {
  if (range.end === '*') return [];
  const violations: Violation[] = [];
  const real = range.start + BigInt(length) - 1n;
  if (range.end !== real) {
    violations.push(broken('RFC4975-7.1.1-20', `Byte-Range ${value}, but the last octet is ${real}`));
  }
  if (real < range.end && flag !== '$') {
    const message = `Byte-Range ${value} names its end, yet the chunk was broken off at ${real}`;
    violations.push(broken('RFC4975-7.1.1-21', message), broken('RFC4975-7.3.1-05', message));
  }
  if (length > longestPlainChunk) {
    const message = `Byte-Range ${value} names its end for a chunk of ${length} octets`;
    violations.push(broken('RFC4975-5.1-04', message), broken('RFC4975-7.1.1-27', message));
  }
  return violations;
}

function checkTotal(range: ByteRange, value: string, { flag }: MsrpRequest, length: number): Violation[] {
  if (range.total === '*') return [];
  const real = range.start + BigInt(length) - 1n;
  const wrong = flag === '$' ? range.total !== real : range.total < real;
  if (!wrong) return [];
  return [broken('RFC4975-7.1.1-22', `Byte-Range ${value}, but the chunk ends with ${flag} at octet ${real}`)];
}
