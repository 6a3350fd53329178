import { describe, expect, it } from 'vitest';
import { ROOM, ScriptedRoom } from './scripted-room.fixture.ts';
import { notifyFitsSubscribe, subscribeIsAnswered } from './subscription-answers.ts';

interface Asking {
  readonly headers?: readonly string[];
  readonly status?: number;
  readonly granted?: number;
  readonly room?: ScriptedRoom;
}

function asks({ headers = ['Expires: 3600'], status = 200, granted, room = new ScriptedRoom() }: Asking): ScriptedRoom {
  const call = 'roster';
  return room
    .request('bob', 'sent', { method: 'SUBSCRIBE', uri: ROOM, call, headers: ['Event: conference', ...headers] })
    .response('bob', 'received', {
      method: 'SUBSCRIBE',
      call,
      status,
      headers: granted === undefined ? [] : [`Expires: ${granted}`],
    });
}

describe('answers to SUBSCRIBE', () => {
  const verdicts = (asking: Asking): Record<string, string> => asks(asking).verdicts(subscribeIsAnswered);

  it.each<[string, Asking, string | undefined]>([
    ['an hour that is granted', {}, 'pass'],
    ['an hour that is too brief', { status: 423 }, 'warn'],
    ['a minute that is too brief', { headers: ['Expires: 60'], status: 423 }, undefined],
    ['a fetch that is too brief', { headers: ['Expires: 0'], status: 423 }, 'warn'],
  ])('judge %s', (_what, asking, verdict) => {
    expect(verdicts(asking)['RFC6665-4.2.1.1-02']).toBe(verdict);
  });

  it('let members in', () => {
    const room = (): ScriptedRoom => new ScriptedRoom().joins('bob');
    expect(verdicts({ room: room() })['RFC4575-3.5-02']).toBe('pass');
    expect(verdicts({ room: room(), status: 403 })['RFC4575-3.5-02']).toBe('warn');
    expect(verdicts({ status: 403 })['RFC4575-3.5-02']).toBeUndefined();
    expect(verdicts({ room: room(), status: 489 })['RFC4575-3.5-02']).toBeUndefined();
  });

  it('come at once', () => {
    expect(verdicts({})['RFC6665-4.2.1.1-03']).toBe('pass');
    const late = new ScriptedRoom()
      .request('bob', 'sent', { method: 'SUBSCRIBE', uri: ROOM, headers: ['Event: conference'] })
      .passes(5000)
      .response('bob', 'received', { method: 'SUBSCRIBE' });
    expect(late.verdicts(subscribeIsAnswered)['RFC6665-4.2.1.1-03']).toBe('fail');
  });
});

describe('NOTIFY', () => {
  const PLAIN = 'application/conference-info+xml';
  const gets = (
    accept: string | undefined,
    event = 'conference',
    body = '<conference-info/>',
  ): Record<string, string> =>
    asks({ headers: accept === undefined ? [] : [`Accept: ${accept}`] })
      .request('bob', 'received', {
        method: 'NOTIFY',
        uri: 'sip:bob@10.0.0.2:2000',
        tagged: true,
        call: 'roster',
        headers: [`Event: ${event}`, 'Subscription-State: active;expires=3600'],
        ...(body === '' ? {} : { body }),
      })
      .verdicts(notifyFitsSubscribe);

  it('is of the package, by its name', () => {
    expect(gets(PLAIN)['RFC4575-3.1-01']).toBe('pass');
    expect(gets(PLAIN, 'Conference')['RFC4575-3.1-01']).toBe('fail');
  });

  it('has a body that was accepted', () => {
    expect(gets(PLAIN)).toMatchObject({ 'RFC4575-3.4-01': 'pass', 'RFC6665-3.2.1-02': 'pass', 'RFC6502-4-01': 'pass' });
    expect(gets(undefined)).toMatchObject({ 'RFC4575-3.4-02': 'pass', 'RFC6665-3.2.1-02': 'pass' });
    expect(gets('text/plain')).toMatchObject({ 'RFC4575-3.4-04': 'fail', 'RFC6665-3.2.1-02': 'fail' });
    expect(gets('text/plain', 'conference', '')).toMatchObject({ 'RFC4575-3.4-04': 'pass' });
    expect(gets('application/*')).toMatchObject({ 'RFC6665-3.2.1-02': 'pass' });
    expect(gets('*/*')).toMatchObject({ 'RFC6665-3.2.1-02': 'pass' });
  });

  it('is not refused to those who accept the plain documents', () => {
    const refused = asks({ headers: [`Accept: ${PLAIN}`], status: 406 }).verdicts(notifyFitsSubscribe);
    expect(refused['RFC4575-3.4-01']).toBe('fail');
    const other = asks({ headers: ['Accept: text/plain'], status: 406 }).verdicts(notifyFitsSubscribe);
    expect(other['RFC4575-3.4-04']).toBe('pass');
  });
});
