import { describe, expect, test } from 'vitest';
import { ABLE, Rehearsal, ROOM, uriOf, wrapped } from './rehearsal.fixture.ts';
import { rosterChange, rosterOf } from './roster.ts';

const alice = uriOf('alice');
const LEGACY = { acceptTypes: ['message/cpim'], acceptWrappedTypes: ['text/plain'] };
const entities = (stage: Rehearsal): string[] => (rosterOf(stage.room).users?.list ?? []).map(({ entity }) => entity);
const types = (stage: Rehearsal): string[] => stage.effects.map(({ type }) => type);

describe('joining and leaving', () => {
  test('one user with several sessions is one entry', () => {
    const stage = new Rehearsal();
    stage.joinAll('alice1', 'alice2', 'bob');
    const [first] = rosterOf(stage.room).users?.list ?? [];
    expect(entities(stage)).toEqual([alice, uriOf('bob')]);
    expect(new Set(first?.endpoints.map(({ entity }) => entity)).size).toBe(2);
    stage.play({ type: 'leave', session: 'alice1' });
    expect(entities(stage)).toEqual([alice, uriOf('bob')]);
    stage.play({ type: 'leave', session: 'alice2' });
    expect(entities(stage)).toEqual([uriOf('bob')]);
  });

  test('a second session may be refused, or take the place of the first', () => {
    const refusing = new Rehearsal({ simultaneousAccess: 'refused' });
    refusing.joinAll('alice1', 'alice2');
    expect(refusing.effects).toMatchObject([{ type: 'refuse-join', session: 'alice2', status: 403 }]);
    const replacing = new Rehearsal({ simultaneousAccess: 'replaces' });
    replacing.joinAll('alice1', 'alice2', 'bob');
    expect([...replacing.room.sessions.keys()]).toEqual(['alice2', 'bob']);
    replacing.send('bob', wrapped(uriOf('bob'), ROOM, 'x'));
    expect(replacing.texts('alice2')).toHaveLength(1);
    expect(replacing.received('alice1')).toEqual([]);
  });

  test('the departed get nothing, and what they send has no effect', () => {
    const stage = new Rehearsal();
    stage.joinAll('alice', 'bob');
    stage.play({ type: 'leave', session: 'bob' });
    expect(types(stage)).toEqual(['release-media', 'roster-changed']);
    stage.send('alice', wrapped(alice, ROOM, 'x'));
    expect(stage.received('bob')).toEqual([]);
    expect(stage.send('bob', wrapped(uriOf('bob'), ROOM, 'x'))).toBeUndefined();
    expect(stage.received('alice')).toEqual([]);
  });

  test('a lost connection leaves the user in the room with the nickname', () => {
    const stage = new Rehearsal();
    stage.joinAll('alice', 'bob');
    stage.nickname('bob', '"Bobby"');
    stage.play({ type: 'media-lost', session: 'bob' });
    expect(rosterOf(stage.room).users?.list[1]).toMatchObject({ nickname: { value: 'Bobby' } });
    stage.send('alice', wrapped(alice, ROOM, 'x'));
    expect(stage.received('bob')).toEqual([]);
    stage.play({ type: 'media-changed', session: 'bob', media: undefined });
    stage.play({ type: 'media-changed', session: 'bob', media: ABLE });
    stage.send('alice', wrapped(alice, ROOM, 'x'));
    expect(stage.texts('bob')).toHaveLength(1);
    expect(stage.nickname('alice', '"Bobby"')).toBe(425);
  });

  test('who does not come back after a lost connection is dismissed; a stream given up is no loss', () => {
    const stage = new Rehearsal({ absenceMs: 60_000 });
    stage.joinAll('alice', 'bob', 'carol');
    stage.play({ type: 'media-lost', session: 'alice' });
    expect(stage.effects).toContainEqual({ type: 'start-timer', name: 'absence alice', delayMs: 60_000 });
    stage.play({ type: 'media-changed', session: 'alice', media: ABLE });
    expect(stage.effects).toContainEqual({ type: 'stop-timer', name: 'absence alice' });
    stage.play({ type: 'timer', name: 'absence alice' });
    expect(stage.room.users.size).toBe(3);
    stage.play({ type: 'media-lost', session: 'bob' });
    stage.play({ type: 'timer', name: 'absence bob' });
    expect(types(stage)[0]).toBe('dismiss');
    expect(stage.room.users.size).toBe(2);
    stage.play({ type: 'media-changed', session: 'carol', media: undefined });
    expect(types(stage)).toEqual(['release-media', 'roster-changed']);
  });

  test('closing dismisses everybody; nobody can join afterwards', () => {
    const stage = new Rehearsal();
    stage.joinAll('alice', 'bob');
    stage.play({ type: 'close' });
    expect(stage.effects.filter(({ type }) => type === 'dismiss')).toHaveLength(2);
    expect(types(stage).at(-1)).toBe('room-closed');
    expect(rosterOf(stage.room)).toEqual({ entity: ROOM, state: 'deleted', defects: [] });
    stage.join('carol');
    expect(stage.effects).toMatchObject([{ type: 'refuse-join', status: 404 }]);
  });

  test('a room may end with its creator', () => {
    const stage = new Rehearsal({ endsWithCreator: true });
    stage.joinAll('alice1', 'alice2', 'bob');
    stage.play({ type: 'leave', session: 'alice1' });
    expect(stage.room.phase).toBe('open');
    stage.play({ type: 'leave', session: 'alice2' });
    expect(stage.effects).toContainEqual(expect.objectContaining({ type: 'dismiss', session: 'bob' }));
    expect(stage.room.phase).toBe('closed');
  });

  test('other URIs of a user count as the user', () => {
    const stage = new Rehearsal();
    stage.join('alice', ABLE, { aliases: ['tel:+15551234', 'im:alice@example.com'] });
    stage.join('bob');
    expect(stage.send('alice', wrapped('tel:+15551234', ROOM, 'x'))).toBe(200);
    expect(stage.send('bob', wrapped(uriOf('bob'), 'im:alice@example.com', 'x'))).toBe(200);
    expect(stage.texts('alice')).toHaveLength(1);
  });

  test('earlier states stay what they were', () => {
    const stage = new Rehearsal();
    stage.joinAll('alice');
    const before = stage.room;
    const image = JSON.stringify(rosterOf(before));
    stage.joinAll('bob');
    stage.nickname('alice', '"A"');
    expect(JSON.stringify(rosterOf(before))).toBe(image);
    expect(stage.room.policy).toBe(before.policy);
  });
});

describe('anonymity (RFC 7701 §5.2)', () => {
  test('the focus makes up one URI per person, stable and routable; the account shows nowhere', () => {
    const stage = new Rehearsal();
    stage.joinAll('alice');
    stage.join('harry', ABLE, { privacy: 'asked', displayName: 'Harry Secret' });
    stage.join('iris', ABLE, { privacy: 'asked' });
    const [, harry, iris] = entities(stage);
    expect([harry, iris]).toEqual(['sip:anonymous1@anonymous.invalid', 'sip:anonymous2@anonymous.invalid']);
    expect(stage.send('alice', wrapped(alice, harry ?? '', 'x'))).toBe(200);
    stage.play({ type: 'media-changed', session: 'harry', media: ABLE });
    stage.play({ type: 'leave', session: 'iris' });
    expect(stage.send('alice', wrapped(alice, harry ?? '', 'x'))).toBe(200);
    expect(stage.texts('harry')).toHaveLength(2);
    expect(stage.send('harry', wrapped(harry ?? '', ROOM, 'x'))).toBe(200);
    expect(stage.send('harry', wrapped(uriOf('harry'), ROOM, 'x'))).toBe(403);
    expect(stage.send('alice', wrapped(alice, uriOf('harry'), 'x'))).toBe(404);
    stage.join('lee', LEGACY);
    const seen = JSON.stringify(rosterOf(stage.room)) + stage.texts('lee').join() + stage.texts('alice').join();
    expect(seen).not.toMatch(/harry/i);
  });

  test('an anonymous URI of its own is kept unless it names nobody or somebody else', () => {
    const stage = new Rehearsal();
    stage.join('h1', ABLE, { privacy: 'own', uri: 'sip:anon-7f3@anonymous.invalid' });
    stage.join('h2', ABLE, { privacy: 'own', uri: 'sip:anonymous@anonymous.invalid' });
    stage.join('h3', ABLE, { privacy: 'asked', uri: 'sip:anonymous@anonymous.invalid' });
    stage.join('h4', ABLE, { privacy: 'own', uri: 'sip:anon-7f3@anonymous.invalid' });
    expect(new Set(entities(stage)).size).toBe(4);
    expect(entities(stage)[0]).toBe('sip:anon-7f3@anonymous.invalid');
  });

  test('nobody can join openly under an anonymous URI in use', () => {
    const stage = new Rehearsal();
    stage.join('harry', ABLE, { privacy: 'asked' });
    stage.join('eve', ABLE, { uri: 'sip:anonymous1@anonymous.invalid' });
    expect(stage.effects).toMatchObject([{ type: 'refuse-join', status: 403 }]);
  });

  test('the same account, hidden and open, is two participants', () => {
    const stage = new Rehearsal();
    stage.join('harry1');
    stage.join('harry2', ABLE, { privacy: 'asked' });
    stage.join('harry3', ABLE, { privacy: 'asked' });
    expect(entities(stage)).toEqual([uriOf('harry'), 'sip:anonymous1@anonymous.invalid']);
  });
});

describe('notices (RFC 7701 §11)', () => {
  test('tell the unaware, and only them, where they are and who is there', () => {
    const stage = new Rehearsal();
    stage.joinAll('alice');
    stage.nickname('alice', '"Al"');
    stage.join('pat', { ...ABLE, chatroom: [] });
    stage.join('lee', LEGACY);
    expect(stage.texts('lee')).toHaveLength(2);
    expect(stage.texts('lee').join()).toContain(`From: <${ROOM}>`);
    expect(stage.texts('lee')[1]).toContain(`In the room: Al, ${uriOf('pat')}, ${uriOf('lee')}`);
    for (const session of ['alice', 'pat']) expect(stage.received(session)).toEqual([]);
  });
});

describe('roster', () => {
  test('a partial document says what has changed', () => {
    const stage = new Rehearsal();
    stage.joinAll('alice', 'bob');
    const before = rosterOf(stage.room);
    expect(rosterChange(before, rosterOf(stage.room))).toBeUndefined();
    stage.play({ type: 'leave', session: 'alice' });
    stage.nickname('bob', '"Bobby"');
    stage.joinAll('carol');
    const change = rosterChange(before, rosterOf(stage.room));
    expect(change).toMatchObject({ state: 'partial', userCount: 2, users: { state: 'partial' } });
    expect(change?.users?.list.map(({ entity, state, nickname }) => [entity, state, nickname?.value])).toEqual([
      [uriOf('bob'), 'full', 'Bobby'],
      [uriOf('carol'), 'full', undefined],
      [alice, 'deleted', undefined],
    ]);
    stage.play({ type: 'close' });
    expect(rosterChange(before, rosterOf(stage.room))?.state).toBe('deleted');
  });
});
