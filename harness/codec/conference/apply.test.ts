import { describe, expect, it } from 'vitest';
import { applyConference, type BareUsersReading, type Outcome, type Roster } from './apply.ts';
import type { ConferenceDocument, ConferenceUser, StateAttribute } from './document.ts';

const user = (name: string, more: Partial<ConferenceUser> = {}): ConferenceUser => ({
  entity: `sip:${name}@example.org`,
  roles: [],
  endpoints: [{ entity: `${name}-1`, status: 'connected' }],
  ...more,
});

const document = (
  version: number,
  state: StateAttribute,
  list?: readonly ConferenceUser[],
  users: StateAttribute | undefined = state === 'partial' ? 'partial' : undefined,
): ConferenceDocument => ({
  entity: 'sip:room@example.org',
  version,
  state,
  ...(list !== undefined && { users: { ...(users !== undefined && { state: users }), list } }),
  defects: [],
});

function play(documents: readonly ConferenceDocument[], bareUsers: BareUsersReading = 'replace') {
  let roster: Roster | undefined;
  const outcomes: Outcome[] = [];
  for (const each of documents) {
    const [next, outcome] = applyConference(roster, each, bareUsers);
    roster = next;
    outcomes.push(outcome);
  }
  return { roster, outcomes, names: [...(roster?.users.keys() ?? [])].map((entity) => entity.slice(4, -12)) };
}

const [alice, bob, carol, dan] = ['alice', 'bob', 'carol', 'dan'].map((name) => user(name)) as [
  ConferenceUser,
  ConferenceUser,
  ConferenceUser,
  ConferenceUser,
];

describe('versions (RFC 4575 §4.6)', () => {
  it('starts anywhere with a full document and goes on with the next partial one', () => {
    const { outcomes, names } = play([document(7, 'full', [alice]), document(8, 'partial', [bob])]);
    expect(outcomes).toEqual(['applied', 'applied']);
    expect(names).toEqual(['alice', 'bob']);
  });

  it('drops equal and lower versions', () => {
    const { outcomes, names } = play([
      document(5, 'full', [alice]),
      document(5, 'partial', [bob]),
      document(4, 'full', [carol]),
      document(5, 'deleted'),
      document(6, 'partial', [dan]),
    ]);
    expect(outcomes).toEqual(['applied', 'ignored', 'ignored', 'ignored', 'applied']);
    expect(names).toEqual(['alice', 'dan']);
  });

  it('asks for a refresh on a gap and keeps the roster until the full document comes', () => {
    const { outcomes, names } = play([document(5, 'full', [alice]), document(7, 'partial', [bob])]);
    expect(outcomes).toEqual(['applied', 'refresh-needed']);
    expect(names).toEqual(['alice']);
    const refreshed = play([
      document(5, 'full', [alice]),
      document(7, 'partial', [bob]),
      document(7, 'full', [alice, bob]),
    ]);
    expect(refreshed.names).toEqual(['alice', 'bob']);
  });

  it('asks for a refresh when a partial document comes first', () => {
    expect(play([document(1, 'partial', [alice])])).toMatchObject({ roster: undefined, outcomes: ['refresh-needed'] });
  });

  it('lets a full document jump and replace everything', () => {
    const { outcomes, names } = play([document(5, 'full', [alice, bob]), document(20, 'full', [carol])]);
    expect(outcomes).toEqual(['applied', 'applied']);
    expect(names).toEqual(['carol']);
  });

  it('ends with a deleted root', () => {
    expect(play([document(1, 'full', [alice]), document(2, 'deleted')])).toMatchObject({
      roster: undefined,
      outcomes: ['applied', 'ended'],
    });
  });

  it('applies a full document without version, but no partial one', () => {
    const { version: _full, ...full } = document(1, 'full', [alice]);
    const { version: _partial, ...partial } = document(2, 'partial', [bob]);
    const { outcomes, names } = play([full, partial]);
    expect(outcomes).toEqual(['applied', 'refresh-needed']);
    expect(names).toEqual(['alice']);
  });
});

describe('users of a partial document', () => {
  const before = document(1, 'full', [user('alice', { displayText: 'Alice' }), bob]);

  it('are merged by key', () => {
    const { roster, names } = play([
      before,
      document(2, 'partial', [
        user('alice', { state: 'partial', endpoints: [{ entity: 'alice-2', status: 'pending' }] }),
        user('bob', { state: 'deleted' }),
        user('dan', { state: 'partial' }),
      ]),
    ]);
    expect(names).toEqual(['alice', 'dan']);
    const merged = roster?.users.get('sip:alice@example.org');
    expect(merged?.displayText).toBe('Alice');
    expect([...(merged?.endpoints.keys() ?? [])]).toEqual(['alice-1', 'alice-2']);
  });

  it('are replaced when full, unmarked meaning full', () => {
    const { roster } = play([before, document(2, 'partial', [user('alice', { endpoints: [] })])]);
    expect(roster?.users.get('sip:alice@example.org')).toEqual({
      entity: 'sip:alice@example.org',
      roles: [],
      endpoints: new Map(),
    });
  });

  it('replace the roster when <users> is full', () => {
    expect(play([before, document(2, 'partial', [carol], 'full')]).names).toEqual(['carol']);
  });

  it('are all gone when <users> is deleted, whatever stands in it', () => {
    expect(play([before, document(2, 'partial', [carol], 'deleted')]).names).toEqual([]);
  });

  it.each([
    ['replace', ['carol']],
    ['amend', ['alice', 'bob', 'carol']],
  ] as const)('below <users> without state: %s', (reading, expected) => {
    const change: ConferenceDocument = { ...document(2, 'partial'), users: { list: [carol] } };
    expect(play([before, change], reading).names).toEqual(expected);
  });

  it('stay when the document has none', () => {
    const { roster, names } = play([before, { ...document(2, 'partial'), userCount: 2 }]);
    expect(names).toEqual(['alice', 'bob']);
    expect(roster).toMatchObject({ version: 2, userCount: 2 });
  });

  it('have keys compared as text (RFC 4575 §4.5)', () => {
    const other: ConferenceUser = { entity: 'sip:bob@EXAMPLE.org', state: 'deleted', roles: [], endpoints: [] };
    expect(play([before, document(2, 'partial', [other])]).names).toEqual(['alice', 'bob']);
  });

  it('have endpoints and streams merged and removed', () => {
    const media = (id: string, status: string) => ({ id, type: 'message', status });
    const start = user('bob', {
      endpoints: [
        { entity: 'b1', status: 'connected', media: [media('1', 'sendrecv'), media('2', 'inactive')] },
        { entity: 'b2', status: 'connected' },
      ],
    });
    const change = user('bob', {
      state: 'partial',
      endpoints: [
        { entity: 'b1', state: 'partial', media: [media('1', 'recvonly')] },
        { entity: 'b2', state: 'deleted' },
      ],
    });
    const { roster } = play([document(1, 'full', [start]), document(2, 'partial', [change])]);
    expect([...(roster?.users.get('sip:bob@example.org')?.endpoints.values() ?? [])]).toEqual([
      { entity: 'b1', status: 'connected', media: [media('1', 'recvonly'), media('2', 'inactive')] },
    ]);
  });
});

describe('children that 4.4 and 4.5 rule out', () => {
  it('below a full parent: partial is read as full, deleted as not there', () => {
    const { names } = play([
      document(1, 'full', [user('alice', { state: 'partial' }), user('bob', { state: 'deleted' })]),
    ]);
    expect(names).toEqual(['alice']);
  });

  it('without a key are left out; of two with one key the later counts', () => {
    const nameless: ConferenceUser = { entity: '', roles: [], endpoints: [] };
    const list = [nameless, user('bob', { displayText: 'first' }), user('bob', { displayText: 'second' })];
    const { roster, names } = play([document(1, 'full', list), document(2, 'partial', [nameless])]);
    expect(names).toEqual(['bob']);
    expect(roster?.users.get('sip:bob@example.org')?.displayText).toBe('second');
  });
});
