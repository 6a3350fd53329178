import { describe, expect, it } from 'vitest';
import { isTold, subscribes } from './roster.fixture.ts';
import { entitiesAreKept, hiddenInRoster } from './roster-identities.ts';
import { ScriptedRoom, uriOf } from './scripted-room.fixture.ts';

const user = (entity: string, content = ''): string => `<user entity="${entity}">${content}</user>`;
const inCapitals = (actor: string): string => uriOf(actor).replace('chat.example', 'CHAT.EXAMPLE');

describe('entities', () => {
  const told = (...documents: readonly string[]): Record<string, string> =>
    documents
      .reduce((room, users, i) => isTold(room, 'bob', i + 1, users), subscribes(new ScriptedRoom(), 'bob'))
      .verdicts(entitiesAreKept);

  it('stay as they are written', () => {
    const both = user(uriOf('alice')) + user(uriOf('bob'));
    expect(told(both, both)).toEqual({ 'RFC4575-5.6-01': 'pass', 'RFC4575-4.5-02': 'pass' });
    expect(told(user(uriOf('alice')), user(inCapitals('alice')))['RFC4575-4.5-02']).toBe('fail');
    expect(told(user(uriOf('alice')), '', user(inCapitals('alice')))['RFC4575-4.5-02']).toBeUndefined();
  });

  it('stand once, by whatever spelling', () => {
    expect(told(user(uriOf('alice')) + user(inCapitals('alice')))['RFC4575-5.6-01']).toBe('fail');
  });
});

describe('those who asked for privacy', () => {
  const shown = (users: string): Record<string, string> =>
    isTold(subscribes(new ScriptedRoom().joins('hana', { privacy: 'id' }), 'bob'), 'bob', 1, users).verdicts(
      hiddenInRoster,
    );

  it('are not shown by their name, unless they have told it', () => {
    const name = 'Hana of the Hills';
    const identity = `${uriOf('hana')}`;
    const listed = user('sip:anonymous1@anonymous.invalid', `<display-text>${name}</display-text>`);
    const joined = (): ScriptedRoom =>
      subscribes(new ScriptedRoom().joins('hana', { privacy: 'id', identity, called: name }), 'bob');
    expect(isTold(joined(), 'bob', 1, listed).verdicts(hiddenInRoster)['RFC4575-8.2-02']).toBe('fail');
    expect(
      isTold(joined(), 'bob', 1, user('sip:anonymous1@anonymous.invalid')).verdicts(hiddenInRoster)['RFC4575-8.2-02'],
    ).toBe('pass');
    const told = joined().sends('hana', { id: 'sent12345678', text: `I am ${name}` });
    expect(isTold(told, 'bob', 1, listed).verdicts(hiddenInRoster)['RFC4575-8.2-02']).toBeUndefined();
  });

  it('are shown under an anonymous URI', () => {
    expect(shown(user('sip:anonymous1@anonymous.invalid'))).toEqual({
      'RFC4575-5.6-02': 'pass',
      'RFC4575-5.6-04': 'pass',
      'RFC4575-8.2-04': 'pass',
      'RFC4575-5.7.9-01': 'pass',
    });
    expect(shown(user('sip:guest@hidden.invalid'))['RFC4575-5.6-04']).toBe('warn');
    expect(shown(user('sip:guest@elsewhere.test'))['RFC4575-5.6-02']).toBe('fail');
  });

  it('may be shown under one of the provider', () => {
    expect(shown(user('sip:guest-7@chat.example'))['RFC4575-5.6-02']).toBe('pass');
  });

  it('are not led to by another URI, nor by their dialog', () => {
    const anonymous = 'sip:anonymous1@anonymous.invalid';
    expect(shown(user(anonymous, `<endpoint entity="${uriOf('hana')}"/>`))['RFC4575-8.2-04']).toBe('fail');
    const call =
      '<call-info><sip><call-id>invite-hana</call-id><from-tag>a</from-tag><to-tag>b</to-tag></sip></call-info>';
    expect(shown(user(anonymous, `<endpoint entity="e">${call}</endpoint>`))['RFC4575-5.7.9-01']).toBe('fail');
  });
});
