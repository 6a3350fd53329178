import { describe, expect, it } from 'vitest';
import { refusedReachesNobody } from './never-delivered.ts';
import { type Joining, ROOM, ScriptedRoom, type Sending, uriOf } from './scripted-room.fixture.ts';

const sent = { id: 'sent12345678', text: 'what must not be heard' };
const copy = { from: uriOf('alice'), ...sent, id: 'copy12345678' };

const room = (bob: Joining = {}): ScriptedRoom => new ScriptedRoom().joins('alice').joins('bob', bob);
const delivered = (message: Partial<Sending>, bob: Joining = {}): Record<string, string> =>
  room(bob)
    .sends('alice', { ...sent, ...message })
    .receives('bob', { ...copy, ...message })
    .verdicts(refusedReachesNobody);
const withheld = (message: Partial<Sending>): Record<string, string> =>
  room()
    .sends('alice', { ...sent, ...message })
    .verdicts(refusedReachesNobody);

describe('messages that have to be refused', () => {
  it.each<[string, Partial<Sending>, string]>([
    ['the name of another participant', { from: uriOf('bob'), status: 403 }, 'RFC7701-6.3-08'],
    ['it, even answered with 200', { from: uriOf('bob'), status: 200 }, 'RFC7701-6.3-08'],
    [
      'it, even with Failure-Report no',
      { from: uriOf('bob'), headers: ['Failure-Report: no'], status: 'none' },
      'RFC7701-6.3-08',
    ],
    ['the name of a stranger', { from: uriOf('zoe'), status: 403 }, 'RFC7701-6.3-09'],
    ['two To headers', { to: [ROOM, uriOf('bob')], status: 403 }, 'RFC7701-6.1-14'],
    ['two To headers taken for one', { to: [ROOM, ROOM], status: 200 }, 'RFC7701-6.1-14'],
    ['an unknown addressee', { to: uriOf('nobody'), status: 404 }, 'RFC7701-6.2-11'],
    ['no wrapper', { type: 'text/plain', body: 'what must not be heard', status: 415 }, 'RFC7701-6.3-07'],
    ['a session of another connection', { status: 481 }, 'RFC4975-7.3-03'],
  ])('convict delivery of one with %s, and pass its absence', (_what, message, requirement) => {
    expect(delivered(message)).toEqual({ [requirement]: 'fail' });
    expect(withheld(message)).toEqual({ [requirement]: 'pass' });
  });

  it('convict a bare message that the switch has wrapped', () => {
    const bare = { ...sent, type: 'text/plain', body: 'what must not be heard', status: 200 };
    expect(room().sends('alice', bare).receives('bob', copy).verdicts(refusedReachesNobody)).toEqual({
      'RFC7701-6.3-07': 'fail',
    });
  });

  it('convict one refused with 428 only where it cannot be told from others', () => {
    const secret = { to: uriOf('bob'), status: 428 };
    expect(delivered(secret, { offers: { chatroom: 'nickname' } })).toEqual({ 'RFC7701-6.2-19': 'fail' });
    expect(delivered(secret)).toEqual({ 'RFC7701-6.2-19': 'pass' });
  });

  it.each<[string, ScriptedRoom]>([
    ['an ordinary message', room().sends('alice', sent).receives('bob', copy)],
    [
      'one refused because its own name is shown to another room',
      room()
        .sends('alice', { ...sent, status: 403 })
        .receives('bob', copy),
    ],
    [
      'one whose text was also sent rightly',
      room()
        .sends('alice', { ...sent, from: uriOf('bob'), status: 403 })
        .sends('bob', { ...sent, id: 'sent22345678' })
        .receives('bob', { ...copy, from: uriOf('bob') }),
    ],
    [
      'one of which the like came before',
      room()
        .receives('bob', { ...copy, from: uriOf('zoe') })
        .sends('alice', { ...sent, from: uriOf('zoe') }),
    ],
  ])('are none: %s', (_what, script) => {
    expect(Object.values(script.verdicts(refusedReachesNobody))).not.toContain('fail');
  });
});
