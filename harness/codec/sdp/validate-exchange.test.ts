import { describe, expect, it } from 'vitest';
import type { SessionDescription } from './description.ts';
import { parseSdp } from './parse.ts';
import { validateAnswer, validateNext, validateOffer } from './validate-exchange.ts';

const sdp = (...lines: readonly string[]): SessionDescription => parseSdp(lines.map((line) => `${line}\r\n`).join(''));

const OFFER = ['v=0', 'o=a 1 5 IN IP4 a.example', 's=-', 't=0 0', 'm=message 7 TCP/MSRP *', 'a=setup:actpass'];
const ANSWER = ['v=0', 'o=b 2 2 IN IP4 b.example', 's=-', 't=0 0', 'm=message 8 TCP/MSRP *', 'a=setup:passive'];
const edited = (lines: readonly string[], from: string, ...to: readonly string[]): readonly string[] => {
  if (!lines.includes(from)) throw new Error(`no line ${from}`);
  return lines.flatMap((line) => (line === from ? to : [line]));
};
const idsOf = (found: readonly { readonly requirement: string }[]): readonly string[] =>
  found.map(({ requirement }) => requirement);

describe('validateOffer', () => {
  it('forbids passive and nothing else', () => {
    expect(validateOffer(sdp(...OFFER))).toEqual([]);
    expect(idsOf(validateOffer(sdp(...edited(OFFER, 'a=setup:actpass', 'a=setup:passive'))))).toEqual([
      'RFC6135-4.2.2-05',
    ]);
  });
});

describe('validateAnswer', () => {
  it('finds nothing wrong with a fitting answer', () => {
    expect(validateAnswer(sdp(...OFFER), sdp(...ANSWER))).toEqual([]);
  });

  it.each<[string, string, string[], ...string[]]>([
    ['a line more', 'a=setup:passive', ['a=setup:passive', 'm=audio 0 RTP/AVP 0'], 'RFC3264-6-01'],
    ['another time', 't=0 0', ['t=1 0'], 'RFC3264-6-02'],
    ['the o= line of the offer', 'o=b 2 2 IN IP4 b.example', ['o=a 1 5 IN IP4 a.example'], 'RFC3264-6-04'],
    ['another media', 'm=message 8 TCP/MSRP *', ['m=text 8 TCP/MSRP *'], 'RFC7701-5.2-13', 'RFC3264-6.1-01'],
    ['a refusal without format', 'm=message 8 TCP/MSRP *', ['m=message 0 TCP/MSRP'], 'RFC3264-6-03'],
    ['another protocol', 'm=message 8 TCP/MSRP *', ['m=message 8 TCP/TLS/MSRP *'], 'RFC7701-5.2-13'],
    ['another format', 'm=message 8 TCP/MSRP *', ['m=message 8 TCP/MSRP 0'], 'RFC7701-5.2-13'],
    ['actpass', 'a=setup:passive', ['a=setup:actpass'], 'RFC6135-4.1-01'],
  ])('finds %s', (_, from, to, ...requirements) => {
    expect(idsOf(validateAnswer(sdp(...OFFER), sdp(...edited(ANSWER, from, ...to))))).toEqual(requirements);
  });

  it('finds a live port that answers port 0', () => {
    const offer = edited(OFFER, 'm=message 7 TCP/MSRP *', 'm=message 0 TCP/MSRP *');
    expect(idsOf(validateAnswer(sdp(...offer), sdp(...ANSWER)))).toEqual(['RFC3264-8.2-01']);
  });

  it.each([
    ['sendrecv', 'sendrecv', true],
    ['sendrecv', 'inactive', true],
    ['sendonly', 'recvonly', true],
    ['sendonly', 'inactive', true],
    ['sendonly', 'sendrecv', false],
    ['sendonly', 'sendonly', false],
    ['recvonly', 'sendonly', true],
    ['recvonly', 'recvonly', false],
    ['inactive', 'inactive', true],
    ['inactive', 'sendonly', false],
  ])('%s answered by %s fits: %s', (offered, answered, fits) => {
    const found = validateAnswer(sdp(...OFFER, `a=${offered}`), sdp(...ANSWER, `a=${answered}`));
    expect(idsOf(found)).toEqual(fits ? [] : ['RFC3264-6.1-02']);
  });

  it('does not judge the setup or direction of a refused line', () => {
    const answer = edited(ANSWER, 'm=message 8 TCP/MSRP *', 'm=message 0 TCP/MSRP *');
    expect(validateAnswer(sdp(...OFFER), sdp(...edited(answer, 'a=setup:passive', 'a=setup:actpass')))).toEqual([]);
  });
});

describe('validateNext', () => {
  const origin = OFFER[1] ?? '';
  const held = [...OFFER, 'a=sendonly'];

  it('finds nothing wrong with a repetition or with one step', () => {
    expect(validateNext(sdp(...OFFER), sdp(...OFFER))).toEqual([]);
    expect(validateNext(sdp(...OFFER), sdp(...edited(held, origin, 'o=a 1 6 IN IP4 a.example')))).toEqual([]);
  });

  it.each([
    ['a change without a step', held, 'RFC3264-8-01'],
    ['a step without a change', edited(OFFER, origin, 'o=a 1 6 IN IP4 a.example'), 'RFC4975-8.4-06'],
    ['a step back', edited(held, origin, 'o=a 1 4 IN IP4 a.example'), 'RFC3264-8-01'],
    ['another session', edited(held, origin, 'o=a 9 6 IN IP4 a.example'), 'RFC3264-8-01'],
  ])('finds %s', (_, next, requirement) => {
    const found = validateNext(sdp(...OFFER), sdp(...next));
    expect(idsOf(found)).toEqual([requirement]);
    expect(found[0]?.tolerated).toBeUndefined();
  });

  it('tolerates a leap of the version', () => {
    const [found] = validateNext(sdp(...OFFER), sdp(...edited(held, origin, 'o=a 1 8 IN IP4 a.example')));
    expect(found).toMatchObject({ requirement: 'RFC3264-8-01', tolerated: true });
  });

  it('finds m= lines gone', () => {
    const before = sdp(...OFFER, 'm=audio 0 RTP/AVP 0');
    const after = sdp(...edited(OFFER, origin, 'o=a 1 6 IN IP4 a.example'));
    expect(idsOf(validateNext(before, after))).toEqual(['RFC3264-8-03']);
  });
});
