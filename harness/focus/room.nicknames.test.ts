import { describe, expect, test } from 'vitest';
import { Rehearsal, ROOM, requestHead, uriOf, wrapped } from './rehearsal.fixture.ts';
import { rosterOf } from './roster.ts';

const shown = (stage: Rehearsal): Record<string, string | undefined> =>
  Object.fromEntries((rosterOf(stage.room).users?.list ?? []).map((user) => [user.entity, user.nickname?.value]));
const cast = (policy: ConstructorParameters<typeof Rehearsal>[0] = {}): Rehearsal => {
  const stage = new Rehearsal(policy);
  stage.joinAll('alice', 'bob', 'carol');
  return stage;
};
const alice = uriOf('alice');
const bob = uriOf('bob');

describe('NICKNAME (RFC 7701 §7)', () => {
  test('reserves, shows, changes and removes', () => {
    const stage = cast();
    expect(stage.nickname('alice', '"Alice \\"the\\\\great\\""')).toBe(200);
    expect(shown(stage)[alice]).toBe('Alice "the\\great"');
    expect(stage.nickname('alice', '"Al"')).toBe(200);
    expect(shown(stage)[alice]).toBe('Al');
    expect(stage.nickname('bob', '"Alice \\"the\\\\great\\""')).toBe(200);
    expect(stage.nickname('alice', '""')).toBe(200);
    expect(shown(stage)[alice]).toBeUndefined();
    expect(stage.nickname('alice', '""')).toBe(200);
    expect(stage.nickname('carol', '"Al"')).toBe(200);
  });

  test.each([
    ['no quotes', 'Al'],
    ['open quote', '"Al'],
    ['bare quote inside', '"A"l"'],
    ['bad escape', '"A\\l"'],
    ['control octet', '"A\x01l"'],
    ['no value', ''],
    ['1024 octets', `"${'x'.repeat(1024)}"`],
    ['spaces alone', '"   "'],
    ['a forbidden code point', '"a\u200bb"'],
  ])('424 for %s', (_name, value) => {
    const stage = cast();
    stage.nickname('alice', '"Al"');
    expect(stage.nickname('alice', value)).toBe(424);
    expect(shown(stage)[alice]).toBe('Al');
  });

  test('424 without the header or with two', () => {
    const stage = cast();
    const head = requestHead('NICKNAME', {});
    expect(stage.play({ type: 'nickname', session: 'alice', request: 'r', head })).toMatchObject([{ status: 424 }]);
    const use = { name: 'Use-Nickname', value: '"Al"' };
    const twice = { ...head, headers: [...head.headers, use, use] };
    expect(stage.play({ type: 'nickname', session: 'alice', request: 'r', head: twice })).toMatchObject([
      { status: 424 },
    ]);
    expect(shown(stage)[alice]).toBeUndefined();
  });

  test('the longest name is taken', () => {
    expect(cast().nickname('alice', `"${'x'.repeat(1023)}"`)).toBe(200);
  });

  test.each([
    ['letter case', 'Foo', 'fOO'],
    ['spaces', 'St Peter', ' st\u00a0 peter '],
    ['Roman numeral', 'Richard IV', 'richard \u2163'],
    ['full width', 'Bob', '\uff22\uff4f\uff42'],
    ['composition', 'Ren\u00e9', 'Rene\u0301'],
    ['Greek case', '\u03a9mega', '\u03c9mega'],
  ])('425 for the same name by %s', (_name, held, variant) => {
    const stage = cast({ reservedNicknames: ['Admin'] });
    expect(stage.nickname('alice', `"${held}"`)).toBe(200);
    expect(stage.nickname('bob', `"${variant}"`)).toBe(425);
    expect(shown(stage)[bob]).toBeUndefined();
    expect(stage.nickname('alice', `"${variant}"`)).toBe(200);
    expect(stage.nickname('bob', `"${held}"`)).toBe(425);
  });

  test('425 for reserved words in any form', () => {
    const stage = cast({ reservedNicknames: ['Admin'] });
    for (const form of ['Admin', 'aDMIN', ' admin ', '\uff21dmin'])
      expect(stage.nickname('alice', `"${form}"`)).toBe(425);
  });

  test('look-alikes are different names', () => {
    const stage = cast();
    expect(stage.nickname('alice', '"BOY"')).toBe(200);
    expect(stage.nickname('bob', '"B0Y"')).toBe(200);
  });

  test('403 where the room has none, whatever is asked', () => {
    const stage = cast({ nicknames: 'forbidden' });
    for (const value of ['"Al"', 'Al', '""']) expect(stage.nickname('alice', value)).toBe(403);
  });

  test('a failed change keeps the old name, and keeps it reserved', () => {
    const stage = cast();
    stage.nickname('alice', '"One"');
    stage.nickname('bob', '"Two"');
    expect(stage.nickname('alice', '"Two"')).toBe(425);
    expect(shown(stage)).toMatchObject({ [alice]: 'One', [bob]: 'Two' });
    expect(stage.nickname('carol', '"One"')).toBe(425);
  });

  test('two sessions of one user: each has what it asked for', () => {
    const stage = new Rehearsal();
    stage.joinAll('alice1', 'alice2', 'bob');
    expect(stage.nickname('alice1', '"Al"')).toBe(200);
    expect(stage.room.sessions.get('alice2')?.nickname).toBeUndefined();
    expect(stage.nickname('alice2', '"al"')).toBe(200);
    stage.play({ type: 'leave', session: 'alice2' });
    expect(stage.nickname('bob', '"Al"')).toBe(425);
    stage.play({ type: 'leave', session: 'alice1' });
    expect(stage.nickname('bob', '"Al"')).toBe(200);
  });

  test('the second session does not inherit: removal leaves no name', () => {
    const stage = new Rehearsal();
    stage.joinAll('alice1', 'alice2');
    stage.nickname('alice1', '"Al"');
    stage.nickname('alice1', '""');
    expect(shown(stage)[alice]).toBeUndefined();
  });

  test('a former holder may come back in quarantine, nobody else', () => {
    const stage = cast({ quarantineMs: 60_000 });
    stage.nickname('alice', '"Al"');
    stage.play({ type: 'leave', session: 'alice' });
    const started = stage.effects.find((effect) => effect.type === 'start-timer');
    expect(started).toMatchObject({ delayMs: 60_000 });
    expect(stage.nickname('carol', '"AL"')).toBe(425);
    stage.join('alice');
    expect(shown(stage)[alice]).toBeUndefined();
    expect(stage.nickname('alice', '"Al"')).toBe(200);
    expect(stage.effects).toContainEqual({ type: 'stop-timer', name: started?.name });
    stage.play({ type: 'timer', name: started?.name ?? '' });
    expect(stage.nickname('carol', '"Al"')).toBe(425);
    stage.nickname('alice', '""');
    stage.play({ type: 'timer', name: started?.name ?? '' });
    expect(stage.nickname('carol', '"Al"')).toBe(200);
  });

  test('the new holder of a name gets no messages of the old one', () => {
    const stage = cast();
    stage.nickname('bob', '"Bobby"');
    stage.play({ type: 'leave', session: 'bob' });
    stage.nickname('carol', '"Bobby"');
    expect(stage.send('alice', wrapped(alice, bob, 'x'))).toBe(404);
    expect(stage.received('carol')).toEqual([]);
  });

  test('Use-Nickname in a SEND means nothing', () => {
    const stage = cast();
    expect(stage.send('alice', wrapped(alice, ROOM, 'x'), { 'Use-Nickname': '"Al"' })).toBe(200);
    expect(shown(stage)[alice]).toBeUndefined();
  });
});
