import { describe, expect, it } from 'vitest';
import { chatroomSupport, formatChatroom, parseChatroom } from './chatroom.ts';
import type { MsrpMediaDescription } from './description.ts';
import { findMsrpMedia, parseSetupRole, readMsrpMedia } from './msrp-media.ts';
import { parseSdp } from './parse.ts';

function read(text: string): MsrpMediaDescription {
  const description = parseSdp(text.replaceAll('\n', '\r\n'));
  const media = findMsrpMedia(description);
  if (media === undefined) throw new Error('no MSRP section');
  return readMsrpMedia(description, media);
}

const M = 'm=message 7654 TCP/MSRP *\n';

describe('readMsrpMedia', () => {
  it('reads all attributes of a chat room stream', () => {
    expect(
      read(
        `c=IN IP4 session.example.com\n${M}c=IN IP4 192.0.2.7\na=accept-types:message/cpim text/plain\n` +
          'a=accept-wrapped-types:text/plain *\na=max-size:100000\na=setup:ActPass\na=recvonly\n' +
          'a=fingerprint:SHA-256 AB:CD\na=path:msrp://r:1/a;tcp msrp://h:7654/b;tcp\na=chatroom:nickname x.y\n',
      ),
    ).toEqual({
      port: 7654,
      protocol: 'TCP/MSRP',
      formats: ['*'],
      connectionHost: '192.0.2.7',
      path: ['msrp://r:1/a;tcp', 'msrp://h:7654/b;tcp'],
      acceptTypes: ['message/cpim', 'text/plain'],
      acceptWrappedTypes: ['text/plain', '*'],
      maxSize: 100000n,
      setup: 'actpass',
      fingerprints: [{ algorithm: 'sha-256', value: 'AB:CD' }],
      chatroom: ['nickname', 'x.y'],
      direction: 'recvonly',
    });
  });

  it('leaves out what is not there', () => {
    expect(read(M)).toEqual({
      port: 7654,
      protocol: 'TCP/MSRP',
      formats: ['*'],
      path: [],
      fingerprints: [],
      direction: 'sendrecv',
    });
  });

  it('takes from the session level only what may stand there', () => {
    const media = read(
      'c=IN IP6 2001:db8::1\na=setup:active\na=fingerprint:sha-1 AA\na=inactive\na=path:x\na=accept-types:*\n' +
        `a=accept-wrapped-types:*\na=max-size:1\na=chatroom\n${M}`,
    );
    expect(media).toMatchObject({ connectionHost: '2001:db8::1', setup: 'active', direction: 'inactive', path: [] });
    expect(media.fingerprints).toEqual([{ algorithm: 'sha-1', value: 'AA' }]);
    for (const absent of ['acceptTypes', 'acceptWrappedTypes', 'maxSize', 'chatroom'])
      expect(media).not.toHaveProperty(absent);
  });

  it.each(['10k', '-1', '', '9'.repeat(65)])('has no size for max-size:%s', (value) => {
    expect(read(`${M}a=max-size:${value}\n`)).not.toHaveProperty('maxSize');
  });

  it('reads a size beyond all registers', () => {
    expect(read(`${M}a=max-size:1${'0'.repeat(30)}\n`).maxSize).toBe(10n ** 30n);
  });

  it('tells a bare chatroom from none, and reads one with a lone colon as bare', () => {
    expect(read(`${M}a=chatroom\n`).chatroom).toEqual([]);
    expect(read(`${M}a=chatroom:\n`).chatroom).toEqual([]);
  });

  it('does not choose between two setup values', () => {
    expect(read(`${M}a=setup:active\na=setup:passive\n`).setup).toBe('unknown');
    expect(read(`${M}a=setup:active\na=setup:active\n`).setup).toBe('active');
    expect(parseSetupRole('both')).toBe('unknown');
  });

  it('prefers an MSRP section that is not refused', () => {
    expect(read(`m=audio 5 RTP/AVP 0\nm=message 0 TCP/MSRP *\nm=message 9 tcp/tls/msrp *\n`).port).toBe(9);
    expect(read(`m=audio 5 RTP/AVP 0\nm=message 0 TCP/MSRP *\n`).port).toBe(0);
  });
});

describe('chatroom', () => {
  it.each([
    [undefined, []],
    ['nickname', ['nickname']],
    ['nickname private-messages com.example.foo', ['nickname', 'private-messages', 'com.example.foo']],
  ])('reads %s and writes it back', (value, tokens) => {
    expect(parseChatroom(value)).toEqual({ ok: true, value: tokens });
    expect(formatChatroom(tokens)).toBe(value === undefined ? 'chatroom' : `chatroom:${value}`);
  });

  it.each(['', ' nickname', 'nickname ', 'a  b', 'a,b', 'a;b'])('refuses "%s"', (value) => {
    expect(parseChatroom(value).ok).toBe(false);
  });

  it.each([
    [undefined, { aware: false, nickname: false, privateMessages: false }],
    [[], { aware: true, nickname: false, privateMessages: false }],
    [['foo', 'Nickname'], { aware: true, nickname: true, privateMessages: false }],
    [['private-messages', 'com.example.foo'], { aware: true, nickname: false, privateMessages: true }],
    [['nicknames'], { aware: true, nickname: false, privateMessages: false }],
  ])('%o declares %o', (tokens, support) => {
    expect(chatroomSupport(tokens)).toEqual(support);
  });
});
