import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compareSipUris,
  escapeUriHeader,
  escapeUser,
  formatSipUri,
  parseSipUri,
  type SipUri,
  sameSipUri,
  unescapeUri,
  uriHeader,
} from './uri.ts';

function read(text: string): SipUri {
  const result = parseSipUri(text);
  if (!result.ok) throw new Error(`${text}: ${result.error}`);
  return result.value;
}

describe('parseSipUri', () => {
  it.each<[string, SipUri]>([
    ['sip:example.org', { scheme: 'sip', host: 'example.org', parameters: [], headers: [] }],
    [
      'SIPS:room:secret@[2001:db8::1]:5061;transport=tcp;lr?Subject=a%20b&X=',
      {
        scheme: 'sips',
        user: 'room',
        password: 'secret',
        host: '[2001:db8::1]',
        port: 5061,
        parameters: [{ name: 'transport', value: 'tcp' }, { name: 'lr' }],
        headers: [
          { name: 'Subject', value: 'a%20b' },
          { name: 'X', value: '' },
        ],
      },
    ],
    [
      'sip:alice;day=tuesday?x@atlanta.example',
      { scheme: 'sip', user: 'alice;day=tuesday?x', host: 'atlanta.example', parameters: [], headers: [] },
    ],
  ])('reads %s', (text, uri) => {
    expect(read(text)).toEqual(uri);
  });

  it.each([
    '',
    'sip:',
    'tel:+1',
    'sip:@h',
    'sip:a@',
    'sip:a@h:',
    'sip:a@h:x',
    'sip:a@h:65536',
    'sip:a b@h',
    '<sip:a@h>',
    'sip:a%2@h',
    'sip:a%zz@h',
    'sip:a@[::1',
    'sip:a@h/x',
    'http://h/',
  ])('refuses %s', (text) => {
    expect(parseSipUri(text).ok).toBe(false);
  });

  it('gives the headers that a Refer-To carries', () => {
    const uri = read('sip:c@host;method=REFER?Refer-To=sip%3Aroom1%40host&Replaces=a%40b%3Bto-tag%3D1%3Bfrom-tag%3D2');
    expect(uriHeader(uri, 'refer-to')).toBe('sip:room1@host');
    expect(uriHeader(uri, 'Replaces')).toBe('a@b;to-tag=1;from-tag=2');
    expect(uriHeader(uri, 'From')).toBeUndefined();
  });

  it('reads any user and header that was escaped', () => {
    const text = fc.string({ unit: 'binary', minLength: 1 });
    fc.assert(
      fc.property(text, text, (user, value) => {
        const uri = read(`sip:${escapeUser(user)}@h?X=${escapeUriHeader(value)}`);
        expect(unescapeUri(uri.user ?? '')).toBe(user);
        expect(uriHeader(uri, 'X')).toBe(value);
        expect(formatSipUri(uri)).toBe(`sip:${escapeUser(user)}@h?X=${escapeUriHeader(value)}`);
      }),
    );
  });
});

describe('comparison (RFC 3261 §19.1.4)', () => {
  it.each([
    ['sip:%61lice@example.org;transport=TCP', 'sip:alice@EXAMPLE.ORG;Transport=tcp'],
    ['sip:carol@example.org', 'sip:carol@example.org;newparam=5'],
    ['sip:carol@example.org;security=on', 'sip:carol@example.org;newparam=5'],
    [
      'sip:example.org;transport=tcp;method=REGISTER?to=sip:bob%40example.org',
      'sip:example.org;method=REGISTER;transport=tcp?to=sip:bob%40example.org',
    ],
    ['sip:a@h?subject=x&priority=urgent', 'sip:a@h?priority=urgent&subject=x'],
    ['sip:a%2fb@h', 'sip:a%2Fb@h'],
    ['sip:a@[2001:DB8::1]', 'sip:a@[2001:db8::1]'],
  ])('%s is %s', (a, b) => {
    expect(compareSipUris(read(a), read(b))).toBe('same');
    expect(sameSipUri(read(b), read(a))).toBe(true);
  });

  it.each([
    ['sip:room@h', 'sips:room@h'],
    ['sip:ROOM@h', 'sip:room@h'],
    ['sip:room:x@h', 'sip:room@h'],
    ['sip:room@h', 'sip:h'],
    ['sip:room@h', 'sip:room@h:5060'],
    ['sip:room@h;transport=udp', 'sip:room@h;transport=tcp'],
    ['sip:room@h;x=1', 'sip:room@h;x=2'],
    ['sip:room@h', 'sip:room@h;user=ip'],
    ['sip:room@h', 'sip:room@h;ttl=1'],
    ['sip:room@h', 'sip:room@h;method=INVITE'],
    ['sip:room@h', 'sip:room@h;maddr=192.0.2.1'],
    ['sip:room@h', 'sip:room@h?Subject=x'],
    ['sip:room@h?Subject=x', 'sip:room@h?Subject=y'],
    ['sip:a%2Fb@h', 'sip:a/b@h'],
    ['sip:room@h;transport=tcp', 'sip:room@h;user=phone'],
  ])('%s is not %s', (a, b) => {
    expect(compareSipUris(read(a), read(b))).toBe('different');
    expect(compareSipUris(read(b), read(a))).toBe('different');
  });

  it('leaves a transport on one side open, and takes it as a difference when pressed', () => {
    const [bare, tcp] = [read('sip:room@h'), read('sip:room@h;transport=tcp')];
    expect(compareSipUris(bare, tcp)).toBe('open');
    expect(compareSipUris(tcp, bare)).toBe('open');
    expect(sameSipUri(bare, tcp)).toBe(false);
  });
});
