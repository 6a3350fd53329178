import { describe, expect, it } from 'vitest';
import { OwnRooms, roomPatterns } from './own-rooms.ts';

describe('rooms on demand', () => {
  const patterns = roomPatterns([{}, { nicknames: 'forbidden' }, { nicknames: 'allowed' }, { nicknames: 'forbidden' }]);

  it('need one pattern for each different policy', () => {
    expect(patterns.map((one) => one.prefix)).toEqual(['room-', 'policy-1-']);
  });

  it('are never given twice', async () => {
    const rooms = new OwnRooms(patterns, 'x', 4);
    const taken = [await rooms.take({}), await rooms.take({ nicknames: 'forbidden' })];
    expect(taken.map((one) => [one?.room, one?.second])).toEqual([
      ['sip:room-1@x', 'sip:room-2@x'],
      ['sip:policy-1-3@x', 'sip:policy-1-4@x'],
    ]);
    expect(await rooms.take({ 'reserved-nicknames': ['admin'] })).toBeUndefined();
  });
});
