import { describe, expect, it } from 'vitest';
import { foreignFromIsRefused } from './foreign-senders.ts';
import { type Joining, ROOM, ScriptedRoom, type Sending, uriOf } from './scripted-room.fixture.ts';

const forged = { id: 'sent12345678', from: uriOf('bob'), text: 'in the name of bob' };
const strange = { id: 'sent12345678', from: uriOf('zoe'), text: 'in the name of zoe' };
const later = { id: 'sent22345678', text: 'a later message' };
const room = (alice: Joining = {}, bob: Joining = {}): ScriptedRoom =>
  new ScriptedRoom().joins('alice', alice).joins('bob', bob);
/** The log goes on long enough for a report. */
const verdicts = (script: ScriptedRoom): Record<string, string> =>
  script.passes(2000).joins('late').verdicts(foreignFromIsRefused);

describe('a message under the name of another participant', () => {
  const sent = (message: Partial<Sending> = {}): ScriptedRoom => room().sends('alice', { ...forged, ...message });

  it('is refused with 403, and not accepted', () => {
    expect(verdicts(sent({ status: 403 }))).toEqual({ 'RFC7701-6.3-08': 'pass' });
    expect(verdicts(sent())).toEqual({ 'RFC7701-6.3-08': 'fail' });
    expect(verdicts(sent({ to: uriOf('bob') }))).toEqual({ 'RFC7701-6.3-08': 'fail' });
  });

  it.each<[string, ScriptedRoom]>([
    [
      'a later report refuses it',
      sent().reports('alice', 'late12345678', ['Message-ID: sent12345678', 'Status: 000 403 No']),
    ],
    ['nobody answers it', sent({ status: 'none' })],
    ['it is another form of the own name', sent({ from: 'sip:alice-12345678@home.example' })],
    ['it is the own Contact', sent({ from: 'sip:alice@10.0.0.2:2000' })],
    ['both are one user', room({}, { identity: uriOf('alice') }).sends('alice', { ...forged, from: uriOf('alice') })],
    ['its owner is hidden', room({}, { privacy: 'id' }).sends('alice', forged)],
    ['its sender is hidden', room({ privacy: 'id' }).sends('alice', forged)],
    ['its owner has left', room().leaves('bob').sends('alice', forged)],
    ['its owner is in another room', room({}, { room: 'sip:other@chat.example' }).sends('alice', forged)],
    [
      'it has two From headers',
      sent({
        body: `From: <${uriOf('bob')}>\nFrom: <${uriOf('alice')}>\nTo: <${ROOM}>\n\nContent-Type: text/plain\n\nx`,
      }),
    ],
  ])('is not judged where %s', (_why, script) => {
    expect(verdicts(script)).toEqual({});
  });

  it('is not judged where an identity that was asserted makes it the own', () => {
    const script = new ScriptedRoom().request('alice', 'sent', {
      method: 'INVITE',
      uri: ROOM,
      headers: [`P-Preferred-Identity: <${uriOf('bob')}>`],
      call: 'earlier',
    });
    script.response('alice', 'received', { method: 'INVITE', call: 'earlier' });
    expect(verdicts(script.joins('alice').joins('bob').sends('alice', forged))).toEqual({});
  });

  it('is not judged where its sender leaves before a report could come', () => {
    expect(sent().leaves('alice').passes(2000).joins('late').verdicts(foreignFromIsRefused)).toEqual({});
  });
});

describe('a message under the name of nobody in the room', () => {
  const dropped = (message: Partial<Sending> = {}, alice: Joining = {}, bob: Joining = {}): ScriptedRoom =>
    room(alice, bob)
      .sends('alice', { ...strange, ...message })
      .sends('alice', later)
      .receives('bob', { ...later, id: 'copy22345678', from: uriOf('alice') });

  it('is not accepted and dropped', () => {
    expect(verdicts(dropped())).toEqual({ 'RFC7701-6.3-09': 'fail' });
  });

  it.each<[string, ScriptedRoom]>([
    ['it was refused', dropped({ status: 403 })],
    [
      'a later report refuses it',
      dropped().reports('alice', 'late12345678', ['Message-ID: sent12345678', 'Status: 000 403 No']),
    ],
    [
      'it was passed on, so that the name may be a further one',
      dropped().receives('bob', { ...strange, id: 'copy12345678' }),
    ],
    [
      'the name was told before',
      room()
        .joins('zoe')
        .leaves('zoe')
        .sends('alice', strange)
        .sends('alice', later)
        .receives('bob', { ...later, id: 'copy22345678', from: uriOf('alice') }),
    ],
    [
      'it was passed on to somebody else',
      dropped()
        .joins('carol')
        .receives('carol', { ...strange, id: 'copy12345678', to: ROOM, from: uriOf('alice') }),
    ],
    ['it is a telephone number', dropped({ from: 'tel:+15551234' })],
    ['it is anonymous', dropped({ from: 'sip:anonymous@anonymous.invalid' })],
    ['somebody is hidden', dropped({}, {}, { privacy: 'id' })],
    ['nobody takes its type', dropped({}, {}, { offers: { 'accept-wrapped-types': 'text/html' } })],
    [
      'the room does not list its type',
      dropped({ wrapped: 'text/html' }, {}, { offers: { 'accept-wrapped-types': '*' } }),
    ],
    ['nobody else is there', new ScriptedRoom().joins('alice').sends('alice', strange)],
    ['nothing came later', room().sends('alice', strange)],
  ])('is not judged where %s', (_why, script) => {
    expect(verdicts(script)).toEqual({});
  });
});
