import { describe, expect, it } from 'vitest';
import { abilitiesAreTold, focusShowsItself } from './focus-abilities.ts';
import { ROOM, ScriptedRoom } from './scripted-room.fixture.ts';

describe('isfocus', () => {
  const join = (...contacts: readonly string[]): ScriptedRoom =>
    contacts.reduce((room, contact, i) => room.joins(`actor${i}`, { contact }), new ScriptedRoom());
  const verdicts = (...contacts: readonly string[]): Record<string, string> =>
    join(...contacts).verdicts(focusShowsItself);

  it.each<[string, string[], string | undefined]>([
    ['on all of them', [`<${ROOM}>;isfocus`, `<${ROOM}>;automata;isfocus="TRUE"`], 'pass'],
    ['on one alone', [`<${ROOM}>;isfocus`, `<${ROOM}>`], 'fail'],
    ['inside the brackets', [`<${ROOM};isfocus>`], 'fail'],
    ['denied', [`<${ROOM}>;isfocus="FALSE"`], 'fail'],
    ['nowhere', [`<${ROOM}>`, `<${ROOM}>`], undefined],
  ])('judged %s', (_what, contacts, verdict) => {
    expect(verdicts(...contacts)['RFC4579-4.2-01']).toBe(verdict);
  });

  it('is a boolean', () => {
    expect(verdicts(`<${ROOM}>;isfocus`)['RFC3840-10-01']).toBe('pass');
    expect(verdicts(`<${ROOM}>;isfocus="perhaps"`)['RFC3840-10-01']).toBe('fail');
  });

  it('is due in answers to OPTIONS, where calls show it', () => {
    const options = (called: string, contact: string): string | undefined =>
      join(called)
        .request('carol', 'sent', { method: 'OPTIONS', uri: ROOM })
        .response('carol', 'received', { method: 'OPTIONS', contact })
        .verdicts(focusShowsItself)['RFC4579-4.3-01'];
    expect(options(`<${ROOM}>;isfocus`, `<${ROOM}>;isfocus`)).toBe('pass');
    expect(options(`<${ROOM}>;isfocus`, `<${ROOM}>`)).toBe('fail');
    expect(options(`<${ROOM}>`, `<${ROOM}>`)).toBeUndefined();
  });
});

describe('abilities', () => {
  const asked = (
    method: string,
    event: string | undefined,
    status: number,
    told: readonly string[],
    notified = false,
  ): Record<string, string> => {
    const headers = event === undefined ? [] : [`Event: ${event}`];
    const room = new ScriptedRoom()
      .request('bob', 'sent', { method: 'OPTIONS', uri: ROOM, call: 'options' })
      .response('bob', 'received', { method: 'OPTIONS', call: 'options', headers: told })
      .request('bob', 'sent', { method, uri: ROOM, call: 'asked', headers })
      .response('bob', 'received', { method, call: 'asked', status });
    const notify = { method: 'NOTIFY', uri: 'sip:bob@10.0.0.2:2000', tagged: true, call: 'asked', headers };
    return (notified ? room.request('bob', 'received', notify) : room).verdicts(abilitiesAreTold);
  };

  it('lists packages that are served, and no others', () => {
    const told = ['Allow-Events: conference'];
    expect(asked('SUBSCRIBE', 'conference', 200, told)).toMatchObject({
      'RFC4579-3.1-01': 'pass',
      'RFC6665-4.4.4-01': 'pass',
    });
    expect(asked('SUBSCRIBE', 'conference', 489, told)).toMatchObject({
      'RFC4579-3.1-01': 'fail',
      'RFC6665-4.4.4-01': 'fail',
    });
    expect(asked('SUBSCRIBE', 'presence', 489, told)['RFC6665-4.4.4-01']).toBe('pass');
    expect(asked('SUBSCRIBE', 'presence', 200, told, true)['RFC6665-4.4.4-01']).toBe('fail');
    expect(asked('SUBSCRIBE', 'presence.winfo', 200, told, true)['RFC6665-4.4.4-01']).toBeUndefined();
    expect(asked('SUBSCRIBE', 'conference', 200, [])['RFC4579-3.1-01']).toBe('warn');
  });

  it('lists methods that work, and no others', () => {
    const told = ['Allow: OPTIONS, REFER'];
    expect(asked('REFER', undefined, 202, told)['RFC4579-5.13-03']).toBe('pass');
    expect(asked('REFER', undefined, 501, told)['RFC4579-5.13-03']).toBe('warn');
    expect(asked('INFO', undefined, 200, told)['RFC4579-5.13-03']).toBe('warn');
    expect(asked('INFO', undefined, 501, told)['RFC4579-5.13-03']).toBe('pass');
  });

  it('are told in the 2xx to INVITE, and ask for nothing that the caller lacks', () => {
    const call = (headers: readonly string[], status = 200): Record<string, string> =>
      new ScriptedRoom()
        .request('bob', 'sent', { method: 'INVITE', uri: ROOM })
        .response('bob', 'received', { method: 'INVITE', status, headers })
        .verdicts(abilitiesAreTold);
    expect(call(['Allow: INVITE', 'Supported: replaces'])).toMatchObject({
      'RFC4579-5.13-02': 'pass',
      'RFC4579-3.3-02': 'pass',
    });
    expect(call(['Allow: INVITE'])['RFC4579-5.13-02']).toBe('warn');
    expect(call(['Allow: INVITE', 'Supported: x', 'Accept: text/plain'])['RFC4579-5.13-02']).toBe('warn');
    expect(call(['Require: timer'])['RFC4579-3.3-02']).toBe('fail');
    expect(call([], 421)['RFC4579-3.3-02']).toBe('warn');
    expect(call([], 403)['RFC4579-3.3-02']).toBeUndefined();
  });
});
