import { describe, expect, test } from 'vitest';
import type { SipRequest } from '../codec/sip/message.ts';
import { type Abilities, screen } from './screen.ts';

const ABILITIES: Abilities = {
  methods: ['INVITE', 'ACK', 'CANCEL', 'BYE', 'OPTIONS'],
  extensions: ['timer'],
  contentTypes: ['application/sdp'],
  packages: [],
  serves: (uri) => uri.startsWith('sip:room@'),
};

function request(
  changes: Partial<Pick<SipRequest, 'method' | 'uri'>> & { headers?: Readonly<Record<string, string>>; body?: string },
): SipRequest {
  const { method = 'INVITE', uri = 'sip:room@example.org', headers = {}, body = '' } = changes;
  const lines = Object.entries({ To: '<sip:room@example.org>', ...headers });
  return {
    kind: 'request',
    method,
    uri,
    version: 'SIP/2.0',
    headers: lines.map(([name, value]) => ({ name, value })),
    body: Buffer.from(body),
  };
}

const SDP = { 'Content-Type': 'Application/SDP; charset=utf-8' };

describe('screen', () => {
  test('lets through what can be worked on', () => {
    expect(screen(request({}), ABILITIES)).toBeUndefined();
    expect(screen(request({ headers: { ...SDP, Require: 'Timer' }, body: 'v=0' }), ABILITIES)).toBeUndefined();
    expect(
      screen(request({ headers: { 'Content-Encoding': 'identity', ...SDP }, body: 'v=0' }), ABILITIES),
    ).toBeUndefined();
  });

  const everything = { uri: 'tel:+1', headers: { Require: 'foo', 'Content-Type': 'a/b' }, body: 'x' };
  const cases: readonly (readonly [string, SipRequest, number, [string, string]?])[] = [
    [
      'a method that is not offered',
      request({ ...everything, method: 'REFER' }),
      405,
      ['Allow', 'INVITE, ACK, CANCEL, BYE, OPTIONS'],
    ],
    [
      'a method nobody knows',
      request({ ...everything, method: 'invite' }),
      501,
      ['Allow', 'INVITE, ACK, CANCEL, BYE, OPTIONS'],
    ],
    ['another URI scheme', request(everything), 416],
    ['a broken URI', request({ ...everything, uri: 'sip:a@%zz' }), 400],
    ['a URI that is not served', request({ ...everything, uri: 'sip:other@example.org' }), 404],
    ['an unknown extension', request({ ...everything, uri: 'sip:room@b' }), 420, ['Unsupported', 'foo']],
    ['several extensions', request({ headers: { Require: 'timer, foo,bar' } }), 420, ['Unsupported', 'foo, bar']],
    ['an unknown type', request({ headers: { 'Content-Type': 'a/b' }, body: 'x' }), 415, ['Accept', 'application/sdp']],
    [
      'an encoding',
      request({ headers: { ...SDP, 'Content-Encoding': 'gzip' }, body: 'x' }),
      415,
      ['Accept-Encoding', 'identity'],
    ],
    ['a body without type', request({ body: 'x' }), 400],
  ];
  for (const [what, message, status, header] of cases) {
    test(`${what}: ${status}, in the order of RFC 3261 §8.2`, () => {
      const refusal = screen(message, ABILITIES);
      expect(refusal?.status).toBe(status);
      expect(refusal?.headers).toEqual(header === undefined ? [] : [header]);
    });
  }

  test('skips a body that is optional', () => {
    const headers = { 'Content-Type': 'a/b', 'Content-Disposition': 'render; handling=optional' };
    expect(screen(request({ headers, body: 'x' }), ABILITIES)).toBeUndefined();
    const required = { ...headers, 'Content-Disposition': 'render; handling=required' };
    expect(screen(request({ headers: required, body: 'x' }), ABILITIES)?.status).toBe(415);
  });

  test('does not ask inside a dialog whether the Request-URI is served', () => {
    const uri = 'sip:other@192.0.2.9';
    expect(screen(request({ uri, headers: { To: '<sip:room@b>;tag=1' } }), ABILITIES)).toBeUndefined();
  });

  test('never refuses ACK', () => {
    expect(screen(request({ ...everything, method: 'ACK' }), ABILITIES)).toBeUndefined();
  });
});
