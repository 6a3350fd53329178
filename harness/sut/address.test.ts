import { describe, expect, it } from 'vitest';
import { parseAddressTarget } from './address.ts';

describe('a SUT at an address', () => {
  it.each([
    ['sip:room@h.example', { transport: 'udp', host: 'h.example', port: 5060, room: 'sip:room@h.example' }],
    [
      'sip:room@10.0.0.5:5070;transport=tcp',
      { transport: 'tcp', host: '10.0.0.5', port: 5070, room: 'sip:room@10.0.0.5:5070' },
    ],
    ['sips:room@[::1]', { transport: 'tls', host: '::1', port: 5061, room: 'sips:room@[::1]' }],
  ])('%s', (text, target) => {
    expect(parseAddressTarget(text)).toEqual({ ok: true, value: target });
  });

  it.each([
    ['room@host', '"room@host" is no SIP URI: no sip or sips URI'],
    ['sip:host', '"sip:host" names no room: sip:ROOM@host is due'],
    [
      'sip:room@host;transport=sctp',
      '"sip:room@host;transport=sctp" asks for a transport that is none of udp, tcp, tls',
    ],
  ])('%s is refused', (text, error) => {
    expect(parseAddressTarget(text)).toEqual({ ok: false, error });
  });
});
