import { formatByteRange, parseByteRange } from '../../codec/msrp/byte-range.ts';
import { headerOf } from '../../codec/msrp/message.ts';
import type { WireRewriting } from '../alteration.ts';
import { editHeader, onCopies, onMsrpRequests } from '../rewriting.ts';
import { type Mutant, rfc4975 } from './mutant.ts';

/** Octets of earlier chunks stay where they are, whatever comes later. */
function firstComesFirst(): WireRewriting {
  const seen = new Map<string, { readonly at: number; readonly octets: Buffer }[]>();
  return onMsrpRequests((request, stream) => {
    const range = parseByteRange(headerOf(request, 'Byte-Range') ?? '');
    if (request.method !== 'SEND' || request.body === undefined || !range.ok) return [request];
    const key = `${stream} ${headerOf(request, 'Message-ID')}`;
    const at = Number(range.value.start) - 1;
    const body = Buffer.from(request.body);
    const earlier = seen.get(key) ?? [];
    for (const one of earlier) {
      const [from, to] = [Math.max(at, one.at), Math.min(at + body.length, one.at + one.octets.length)];
      if (from < to) one.octets.copy(body, from - at, from - one.at, to - one.at);
    }
    seen.set(key, [...earlier, { at, octets: body }]);
    return [{ ...request, body }];
  });
}

/** Puts a chunk behind what it has, although the octets have been there before. */
function appendsOverlaps(): WireRewriting {
  const ends = new Map<string, number>();
  return onMsrpRequests((request, stream) => {
    const range = parseByteRange(headerOf(request, 'Byte-Range') ?? '');
    if (request.method !== 'SEND' || request.body === undefined || !range.ok) return [request];
    const key = `${stream} ${headerOf(request, 'Message-ID')}`;
    const due = BigInt((ends.get(key) ?? 0) + 1);
    const start = range.value.start > 1n && range.value.start < due ? due : range.value.start;
    ends.set(key, Number(start) - 1 + request.body.length);
    const moved = formatByteRange({ start, end: '*', total: '*' });
    return [start === range.value.start ? request : editHeader(request, 'Byte-Range', () => moved)];
  });
}

/** Each chunk of a copy has the metadata of the wrapper in front, and the ranges count them. */
function wrapsEveryChunk(): WireRewriting {
  const wrappers = new Map<string, { readonly block: Buffer; shift: number }>();
  return onCopies((copy, stream) => {
    const range = parseByteRange(headerOf(copy, 'Byte-Range') ?? '');
    if (copy.body === undefined || !range.ok) return copy;
    const key = `${stream} ${headerOf(copy, 'Message-ID')}`;
    if (range.value.start === 1n) {
      const end = copy.body.indexOf('\r\n\r\n');
      wrappers.set(key, { block: Buffer.from(copy.body.subarray(0, end + 4)), shift: 0 });
      return editHeader(copy, 'Byte-Range', (value) => value.replace(/\/\d+$/, '/*'));
    }
    const wrapper = wrappers.get(key);
    if (wrapper === undefined) return copy;
    const start = range.value.start + BigInt(wrapper.shift);
    wrapper.shift += wrapper.block.length;
    const moved = formatByteRange({ start, end: '*', total: '*' });
    return { ...editHeader(copy, 'Byte-Range', () => moved), body: Buffer.concat([wrapper.block, copy.body]) };
  });
}

/** Chunks that overlap, and copies as they are cut (RFC 4975 §5.1, §7.3.1). */
export const chunkOctetMutants: readonly Mutant[] = [
  {
    name: 'first-octets-win',
    about: 'keeps the octets that came first where chunks overlap',
    violates: rfc4975('7.3.1-07'),
    weight: 'warn',
    wire: firstComesFirst,
  },
  {
    name: 'appends-overlaps',
    about: 'puts a chunk that overlaps behind what it has',
    violates: rfc4975('7.3.1-07'),
    weight: 'fail',
    wire: appendsOverlaps,
  },
  {
    name: 'breaks-off-before-the-end-it-named',
    about: 'names an end in Byte-Range that the chunk does not reach',
    violates: rfc4975('7.3.1-05', '7.1.1-21'),
    weight: 'fail',
    wire: () =>
      onCopies((copy) =>
        copy.flag === '+'
          ? editHeader(copy, 'Byte-Range', (value) =>
              value.replace(
                /^(\d+)-\*/,
                (_all, start: string) => `${start}-${Number(start) + (copy.body?.length ?? 0) + 9}`,
              ),
            )
          : copy,
      ),
  },
  {
    name: 'wraps-every-chunk',
    about: 'wraps every chunk of a copy by itself',
    violates: rfc4975('13-08'),
    weight: 'fail',
    wire: wrapsEveryChunk,
  },
];
