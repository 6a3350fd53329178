import { describe, expect, it } from 'vitest';
import { ownTexts } from './own-texts.ts';
import { ROOM, ScriptedRoom, uriOf } from './scripted-room.fixture.ts';

const room = (): ScriptedRoom => new ScriptedRoom().joins('alice').joins('bob');
const notice = { id: 'text12345678', from: ROOM, text: 'this is a room' };

describe('texts of the room', () => {
  it('come in its own name', () => {
    expect(room().receives('bob', notice).verdicts(ownTexts)).toEqual({
      'RFC3862-2.1-01': 'pass',
      'RFC3862-6-02': 'pass',
    });
  });

  it('come as a warning in that of a participant', () => {
    const script = room().receives('bob', { ...notice, from: uriOf('alice') });
    expect(script.verdicts(ownTexts)).toMatchObject({ 'RFC3862-6-02': 'warn' });
  });

  it('are not what a participant sent, though the wrapper be another', () => {
    const message = { id: 'sent12345678', text: 'hello to everybody' };
    const script = room()
      .sends('alice', message)
      .receives('bob', { ...message, id: 'copy12345678', from: uriOf('alice'), to: uriOf('bob') });
    expect(script.verdicts(ownTexts)).toEqual({ 'RFC3862-2.1-01': 'pass' });
  });
});

describe('wrappers', () => {
  it.each([
    ['Message/CPIM', 'pass'],
    ['message/cpim;charset=utf-8', 'warn'],
    ['text/cpim', 'fail'],
  ])('called %s: %s', (type, verdict) => {
    expect(
      room()
        .receives('bob', { ...notice, type })
        .verdicts(ownTexts),
    ).toMatchObject({ 'RFC3862-2.1-01': verdict });
  });

  it('may keep parameters as its sender wrote them', () => {
    const type = 'message/cpim;x=1';
    const script = room()
      .sends('alice', { id: 'sent12345678', type })
      .receives('bob', { ...notice, type });
    expect(script.verdicts(ownTexts)).toEqual({ 'RFC3862-6-02': 'pass' });
  });

  it('are not all that is sent', () => {
    const bare = { ...notice, type: 'text/plain', body: 'just text' };
    expect(room().receives('bob', bare).verdicts(ownTexts)).toEqual({});
  });
});
