import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerChallenge, formatChallenge, parseChallenge, verifyAuthorization } from './digest.ts';
import type { SipEvent, SipMessage } from './message.ts';
import { formatNameAddress, parseNameAddress } from './name-address.ts';
import { parseSipDatagram, SipStreamParser } from './parser.ts';
import { serializeSip } from './serialize.ts';

/** Generators for property tests: messages in the form in which they are written and read back octet by octet. */
const TOKEN_CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.!%*_+`'~";

const ofCharacters = (characters: string, min: number, max: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...characters), minLength: min, maxLength: max });

const anyToken = ofCharacters(TOKEN_CHARACTERS, 1, 20);

/** Text as it may stand in a value: no controls, no blanks at the ends. */
const anyText = fc
  .string({ unit: 'binary', maxLength: 60 })
  .filter((text) => !/[\x00-\x1f\x7f]/.test(text) && text === text.replace(/^[ \t]+|[ \t]+$/g, ''));

const anyHeader = fc.record({
  name: anyToken.filter((name) => !/^(?:l|content-length)$/i.test(name)),
  value: anyText,
});

const anyUri = fc.webUrl().map((url) => url.replace(/^https?:/, 'sip:'));

const anyMessage: fc.Arbitrary<SipMessage> = fc
  .tuple(
    fc.oneof(
      fc.record({
        kind: fc.constant('request' as const),
        method: anyToken,
        uri: anyUri,
        version: fc.constant('SIP/2.0'),
      }),
      fc.record({
        kind: fc.constant('response' as const),
        version: fc.constant('SIP/2.0'),
        status: fc.integer({ min: 100, max: 699 }),
        reason: anyText,
      }),
    ),
    fc.array(anyHeader, { maxLength: 8 }),
    fc.uint8Array({ maxLength: 100 }),
  )
  .map(([start, headers, octets]) => {
    const body = Buffer.from(octets);
    return { ...start, headers: [...headers, { name: 'Content-Length', value: String(body.length) }], body };
  });

function readStream(segments: readonly Buffer[]): SipEvent[] {
  const events: SipEvent[] = [];
  const parser = new SipStreamParser((event) => events.push(event));
  for (const segment of segments) parser.feed(segment);
  parser.end();
  return events;
}

function cut(octets: Buffer, sizes: readonly number[]): Buffer[] {
  const segments: Buffer[] = [];
  let position = 0;
  for (const size of sizes) {
    segments.push(octets.subarray(position, position + size));
    position += size;
  }
  return [...segments, octets.subarray(position)];
}

/** Message events without their octets, which are compared apart. */
const messagesOf = (events: readonly SipEvent[]): SipMessage[] =>
  events.flatMap((event) => (event.type === 'message' ? [event.message] : []));

describe('round trips', () => {
  it('stream of messages, however it is cut', () => {
    fc.assert(
      fc.property(fc.array(anyMessage, { maxLength: 4 }), fc.array(fc.nat(300)), (messages, sizes) => {
        const written = messages.map(serializeSip);
        const events = readStream(cut(Buffer.concat(written), sizes));
        expect(messagesOf(events)).toEqual(messages);
        expect(events.map((event) => (event.type === 'message' ? event.octets : event.type))).toEqual(written);
        expect(events.flatMap((event) => (event.type === 'message' ? event.defects : []))).toEqual([]);
      }),
    );
  });

  it('datagram', () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        expect(parseSipDatagram(serializeSip(message))).toEqual({ ok: true, value: { message, defects: [] } });
      }),
    );
  });

  it('name and address', () => {
    const address = fc.record(
      {
        displayName: anyText,
        uri: fc.webUrl(),
        parameters: fc.array(fc.record({ name: anyToken, value: anyToken }, { requiredKeys: ['name'] }), {
          maxLength: 3,
        }),
      },
      { requiredKeys: ['uri', 'parameters'] },
    );
    fc.assert(
      fc.property(address, (given) => {
        expect(parseNameAddress(formatNameAddress(given))).toEqual({ ok: true, value: given });
      }),
    );
  });

  it('digest, verified for what it answers and nothing else', () => {
    const challenges = fc.record({
      realm: anyText,
      nonce: fc.uuid(),
      algorithm: fc.constantFrom('MD5', 'SHA-256', 'SHA-512-256', 'MD5-sess', 'SHA-256-sess', 'md5'),
      qop: fc.constantFrom([], ['auth'], ['auth-int', 'auth']),
      stale: fc.boolean(),
    });
    fc.assert(
      fc.property(
        challenges,
        anyText.filter((name) => name !== ''),
        anyText,
        (given, username, password) => {
          expect(parseChallenge(formatChallenge(given))).toEqual({ ok: true, value: given });
          const answer = answerChallenge(given, {
            username,
            password,
            method: 'INVITE',
            uri: 'sip:room@example.org',
            cnonce: 'abc',
            nonceCount: 255,
          });
          if (!answer.ok) throw new Error(answer.error);
          const known = (user: string, realm: string): string | undefined =>
            user === username && realm === given.realm ? password : undefined;
          const verified = verifyAuthorization(answer.value, 'INVITE', known);
          expect(verified).toMatchObject({ ok: true, value: { username, realm: given.realm, nonce: given.nonce } });
          if (given.qop.length > 0)
            expect(verified).toMatchObject({ value: { qop: 'auth', nc: '000000ff', cnonce: 'abc' } });
          const refused = { ok: false, error: { kind: 'wrong-response' } };
          expect(verifyAuthorization(answer.value, 'BYE', known)).toEqual(refused);
          expect(verifyAuthorization(answer.value, 'INVITE', () => `${password}x`)).toEqual(refused);
        },
      ),
    );
  });
});
