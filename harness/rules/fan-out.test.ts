import { describe, expect, it } from 'vitest';
import { reachesAll } from './fan-out.ts';
import { type Joining, ROOM, ScriptedRoom, type Sending, uriOf } from './scripted-room.fixture.ts';

const alice = { from: uriOf('alice') };
const first = { id: 'sent12345678', text: 'the message that counts' };
const later = { id: 'sent22345678', text: 'a later message' };
const copy = (sending: Sending, number: string): Sending => ({ ...alice, ...sending, id: `copy${number}345678` });

/** alice, bob and carol are there; a later message of alice reaches carol, then a second passes. */
function script(
  message: Partial<Sending>,
  carol: Joining = {},
  before: (room: ScriptedRoom) => void = () => {},
): ScriptedRoom {
  const room = new ScriptedRoom().joins('alice').joins('bob').joins('carol', carol);
  before(room);
  room
    .sends('alice', { ...first, ...message })
    .sends('alice', later)
    .receives('carol', copy(later, '12'));
  return room.passes(1000).leaves('carol');
}

describe('fan-out', () => {
  it('passes a message that reaches everybody else', () => {
    const room = new ScriptedRoom().joins('alice').joins('bob').joins('carol').sends('alice', first);
    room.receives('bob', copy(first, '12')).receives('carol', copy(first, '13'));
    expect(room.verdicts(reachesAll)).toEqual({ 'RFC7701-6.1-15': 'pass' });
  });

  it('convicts a message missed while a later one came', () => {
    expect(script({}).verdicts(reachesAll)).toEqual({ 'RFC7701-6.1-15': 'fail' });
  });

  it('convicts it with Failure-Report no as well', () => {
    const silent = { headers: ['Failure-Report: no'], status: 'none' } as const;
    expect(script(silent).verdicts(reachesAll)).toEqual({ 'RFC7701-6.1-15': 'fail' });
  });

  it.each<[string, ScriptedRoom]>([
    ['the message was refused', script({ status: 403 })],
    [
      'it was refused by a later report',
      script({}).reports('alice', 'late12345678', ['Message-ID: sent12345678', 'Status: 000 403 No']),
    ],
    ['nobody has answered it yet', script({ status: 'none' })],
    ['its type is not taken there', script({}, { offers: { 'accept-wrapped-types': 'text/html' } })],
    ['its size is not taken there', script({ text: 'x'.repeat(200) }, { offers: { 'max-size': '150' } })],
    ['the receiver lists no wrapped types', script({}, { offers: { 'accept-wrapped-types': undefined } })],
    ['it was late for a room in another place', script({}, { room: 'sip:elsewhere@chat.example' })],
    ['To is another form of the room URI', script({ to: `${ROOM};transport=tcp` })],
    ['an altered copy may be it', script({}).receives('carol', copy({ ...first, text: 'something else' }, '14'))],
    [
      'so much was sent that the receiver may be congested',
      script({}, {}, (room) =>
        room.sends('alice', { id: 'long12345678', text: 'x'.repeat(20_000), range: '1-*/*', wrapped: 'text/html' }),
      ),
    ],
  ])('says nothing where %s', (_why, room) => {
    expect(room.verdicts(reachesAll)['RFC7701-6.1-15']).not.toBe('fail');
  });

  it('says nothing without time enough', () => {
    const room = new ScriptedRoom().joins('alice').joins('carol').sends('alice', first).sends('alice', later);
    room.receives('carol', copy(later, '12')).leaves('carol');
    expect(room.verdicts(reachesAll)).toEqual({ 'RFC7701-6.1-15': 'pass' });
  });

  it('says nothing of who joined afterwards, left before or lost the connection', () => {
    const room = new ScriptedRoom().joins('alice').joins('bob').leaves('bob').sends('alice', first).joins('carol');
    room.sends('alice', later).receives('carol', copy(later, '12')).passes(1000);
    expect(room.verdicts(reachesAll)).toEqual({ 'RFC7701-6.1-15': 'pass' });
  });

  it('judges the second session of a user by its own requirement', () => {
    const twice = { identity: uriOf('bob') };
    const room = (): ScriptedRoom =>
      new ScriptedRoom().joins('alice').joins('bob').joins('phone', twice).sends('alice', first);
    const both = room().receives('bob', copy(first, '12')).receives('phone', copy(first, '13'));
    expect(both.verdicts(reachesAll)).toEqual({ 'RFC7701-6.1-46': 'pass' });
    const one = room().receives('bob', copy(first, '12')).sends('alice', later);
    one.receives('phone', copy(later, '14')).passes(1000).leaves('phone');
    expect(one.verdicts(reachesAll)['RFC7701-6.1-46']).toBe('fail');
  });

  describe('of a private message', () => {
    const secret = { ...first, to: uriOf('carol') };

    it('passes what reaches the addressee', () => {
      const room = new ScriptedRoom()
        .joins('alice')
        .joins('carol')
        .sends('alice', secret)
        .receives('carol', copy(secret, '12'));
      expect(room.verdicts(reachesAll)).toEqual({ 'RFC7701-6.2-21': 'pass' });
    });

    it('convicts what was accepted and did not come', () => {
      expect(script(secret).verdicts(reachesAll)['RFC7701-6.2-21']).toBe('fail');
    });

    describe('where all copies come in another wrapper', () => {
      const named = (text: string, id: string): Sending => ({
        id,
        body: `From: "Alice" <${uriOf('alice')}>\nTo: "Room" <${ROOM}>\n\nMIME-Version: 1.0\nContent-Type: text/plain\n\n${text}`,
      });
      const notice = (text: string, id = 'note12345678'): Sending => ({ id, from: ROOM, text });
      const sent = (message: Partial<Sending> = {}, carol: Joining = {}): ScriptedRoom =>
        new ScriptedRoom()
          .joins('alice')
          .joins('carol', carol)
          .sends('alice', { ...secret, ...message });
      /** The log goes on long enough for a report. */
      const missed = (room: ScriptedRoom): string | undefined =>
        room.passes(2000).joins('late').verdicts(reachesAll)['RFC7701-6.2-21'];
      const laterCame = (room: ScriptedRoom): ScriptedRoom =>
        room.sends('alice', later).receives('carol', named(later.text, 'copy12345678')).passes(1000);

      it('convicts by a later message of its sender', () => {
        expect(missed(laterCame(sent()))).toBe('fail');
      });

      it('convicts by a notice that came much later', () => {
        expect(missed(sent().passes(1500).receives('carol', notice('dora has joined')).passes(1000))).toBe('fail');
      });

      it('convicts by the end of the stay, long after', () => {
        expect(missed(sent().passes(11_000).leaves('carol'))).toBe('fail');
      });

      it('convicts it though the sender has not declared private messages', () => {
        const unaware = new ScriptedRoom().joins('alice', { offers: { chatroom: undefined } }).joins('carol');
        expect(missed(laterCame(unaware.sends('alice', secret)))).toBe('fail');
      });

      it('convicts it though one of them has dialled the room by its transport', () => {
        expect(missed(laterCame(sent({}, { room: `${ROOM};transport=tcp` })))).toBe('fail');
      });

      it.each<[string, ScriptedRoom]>([
        ['it came in such a wrapper', laterCame(sent().receives('carol', named(secret.text, 'copy22345678')))],
        ['it came later still', laterCame(sent()).receives('carol', named(secret.text, 'copy22345678'))],
        ['a notice repeats it', laterCame(sent().receives('carol', notice(`alice whispers: ${secret.text}`)))],
        [
          'something came that nobody is known to have said',
          laterCame(sent().receives('carol', { ...named('else', 'copy22345678'), id: 'copy22345678' })),
        ],
        [
          'a part of something came',
          laterCame(sent().receives('carol', { ...named('else', 'copy22345678'), range: '1-*/900', flag: '+' })),
        ],
        ['it was said twice', laterCame(sent().sends('alice', { ...secret, id: 'sent32345678', to: ROOM }))],
        ['it was refused', laterCame(sent({ status: 404 }))],
        [
          'it was refused by a later report',
          laterCame(sent()).reports('alice', 'late12345678', ['Message-ID: sent12345678', 'Status: 000 404 Nobody']),
        ],
        ['its sender left before a report could come', sent().leaves('alice').passes(11_000).leaves('carol')],
        ['it is in another name', laterCame(sent({ from: uriOf('dora') }))],
        ['its type is not taken there', laterCame(sent({}, { offers: { 'accept-wrapped-types': 'text/html' } }))],
        ['the room does not list its type', laterCame(sent({ wrapped: 'text/html' }))],
        ['the addressee is hidden', laterCame(sent({}, { privacy: 'id' }))],
        ['the connection was lost', sent().loses('carol').passes(11_000)],
        ['the connection was lost long after', sent().passes(11_000).loses('carol')],
        [
          'the addressee had left',
          new ScriptedRoom().joins('alice').joins('carol').leaves('carol').sends('alice', secret),
        ],
        ['nothing came later', sent().passes(11_000)],
        ['a notice came soon', sent().receives('carol', notice('dora has joined')).passes(1000)],
        ['the stay ended soon', sent().passes(1500).leaves('carol')],
      ])('says nothing where %s', (_why, room) => {
        expect(missed(room)).not.toBe('fail');
      });
    });

    it('says nothing where the addressee has not declared private messages', () => {
      expect(
        script(secret, { offers: { chatroom: 'nickname' } }).verdicts(reachesAll)['RFC7701-6.2-21'],
      ).toBeUndefined();
    });
  });
});
