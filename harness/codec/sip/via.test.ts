import { describe, expect, it } from 'vitest';
import { branchOf, formatVia, noteSource, parseVia, receivedOf, rportOf, topVia, type Via } from './via.ts';

function read(value: string): Via {
  const result = parseVia(value);
  if (!result.ok) throw new Error(result.error);
  return result.value;
}

describe('parseVia', () => {
  it.each<[string, Partial<Via>]>([
    ['SIP/2.0/UDP h.example.org;branch=z9hG4bK1', { transport: 'UDP', host: 'h.example.org' }],
    ['SIP/2.0/TLS [2001:db8::1]:5061;branch=z9hG4bK1', { transport: 'TLS', host: '[2001:db8::1]', port: 5061 }],
    ['SIP / 2.0 / tcp 192.0.2.1 : 5070 ; branch = z9hG4bK1', { transport: 'tcp', host: '192.0.2.1', port: 5070 }],
  ])('reads %s', (value, via) => {
    expect(read(value)).toMatchObject({ protocol: 'SIP/2.0', ...via });
    expect(branchOf(read(value))).toBe('z9hG4bK1');
  });

  it.each([
    '',
    'SIP/2.0/UDP',
    'SIP/2.0 h',
    'SIP/2.0/UDP ;branch=x',
    'SIP/2.0/UDP a b',
    'SIP/2.0/UDP h:x',
    'SIP/2.0/UDP h:70000',
    'SIP/2.0/UDP [::1',
  ])('refuses %s', (value) => {
    expect(parseVia(value).ok).toBe(false);
  });

  it.each(['SIP/2.0/UDP h', 'SIP/2.0/TCP [::1]:1;rport;branch=z9hG4bK1;x="a;b"', 'SIP/2.0/WSS h:9;received=::1'])(
    'writes %s',
    (value) => {
      expect(formatVia(read(value))).toBe(value);
    },
  );

  it('finds the top one', () => {
    const headers = [{ name: 'v', value: 'SIP/2.0/UDP a;branch=1 , SIP/2.0/UDP b' }];
    expect(topVia({ headers })).toMatchObject({ ok: true, value: { host: 'a' } });
    expect(topVia({ headers: [] })).toBeUndefined();
  });
});

describe('the source of a request (RFC 3261 §18.2.1, RFC 3581 §4)', () => {
  it.each([
    ['SIP/2.0/UDP 192.0.2.1;branch=1', 'SIP/2.0/UDP 192.0.2.1;branch=1'],
    ['SIP/2.0/UDP host.example;branch=1', 'SIP/2.0/UDP host.example;branch=1;received=192.0.2.1'],
    ['SIP/2.0/UDP 192.0.2.9;rport;branch=1', 'SIP/2.0/UDP 192.0.2.9;rport=5099;branch=1;received=192.0.2.1'],
    ['SIP/2.0/UDP 192.0.2.1;rport', 'SIP/2.0/UDP 192.0.2.1;rport=5099;received=192.0.2.1'],
    ['SIP/2.0/UDP h;received=10.0.0.1', 'SIP/2.0/UDP h;received=192.0.2.1'],
  ])('%s becomes %s', (value, noted) => {
    expect(formatVia(noteSource(read(value), '192.0.2.1', 5099))).toBe(noted);
  });

  it('compares IPv6 without brackets and case', () => {
    expect(formatVia(noteSource(read('SIP/2.0/TCP [2001:DB8::1]'), '2001:db8::1', 1))).toBe(
      'SIP/2.0/TCP [2001:DB8::1]',
    );
    const noted = noteSource(read('SIP/2.0/TCP h;rport'), '2001:db8::1', 7);
    expect(formatVia(noted)).toBe('SIP/2.0/TCP h;rport=7;received=2001:db8::1');
    expect([receivedOf(noted), rportOf(noted)]).toEqual(['2001:db8::1', 7]);
    expect(rportOf(read('SIP/2.0/TCP h;rport'))).toBe('asked');
    expect(rportOf(read('SIP/2.0/TCP h'))).toBeUndefined();
  });
});
