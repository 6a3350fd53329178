import { describe, expect, it } from 'vitest';
import { type Joining, ROOM, ScriptedRoom, switchUri } from './scripted-room.fixture.ts';
import { focusDeclares, offerAnswer } from './session-descriptions.ts';

const joined = (joining: Joining = {}): ScriptedRoom => new ScriptedRoom().joins('alice', joining);

describe('what a focus declares', () => {
  it('passes as RFC 7701 §5.2 has it', () => {
    expect(joined().joins('bob').verdicts(focusDeclares)).toEqual({
      'RFC7701-5.2-11': 'pass',
      'RFC7701-5.2-17': 'pass',
      'RFC7701-5.2-18': 'pass',
      'RFC7701-4-03': 'pass',
      'RFC7701-8-09': 'pass',
    });
  });

  it.each<[string, Joining, string]>([
    ['no isfocus', { contact: `<${ROOM}>` }, 'RFC7701-5.2-11'],
    ['isfocus of the URI', { contact: `<${ROOM};isfocus>` }, 'RFC7701-5.2-11'],
    ['isfocus that is false', { contact: `<${ROOM}>;isfocus="FALSE"` }, 'RFC7701-5.2-11'],
    ['another type', { answers: { 'accept-types': 'text/plain' } }, 'RFC7701-5.2-17'],
    ['no types', { answers: { 'accept-types': undefined } }, 'RFC7701-5.2-17'],
    ['everything', { answers: { 'accept-types': '*' } }, 'RFC7701-5.2-17'],
    ['a type beside the wrapper', { answers: { 'accept-types': 'message/cpim text/plain' } }, 'RFC7701-5.2-18'],
  ])('is convicted of %s', (_what, joining, requirement) => {
    expect(joined(joining).verdicts(focusDeclares)[requirement]).toBe('fail');
  });

  it.each<[string, Joining]>([
    ['other feature tags', { contact: `<${ROOM}>;automata;isfocus;events="conference"` }],
    ['isfocus that is true', { contact: `<${ROOM}>;isfocus="TRUE"` }],
    ['a Contact without brackets', { contact: `${ROOM};isfocus` }],
    ['letter case and parameters', { answers: { 'accept-types': 'Message/CPIM' } }],
    ['a refused stream', { answers: { port: '0', 'accept-types': 'text/plain' }, binds: false }],
  ])('may have %s', (_what, joining) => {
    expect(Object.values(joined(joining).verdicts(focusDeclares))).not.toContain('fail');
  });

  it('gives each session a URI', () => {
    const shared = joined().joins('bob', { answers: { path: switchUri('alice') } });
    expect(shared.verdicts(focusDeclares)['RFC7701-4-03']).toBe('fail');
  });

  it('keeps its URI through a change of the session', () => {
    const offer = (version: number, uri: string): string =>
      `v=0\no=- 1 ${version} IN IP4 10.0.0.1\ns=-\nc=IN IP4 10.0.0.1\nt=0 0\nm=message 2855 TCP/MSRP *\na=accept-types:message/cpim\na=path:${uri}\n`;
    const script = joined()
      .request('alice', 'sent', {
        method: 'INVITE',
        uri: ROOM,
        tagged: true,
        sdp: offer(1, 'msrp://10.0.0.2:2000/new-own-01234567;tcp'),
      })
      .response('alice', 'received', { method: 'INVITE', sdp: offer(2, switchUri('alice')) });
    expect(script.verdicts(focusDeclares)['RFC7701-4-03']).toBe('pass');
  });

  it('only warns of tokens cut down to those of the offer', () => {
    const cut = { offers: { chatroom: 'nickname' }, answers: { chatroom: 'nickname' } };
    expect(joined().joins('bob', cut).verdicts(focusDeclares)['RFC7701-8-09']).toBe('warn');
    const policy = { answers: { chatroom: 'nickname' } };
    expect(joined().joins('bob', policy).verdicts(focusDeclares)['RFC7701-8-09']).toBe('pass');
  });
});

describe('offer and answer', () => {
  it('pass when they fit', () => {
    expect(joined().verdicts(offerAnswer)).toEqual({ 'RFC3264-6-01': 'pass' });
  });

  it('convict an answer that does not fit the offer', () => {
    const script = joined({ offers: { setup: 'passive' }, answers: { setup: 'passive' } });
    expect(script.verdicts(offerAnswer)).toEqual({ 'RFC6135-4.1-01': 'fail' });
  });

  it('say nothing of the answer to a malformed offer', () => {
    const script = joined({ offers: { path: 'nonsense', setup: 'passive' }, answers: { setup: 'passive' } });
    expect(script.verdicts(offerAnswer)).toEqual({});
  });

  it('only warn of a new answer under an old version', () => {
    const script = joined();
    const sdp = (host: string, version: number, uri: string): string =>
      `v=0\no=- ${host === '10.0.0.2' ? 15 : 25} ${version} IN IP4 ${host}\ns=-\nc=IN IP4 ${host}\nt=0 0\nm=message ${host === '10.0.0.2' ? 2000 : 2855} TCP/MSRP *\na=accept-types:message/cpim\na=path:${uri}\n`;
    script
      .request('alice', 'sent', {
        method: 'INVITE',
        uri: ROOM,
        tagged: true,
        sdp: sdp('10.0.0.2', 2, 'msrp://10.0.0.2:2000/new-own-0123456789;tcp'),
      })
      .response('alice', 'received', { method: 'INVITE', sdp: sdp('10.0.0.1', 1, switchUri('alice')) });
    expect(script.verdicts(offerAnswer)).toEqual({ 'RFC3264-8-01': 'warn' });
  });
});
