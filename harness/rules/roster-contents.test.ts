import { describe, expect, it } from 'vitest';
import { isTold, subscribes } from './roster.fixture.ts';
import { endpointsAreTold, stateOfConferenceIsTold } from './roster-contents.ts';
import { newsComeSoon } from './roster-news.ts';
import { ScriptedRoom, uriOf } from './scripted-room.fixture.ts';

const endpoint = (actor: string, content: string): string =>
  `<user entity="${uriOf(actor)}"><endpoint entity="e">${content}</endpoint></user>`;

describe('endpoints', () => {
  const told = (content: string, room = new ScriptedRoom().joins('alice')): Record<string, string> =>
    isTold(subscribes(room, 'bob'), 'bob', 1, endpoint('alice', content)).verdicts(endpointsAreTold);

  it.each<[string, string, string]>([
    ['RFC4575-5.7.4-01', '<joining-method>dialed-in</joining-method>', '<joining-method>dialed-out</joining-method>'],
    ['RFC4575-5.7.8-01', '<media id="1"><type>message</type></media>', '<media id="1"><type>audio</type></media>'],
    [
      'RFC4575-5.7.8-01',
      '<media id="1"/>',
      '<media id="1"><type>message</type></media><media id="2"><type>message</type></media>',
    ],
  ])('keep or break %s', (requirement, right, wrong) => {
    expect(told(right)[requirement]).toBe('pass');
    expect(told(wrong)[requirement]).toBe('fail');
    expect(told('')[requirement]).toBeUndefined();
  });

  it('have gone by themselves after a BYE of their own', () => {
    const left = (): ScriptedRoom => new ScriptedRoom().joins('alice').leaves('alice');
    const gone = (method: string): string =>
      `<status>disconnected</status><disconnection-method>${method}</disconnection-method>`;
    expect(told(gone('departed'), left())['RFC4575-5.7.6-01']).toBe('pass');
    expect(told(gone('booted'), left())['RFC4575-5.7.6-01']).toBe('fail');
    expect(told(gone('booted'))['RFC4575-5.7.6-01']).toBeUndefined();
  });

  it('are judged by what the participant has negotiated, in all its sessions', () => {
    const twice = new ScriptedRoom().joins('alice').joins('phone', { identity: uriOf('alice') });
    const streams = '<media id="1"><type>message</type></media><media id="2"><type>message</type></media>';
    expect(told(streams, twice)['RFC4575-5.7.8-01']).toBe('pass');
  });
});

describe('the state of the conference', () => {
  const state = (content: string): string => `<conference-description/><conference-state>${content}</conference-state>`;
  const joined = (content: string): Record<string, string> =>
    isTold(subscribes(new ScriptedRoom(), 'bob'), 'bob', 1, '', state(content))
      .joins('alice')
      .verdicts(stateOfConferenceIsTold);

  it('is judged by whether somebody can join', () => {
    expect(joined('<active>true</active><locked>false</locked>')).toEqual({
      'RFC4575-5.5.2-01': 'pass',
      'RFC4575-5.5.3-01': 'pass',
    });
    expect(joined('<active>false</active><locked>true</locked>')).toEqual({
      'RFC4575-5.5.2-01': 'warn',
      'RFC4575-5.5.3-01': 'fail',
    });
    expect(joined('')).toEqual({});
  });
});

describe('news', () => {
  const toldAfter = (ms: number): Record<string, string> => {
    const room = isTold(subscribes(new ScriptedRoom(), 'bob'), 'bob', 1, '').joins('alice').passes(ms);
    return isTold(room, 'bob', 2, endpoint('alice', '<status>connected</status>')).verdicts(newsComeSoon);
  };

  it('come within eight seconds, or are late', () => {
    expect(toldAfter(1000)).toEqual({ 'RFC6665-4.2.2-01': 'pass' });
    expect(toldAfter(9000)).toEqual({ 'RFC6665-4.2.2-01': 'warn' });
  });
});
