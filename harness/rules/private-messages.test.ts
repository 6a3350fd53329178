import { describe, expect, it } from 'vitest';
import { privateStaysPrivate } from './private-messages.ts';
import { type Joining, OTHER_ROOM, ROOM, ScriptedRoom, uriOf } from './scripted-room.fixture.ts';

const secret = { id: 'sent12345678', to: uriOf('bob'), text: 'for bob alone' };
const copy = { ...secret, id: 'copy12345678', from: uriOf('alice') };
const room = (bob: Joining = {}): ScriptedRoom => new ScriptedRoom().joins('alice').joins('bob', bob).joins('carol');

describe('private messages', () => {
  it('reach their addressee', () => {
    expect(room().sends('alice', secret).receives('bob', copy).verdicts(privateStaysPrivate)).toEqual({
      'RFC7701-2-04': 'pass',
      'RFC7701-6.2-23': 'pass',
      'RFC7701-4-09': 'pass',
      'RFC7701-4-13': 'pass',
      'RFC7701-6.2-19': 'pass',
    });
  });

  it('reach each session of the addressee', () => {
    const script = room()
      .joins('phone', { identity: uriOf('bob') })
      .sends('alice', secret)
      .receives('phone', copy);
    expect(script.verdicts(privateStaysPrivate)['RFC7701-2-04']).toBe('pass');
  });

  it('are no messages to the room by another spelling of its URI', () => {
    const spelt = { ...secret, to: ROOM.replace('room', '%72oom') };
    const script = room()
      .sends('alice', spelt)
      .receives('bob', { ...spelt, id: copy.id })
      .receives('carol', copy);
    expect(script.verdicts(privateStaysPrivate)).toEqual({});
  });

  it('convict a third party', () => {
    const script = room()
      .sends('alice', secret)
      .receives('bob', copy)
      .receives('carol', { ...copy, id: 'copy22345678' });
    expect(script.verdicts(privateStaysPrivate)).toMatchObject({
      'RFC7701-2-04': 'fail',
      'RFC7701-6.2-23': 'fail',
      'RFC7701-4-09': 'pass',
    });
    expect(script.evidence(privateStaysPrivate, 'RFC7701-2-04')).toHaveLength(2);
  });

  it('convict one who got it in place of the addressee', () => {
    const script = room().sends('alice', secret).receives('carol', copy);
    expect(script.verdicts(privateStaysPrivate)).toEqual({ 'RFC7701-2-04': 'fail', 'RFC7701-6.2-23': 'fail' });
    // Whoever has not listened may have missed it.
    const toAll = { id: 'more12345678', to: ROOM, text: 'for everybody' };
    script.sends('carol', toAll).receives('bob', { ...toAll, id: 'copy32345678', from: uriOf('carol') });
    expect(script.verdicts(privateStaysPrivate)).toMatchObject({ 'RFC7701-4-09': 'fail' });
  });

  it('convict an echo to their sender', () => {
    const script = room().sends('alice', secret).receives('alice', copy);
    expect(script.verdicts(privateStaysPrivate)).toEqual({ 'RFC7701-2-04': 'fail' });
  });

  it('only warn of another session of the sender', () => {
    const script = room()
      .joins('phone', { identity: uriOf('alice') })
      .sends('alice', secret)
      .receives('phone', copy);
    expect(script.verdicts(privateStaysPrivate)['RFC7701-6.2-23']).toBe('warn');
  });

  it('to oneself are taken or not', () => {
    const self = { ...secret, to: uriOf('alice') };
    const script = room()
      .sends('alice', self)
      .receives('alice', { ...copy, to: uriOf('alice') });
    expect(script.verdicts(privateStaysPrivate)['RFC7701-2-04']).toBe('pass');
  });

  it('stay in their room', () => {
    const script = room({ room: OTHER_ROOM }).sends('alice', secret).receives('bob', copy);
    expect(script.verdicts(privateStaysPrivate)['RFC7701-4-13']).toBe('fail');
  });

  it('are kept from who has not declared them', () => {
    const script = room({ offers: { chatroom: 'nickname' } })
      .sends('alice', secret)
      .receives('bob', copy);
    expect(script.verdicts(privateStaysPrivate)['RFC7701-6.2-19']).toBe('fail');
  });

  it('to a URI that nobody visible has may reach one user, and not two', () => {
    const unknown = { ...secret, to: 'tel:+4912345' };
    const script = room()
      .sends('alice', unknown)
      .receives('bob', { ...copy, to: unknown.to });
    expect(script.verdicts(privateStaysPrivate)).toEqual({});
    script.receives('carol', { ...copy, id: 'copy22345678', to: unknown.to });
    expect(script.verdicts(privateStaysPrivate)['RFC7701-2-04']).toBe('fail');
  });

  it.each([ROOM, `${ROOM};transport=tcp`])('are none when To is %s', (to) => {
    const script = room()
      .sends('alice', { ...secret, to })
      .receives('carol', { ...copy, to });
    expect(script.verdicts(privateStaysPrivate)).toEqual({});
  });
});
