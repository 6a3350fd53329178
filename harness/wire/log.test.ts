import { describe, expect, it } from 'vitest';
import { scriptedLog, scriptedSend } from './scripted-log.fixture.ts';
import { headline } from './text.ts';

const options = `OPTIONS sip:room@x SIP/2.0
Via: SIP/2.0/TCP 10.0.0.2:2000;branch=z9hG4bKa
To: <sip:room@x>
From: <sip:a@x>;tag=1
Call-ID: c
CSeq: 1 OPTIONS
Content-Length: 0

`;
const room = { from: 'sip:alice@x', to: 'sip:room@x', content: 'hello' };

describe('the wire log', () => {
  it('tells SIP from MSRP by content, on any connection, in either direction', () => {
    const log = scriptedLog([
      { actor: 'alice', direction: 'sent', octets: options },
      { ...scriptedSend('alice', 'sent', { id: 'first12345678', ...room }), connection: 'alice-2' },
      { actor: 'alice', direction: 'received', octets: options, connection: 'alice-3' },
      { actor: 'alice', direction: 'sent', octets: options, transport: 'udp', connection: 'alice-4' },
    ]);
    expect(log.entries.map((entry) => [entry.index, entry.content.protocol, headline(entry)])).toEqual([
      [0, 'sip', 'OPTIONS sip:room@x'],
      [1, 'msrp', 'MSRP SEND first12345678'],
      [2, 'sip', 'OPTIONS sip:room@x'],
      [3, 'sip', 'OPTIONS sip:room@x'],
    ]);
  });

  it('gives the same entries however the octets are cut', () => {
    const { octets } = scriptedSend('alice', 'sent', { id: 'first12345678', ...room });
    const whole = Buffer.from(String(octets).replace(/\n/g, '\r\n'));
    for (let at = 0; at <= whole.length; at++) {
      const log = scriptedLog([
        { actor: 'alice', direction: 'sent', octets: whole.subarray(0, at) },
        { actor: 'alice', direction: 'sent', octets: whole.subarray(at) },
      ]);
      expect(log.entries.map((entry) => entry.octets.toString())).toEqual([whole.toString()]);
    }
  });

  it('keeps what is neither, and what was begun and not ended', () => {
    const log = scriptedLog([
      { actor: 'alice', direction: 'sent', octets: Buffer.from('MSRP abcd SEND\r\nTo-Path: msrp://x') },
      { actor: 'bob', direction: 'sent', octets: Buffer.from('GET / HTTP/1.1\r\n\r\n') },
      { actor: 'carol', direction: 'sent', octets: Buffer.from('MS') },
    ]);
    expect(log.entries.map((entry) => [entry.actor, entry.content.protocol, entry.octets.toString()])).toEqual([
      ['bob', 'unknown', 'GET / HTTP/1.1\r\n'],
      ['bob', 'unknown', '\r\n'],
      ['alice', 'unknown', 'MSRP abcd SEND\r\nTo-Path: msrp://x'],
      ['carol', 'unknown', 'MS'],
    ]);
  });
});
