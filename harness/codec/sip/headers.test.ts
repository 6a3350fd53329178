import { describe, expect, it } from 'vitest';
import { comparableName, isCommaList } from './header-name.ts';
import { header, headerLines, headerValues } from './headers.ts';
import type { SipMessage } from './message.ts';
import {
  appendHeader,
  copyHeaders,
  prependHeader,
  removeHeader,
  setHeader,
  withContentLength,
} from './message-build.ts';
import { splitOutside } from './split.ts';

const message: SipMessage = {
  kind: 'request',
  method: 'OPTIONS',
  uri: 'sip:room@example.org',
  version: 'SIP/2.0',
  headers: [
    { name: 'v', value: 'SIP/2.0/UDP a;branch=z9hG4bK1, SIP/2.0/UDP b' },
    { name: 'Route', value: '<sip:p1;lr>' },
    { name: 'VIA', value: 'SIP/2.0/UDP c' },
    { name: 'm', value: '"Smith, J \\", K" <sip:a,b@example.org>;q=1 , <sip:c@example.org>' },
    { name: 'Subject', value: 'one, two' },
    { name: 'WWW-Authenticate', value: 'Digest realm="a", nonce="b"' },
  ],
  body: Buffer.from('päivä'),
};

describe('header access', () => {
  it('knows compact forms and any case', () => {
    expect(header(message, 'via')).toBe('SIP/2.0/UDP a;branch=z9hG4bK1, SIP/2.0/UDP b');
    expect(header(message, 'V')).toBe(header(message, 'Via'));
    expect(header(message, 'Contact')).toMatch(/^"Smith/);
    expect(header(message, 'Content-Type')).toBeUndefined();
    expect(headerLines(message, 'Via')).toHaveLength(2);
  });

  it.each([
    ['a', 'Accept-Contact'],
    ['b', 'Referred-By'],
    ['c', 'Content-Type'],
    ['d', 'Request-Disposition'],
    ['e', 'Content-Encoding'],
    ['f', 'From'],
    ['i', 'Call-ID'],
    ['j', 'Reject-Contact'],
    ['k', 'Supported'],
    ['l', 'Content-Length'],
    ['m', 'Contact'],
    ['n', 'Identity-Info'],
    ['o', 'Event'],
    ['r', 'Refer-To'],
    ['s', 'Subject'],
    ['t', 'To'],
    ['u', 'Allow-Events'],
    ['v', 'Via'],
    ['x', 'Session-Expires'],
    ['y', 'Identity'],
  ])('%s is %s', (compact, long) => {
    expect(comparableName(compact)).toBe(long.toLowerCase());
    expect(comparableName(compact.toUpperCase())).toBe(comparableName(long));
  });

  it('splits lists only, in wire order', () => {
    expect(headerValues(message, 'Via')).toEqual(['SIP/2.0/UDP a;branch=z9hG4bK1', 'SIP/2.0/UDP b', 'SIP/2.0/UDP c']);
    expect(headerValues(message, 'Contact')).toEqual([
      '"Smith, J \\", K" <sip:a,b@example.org>;q=1',
      '<sip:c@example.org>',
    ]);
    expect(headerValues(message, 'Subject')).toEqual(['one, two']);
    expect(headerValues(message, 'WWW-Authenticate')).toEqual(['Digest realm="a", nonce="b"']);
    expect(headerValues(message, 'Allow')).toEqual([]);
    expect(isCommaList('u')).toBe(true);
    expect(isCommaList('Call-ID')).toBe(false);
  });

  it.each([
    ['a,b', ['a', 'b']],
    [' a , , b ,', ['a', 'b']],
    ['', []],
    ['"a,b",c', ['"a,b"', 'c']],
    ['"a\\",b",c', ['"a\\",b"', 'c']],
    ['<a,b>,c', ['<a,b>', 'c']],
    ['<a"b>,c"', ['<a"b>', 'c"']],
    ['"open, c', ['"open, c']],
    ['<open, c', ['<open, c']],
    ['a"\\', ['a"\\']],
  ])('splits %s', (text, pieces) => {
    expect(splitOutside(text, ',')).toEqual(pieces);
  });
});

describe('building', () => {
  const { headers } = message;

  it('sets one header at the place of the first', () => {
    const set = setHeader(headers, 'Via', 'x');
    expect(set.map(({ name }) => name)).toEqual(['v', 'Route', 'm', 'Subject', 'WWW-Authenticate']);
    expect(set[0]).toEqual({ name: 'v', value: 'x' });
    expect(setHeader(headers, 'Allow', 'x').at(-1)).toEqual({ name: 'Allow', value: 'x' });
  });

  it('adds, removes and copies', () => {
    expect(appendHeader(headers, 'A', '1').at(-1)).toEqual({ name: 'A', value: '1' });
    expect(prependHeader(headers, 'A', '1')[0]).toEqual({ name: 'A', value: '1' });
    expect(removeHeader(headers, 'via').map(({ name }) => name)).toEqual(['Route', 'm', 'Subject', 'WWW-Authenticate']);
    expect(copyHeaders(headers, 'Via')).toEqual([headers[0], headers[2]]);
  });

  it('counts octets for Content-Length', () => {
    const counted = withContentLength(message);
    expect(header(counted, 'l')).toBe('7');
    expect(counted.headers).toHaveLength(headers.length + 1);
    expect(withContentLength({ ...counted, body: Buffer.alloc(0) }).headers.at(-1)?.value).toBe('0');
  });
});
