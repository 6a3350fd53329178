import { describe, expect, it } from 'vitest';
import { ROOM, ScriptedRoom } from './scripted-room.fixture.ts';
import { subscriptionsAreKept } from './subscriptions.ts';

const subscribe = (
  event = 'conference',
  asked = 'Expires: 600',
  granted = 'Expires: 600',
  status = 200,
): ScriptedRoom =>
  new ScriptedRoom()
    .request('bob', 'sent', {
      method: 'SUBSCRIBE',
      uri: ROOM,
      call: 'roster',
      headers: [`Event: ${event}`, ...(asked === '' ? [] : [asked])],
    })
    .response('bob', 'received', { method: 'SUBSCRIBE', status, call: 'roster', headers: [granted] });

const notify = (script: ScriptedRoom, event = 'conference', left = 600, call = 'roster', answer = 200): ScriptedRoom =>
  script
    .request('bob', 'received', {
      method: 'NOTIFY',
      uri: 'sip:bob@10.0.0.2:2000',
      tagged: true,
      call,
      headers: [`Event: ${event}`, `Subscription-State: active;expires=${left}`],
    })
    .response('bob', 'sent', { method: 'NOTIFY', status: answer, call });

const verdict = (script: ScriptedRoom, requirement: string): string | undefined =>
  script.verdicts(subscriptionsAreKept)[requirement];

describe('subscriptions', () => {
  it('pass when notifications fit them', () => {
    expect(notify(subscribe()).verdicts(subscriptionsAreKept)).toEqual({
      'RFC6665-4.2.1-01': 'pass',
      'RFC6665-4.1.2.1-02': 'pass',
      'RFC6665-4.5.2-03': 'pass',
      'RFC6665-3.1.1-02': 'pass',
      'RFC6665-4.2.2-05': 'pass',
    });
  });

  it('convict a NOTIFY that belongs to none, where the log has the beginning', () => {
    expect(verdict(notify(subscribe(), 'conference', 600, 'unasked'), 'RFC6665-4.2.1-01')).toBe('fail');
    expect(verdict(notify(new ScriptedRoom(), 'conference', 600, 'unasked'), 'RFC6665-4.2.1-01')).toBeUndefined();
  });

  it('convict a NOTIFY after a refusal', () => {
    expect(verdict(notify(subscribe('conference', 'Expires: 600', 'Expires: 0', 403)), 'RFC6665-4.1.2.1-02')).toBe(
      'fail',
    );
  });

  it.each([
    ['conference;id=7', 'conference;id=7', 'pass'],
    ['conference;id=7', 'conference', 'fail'],
    ['conference', 'conference;id=7', 'fail'],
    ['conference;x=1', 'conference', 'pass'],
  ])('with Event: %s are notified with Event: %s: %s', (asked, told, expected) => {
    expect(verdict(notify(subscribe(asked), told), 'RFC6665-4.5.2-03')).toBe(expected);
  });

  it.each([
    ['Expires: 600', 'Expires: 300', 'pass'],
    ['Expires: 600', 'Expires: 601', 'fail'],
    ['', 'Expires: 3600', 'pass'],
    ['', 'Expires: 7200', 'fail'],
    ['Expires: soon', 'Expires: 7200', undefined],
  ])('asked for with "%s" and granted with "%s": %s', (asked, granted, expected) => {
    expect(verdict(subscribe('conference', asked, granted), 'RFC6665-3.1.1-02')).toBe(expected);
  });

  it('do not get longer by a NOTIFY', () => {
    const later = (left: number): ScriptedRoom => notify(subscribe().passes(100_000), 'conference', left);
    expect(verdict(later(500), 'RFC6665-4.2.2-05')).toBe('pass');
    expect(verdict(later(502), 'RFC6665-4.2.2-05')).toBe('pass');
    expect(verdict(later(600), 'RFC6665-4.2.2-05')).toBe('fail');
  });

  it('end with a 481, but for a NOTIFY that crossed it', () => {
    const refused = (): ScriptedRoom => notify(subscribe(), 'conference', 600, 'roster', 481);
    expect(verdict(notify(refused()), 'RFC6665-4.2.2-03')).toBe('pass');
    expect(verdict(notify(refused().passes(5000), 'conference', 590), 'RFC6665-4.2.2-03')).toBe('fail');
    const busy = notify(notify(subscribe(), 'conference', 600, 'roster', 500).passes(5000), 'conference', 590);
    expect(verdict(busy, 'RFC6665-4.2.2-03')).toBeUndefined();
  });
});
