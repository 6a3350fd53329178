import { describe, expect, it } from 'vitest';
import { nicknamesAreUnique } from './nicknames.ts';
import { OTHER_ROOM, ROOM, ScriptedRoom, uriOf } from './scripted-room.fixture.ts';

let requests = 0;
const ask = (room: ScriptedRoom, actor: string, name: string, status: number): ScriptedRoom => {
  requests += 1;
  const headers = [`Use-Nickname: "${name}"`];
  return room.asks(actor, 'NICKNAME', { id: `nick${String(requests).padStart(8, '0')}`, headers, status });
};
const room = (): ScriptedRoom => new ScriptedRoom().joins('alice').joins('bob');
const uniqueness = (script: ScriptedRoom): string | undefined => script.verdicts(nicknamesAreUnique)['RFC7701-7-04'];

describe('nicknames that are granted', () => {
  it.each([
    ['Wolf', 'fail'],
    ['wolf', 'fail'],
    [' Wolf ', 'fail'],
    ['Ｗｏｌｆ', 'fail'],
    ['W0lf', 'pass'],
  ])('Wolf and %s: %s', (name, verdict) => {
    expect(uniqueness(ask(ask(room(), 'alice', 'Wolf', 200), 'bob', name, 200))).toBe(verdict);
  });

  it('leave open what the versions of the profile judge differently', () => {
    expect(uniqueness(ask(ask(room(), 'alice', 'Strasse', 200), 'bob', 'Straße', 200))).toBe('pass');
  });

  it('convict two who race', () => {
    const script = room()
      .asks('alice', 'NICKNAME', { id: 'race12345678', headers: ['Use-Nickname: "Wolf"'] })
      .asks('bob', 'NICKNAME', { id: 'race22345678', headers: ['Use-Nickname: "Wolf"'] })
      .answers('bob', 'received', 'race22345678', 200)
      .answers('alice', 'received', 'race12345678', 200);
    expect(uniqueness(script)).toBe('fail');
  });

  it.each<[string, ScriptedRoom]>([
    ['given up for another', ask(ask(room(), 'alice', 'Wolf', 200), 'alice', 'Fox', 200)],
    ['removed', ask(ask(room(), 'alice', 'Wolf', 200), 'alice', '', 200)],
    ['of who has left', ask(room(), 'alice', 'Wolf', 200).leaves('alice')],
    ['refused', ask(room(), 'alice', 'Wolf', 425)],
    [
      'in another room',
      ask(new ScriptedRoom().joins('alice', { room: OTHER_ROOM }).joins('bob'), 'alice', 'Wolf', 200),
    ],
    [
      'of the same user',
      ask(new ScriptedRoom().joins('alice').joins('bob', { identity: uriOf('alice') }), 'alice', 'Wolf', 200),
    ],
  ])('are free again: %s', (_why, script) => {
    expect(uniqueness(ask(script, 'bob', 'Wolf', 200))).toBe('pass');
  });

  it('may be free as soon as their holder asks for something else', () => {
    const script = ask(room(), 'alice', 'Wolf', 200).asks('alice', 'NICKNAME', {
      id: 'free12345678',
      headers: ['Use-Nickname: "Fox"'],
    });
    expect(uniqueness(ask(script, 'bob', 'Wolf', 200).answers('alice', 'received', 'free12345678', 200))).toBe('pass');
  });
});

describe('nicknames that the roster shows', () => {
  const user = (actor: string, name?: string): string =>
    `<user entity="${uriOf(actor)}"${name === undefined ? '' : ` xcon:nickname="${name}"`} state="full"/>`;
  const roster = (script: ScriptedRoom, version: number, state: string, ...users: string[]): ScriptedRoom =>
    script.request('bob', 'received', {
      method: 'NOTIFY',
      uri: 'sip:bob@10.0.0.2:2000',
      tagged: true,
      call: 'roster',
      headers: ['Event: conference', 'Subscription-State: active;expires=3600'],
      body: `<?xml version="1.0"?><conference-info xmlns="urn:ietf:params:xml:ns:conference-info" xmlns:xcon="urn:ietf:params:xml:ns:xcon-conference-info" entity="${ROOM}" state="${state}" version="${version}"><conference-description/><users state="${state}">${users.join('')}</users></conference-info>`,
    });
  const verdicts = (script: ScriptedRoom): Record<string, string> => script.verdicts(nicknamesAreUnique);

  it('convict one name on two users', () => {
    expect(verdicts(roster(room(), 1, 'full', user('alice', 'Wolf'), user('bob', 'wolf')))).toEqual({
      'RFC7701-7-04': 'fail',
    });
  });

  it('convict a second holder in a later change, and not one who takes over what is given up', () => {
    const begun = (): ScriptedRoom => roster(room(), 1, 'full', user('alice', 'Wolf'), user('bob'));
    expect(verdicts(roster(begun(), 2, 'partial', user('bob', 'Wolf')))).toEqual({ 'RFC7701-7-04': 'fail' });
    const taken = roster(begun(), 2, 'partial', user('bob', 'Wolf'), user('alice', 'Fox'));
    expect(verdicts(taken)).toEqual({ 'RFC7701-7-04': 'pass' });
    const gone = roster(
      begun(),
      2,
      'partial',
      `<user entity="${uriOf('alice')}" state="deleted"/>`,
      user('bob', 'Wolf'),
    );
    expect(verdicts(gone)).toEqual({ 'RFC7701-7-04': 'pass' });
  });

  it('convict one that was refused', () => {
    const refused = (): ScriptedRoom => ask(room(), 'alice', 'Wolf', 425);
    expect(verdicts(roster(refused(), 1, 'full', user('alice', 'Wolf')))['RFC7701-7.1-27']).toBe('fail');
    expect(verdicts(roster(refused(), 1, 'full', user('alice')))['RFC7701-7.1-27']).toBeUndefined();
    const granted = roster(ask(refused(), 'alice', 'Wolf', 200), 1, 'full', user('alice', 'Wolf'));
    expect(verdicts(granted)['RFC7701-7.1-27']).toBe('pass');
  });

  it('let one be refused that its holder already had', () => {
    const script = ask(roster(room(), 1, 'full', user('alice', 'Wolf')), 'alice', 'Wolf', 425);
    expect(verdicts(roster(script, 2, 'full', user('alice', 'Wolf')))).toEqual({ 'RFC7701-7-04': 'pass' });
  });

  it('convict escape characters that became part of a name, and not a name from elsewhere', () => {
    const granted = (): ScriptedRoom => ask(room(), 'alice', 'The \\"Wolf\\"', 200);
    const shown = (name: string): string | undefined =>
      verdicts(roster(granted(), 1, 'full', user('alice', name)))['RFC7701-7.4-04'];
    expect(shown('The &quot;Wolf&quot;')).toBe('pass');
    expect(shown('The \\&quot;Wolf\\&quot;')).toBe('fail');
    expect(shown('Reserved on the web')).toBeUndefined();
  });
});
