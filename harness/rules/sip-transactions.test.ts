import { describe, expect, it } from 'vitest';
import { ROOM, ScriptedRoom, uriOf } from './scripted-room.fixture.ts';
import { requestsInDialog, sipResponses } from './sip-transactions.ts';

const options = (): ScriptedRoom =>
  new ScriptedRoom().request('bob', 'sent', { method: 'OPTIONS', uri: ROOM, call: 'look' });
const answered = { method: 'OPTIONS', call: 'look' };

describe('SIP responses', () => {
  it('pass when they repeat what names the request', () => {
    expect(options().response('bob', 'received', answered).verdicts(sipResponses)).toEqual({
      'RFC3261-8.2.6.2-01': 'pass',
      'RFC3261-8.2.6.2-02': 'pass',
      'RFC3261-8.2.4-01': 'pass',
    });
  });

  it.each([
    ['another From tag', `<${uriOf('bob')}>;tag=other`],
    ['another From URI', `<${uriOf('zoe')}>;tag=bob`],
  ])('convict %s', (_what, from) => {
    expect(
      options()
        .response('bob', 'received', { ...answered, from })
        .verdicts(sipResponses)['RFC3261-8.2.6.2-01'],
    ).toBe('fail');
  });

  it('may write From in another way', () => {
    const from = `"Bob" <${uriOf('bob')}> ; tag=bob`;
    expect(
      options()
        .response('bob', 'received', { ...answered, from })
        .verdicts(sipResponses)['RFC3261-8.2.6.2-01'],
    ).toBe('pass');
  });

  it('convict a missing To tag, and one that changes', () => {
    const none = options().response('bob', 'received', { ...answered, tag: '' });
    expect(none.verdicts(sipResponses)['RFC3261-8.2.6.2-02']).toBe('fail');
    const changing = options()
      .response('bob', 'received', { ...answered, status: 180 })
      .response('bob', 'received', { ...answered, tag: 'other' });
    expect(changing.verdicts(sipResponses)['RFC3261-8.2.6.2-02']).toBe('fail');
    const trying = options()
      .response('bob', 'received', { ...answered, status: 100, tag: '' })
      .response('bob', 'received', answered);
    expect(trying.verdicts(sipResponses)['RFC3261-8.2.6.2-02']).toBe('pass');
  });

  it('convict an extension that the request did not offer', () => {
    const headers = ['Require: timer'];
    const required = (supported: readonly string[]): string | undefined =>
      new ScriptedRoom()
        .request('bob', 'sent', { method: 'OPTIONS', uri: ROOM, call: 'look', headers: supported })
        .response('bob', 'received', { ...answered, headers })
        .verdicts(sipResponses)['RFC3261-8.2.4-01'];
    expect(required([])).toBe('fail');
    expect(required(['Supported: 100rel, Timer'])).toBe('pass');
  });

  it('to malformed requests are open', () => {
    const script = new ScriptedRoom().request('bob', 'sent', {
      method: 'OPTIONS',
      uri: ROOM,
      call: 'look',
      headers: ['Via: nonsense'],
    });
    script.response('bob', 'received', { ...answered, from: '<sip:nobody@nowhere>' });
    expect(script.verdicts(sipResponses)['RFC3261-8.2.6.2-01']).not.toBe('pass');
  });
});

describe('requests in a dialog', () => {
  const bye = { method: 'BYE', uri: 'sip:bob@10.0.0.2:2000', tagged: true };
  const room = (): ScriptedRoom => new ScriptedRoom().joins('bob');

  it('pass when they go to the Contact, with a new CSeq each', () => {
    const script = room()
      .request('bob', 'received', { ...bye, method: 'OPTIONS' })
      .request('bob', 'received', bye);
    expect(script.verdicts(requestsInDialog)).toEqual({ 'RFC3261-12.2.1.1-01': 'pass' });
  });

  it('convict a CSeq that does not rise', () => {
    const script = room()
      .request('bob', 'received', { ...bye, method: 'OPTIONS', cseq: 5 })
      .request('bob', 'received', { ...bye, cseq: 5 });
    expect(script.verdicts(requestsInDialog)['RFC3261-12.2.1.1-01']).toBe('fail');
  });

  it('convict another target', () => {
    const script = room().request('bob', 'received', { ...bye, uri: uriOf('bob') });
    expect(script.verdicts(requestsInDialog)['RFC3261-12.2.1.1-01']).toBe('fail');
  });

  it('say nothing of dialogs without beginning', () => {
    const script = new ScriptedRoom().request('bob', 'received', { ...bye, uri: uriOf('bob') });
    expect(script.verdicts(requestsInDialog)['RFC3261-12.2.1.1-01']).not.toBe('fail');
  });
});
