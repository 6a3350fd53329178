import { describe, expect, it } from 'vitest';
import { isTold, subscribes } from './roster.fixture.ts';
import { type Joining, ROOM, ScriptedRoom, type Sending, uriOf } from './scripted-room.fixture.ts';
import { unknownIsRefused } from './unknown-recipients.ts';

const user = (uri: string): string => `<user entity="${uri}" state="full"/>`;
const ALL = user(uriOf('alice')) + user(uriOf('bob'));
const secret = { id: 'sent12345678', to: uriOf('zoe'), text: 'only for zoe' };

interface Setting {
  readonly alice?: Joining;
  readonly bob?: Joining;
  /** What the roster shows before the message; none: nobody has subscribed. */
  readonly users?: string | undefined;
  readonly before?: string;
}

function room({ alice = {}, bob = {}, users = ALL, before = '<conference-description/>' }: Setting = {}): ScriptedRoom {
  const script = subscribes(new ScriptedRoom().joins('alice', alice).joins('bob', bob), 'bob');
  return isTold(script, 'bob', 1, users, before);
}
/** The log goes on long enough for a report. */
const verdict = (script: ScriptedRoom): string | undefined =>
  script.passes(9000).joins('late').verdicts(unknownIsRefused)['RFC7701-6.2-11'];
const writes = (setting: Setting, message: Partial<Sending> = {}): ScriptedRoom =>
  room(setting).sends('alice', { ...secret, ...message });

describe('a private message to nobody in the room', () => {
  it('is refused with 404, and not accepted', () => {
    expect(verdict(writes({}, { status: 404 }))).toBe('pass');
    expect(verdict(writes({}))).toBe('fail');
  });

  it('convicts by what the roster shows', () => {
    const script = writes({}).passes(9000).joins('late');
    expect(script.findings(unknownIsRefused)[0]).toMatchObject({ expected: '404', actual: '200' });
    expect(script.evidence(unknownIsRefused, 'RFC7701-6.2-11')).toHaveLength(3);
  });

  it('convicts though the addressee joined afterwards', () => {
    expect(verdict(writes({}).passes(100).joins('zoe'))).toBe('fail');
  });

  it('convicts a host that is written otherwise than in the list by nothing that depends on it', () => {
    expect(verdict(writes({ users: ALL.replace('chat.example', 'CHAT.example') }))).toBe('fail');
  });

  it.each<[string, ScriptedRoom]>([
    ['to a participant', writes({}, { to: uriOf('bob') })],
    ['to a participant of the same name in another domain', writes({}, { to: 'sip:bob-12345678@home.example' })],
    ['to a participant with a user parameter', writes({}, { to: 'sip:bob-12345678;ext=1@chat.example' })],
    ['to a participant by escapes', writes({}, { to: 'sip:%62ob-12345678@chat.example' })],
    ['to a device', writes({}, { to: 'sip:xyz@chat.example;gr=urn:uuid:1' })],
    ['to a telephone', writes({}, { to: 'tel:+15551234' })],
    ['to a telephone in the form of an address', writes({}, { to: 'sip:+15551234@chat.example;user=phone' })],
    ['to an anonymous URI', writes({}, { to: 'sip:anonymous7@anonymous.invalid' })],
    ['to the Contact of a participant', writes({}, { to: 'sip:bob@10.0.0.2:2000' })],
    ['to the room', writes({}, { to: ROOM })],
    ['to another name of the room', writes({}, { to: 'sip:room@10.0.0.1' })],
    [
      'to what the documents call the conference as well',
      writes({
        before:
          '<conference-description><conf-uris><entry><uri>sip:zoe-12345678@other.example</uri></entry></conf-uris></conference-description>',
      }),
    ],
    [
      'to a further address of a user in the roster',
      writes({
        users: ALL.replace(
          'state="full"/>',
          'state="full"><associated-aors><entry><uri>sip:zoe-12345678@x</uri></entry></associated-aors></user>',
        ),
      }),
    ],
    ['where the roster shows the addressee', writes({ users: ALL + user(uriOf('zoe')) })],
    ['where the roster shows somebody who is not seen', writes({ users: ALL + user('sip:bot@chat.example') })],
    [
      'where more are counted than shown',
      writes({ before: '<conference-description/><conference-state><user-count>3</user-count></conference-state>' }),
    ],
    ['where the roster does not show its sender', writes({ users: user(uriOf('bob')) })],
    ['where somebody is hidden', writes({ bob: { privacy: 'id' } })],
    ['where its sender is hidden', writes({ alice: { privacy: 'id' } })],
    ['where nobody has a roster', new ScriptedRoom().joins('alice').joins('bob').sends('alice', secret)],
    [
      'where the roster is no more followed',
      room()
        .request('bob', 'sent', {
          method: 'SUBSCRIBE',
          uri: ROOM,
          call: 'roster',
          tagged: true,
          headers: ['Event: conference', 'Expires: 0'],
        })
        .sends('alice', secret),
    ],
    ['where the roster is old', room().passes(90_000).sends('alice', secret)],
    ['where the roster shows the addressee soon after', isTold(writes({}), 'bob', 2, ALL + user(uriOf('zoe')))],
    ['where the addressee has been there', room().joins('zoe').leaves('zoe').sends('alice', secret)],
    ['where private messages are not declared', writes({ alice: { answers: { chatroom: 'nickname' } } })],
    ['where its sender has not declared them', writes({ alice: { offers: { chatroom: undefined } } })],
    ['where it is under another name', writes({}, { from: uriOf('bob') })],
    [
      'where a later report refuses it',
      writes({}).reports('alice', 'late12345678', ['Message-ID: sent12345678', 'Status: 000 404 No']),
    ],
    [
      'where it came to somebody all the same',
      writes({}).receives('bob', { ...secret, id: 'copy12345678', from: uriOf('alice'), to: ROOM }),
    ],
    ['where it is not answered', writes({}, { status: 'none' })],
    ['where it has several To', writes({}, { to: [uriOf('zoe'), uriOf('bob')] })],
  ])('is not judged %s', (_why, script) => {
    expect(verdict(script)).toBeUndefined();
  });

  it('is not judged where its sender leaves before a report could come', () => {
    expect(writes({}).leaves('alice').passes(9000).joins('late').verdicts(unknownIsRefused)).toEqual({});
  });
});
