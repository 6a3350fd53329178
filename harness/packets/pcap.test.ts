import { describe, expect, it } from 'vitest';
import { damageIn, packetsIn, pcapFile, readIn } from './made-capture.fixture.ts';

const octets = (length: number, fill = 0xab): Buffer => Buffer.alloc(length, fill);

/** Where the packet of an index begins in a file whose packets hold these numbers of octets. */
const offsetOf = (lengths: readonly number[], index: number): number =>
  lengths.slice(0, index).reduce((sum, length) => sum + 16 + length, 24);

describe.each([true, false])('a classic capture, little-endian: %s', (littleEndian) => {
  it('has packets with number, time, link type and lengths', () => {
    const file = pcapFile(
      [
        { octets: octets(60), fraction: 123_456 },
        { octets: octets(0), seconds: 4_294_967_295 },
        { octets: octets(96), length: 1514 },
      ],
      { littleEndian, linkType: 113 },
    );
    expect(readIn(file)).toEqual([
      {
        type: 'packet',
        packet: { frame: 1, time: 1_700_000_000_123.456, linkType: 113, octets: octets(60), length: 60, comments: [] },
      },
      {
        type: 'packet',
        packet: { frame: 2, time: 4_294_967_295_000, linkType: 113, octets: octets(0), length: 0, comments: [] },
      },
      {
        type: 'packet',
        packet: { frame: 3, time: 1_700_000_000_000, linkType: 113, octets: octets(96), length: 1514, comments: [] },
      },
    ]);
  });

  it('counts nanoseconds where its magic says so', () => {
    const file = pcapFile([{ octets: octets(1), fraction: 123_456_789 }], { littleEndian, magic: 0xa1b23c4d });
    expect(packetsIn(readIn(file))[0]?.time).toBeCloseTo(1_700_000_000_123.4568, 3);
  });

  it('has longer packet headers where its magic says so', () => {
    const file = pcapFile([{ octets: octets(5, 1) }, { octets: octets(6, 2) }], { littleEndian, magic: 0xa1b2cd34 });
    expect(packetsIn(readIn(file)).map((packet) => packet.octets)).toEqual([octets(5, 1), octets(6, 2)]);
  });

  it('may say in its link type how long a frame check sequence is', () => {
    const file = pcapFile([{ octets: octets(1) }], { littleEndian, linkType: 0x2400_0001 });
    expect(packetsIn(readIn(file))[0]?.linkType).toBe(1);
  });
});

describe('a damaged classic capture', () => {
  const lengths = [60, 200, 61, 62, 63, 64];
  const packets = lengths.map((length, index) => ({
    octets: octets(length, index + 1),
    seconds: 1_700_000_000 + index,
  }));
  const file = pcapFile(packets);
  const altered = (alter: (copy: Buffer) => void): Buffer => {
    const copy = Buffer.from(file);
    alter(copy);
    return copy;
  };

  it('is read on behind a packet whose length cannot be', () => {
    const events = readIn(altered((copy) => copy.writeUInt32LE(0xffff_fff0, offsetOf(lengths, 1) + 8)));
    expect(packetsIn(events).map(({ frame, octets }) => [frame, octets.length])).toEqual([
      [1, 60],
      [3, 61],
      [4, 62],
      [5, 63],
      [6, 64],
    ]);
    expect(damageIn(events)).toEqual([
      {
        offset: offsetOf(lengths, 1),
        reason: `a packet of 4294967280 octets cannot be; reading goes on at offset ${offsetOf(lengths, 2)}`,
      },
    ]);
  });

  it('is read on where a length that can be leads astray', () => {
    const events = readIn(altered((copy) => copy.writeUInt32LE(230, offsetOf(lengths, 1) + 8)));
    expect(packetsIn(events).map(({ octets }) => octets.length)).toEqual([60, 230, 62, 63, 64]);
    expect(damageIn(events)).toHaveLength(1);
  });

  it('is read on behind a length that can be, but not in this file', () => {
    const events = readIn(altered((copy) => copy.writeUInt32LE(20_000, offsetOf(lengths, 1) + 8)));
    expect(packetsIn(events).map(({ frame }) => frame)).toEqual([1, 3, 4, 5, 6]);
    expect(damageIn(events)).toHaveLength(1);
  });

  it('is read on at its last packets, which end with the file', () => {
    const events = readIn(altered((copy) => copy.writeUInt32LE(0xffff_fff0, offsetOf(lengths, 4) + 8)));
    expect(packetsIn(events).map(({ octets }) => octets.length)).toEqual([60, 200, 61, 62, 64]);
  });

  it('is not read on where nothing follows', () => {
    const events = readIn(altered((copy) => copy.fill(0xff, offsetOf(lengths, 2))));
    expect(packetsIn(events)).toHaveLength(2);
    expect(damageIn(events)).toEqual([
      {
        offset: offsetOf(lengths, 2),
        reason: 'a packet of 4294967295 octets cannot be; no packet was found behind it',
      },
    ]);
  });

  it('does not take a capture that is sent in a packet for its own packets', () => {
    // A chat room is a place to send captures to: this one of another day.
    const sent = pcapFile(packets.map((packet) => ({ ...packet, seconds: packet.seconds - 1_000_000 })));
    const outer = pcapFile([{ octets: octets(60) }, { octets: sent }, { octets: octets(60) }, { octets: octets(61) }]);
    outer.writeUInt32LE(0xffff_fff0, offsetOf([60], 1) + 8);
    expect(packetsIn(readIn(outer)).map(({ octets }) => octets.length)).toEqual([60, 60, 61]);
  });

  it('does not take for a packet what has more than a second of fractions', () => {
    const fakes = Array.from({ length: 4 }, () => ({ octets: octets(20), fraction: 1_000_000 }));
    const outer = pcapFile([
      { octets: octets(60) },
      { octets: pcapFile(fakes) },
      { octets: octets(60) },
      { octets: octets(61) },
    ]);
    outer.writeUInt32LE(0xffff_fff0, offsetOf([60], 1) + 8);
    expect(packetsIn(readIn(outer)).map(({ octets }) => octets.length)).toEqual([60, 60, 61]);
  });

  it('says where it is cut off, at whatever octet that is', () => {
    const starts = lengths.map((_, index) => offsetOf(lengths, index));
    for (let size = 24; size < file.length; size++) {
      const events = readIn(file.subarray(0, size));
      const whole = [...starts, file.length].filter((start) => start <= size).length - 1;
      expect(packetsIn(events)).toHaveLength(whole);
      const offset = starts[whole] ?? -1;
      if (offset === size) expect(damageIn(events)).toEqual([]);
      else
        expect(damageIn(events)).toEqual([
          { offset, reason: expect.stringContaining('the file ends within a packet') },
        ]);
    }
  });

  it('is read in spite of a version that nobody knows', () => {
    const events = readIn(altered((copy) => copy.writeUInt16LE(3, 4)));
    expect(packetsIn(events)).toHaveLength(lengths.length);
    expect(damageIn(events)).toEqual([{ offset: 4, reason: expect.stringContaining('version 3') }]);
  });
});
