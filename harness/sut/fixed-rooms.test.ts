import { describe, expect, it } from 'vitest';
import { FixedRooms } from './fixed-rooms.ts';

describe('rooms of a SUT that the suite does not rule', () => {
  it('gives a single room to one scenario at a time', async () => {
    const rooms = new FixedRooms(['sip:a@x']);
    const first = await rooms.take({});
    expect(first?.room).toBe('sip:a@x');
    expect(first?.second).toBeUndefined();
    let got = false;
    const second = rooms.take({}).then((taken) => {
      got = true;
      return taken;
    });
    await Promise.resolve();
    expect(got).toBe(false);
    first?.release();
    expect((await second)?.room).toBe('sip:a@x');
  });

  it('gives two where there are two', async () => {
    const rooms = new FixedRooms(['sip:a@x', 'sip:b@x']);
    expect(rooms.concurrency).toBe(1);
    expect(await rooms.take({})).toMatchObject({ room: 'sip:a@x', second: 'sip:b@x' });
  });

  it('has none with a policy of the suite', async () => {
    expect(await new FixedRooms(['sip:a@x']).take({ nicknames: 'forbidden' })).toBeUndefined();
  });
});
