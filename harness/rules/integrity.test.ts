import { describe, expect, it } from 'vitest';
import { contentUnchanged } from './integrity.ts';
import { cpim, ROOM, ScriptedRoom, uriOf } from './scripted-room.fixture.ts';

const alice = { from: uriOf('alice') };
const room = (): ScriptedRoom => new ScriptedRoom().joins('alice').joins('bob');
const sent = (): ScriptedRoom => room().sends('alice', { id: 'sent12345678', text: 'what alice has said' });

describe('content of copies', () => {
  it('passes octets that were sent', () => {
    const script = sent().receives('bob', { id: 'copy12345678', ...alice, text: 'what alice has said' });
    expect(script.verdicts(contentUnchanged)).toEqual({
      'RFC7701-6.1-17': 'pass',
      'RFC7701-3-02': 'pass',
      'RFC7701-3-03': 'pass',
      'RFC7701-6.1-32': 'pass',
    });
  });

  it('judges private messages by their own requirement', () => {
    const to = uriOf('bob');
    const script = room()
      .sends('alice', { id: 'sent12345678', to })
      .receives('bob', { id: 'copy12345678', ...alice, to });
    expect(script.verdicts(contentUnchanged)['RFC7701-6.2-22']).toBe('pass');
    expect(script.verdicts(contentUnchanged)['RFC7701-6.1-17']).toBeUndefined();
  });

  it.each([
    ['other words', { text: 'what bob has heard' }],
    ['one octet more', { text: 'what alice has said\n' }],
    ['a date added', { body: `DateTime: 2031-05-06T07:08:09Z\n${cpim('alice', { text: 'what alice has said' })}` }],
  ])('convicts %s', (_what, copy) => {
    const script = sent().receives('bob', { id: 'copy12345678', ...alice, ...copy });
    expect(script.verdicts(contentUnchanged)['RFC7701-6.1-17']).toBe('fail');
  });

  it('convicts another From or To over the same content', () => {
    const copy = { id: 'copy12345678', text: 'what alice has said' };
    const from = sent()
      .receives('bob', { ...copy, from: ROOM })
      .verdicts(contentUnchanged);
    expect(from).toMatchObject({ 'RFC7701-3-02': 'fail', 'RFC7701-6.1-17': 'fail' });
    const to = sent()
      .receives('bob', { ...copy, ...alice, to: uriOf('bob') })
      .verdicts(contentUnchanged);
    expect(to).toEqual({ 'RFC7701-3-03': 'fail', 'RFC7701-6.1-17': 'fail' });
  });

  it('convicts two messages in one', () => {
    const script = sent()
      .sends('alice', { id: 'sent22345678', text: 'and more' })
      .receives('bob', { id: 'copy12345678', ...alice, text: 'what alice has saidand more' });
    expect(script.verdicts(contentUnchanged)['RFC7701-6.1-17']).toBe('fail');
  });

  it('convicts an unfinished message delivered as a whole, and not one given up', () => {
    const body = cpim('alice', { text: 'the beginning of' });
    const begun = (): ScriptedRoom => room().sends('alice', { id: 'sent12345678', body, range: '1-*/500', flag: '+' });
    const whole = begun().receives('bob', { id: 'copy12345678', body });
    expect(whole.verdicts(contentUnchanged)).toEqual({ 'RFC7701-6.1-32': 'fail', 'RFC4975-7.1-18': 'fail' });
    const aborted = begun().receives('bob', { id: 'copy12345678', body, range: '1-*/500', flag: '#' });
    expect(aborted.verdicts(contentUnchanged)).toEqual({ 'RFC4975-7.1-18': 'pass' });
  });

  it.each([
    ['notices of the room', { from: ROOM, text: 'alice has joined the room' }],
    ['what somebody invisible says', { from: uriOf('zoe'), text: 'what alice has said' }],
    ['text that begins like another', { from: uriOf('zoe'), text: 'what alice has' }],
  ])('does not judge %s', (_what, copy) => {
    expect(
      sent()
        .receives('bob', { id: 'copy12345678', ...copy })
        .verdicts(contentUnchanged),
    ).toEqual({});
  });

  it('takes what comes before anything was said in the presence of the receiver for history', () => {
    const script = new ScriptedRoom()
      .joins('alice')
      .sends('alice', { id: 'sent12345678', text: 'said before bob came' })
      .joins('bob')
      .receives('bob', { id: 'hist12345678', ...alice, text: 'said yesterday, by alice' });
    expect(script.verdicts(contentUnchanged)).toEqual({});
  });

  it('says nothing of whoever sends chunks that can be put together in several ways', () => {
    const script = sent()
      .sends('alice', { id: 'odd112345678', messageId: 'odd', body: 'x'.repeat(9), range: '5-*/20', flag: '+' })
      .receives('bob', { id: 'copy12345678', ...alice, text: 'whatever came of it' });
    expect(script.verdicts(contentUnchanged)).toEqual({});
  });
});
