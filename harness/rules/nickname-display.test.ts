import { describe, expect, it } from 'vitest';
import { nicknamesAreUnquoted } from './nickname-display.ts';
import { isTold, subscribes } from './roster.fixture.ts';
import { type Joining, ROOM, ScriptedRoom, uriOf } from './scripted-room.fixture.ts';

let requests = 0;
const ask = (room: ScriptedRoom, value: string, status = 200, actor = 'alice'): ScriptedRoom => {
  requests += 1;
  const id = `nick${String(requests).padStart(8, '0')}`;
  return room.asks(actor, 'NICKNAME', { id, headers: [`Use-Nickname: ${value}`], status });
};
const room = (alice: Joining = {}): ScriptedRoom =>
  subscribes(new ScriptedRoom().joins('alice', alice).joins('bob'), 'bob');

const XCON = 'xmlns:x="urn:ietf:params:xml:ns:xcon-conference-info"';
const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
const called = (text: string): string =>
  `<user entity="${uriOf('alice')}"><display-text>${escaped(text)}</display-text><endpoint entity="e"><display-text>${escaped(text)}</display-text></endpoint></user>`;
const holding = (nickname?: string): string =>
  `<user ${XCON} entity="${uriOf('alice')}"${nickname === undefined ? '' : ` x:nickname="${escaped(nickname)}"`}/>`;
let version = 0;
const shows = (script: ScriptedRoom, users: string): ScriptedRoom => {
  version += 1;
  return isTold(script, 'bob', version, users);
};
const verdicts = (script: ScriptedRoom): Record<string, string> => script.verdicts(nicknamesAreUnquoted);

describe('a nickname that is shown', () => {
  it.each<[value: string, shown: string, verdict: string]>([
    ['"Wolf"', 'Wolf', 'pass'],
    ['"Wolf"', '"Wolf"', 'warn'],
    ['"a \\"b\\""', 'a "b"', 'pass'],
    ['"a \\"b\\""', 'a \\"b\\"', 'fail'],
    ['"a \\"b\\""', '"a \\"b\\""', 'warn'],
  ])('for %s as %s: %s', (value, shown, verdict) => {
    expect(verdicts(shows(ask(room(), value), called(shown)))).toEqual({ 'RFC7701-7.1-34': verdict });
  });

  it('is judged as the nickname attribute too, and in From of what is passed on', () => {
    expect(verdicts(shows(ask(room(), '"Wolf"'), holding('"Wolf"')))).toMatchObject({ 'RFC7701-7.1-34': 'warn' });
    const copy = (name: string): string =>
      `From: ${name} <${uriOf('alice')}>\nTo: <${ROOM}>\n\nContent-Type: text/plain\n\nhello`;
    const received = (name: string): ScriptedRoom =>
      ask(room(), '"Wolf"').receives('bob', { id: 'copy12345678', body: copy(name) });
    expect(verdicts(received('"\\"Wolf\\""'))).toEqual({ 'RFC7701-7.1-34': 'warn' });
    // These quotes are those of the header itself (RFC 3862 §4.1).
    expect(verdicts(received('"Wolf"'))).toEqual({ 'RFC7701-7.1-34': 'pass' });
  });

  it.each<[string, ScriptedRoom]>([
    ['is what the caller is called', shows(ask(room({ called: 'Wolf' }), '"Wolf"'), called('"Wolf"'))],
    ['was shown before it was asked for', ask(shows(room(), called('"Wolf"')), '"Wolf"')],
    ['is another', shows(ask(room(), '"Wolf"'), called('"Fox"'))],
    ['is that of somebody else', shows(ask(room(), '"Wolf"', 200, 'bob'), called('"Wolf"'))],
    ['is of a hidden user', shows(ask(room({ privacy: 'id' }), '"Wolf"'), called('"Wolf"'))],
    [
      'may be of another room',
      shows(ask(room().joins('carol', { room: 'sip:other@chat.example' }), '"Wolf"'), called('"Wolf"')),
    ],
  ])('is not judged where it %s', (_why, script) => {
    expect(verdicts(script)).toEqual({});
  });
});

describe('a nickname that was given up', () => {
  const removed = (): ScriptedRoom => ask(ask(room(), '"Wolf"'), '""');

  it('is not shown as two quotes', () => {
    expect(verdicts(shows(removed(), called('""')))).toMatchObject({ 'RFC7701-7.3-01': 'fail' });
    expect(verdicts(shows(ask(room(), '""'), called('""')))).toMatchObject({ 'RFC7701-7.3-01': 'fail' });
  });

  it('is not shown any more, once there was time for news', () => {
    expect(verdicts(shows(removed(), holding()))).toEqual({ 'RFC7701-7.3-01': 'pass' });
    expect(verdicts(shows(removed().passes(9000), holding('Wolf')))).toMatchObject({ 'RFC7701-7.3-01': 'fail' });
  });

  it.each<[string, ScriptedRoom]>([
    ['there was no time for news', shows(removed(), holding('Wolf'))],
    ['its removal was refused', shows(ask(ask(room(), '"Wolf"'), '""', 424).passes(9000), holding('Wolf'))],
    ['it was asked for again', shows(ask(removed(), '"Wolf"').passes(9000), holding('Wolf'))],
    ['something unreadable was asked for since', shows(ask(removed(), 'Wolf').passes(9000), holding('Wolf'))],
    [
      'another session of the user may hold it',
      shows(
        removed()
          .joins('phone', { identity: uriOf('alice') })
          .passes(9000),
        holding('Wolf'),
      ),
    ],
    ['the user is called so', shows(removed().passes(9000), called('Wolf'))],
  ])('is not judged where %s', (_why, script) => {
    expect(verdicts(script)['RFC7701-7.3-01']).not.toBe('fail');
  });
});
