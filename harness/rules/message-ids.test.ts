import { describe, expect, it } from 'vitest';
import { messageIds } from './message-ids.ts';
import { ScriptedRoom, uriOf } from './scripted-room.fixture.ts';

const alice = { from: uriOf('alice') };
const room = (): ScriptedRoom => new ScriptedRoom().joins('alice').joins('bob');
const said = (script: ScriptedRoom, ...texts: readonly string[]): ScriptedRoom =>
  texts.reduce((one, text, i) => one.sends('alice', { id: `sent${i}2345678`, text }), script);

describe('Message-IDs', () => {
  it('pass when each message has its own', () => {
    const script = said(room(), 'one message', 'another one')
      .receives('bob', { id: 'copy12345678', ...alice, text: 'one message' })
      .receives('bob', { id: 'copy22345678', ...alice, text: 'another one' });
    expect(script.verdicts(messageIds)).toEqual({ 'RFC4975-7.1.1-01': 'pass' });
  });

  it('convict one that serves two messages', () => {
    const script = said(room(), 'one message', 'another one')
      .receives('bob', { id: 'copy12345678', messageId: 'copy', ...alice, text: 'one message' })
      .receives('bob', { id: 'copy22345678', messageId: 'copy', ...alice, text: 'another one' });
    expect(script.verdicts(messageIds)['RFC4975-7.1.1-01']).toBe('fail');
  });

  it('are not judged where a switch keeps those of senders that are alike', () => {
    const script = room()
      .joins('carol')
      .sends('alice', { id: 'sent12345678', messageId: 'same', text: 'one message' })
      .sends('carol', { id: 'sent22345678', messageId: 'same', text: 'another one' })
      .receives('bob', { id: 'copy12345678', messageId: 'same', ...alice, text: 'one message' })
      .receives('bob', { id: 'copy22345678', messageId: 'same', from: uriOf('carol'), text: 'another one' });
    expect(script.verdicts(messageIds)).toEqual({});
  });
});

describe('duplicates', () => {
  const twice = (): ScriptedRoom =>
    room()
      .sends('alice', { id: 'sent12345678', messageId: 'same', text: 'said twice' })
      .sends('alice', { id: 'sent22345678', messageId: 'same', text: 'said twice' });

  it('pass when they are dropped, or stay duplicates', () => {
    const once = twice().receives('bob', { id: 'copy12345678', ...alice, text: 'said twice' });
    expect(once.verdicts(messageIds)['RFC4975-5.4-27']).toBe('pass');
    const both = twice()
      .receives('bob', { id: 'copy12345678', messageId: 'copy', ...alice, text: 'said twice' })
      .receives('bob', { id: 'copy22345678', messageId: 'copy', ...alice, text: 'said twice' });
    expect(both.verdicts(messageIds)['RFC4975-5.4-27']).toBe('pass');
  });

  it('only warn of what becomes two messages', () => {
    const script = twice()
      .receives('bob', { id: 'copy12345678', ...alice, text: 'said twice' })
      .receives('bob', { id: 'copy22345678', ...alice, text: 'said twice' });
    expect(script.verdicts(messageIds)['RFC4975-5.4-27']).toBe('warn');
  });
});
