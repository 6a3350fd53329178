import fc from 'fast-check';
import type { MsrpMessage } from './message.ts';

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
export const arbitraryMessage: fc.Arbitrary<MsrpMessage> = ident.chain((transactionId) =>
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
