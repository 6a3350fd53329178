import { describe, expect, it } from 'vitest';
import { documentVersions, rosterIsComplete } from './conference-documents.ts';
import { type Joining, ROOM, ScriptedRoom, uriOf } from './scripted-room.fixture.ts';

interface Document {
  readonly state?: string;
  readonly version: number;
  readonly users?: string;
  readonly entity?: string;
  readonly count?: number;
  readonly cseq?: number;
}

const SUBSCRIPTION = { call: 'roster', headers: ['Event: conference', 'Expires: 3600'] };
const user = (actor: string, status = 'connected'): string =>
  `<user entity="${uriOf(actor)}"><endpoint entity="x"><status>${status}</status></endpoint></user>`;

const subscribe = (room: ScriptedRoom, actor: string): ScriptedRoom =>
  room
    .request(actor, 'sent', { method: 'SUBSCRIBE', uri: ROOM, ...SUBSCRIPTION })
    .response(actor, 'received', { method: 'SUBSCRIBE', ...SUBSCRIPTION });

function notify(room: ScriptedRoom, actor: string, document: Document): ScriptedRoom {
  const { state = 'full', version, users = '', entity = ROOM, count } = document;
  const counted = count === undefined ? '' : `<conference-state><user-count>${count}</user-count></conference-state>`;
  const description = state === 'full' ? '<conference-description/>' : '';
  const body = `<conference-info xmlns="urn:ietf:params:xml:ns:conference-info" entity="${entity}" state="${state}" version="${version}">${description}${counted}<users state="${state}">${users}</users></conference-info>`;
  return room
    .request(actor, 'received', {
      method: 'NOTIFY',
      uri: `sip:${actor}@10.0.0.2:2000`,
      tagged: true,
      call: 'roster',
      headers: ['Event: conference', 'Subscription-State: active;expires=3600'],
      body,
      ...(document.cseq === undefined ? {} : { cseq: document.cseq }),
    })
    .response(actor, 'sent', { method: 'NOTIFY', call: 'roster' });
}

const series = (...documents: readonly Document[]): Record<string, string> =>
  documents
    .reduce((room, one) => notify(room, 'bob', one), subscribe(new ScriptedRoom(), 'bob'))
    .verdicts(documentVersions);

describe('versions of documents', () => {
  it('pass when they grow, partial ones by one', () => {
    expect(series({ version: 0 }, { version: 1, state: 'partial' }, { version: 7, users: user('bob') })).toEqual({
      'RFC4575-5.2-02': 'pass',
      'RFC4575-5.2-03': 'pass',
      'RFC4575-3.2-02': 'pass',
      'RFC4575-5.2-01': 'pass',
    });
  });

  it.each<[string, Document[], string]>([
    ['a repeated version over other content', [{ version: 3 }, { version: 3, users: user('bob') }], 'RFC4575-5.2-02'],
    ['a version that goes back', [{ version: 3 }, { version: 2, users: user('bob') }], 'RFC4575-5.2-02'],
    ['a partial document after a gap', [{ version: 3 }, { version: 5, state: 'partial' }], 'RFC4575-5.2-03'],
    ['a partial document at first', [{ version: 3, state: 'partial' }], 'RFC4575-3.2-02'],
  ])('convict %s', (_what, documents, requirement) => {
    expect(series(...documents)[requirement]).toBe('fail');
  });

  it.each<[string, Document[]]>([
    ['a full document that repeats the one before', [{ version: 3 }, { version: 3 }]],
    [
      'a full document that repeats the version of a partial one',
      [{ version: 3 }, { version: 4, state: 'partial' }, { version: 4, users: user('bob') }],
    ],
    [
      'documents that overtook each other',
      [
        { version: 4, cseq: 2, users: user('bob') },
        { version: 3, cseq: 1 },
      ],
    ],
  ])('let %s be', (_what, documents) => {
    expect(Object.values(series(...documents))).not.toContain('fail');
  });

  it('warn of another entity', () => {
    expect(series({ version: 1, entity: `${ROOM};transport=tcp` })['RFC4575-5.2-01']).toBe('warn');
  });

  it('judge no beginning that the log does not have', () => {
    expect(notify(new ScriptedRoom(), 'bob', { version: 9, state: 'partial' }).verdicts(documentVersions)).toEqual({});
  });
});

describe('the roster that was asked for', () => {
  const room = (alice: Joining = {}): ScriptedRoom => new ScriptedRoom().joins('alice', alice).joins('bob');
  const roster = (script: ScriptedRoom, users: string, count?: number): Record<string, string> =>
    notify(subscribe(script, 'bob'), 'bob', { version: 1, users, ...(count === undefined ? {} : { count }) }).verdicts(
      rosterIsComplete,
    );

  it('passes with everybody', () => {
    expect(roster(room(), user('alice') + user('bob'), 2)).toEqual({
      'RFC7701-2-08': 'pass',
      'RFC4575-5.5.1-01': 'pass',
    });
  });

  it('is convicted without one of them', () => {
    expect(roster(room(), user('bob'))['RFC7701-2-08']).toBe('fail');
  });

  it.each<[string, ScriptedRoom, string]>([
    ['hidden ones', room({ privacy: 'id' }), user('bob')],
    ['one in another room', room({ room: 'sip:other@chat.example' }), user('bob')],
    ['one who is leaving', room().request('alice', 'sent', { method: 'BYE', uri: ROOM, tagged: true }), user('bob')],
    ['one who may be listed under another URI', room(), `${user('bob')}<user entity="tel:+4912345"/>`],
  ])('may be without %s', (_what, script, users) => {
    expect(Object.values(roster(script, users))).not.toContain('fail');
  });

  it('is convicted with one who has left, unless shown as disconnected or there from elsewhere', () => {
    const left = (): ScriptedRoom => room().leaves('alice').passes(1000);
    expect(roster(left(), user('alice') + user('bob'))['RFC4575-5.7.3-03']).toBe('fail');
    expect(roster(left(), user('alice', 'disconnected') + user('bob'))['RFC4575-5.7.3-03']).toBe('pass');
    const phone = left().joins('phone', { identity: uriOf('alice') });
    expect(roster(phone, user('alice') + user('bob'))['RFC4575-5.7.3-03']).toBeUndefined();
    expect(roster(room().leaves('alice'), user('alice') + user('bob'))['RFC4575-5.7.3-03']).toBeUndefined();
  });

  it('warns of a count below the users listed', () => {
    expect(roster(room(), user('alice') + user('bob'), 1)['RFC4575-5.5.1-01']).toBe('warn');
  });
});
