import { describe, expect, it } from 'vitest';
import { refusalsHaveTheirCause } from './refusals.ts';
import { type Joining, ROOM, ScriptedRoom, uriOf } from './scripted-room.fixture.ts';

const room = (alice: Joining = {}, bob: Joining = {}): ScriptedRoom =>
  new ScriptedRoom().joins('alice', alice).joins('bob', bob);
const sent = { id: 'sent12345678', to: ROOM, text: 'hello to everybody' };

describe('404', () => {
  it('passes where To names nobody', () => {
    const script = room().sends('alice', { ...sent, to: 'sip:nobody@chat.example', status: 404 });
    expect(script.verdicts(refusalsHaveTheirCause)).toEqual({ 'RFC7701-6.2-13': 'pass' });
  });

  it.each<[string, Partial<typeof sent> & { from?: string }]>([
    ['the room', {}],
    ['who is there', { to: uriOf('bob') }],
    ['who is there, for a false From', { to: uriOf('bob'), from: uriOf('carol') }],
  ])('is not for %s', (_what, message) => {
    const script = room().sends('alice', { ...sent, ...message, status: 404 });
    expect(script.verdicts(refusalsHaveTheirCause)).toEqual({ 'RFC7701-6.2-13': 'fail' });
  });

  it('is not for nicknames', () => {
    const script = room().asks('alice', 'NICKNAME', {
      id: 'nick12345678',
      headers: ['Use-Nickname: "Al"'],
      status: 404,
    });
    expect(script.verdicts(refusalsHaveTheirCause)).toEqual({ 'RFC7701-6.2-13': 'fail' });
  });

  it('is a warning where private messages are not announced', () => {
    const script = room({ answers: { chatroom: 'nickname' } }).sends('alice', {
      ...sent,
      to: uriOf('bob'),
      status: 404,
    });
    expect(script.verdicts(refusalsHaveTheirCause)).toEqual({ 'RFC7701-6.2-13': 'warn' });
  });

  it.each<[string, (script: ScriptedRoom) => ScriptedRoom]>([
    ['who has left', (script) => script.leaves('bob').sends('alice', { ...sent, to: uriOf('bob'), status: 404 })],
    ['oneself', (script) => script.sends('alice', { ...sent, to: uriOf('alice'), status: 404 })],
    ['several', (script) => script.sends('alice', { ...sent, to: [uriOf('bob'), ROOM], status: 404 })],
    ['a near miss', (script) => script.sends('alice', { ...sent, to: `${ROOM};transport=tcp`, status: 404 })],
    [
      'a wrapper without From',
      (script) => script.sends('alice', { ...sent, body: `To: <${ROOM}>\n\n\n`, status: 404 }),
    ],
    [
      'a hidden one',
      (script) => script.joins('hana', { privacy: 'id' }).sends('alice', { ...sent, to: uriOf('hana'), status: 404 }),
    ],
  ])('is open for %s', (_what, play) => {
    expect(play(room()).verdicts(refusalsHaveTheirCause)).toEqual({});
  });
});

describe('428', () => {
  it.each([
    [uriOf('bob'), 'pass'],
    [ROOM, 'fail'],
    ['sip:nobody@chat.example', 'fail'],
  ])('for %s: %s', (to, verdict) => {
    const script = room().sends('alice', { ...sent, to, status: 428 });
    expect(script.verdicts(refusalsHaveTheirCause)).toEqual({ 'RFC7701-6.2-17': verdict });
  });

  it('is open where private messages are not announced', () => {
    const script = room({ answers: { chatroom: 'nickname' } });
    script.sends('alice', { ...sent, to: 'sip:nobody@chat.example', status: 428 });
    expect(script.verdicts(refusalsHaveTheirCause)).toEqual({});
  });
});

describe('415', () => {
  const listing = { answers: { 'accept-wrapped-types': 'text/plain text/html' } };

  it.each([
    ['text/html', 200, 'pass'],
    ['text/html; charset=utf-8', 415, 'fail'],
    ['TEXT/PLAIN', 415, 'fail'],
  ])('for %s, which is listed: %s is %s', (wrapped, status, verdict) => {
    const script = room(listing).sends('alice', { ...sent, wrapped, status });
    expect(script.verdicts(refusalsHaveTheirCause)).toEqual({ 'RFC7701-4.1-09': verdict });
  });

  it('is open for what is not listed', () => {
    expect(
      room(listing)
        .sends('alice', { ...sent, wrapped: 'image/png', status: 415 })
        .verdicts(refusalsHaveTheirCause),
    ).toEqual({});
  });
});
