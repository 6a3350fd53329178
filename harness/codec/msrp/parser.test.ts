import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MsrpCollector } from './collect.ts';
import type { MsrpEvent, MsrpMessage } from './message.ts';
import { MsrpParser } from './parser.ts';
import { serializeMsrp } from './serialize.ts';
import { describeEvents } from './vectors.fixture.ts';

const good = Buffer.from('MSRP good1234 200 OK\r\n-------good1234$\r\n');

function parse(segments: readonly Buffer[], maxHeadOctets?: number): MsrpEvent[] {
  const events: MsrpEvent[] = [];
  const parser = new MsrpParser((event) => events.push(event), maxHeadOctets === undefined ? {} : { maxHeadOctets });
  for (const segment of segments) parser.feed(segment);
  parser.end();
  return events;
}

function segmentsOf(octets: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [0, ...cuts.map((cut) => cut % (octets.length + 1)), octets.length].sort((a, b) => a - b);
  return places.slice(1).map((to, index) => octets.subarray(places[index], to));
}

const cuts = fc.array(fc.nat(10_000), { maxLength: 12 });

const identCharacters = [...'abzAZ09.-+%='];
const flag = fc.constantFrom('$' as const, '+' as const, '#' as const);

const ident = fc
  .tuple(fc.constantFrom(...'aZ5'), fc.array(fc.constantFrom(...identCharacters), { minLength: 3, maxLength: 31 }))
  .map(([first, rest]) => first + rest.join(''));

const header = fc.record({
  name: fc.constantFrom('To-Path', 'from-path', 'Message-ID', 'Content-Type', 'X-Größe', 'X'),
  value: fc
    .string({ unit: fc.constantFrom('a', 'Z', ':', '"', '-', '\t', 'é', '\u{1f600}', '$', '\ufffd', ' ') })
    .map((text) => text.replace(/^[ \t]+/, '')),
});

/** Pieces that look like ends of frames, so that random bodies come close to the real one. */
function body(transactionId: string): fc.Arbitrary<Buffer> {
  const piece = fc.oneof(
    fc.constantFrom(
      ...['\r\n', '\r', '\n', '-------', '-', transactionId, transactionId.slice(0, -1), '$', '+', '#', 'MSRP '],
      ...[`\r\n-------${transactionId}`, `-------${transactionId}$`, `\r\n-------${transactionId}$\n`, 'x', '\0', 'ÿ'],
    ),
    fc.uint8Array({ maxLength: 5 }).map((octets) => Buffer.from(octets).toString('latin1')),
  );
  return fc.array(piece, { maxLength: 20 }).map((pieces) => Buffer.from(pieces.join(''), 'latin1'));
}

/** Messages whose body does not end early by the framing rules; otherwise anything a parser gives back unchanged. */
const arbitraryMessage: fc.Arbitrary<MsrpMessage> = ident.chain((transactionId) =>
  fc
    .record({
      start: fc.oneof(
        fc.constantFrom('SEND', 'REPORT', 'NICKNAME', 'FOO').map((method) => ({ kind: 'request' as const, method })),
        fc
          .record({
            status: fc.integer({ min: 0, max: 999 }),
            comment: fc.constantFrom(undefined, '', 'OK', 'größer '),
          })
          .map(({ status, comment }) => ({
            kind: 'response' as const,
            status,
            ...(comment === undefined ? {} : { comment }),
          })),
      ),
      headers: fc.array(header, { maxLength: 6 }),
      flag,
      body: fc.option(body(transactionId), { nil: undefined }),
    })
    .map(({ start, headers, flag, body }) => {
      const framed = body === undefined || endsEarly(body, transactionId) ? { flag } : { flag, body };
      return { transactionId, ...start, headers, ...framed };
    }),
);

/** By the letter of the grammar, in a way of its own so that it can check the parser. */
function endsEarly(body: Buffer, transactionId: string): boolean {
  const frame = `\r\n${body.toString('latin1')}\r\n`;
  return ['$', '+', '#'].some((flag) => frame.includes(`\r\n-------${transactionId}${flag}\r\n`));
}

describe('any messages in any segments', () => {
  test('come back as they were', () => {
    fc.assert(
      fc.property(fc.array(arbitraryMessage, { minLength: 1, maxLength: 4 }), cuts, (messages, places) => {
        const stream = Buffer.concat(messages.map(serializeMsrp));
        const collected: MsrpMessage[] = [];
        const collector = new MsrpCollector(
          (message, octets, defects) => {
            expect(defects).toEqual([]);
            expect(serializeMsrp(message)).toEqual(octets);
            collected.push(message);
          },
          (garbage) => expect.fail(garbage.reason),
        );
        for (const segment of segmentsOf(stream, places)) collector.feed(segment);
        collector.end();
        expect(collected).toEqual(messages);
      }),
      { numRuns: 500 },
    );
  });

  test('rubbish and broken messages give the same events however they are cut', () => {
    const rubbish = fc.constantFrom(
      ...[
        'MSRP ',
        'MSR',
        'abcd',
        ' SEND',
        ' 200 OK',
        '\r\n',
        '\n',
        '\r',
        ':',
        'To-Path: x',
        '-------abcd$',
        '$',
        '\0',
        ' ',
      ],
    );
    fc.assert(
      fc.property(fc.array(rubbish, { maxLength: 40 }), cuts, (pieces, places) => {
        const stream = Buffer.from(pieces.join(''), 'latin1');
        expect(describeEvents(parse(segmentsOf(stream, places), 60))).toBe(describeEvents(parse([stream], 60)));
      }),
      { numRuns: 2000 },
    );
  });

  test('no octet is lost: events cover the stream', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(arbitraryMessage.map(serializeMsrp), fc.constant(Buffer.from('?!\r\n'))), { maxLength: 5 }),
        (parts) => {
          const stream = Buffer.concat(parts);
          let covered = 0;
          for (const event of parse([stream])) {
            if (event.type === 'head') {
              expect(event.start).toBe(covered);
              covered = event.end;
            } else if (event.type === 'end') covered = event.end;
            else covered += event.octets.length;
          }
          expect(covered).toBe(stream.length);
        },
      ),
    );
  });
});

describe('body events', () => {
  const head = Buffer.from('MSRP abcd1234 SEND\r\n\r\n');

  test('are views into the segment', () => {
    const segment = Buffer.concat([head, Buffer.alloc(1000, 'x'), Buffer.from('\r\n-------abcd1234$\r\n')]);
    const body = parse([segment]).find((event) => event.type === 'body');
    expect(body?.octets.buffer).toBe(segment.buffer);
    expect(body?.octets.byteOffset).toBe(segment.byteOffset + head.length);
  });

  test('come at once, but for 43 octets at most', () => {
    const id = 'i'.repeat(32);
    const events: MsrpEvent[] = [];
    const parser = new MsrpParser((event) => events.push(event));
    parser.feed(Buffer.from(`MSRP ${id} SEND\r\n\r\nbody\r\n-------${id}$\r`));
    expect(describeEvents(events.slice(1))).toBe('body "body"\n');
    parser.feed(Buffer.from('!'));
    expect(events.slice(2).map((event) => event.type === 'body' && event.octets.length)).toEqual([44]);
  });

  test('one octet at a time, the octets before a possible end-line are never delayed', () => {
    let delivered = 0;
    const parser = new MsrpParser((event) => {
      if (event.type === 'body') delivered += event.octets.length;
    });
    parser.feed(head);
    for (let sent = 1; sent <= 5000; sent += 1) {
      parser.feed(Buffer.from('-'));
      // Only at the very beginning the hyphens may be an end-line, one CRLF short.
      if (sent > 7) expect(delivered).toBe(sent);
    }
  });
});

describe('hostile input', () => {
  test('a start line that never ends is given up at the limit', () => {
    const segments = Array.from({ length: 40 }, () => Buffer.alloc(1000, 'a'));
    const events = parse([Buffer.from('MSRP '), ...segments, Buffer.from('\r\n'), good], 16_384);
    expect(events[0]).toMatchObject({ type: 'garbage', start: 0, reason: 'the head is longer than the limit' });
    expect(events[0]?.type === 'garbage' && events[0].octets.length).toBe(16_384);
    expect(describeEvents(events.slice(-2))).toContain('response 200 "OK" in good1234');
  });

  test('a head is taken up to the limit and not beyond', () => {
    const message = Buffer.from('MSRP abcd1234 SEND\r\nX: 1\r\n-------abcd1234$\r\n');
    expect(parse([message], message.length)).toEqual(parse([message]));
    expect(parse([message], message.length - 1)[0]?.type).toBe('garbage');
  });

  test('ten thousand headers, octet by octet', () => {
    const lines = Array.from({ length: 10_000 }, (_, index) => `X-${index}: v\r\n`).join('');
    const octets = Buffer.from(`MSRP abcd1234 SEND\r\n${lines}-------abcd1234$\r\n`);
    const [event] = parse(Array.from(octets, (octet) => Buffer.of(octet)));
    expect(event?.type === 'head' && event.head.headers.length).toBe(10_000);
  });

  test.each([
    ['hyphens', '-'],
    ['line ends', '\r\n'],
    ['hyphens behind line ends', '\r\n-------'],
    ['end-lines without flag', '\r\n-------abcd1234'],
    ['end-lines with a letter behind', '\r\n-------abcd1234$x'],
  ])('a body of 4 MB of %s is data', (_name, piece) => {
    const body = Buffer.alloc(4 * 1024 * 1024, piece);
    const frame = ['MSRP abcd1234 SEND\r\nContent-Type: a/b\r\n\r\n', body, '\r\n-------abcd1234$\r\n'];
    const stream = Buffer.concat(frame.map((part) => Buffer.from(part)));
    const segments = Array.from({ length: Math.ceil(stream.length / 1447) }, (_, i) =>
      stream.subarray(i * 1447, i * 1447 + 1447),
    );
    expect(parse(segments).at(-1)).toMatchObject({ type: 'end', bodyLength: body.length });
  });

  test('an identifier of 4 kB is followed, one of 9 kB is not', () => {
    const message = (length: number) =>
      Buffer.from(`MSRP ${'i'.repeat(length)} SEND\r\n\r\nx\r\n-------${'i'.repeat(length)}$\r\n`);
    expect(parse([message(4096)]).at(-1)).toMatchObject({ type: 'end', bodyLength: 1 });
    expect(parse([message(9000)]).map(({ type }) => type)).not.toContain('head');
  });

  test('the parser can be used again after the end of a stream', () => {
    const events: MsrpEvent[] = [];
    const parser = new MsrpParser((event) => events.push(event));
    parser.feed(Buffer.from('MSRP abcd1234 SEND\r\n\r\nhalf'));
    parser.end();
    parser.feed(good);
    expect(events.map(({ type }) => type)).toEqual(['head', 'body', 'garbage', 'head', 'end']);
  });

  test('the end of a stream ends the distrust that rubbish brings', () => {
    const events: MsrpEvent[] = [];
    const parser = new MsrpParser((event) => events.push(event));
    parser.feed(Buffer.from('rubbish'));
    parser.end();
    parser.feed(Buffer.from('msrp abcd1234 200\r\n-------abcd1234$\r\n'));
    expect(events.map(({ type }) => type)).toEqual(['garbage', 'head', 'end']);
  });

  test('messageStart tells what may still be needed', () => {
    const starts: number[] = [];
    const parser = new MsrpParser(() => {});
    for (const piece of ['rubbish', 'xM', 'S', 'RP abcd1234 200\r\n', '-------abcd1234$\r\n', 'MS']) {
      parser.feed(Buffer.from(piece));
      starts.push(parser.messageStart);
    }
    expect(starts).toEqual([7, 8, 8, 8, 45, 45]);
  });
});
