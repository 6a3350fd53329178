import { describe, expect, test } from 'vitest';
import { formatMsrpUri, parseMsrpUri, readMsrpUri, sameMsrpUri, splitPath } from './uri.ts';

function parsed(text: string) {
  const result = parseMsrpUri(text);
  if (!result.ok) throw new Error(`${text}: ${result.error}`);
  return result.value;
}

describe('parseMsrpUri', () => {
  test('reads every part', () => {
    expect(parsed('MSRPS://bob:pw@Host.example:9000/a-._~+=/B;TCP;x=1;y')).toEqual({
      scheme: 'msrps',
      userinfo: 'bob:pw',
      host: 'Host.example',
      port: 9000,
      sessionId: 'a-._~+=/B',
      transport: 'TCP',
      parameters: [{ name: 'x', value: '1' }, { name: 'y' }],
    });
  });

  test('cuts at the first semicolon behind the authority where there is no session-id', () => {
    expect(parsed('msrp://relay.example:2855;tcp')).toEqual({
      scheme: 'msrp',
      host: 'relay.example',
      port: 2855,
      transport: 'tcp',
      parameters: [],
    });
  });

  test.each([
    'msrp://a.example:8/s1;tcp',
    'msrp://[2001:db8::1]:8/s1;ws;x',
    'msrps://alice@10.0.0.1:65535;tcp;a=b',
    'msrp://df7jal23ls0d.invalid/98cjs;ws',
  ])('%s is written as it was read', (text) => expect(formatMsrpUri(parsed(text))).toBe(text));

  test.each([
    ['sip:bob@example.com', 'scheme'],
    ['http://a.example/x;tcp', 'scheme'],
    ['', 'scheme'],
    ['msrp:a.example:8/s;tcp', 'scheme'],
    ['msrp://a.exämple:8/s;tcp', 'characters'],
    ['msrp://a.example:8/s s;tcp', 'characters'],
    ['msrp:///s;tcp', 'authority'],
    ['msrp://a:b:c/s;tcp', 'authority'],
    ['msrp://a.example:/s;tcp', 'authority'],
    ['msrp://a.example:65536/s;tcp', 'authority'],
    ['msrp://[1::2::3]:8/s;tcp', 'authority'],
    ['msrp://[fe80::1%25eth0]:8/s;tcp', 'authority'],
    ['msrp://a%zz:8/s;tcp', 'authority'],
    ['msrp://a@b@c:8/s;tcp', 'authority'],
    ['msrp://a.example:8/;tcp', 'session-id'],
    ['msrp://a.example:8/a%41;tcp', 'session-id'],
    ['msrp://a.example:8/s', 'transport'],
    ['msrp://a.example:8', 'transport'],
    ['msrp://a.example:8/s;', 'transport'],
    ['msrp://a.example:8/s;t-p', 'transport'],
    ['msrp://a.example:8/s;x=tcp', 'transport'],
    ['msrp://a.example:8/s;tcp;', 'parameter'],
    ['msrp://a.example:8/s;tcp;a=', 'parameter'],
  ])('%j has a wrong %s', (text, part) => {
    const result = readMsrpUri(text);
    expect(result.ok ? 'no fault' : result.error.part).toBe(part);
  });
});

describe('sameMsrpUri (RFC 4975 §6.1)', () => {
  const uri = 'msrp://host.example.com:8000/Asfd34/x;tcp';

  test.each([
    'MSRP://host.example.com:8000/Asfd34/x;tcp',
    'msrp://HOST.Example.com:8000/Asfd34/x;TCP',
    'msrp://bob@host.example.com:8000/Asfd34/x;tcp',
    'msrp://h%6Fst.example.com:8000/Asfd34/x;tcp',
    'msrp://host.example.com:08000/Asfd34/x;tcp',
    'msrp://host.example.com:8000/Asfd34/x;tcp;more=1',
  ])('equals %s', (other) => expect(sameMsrpUri(parsed(uri), parsed(other))).toBe(true));

  test.each([
    'msrps://host.example.com:8000/Asfd34/x;tcp',
    'msrp://host.example.com:8001/Asfd34/x;tcp',
    'msrp://host.example.com/Asfd34/x;tcp',
    'msrp://host.example.com:8000/asfd34/x;tcp',
    'msrp://host.example.com:8000;tcp',
    'msrp://host.example.com:8000/Asfd34/x/;tcp',
    'msrp://host.example.com:8000/Asfd34/./x;tcp',
    'msrp://host.example.com:8000/Asfd34/x;ws',
    'msrp://other.example.com:8000/Asfd34/x;tcp',
    'msrp://host%2Eexample.org:8000/Asfd34/x;tcp',
  ])('differs from %s', (other) => expect(sameMsrpUri(parsed(uri), parsed(other))).toBe(false));

  test('compares numeric addresses by value', () => {
    const short = parsed('msrp://[2001:db8::1]:8/s;tcp');
    expect(sameMsrpUri(short, parsed('msrp://[2001:0DB8:0:0::0001]:8/s;tcp'))).toBe(true);
    expect(sameMsrpUri(short, parsed('msrp://[2001:db8::2]:8/s;tcp'))).toBe(false);
  });

  test('a port never equals a missing one, not even 2855', () => {
    expect(sameMsrpUri(parsed('msrp://a.example:2855/s;tcp'), parsed('msrp://a.example/s;tcp'))).toBe(false);
  });
});

test('splitPath lets odd blanks pass', () => {
  expect(splitPath('msrp://a:1/s;tcp msrp://b:2/t;tcp')).toEqual(['msrp://a:1/s;tcp', 'msrp://b:2/t;tcp']);
  expect(splitPath(' a \t b ')).toEqual(['a', 'b']);
  expect(splitPath('  ')).toEqual([]);
});
