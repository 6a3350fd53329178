import { describe, expect, it } from 'vitest';
import { Blocks, damageIn, eventsOf, packetsIn, readIn } from './made-capture.fixture.ts';

const octets = (length: number, fill = 0xab): Buffer => Buffer.alloc(length, fill);
const little = new Blocks(true);
const big = new Blocks(false);

const RESOLUTION = 9;
const OFFSET = 14;

describe.each([
  ['little', little],
  ['big', big],
])('a pcapng capture in %s-endian order', (_, blocks) => {
  const ticks = 1_700_000_000_123_456n;
  const read = (...parts: Buffer[]) => readIn(Buffer.concat([blocks.section(), ...parts]));

  it('has enhanced packets with time, lengths and comments', () => {
    const comments = ['alice → focus', 'a second one'];
    expect(read(blocks.interface(1), blocks.enhanced(octets(61), { ticks, length: 1514, comments }))).toEqual([
      {
        type: 'packet',
        packet: { frame: 1, time: 1_700_000_000_123.456, linkType: 1, octets: octets(61), length: 1514, comments },
      },
    ]);
  });

  it('has obsolete packets', () => {
    const events = read(blocks.interface(1), blocks.interface(113), blocks.obsolete(octets(3), { id: 1, ticks }));
    expect(packetsIn(events)).toEqual([
      { frame: 1, time: 1_700_000_000_123.456, linkType: 113, octets: octets(3), length: 3, comments: [] },
    ]);
  });

  it('has simple packets of the first interface, without a time of their own', () => {
    const parts = [
      blocks.interface(1, 40),
      blocks.interface(113),
      blocks.enhanced(octets(1), { id: 1, ticks }),
      blocks.simple(octets(33)),
      blocks.simple(octets(40), 1514),
    ];
    expect(packetsIn(read(...parts)).slice(1)).toEqual([
      { frame: 2, time: 1_700_000_000_123.456, linkType: 1, octets: octets(33), length: 33, comments: [] },
      { frame: 3, time: 1_700_000_000_123.456, linkType: 1, octets: octets(40), length: 1514, comments: [] },
    ]);
  });

  it.each([
    ['seconds', 0, 1_700_000_001n, 1_700_000_001_000],
    ['hundredths', 2, 170_000_000_112n, 1_700_000_001_120],
    ['milliseconds', 3, 1_700_000_001_123n, 1_700_000_001_123],
    ['nanoseconds', 9, 1_700_000_001_123_456_789n, 1_700_000_001_123.4568],
    ['hundreds of picoseconds', 10, 17_000_000_011_234_567_890n, 1_700_000_001_123.4568],
    ['powers of two', 0x80 | 20, (1_700_000_001n << 20n) + (1n << 19n), 1_700_000_001_500],
    ['halves of seconds', 0x81, 3_400_000_003n, 1_700_000_001_500],
  ])('counts %s', (_name, resolution, ticks, time) => {
    const events = read(
      blocks.interface(1, 0, [RESOLUTION, Buffer.from([resolution])]),
      blocks.enhanced(octets(1), { ticks }),
    );
    expect(packetsIn(events)[0]?.time).toBeCloseTo(time, 3);
  });

  it('adds the offset of the interface', () => {
    const offset = blocks.i64(-3600n);
    const events = read(blocks.interface(1, 0, [OFFSET, offset]), blocks.enhanced(octets(1), { ticks }));
    expect(packetsIn(events)[0]?.time).toBe(1_700_000_000_123.456 - 3_600_000);
  });

  it('never tells a time that no calendar holds', () => {
    const odd = [RESOLUTION, Buffer.from([0])] as const;
    const events = read(blocks.interface(1, 0, odd), blocks.enhanced(octets(1), { ticks: 2n ** 64n - 1n }));
    expect(new Date(packetsIn(events)[0]?.time ?? 0).toISOString()).toBe('+275760-09-13T00:00:00.000Z');
  });

  it('tells names of addresses', () => {
    const four = Buffer.concat([Buffer.from([10, 0, 0, 1]), Buffer.from('alice\0alice.example.org\0')]);
    const six = Buffer.concat([Buffer.from('20010db8000000000000000000000001', 'hex'), Buffer.from('focus\0')]);
    expect(read(blocks.names([1, four], [2, six]))).toEqual([
      { type: 'name', address: '10.0.0.1', names: ['alice', 'alice.example.org'] },
      { type: 'name', address: '2001:db8::1', names: ['focus'] },
    ]);
  });

  it('passes over what it does not know: secrets, statistics, blocks to come', () => {
    const parts = [
      blocks.block(10, blocks.u32(0x544c534b, 8), octets(8)),
      blocks.interface(1),
      blocks.block(5, blocks.u32(0, 0, 0)),
      blocks.block(0x7777),
      blocks.enhanced(octets(5)),
    ];
    const events = read(...parts);
    expect(events).toHaveLength(1);
    expect(packetsIn(events)[0]?.frame).toBe(1);
  });

  it('has sections in the other order, with interfaces of their own; frames are counted through', () => {
    const other = blocks === little ? big : little;
    const events = read(
      blocks.interface(1),
      blocks.interface(101),
      blocks.enhanced(octets(5), { id: 1 }),
      other.section(),
      other.interface(276),
      other.enhanced(octets(6)),
      other.enhanced(octets(6), { id: 1 }),
      blocks.section(),
      blocks.interface(113),
      blocks.enhanced(octets(7)),
    );
    expect(packetsIn(events).map(({ frame, linkType, octets }) => [frame, linkType, octets.length])).toEqual([
      [1, 101, 5],
      [2, 276, 6],
      [4, 113, 7],
    ]);
    expect(damageIn(events)).toEqual([
      { offset: expect.any(Number), reason: 'a packet of interface 1, which the section does not describe' },
    ]);
  });
});

describe('a damaged pcapng capture', () => {
  const start = Buffer.concat([little.section(), little.interface(1)]);
  const packet = (fill: number) => little.enhanced(octets(50, fill), { comments: [`comment ${fill}`] });
  const size = packet(1).length;
  const file = Buffer.concat([start, packet(1), packet(2), packet(3), little.simple(octets(9, 4)), packet(5)]);
  const altered = (alter: (copy: Buffer) => void): Buffer => {
    const copy = Buffer.from(file);
    alter(copy);
    return copy;
  };
  const fills = (events: ReturnType<typeof readIn>) => packetsIn(events).map(({ frame, octets }) => [frame, octets[0]]);
  const second = start.length + size;
  const without2 = [
    [1, 1],
    [3, 3],
    [4, 4],
    [5, 5],
  ];

  it.each([
    ['beyond the file', 5000],
    ['beyond reason', 0xffff_ffff],
    ['less than any', 0],
    ['less than that of a packet', 16],
    ['within the block', size - 8],
    ['beyond the block', size + 20],
  ])('is read on behind a block with a length %s', (_, length) => {
    const events = readIn(altered((copy) => copy.writeUInt32LE(length, second + 4)));
    expect(fills(events)).toEqual(without2);
    expect(damageIn(events)).toEqual([
      { offset: second, reason: expect.stringContaining(`reading goes on at offset ${second + size}`) },
    ]);
  });

  it('is read on behind octets that were put in or got lost', () => {
    const longer = Buffer.concat([file.subarray(0, second + 30), octets(3), file.subarray(second + 30)]);
    const shorter = Buffer.concat([file.subarray(0, second + 30), file.subarray(second + 33)]);
    for (const copy of [longer, shorter]) expect(fills(readIn(copy))).toEqual(without2);
  });

  it('keeps the block frame where a packet claims more octets than its block has', () => {
    const events = readIn(altered((copy) => copy.writeUInt32LE(4000, second + 20)));
    expect(fills(events)).toEqual(without2);
    expect(damageIn(events)).toEqual([
      { offset: second + 20, reason: `a packet of 4000 octets in a block with room for ${size - 32}` },
    ]);
  });

  it('keeps the block frame where a simple packet does so', () => {
    const simple = little.simple(octets(9), 500);
    const events = readIn(Buffer.concat([start, simple, packet(2)]));
    expect(fills(events)).toEqual([[2, 2]]);
    expect(damageIn(events)).toEqual([
      { offset: start.length + 8, reason: 'a packet of 500 octets in a block with room for 12' },
    ]);
  });

  it('is read on at a block of any size', () => {
    const events = readIn(Buffer.concat([start, octets(300), little.enhanced(octets(20_000, 2)), packet(3)]));
    expect(packetsIn(events).map(({ octets }) => [octets[0], octets.length])).toEqual([
      [2, 20_000],
      [3, 50],
    ]);
  });

  it('keeps a packet whose options run past its block', () => {
    const comment = second + 28 + 52;
    const events = readIn(altered((copy) => copy.writeUInt16LE(500, comment + 2)));
    expect(fills(events)).toEqual([[1, 1], [2, 2], ...without2.slice(1)]);
    expect(damageIn(events)).toEqual([{ offset: comment, reason: 'an option runs past its block' }]);
  });

  it('says where it is cut off, at whatever octet that is', () => {
    const starts = [0, 28, start.length, second, second + size, second + 2 * size, file.length - size, file.length];
    for (let length = 12; length < file.length; length++) {
      const events = readIn(file.subarray(0, length));
      const offset = starts.findLast((at) => at <= length);
      const whole = starts.filter((at) => at <= length).length - 3;
      expect(packetsIn(events)).toHaveLength(Math.max(whole, 0));
      if (offset === length) expect(damageIn(events)).toEqual([]);
      else
        expect(damageIn(events)).toEqual([{ offset, reason: expect.stringContaining('the file ends within a block') }]);
    }
  });

  it('does not take a capture that is sent in a packet for its own packets where it is cut off', () => {
    const events = readIn(Buffer.concat([start, little.enhanced(file)]).subarray(0, -10));
    expect(packetsIn(events)).toEqual([]);
    expect(damageIn(events)).toHaveLength(1);
  });

  it('does not count on a second section whose order of octets is unknown', () => {
    const broken = little.section();
    broken.fill(0, 8, 12);
    const events = readIn(Buffer.concat([start, packet(1), broken, packet(2)]));
    expect(fills(events)).toEqual([
      [1, 1],
      [2, 2],
    ]);
    expect(damageIn(events)).toEqual([
      { offset: second, reason: expect.stringContaining('a section with an unknown byte order') },
    ]);
  });

  it('remembers no more interfaces than a section ever has', () => {
    const many = Array.from({ length: 65_537 }, () => little.interface(1));
    expect(damageIn(eventsOf(Buffer.concat([little.section(), ...many])))).toEqual([
      { offset: 28 + 65_536 * 20, reason: 'more than 65536 interfaces in one section' },
    ]);
  });
});
