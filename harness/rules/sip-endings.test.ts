import { describe, expect, it } from 'vitest';
import { ROOM, ScriptedRoom, uriOf } from './scripted-room.fixture.ts';
import { byesOfFocus } from './sip-endings.ts';

const called = (): ScriptedRoom =>
  new ScriptedRoom()
    .request('bob', 'sent', { method: 'INVITE', uri: ROOM })
    .response('bob', 'received', { method: 'INVITE' });
const acknowledged = (): ScriptedRoom => called().request('bob', 'sent', { method: 'ACK', uri: ROOM, tagged: true });
const ended = (room: ScriptedRoom, call?: string): string | undefined =>
  room
    .request('bob', 'received', {
      method: 'BYE',
      uri: uriOf('bob'),
      tagged: true,
      ...(call === undefined ? {} : { call }),
    })
    .verdicts(byesOfFocus)['RFC3261-15-01'];

describe('BYE of the focus', () => {
  it('may come behind the ACK, or when none has come for so long', () => {
    expect(ended(acknowledged())).toBe('pass');
    expect(ended(called().passes(32_000))).toBe('pass');
  });

  it('is convicted before the ACK', () => {
    expect(ended(called())).toBe('fail');
  });

  it('is convicted outside the dialog', () => {
    expect(ended(acknowledged(), 'another')).toBe('fail');
  });

  it('is not looked for', () => {
    expect(acknowledged().verdicts(byesOfFocus)).toEqual({});
  });
});
