import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { SipEvent } from './message.ts';
import { parseSipDatagram, type SipStreamOptions, SipStreamParser } from './parser.ts';

function read(segments: readonly Buffer[], options?: SipStreamOptions): SipEvent[] {
  const events: SipEvent[] = [];
  const parser = new SipStreamParser((event) => events.push(event), options);
  for (const segment of segments) parser.feed(segment);
  parser.end();
  return events;
}

const single = (octets: Buffer): Buffer[] => [...octets].map((octet) => Buffer.from([octet]));

function cut(octets: Buffer, sizes: readonly number[]): Buffer[] {
  const segments: Buffer[] = [];
  let position = 0;
  for (const size of sizes) {
    segments.push(octets.subarray(position, position + size));
    position += size;
  }
  return [...segments, octets.subarray(position)];
}

const options = (length: number): Buffer =>
  Buffer.from(`OPTIONS sip:room@example.org SIP/2.0\r\nX: ${'a'.repeat(length)}\r\nl: 0\r\n\r\n`);

describe('SipStreamParser', () => {
  afterEach(() => vi.restoreAllMocks());

  it('reports the same of any octets, however they are cut', () => {
    const pieces = fc.constantFrom(
      'INVITE sip:a@b SIP/2.0\r\n',
      'SIP/2.0 200 OK\r\n',
      'l: 3\r\n',
      'l: 0\r\n',
      '\r\n',
      '\n',
      '\r',
      'abc',
      ' x\r\n',
      '\xff',
      '\0',
    );
    fc.assert(
      fc.property(
        fc.array(pieces),
        fc.array(fc.nat(20)),
        fc.constantFrom('opener', 'acceptor'),
        (text, sizes, from) => {
          const octets = Buffer.from(text.join(''), 'latin1');
          const whole = read([octets], { from });
          expect(read(cut(octets, sizes), { from })).toEqual(whole);
          expect(read(single(octets), { from })).toEqual(whole);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('gives views of a segment that holds whole messages', () => {
    const segment = Buffer.concat([options(1), options(2)]);
    const shared = read([segment]).map((event) => event.type === 'message' && event.octets.buffer === segment.buffer);
    expect(shared).toEqual([true, true]);
  });

  it('leaves alone what it reported when more is fed', () => {
    const first = options(5);
    const seen: Buffer[] = [];
    const parser = new SipStreamParser((event) => event.type === 'message' && seen.push(event.octets));
    for (const octet of single(Buffer.concat([first, options(3000), first]))) parser.feed(octet);
    expect(seen).toEqual([first, options(3000), first]);
  });

  it('looks at each octet of a head once and copies it a bounded number of times', () => {
    const octets = options(65_536);
    let searched = 0;
    let copied = 0;
    const { indexOf, copy } = Buffer.prototype;
    vi.spyOn(Buffer.prototype, 'indexOf').mockImplementation(function (this: Buffer, value, from) {
      const found = indexOf.call(this, value as number, from as number);
      searched += (found === -1 ? this.length : found + 1) - Number(from);
      return found;
    });
    vi.spyOn(Buffer.prototype, 'copy').mockImplementation(function (this: Buffer, target, at, start, end) {
      const count = copy.call(this, target, at, start, end);
      copied += count;
      return count;
    });
    const events = read(single(octets));
    vi.restoreAllMocks();
    expect(events).toHaveLength(1);
    expect(searched).toBeGreaterThan(0);
    expect(searched).toBeLessThanOrEqual(octets.length);
    expect(copied).toBeGreaterThanOrEqual(octets.length);
    expect(copied).toBeLessThanOrEqual(4 * octets.length);
  });

  it('holds to its limits at the octet', () => {
    const octets = options(10);
    expect(read([octets], { maxHeadOctets: octets.length }).map((event) => event.type)).toEqual(['message']);
    for (const segments of [[octets], single(octets)]) {
      expect(read(segments, { maxHeadOctets: octets.length - 1 })).toEqual([
        { type: 'garbage', octets: octets.subarray(0, -1), start: 0, reason: 'the head is too long' },
      ]);
    }
    const withBody = Buffer.from('SIP/2.0 200 OK\r\nl: 3\r\n\r\nabc');
    expect(read([withBody], { maxBodyOctets: 3 }).map((event) => event.type)).toEqual(['message']);
    expect(read([withBody], { maxBodyOctets: 2 })).toEqual([
      { type: 'garbage', octets: withBody.subarray(0, -3), start: 0, reason: 'the body is too long' },
    ]);
  });

  it('ignores what comes after garbage', () => {
    const events = read([Buffer.from('HELLO\r\n'), options(1), options(1)]);
    expect(events.map((event) => event.type)).toEqual(['garbage']);
  });

  it('reports the pong of an acceptor at once', () => {
    const events: SipEvent[] = [];
    const parser = new SipStreamParser((event) => events.push(event), { from: 'acceptor' });
    parser.feed(Buffer.from('\r\n'));
    expect(events).toEqual([{ type: 'keep-alive', kind: 'pong', start: 0 }]);
  });

  it('lets a refused head be read for an answer', () => {
    const [event] = read([Buffer.from('BYE sip:a@b SIP/2.0\r\nCall-ID: 7\r\nContent-Length: x\r\n\r\n')]);
    if (event?.type !== 'garbage') throw new Error('no garbage');
    const again = parseSipDatagram(event.octets);
    expect(again.ok && again.value.message.headers[0]).toEqual({ name: 'Call-ID', value: '7' });
  });
});

describe('parseSipDatagram', () => {
  it('never throws', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.constantFrom('', 'SIP/2.0 200 ', 'A b SIP/2.0\r\n'),
        (noise, prefix) => {
          const read = parseSipDatagram(Buffer.concat([Buffer.from(prefix), noise]));
          expect(typeof read.ok).toBe('boolean');
        },
      ),
    );
  });
});
