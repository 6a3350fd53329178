import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CaptureReader } from '../packets/capture-reader.ts';
import { FlowReader } from '../packets/flows.ts';
import { IpReader } from '../packets/ip.ts';
import { Blocks, eventsOf, packetsIn, pcapFile } from '../packets/made-capture.fixture.ts';
import { counting, ethernet, extension, fragmentHeader, ipv4, ipv6 } from '../packets/made-packet.fixture.ts';
import type { CaptureEvent, Packet } from '../packets/packet.ts';
import type { CaptureItem } from './item.ts';
import { MessageReader } from './messages.ts';

/** What the whole way from octets to messages yields. */
interface Yield {
  readonly events: readonly CaptureEvent[];
  readonly items: readonly CaptureItem[];
}

function readAll(file: Buffer, pieceSize: number): Yield {
  const events: CaptureEvent[] = [];
  const items: CaptureItem[] = [];
  const messages = new MessageReader((item) => items.push(item));
  const flows = new FlowReader((event) => messages.take(event));
  const ip = new IpReader((datagram) => flows.take(datagram));
  const reader = new CaptureReader((event) => {
    events.push(event);
    if (event.type === 'packet') ip.packet(event.packet);
  });
  for (let at = 0; at < file.length; at += pieceSize) reader.feed(file.subarray(at, at + pieceSize));
  reader.end();
  ip.end();
  flows.finish();
  return { events, items };
}

/** What is wrong with what was read of a file, whatever is in it. */
function excesses(file: Buffer, { events, items }: Yield): string[] {
  const wrong: string[] = [];
  // The least that an event takes is an octet, and of what does not exist nothing is told.
  if (events.length > file.length + 1) wrong.push(`${events.length} events`);
  if (items.length > file.length + 1) wrong.push(`${items.length} items`);
  let octets = 0;
  let lastFrame = 0;
  for (const event of events) {
    if (event.type === 'damage') {
      if (event.offset < 0 || event.offset >= Math.max(file.length, 1)) wrong.push(`damage at ${event.offset}`);
      if (event.reason === '') wrong.push('damage without a reason');
    } else if (event.type === 'packet') {
      const { frame, time, length } = event.packet;
      if (frame <= lastFrame) wrong.push(`frame ${frame} behind ${lastFrame}`);
      if (Number.isNaN(new Date(time).getTime())) wrong.push(`time ${time} of frame ${frame}`);
      if (length < event.packet.octets.length) wrong.push(`length ${length} of frame ${frame}`);
      octets += event.packet.octets.length;
      lastFrame = frame;
    }
  }
  if (octets > file.length) wrong.push(`${octets} octets in packets`);
  return wrong;
}

/** A few packets of a real conversation: its beginning, then some with MSRP. */
const real: readonly Packet[] = (() => {
  const file = readFileSync(fileURLToPath(new URL('../../fixtures/captures/main.pcap', import.meta.url)));
  const packets = packetsIn(eventsOf(file));
  return [...packets.slice(0, 6), ...packets.filter(({ octets }) => octets.includes('MSRP ')).slice(0, 6)];
})();

const sip = Buffer.from('13c413c400000000', 'hex');
const udp = Buffer.concat([sip, Buffer.from('OPTIONS sip:room@chat.example.org SIP/2.0\r\nCSeq: 1 OPTIONS\r\n\r\n')]);
udp.writeUInt16BE(udp.length, 4);

/** One of each kind that IP knows. */
const special: readonly Buffer[] = [
  ethernet(ipv4(udp, { protocol: 17 })),
  ethernet(ipv4(udp.subarray(0, 24), { protocol: 17, more: true }), 0x0800, 0x8100),
  ethernet(ipv4(udp.subarray(24), { protocol: 17, offset: 24, options: Buffer.alloc(4, 1) })),
  ethernet(ipv6(Buffer.concat([extension(17), udp]), { next: 0 }), 0x86dd),
  ethernet(ipv6(Buffer.concat([fragmentHeader(17, 0, true), udp.subarray(0, 16)]), { next: 44 }), 0x86dd),
  ethernet(ipv6(Buffer.concat([fragmentHeader(17, 16, false), udp.subarray(16)]), { next: 44 }), 0x86dd),
];

const classic = (littleEndian: boolean, magic: number): Buffer => {
  const packets = [...real.map(({ octets }) => octets), ...special].map((octets, index) => ({
    octets,
    fraction: index,
    length: octets.length + (index % 5 === 4 ? 100 : 0),
  }));
  return pcapFile(packets, { littleEndian, magic });
};

const blocky = (littleEndian: boolean): Buffer => {
  const blocks = new Blocks(littleEndian);
  const other = new Blocks(!littleEndian);
  return Buffer.concat([
    blocks.section(),
    blocks.interface(1, 0, [9, Buffer.from([9])]),
    blocks.interface(1),
    blocks.names([1, Buffer.concat([Buffer.from([127, 0, 0, 1]), Buffer.from('focus\0')])]),
    ...real.map(({ octets }, index) =>
      blocks.enhanced(octets, { id: index % 2, ticks: BigInt(index), comments: ['c'] }),
    ),
    other.section(),
    other.interface(1),
    other.block(10, other.u32(0x544c_534b, 8), counting(8)),
    ...special.slice(0, 3).map((octets, index) => other.obsolete(octets, { ticks: BigInt(index) })),
    ...special.slice(3).map((octets) => other.simple(octets)),
  ]);
};

const bases: readonly (readonly [string, Buffer])[] = [
  ['classic, little-endian', classic(true, 0xa1b2c3d4)],
  ['classic, big-endian, nanoseconds', classic(false, 0xa1b23c4d)],
  ['blocks, first little-endian', blocky(true)],
  ['blocks, first big-endian', blocky(false)],
];

describe('an intact capture', () => {
  it.each(bases)('yields messages: %s', (_, file) => {
    const intact = readAll(file, 1000);
    expect(intact.events.filter((event) => event.type === 'damage')).toEqual([]);
    const messages = intact.items.flatMap((item) => (item.type === 'message' ? item.content.protocol : []));
    expect(messages.filter((protocol) => protocol === 'sip').length).toBeGreaterThan(2);
    expect(messages.filter((protocol) => protocol === 'msrp').length).toBeGreaterThan(2);
    expect(excesses(file, intact)).toEqual([]);
  });
});

type Mutation = (file: Buffer) => Buffer;

const anywhere = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

const flipped = fc.tuple(anywhere, fc.integer({ min: 1, max: 255 })).map(
  ([place, bits]): Mutation =>
    (file) => {
      const copy = Buffer.from(file);
      const at = Math.floor(place * file.length);
      if (at < file.length) copy.writeUInt8(copy.readUInt8(at) ^ bits, at);
      return copy;
    },
);

/** Numbers that are mistaken for lengths. */
const words = fc.constantFrom(
  0,
  1,
  11,
  12,
  16,
  32,
  0xffff,
  0x0010_0000,
  0x0100_0000,
  0x7fff_ffff,
  0x8000_0000,
  0xffff_ffff,
);

const overwritten = fc.tuple(anywhere, words, fc.boolean()).map(
  ([place, word, littleEndian]): Mutation =>
    (file) => {
      const copy = Buffer.from(file);
      const at = Math.floor((place * file.length) / 4) * 4;
      if (at + 4 <= copy.length) littleEndian ? copy.writeUInt32LE(word, at) : copy.writeUInt32BE(word, at);
      return copy;
    },
);

const ranges = fc.tuple(anywhere, fc.oneof(fc.integer({ min: 1, max: 64 }), fc.integer({ min: 1, max: 4000 })));

const cut = ranges.map(
  ([place, length]): Mutation =>
    (file) => {
      const at = Math.floor(place * file.length);
      return Buffer.concat([file.subarray(0, at), file.subarray(at + length)]);
    },
);

const doubled = ranges.map(
  ([place, length]): Mutation =>
    (file) => {
      const at = Math.floor(place * file.length);
      return Buffer.concat([file.subarray(0, at + length), file.subarray(at)]);
    },
);

const inserted = fc.tuple(anywhere, fc.uint8Array({ minLength: 1, maxLength: 40 })).map(
  ([place, octets]): Mutation =>
    (file) => {
      const at = Math.floor(place * file.length);
      return Buffer.concat([file.subarray(0, at), octets, file.subarray(at)]);
    },
);

const ended = anywhere.map(
  (place): Mutation =>
    (file) =>
      file.subarray(0, Math.floor(place * file.length)),
);

const mutations = fc.array(fc.oneof(flipped, overwritten, cut, doubled, inserted, ended), {
  minLength: 1,
  maxLength: 6,
});

describe('a damaged capture', () => {
  it('is read to its end, and yields no more than it can hold', () => {
    const pieces = fc.constantFrom(1, 7, 100, 65_536);
    const files = fc.tuple(fc.constantFrom(...bases.map(([, file]) => file)), mutations);
    fc.assert(
      fc.property(files, pieces, ([base, mutated], pieceSize) => {
        const file = mutated.reduce((before, mutate) => mutate(before), base);
        expect(excesses(file, readAll(file, pieceSize))).toEqual([]);
      }),
      { numRuns: 10_000 },
    );
  });

  it.each(bases)('yields what comes before any place where it is cut off: %s', (_, file) => {
    const whole = packetsIn(readAll(file, file.length).events).map(({ octets }) => octets.length);
    for (let size = 0; size < file.length; size++) {
      const start = file.subarray(0, size);
      const read = readAll(start, file.length);
      const packets = packetsIn(read.events).map(({ octets }) => octets.length);
      expect(excesses(start, read)).toEqual([]);
      expect(packets.join()).toBe(whole.slice(0, packets.length).join());
      expect(read.events.filter((event) => event.type === 'damage').length).toBeLessThanOrEqual(1);
    }
  });

  it('in blocks loses no packet but the one that is damaged', () => {
    const blocks = new Blocks(true);
    const start = Buffer.concat([blocks.section(), blocks.interface(1)]);
    const packets = Array.from({ length: 5 }, (_, index) => blocks.enhanced(counting(50 + index, index)));
    const before = Buffer.concat([start, ...packets.slice(0, 2)]);
    const damaged = packets[2] ?? Buffer.alloc(0);
    const after = Buffer.concat(packets.slice(3));
    fc.assert(
      fc.property(fc.array(fc.oneof(flipped, overwritten), { minLength: 1, maxLength: 4 }), (mutated) => {
        const middle = mutated.reduce((octets, mutate) => mutate(octets), damaged);
        const first = packetsIn(eventsOf(Buffer.concat([before, middle, after]))).map(({ octets }) =>
          octets.toString('hex'),
        );
        const intact = [0, 1, 3, 4].map((index) => counting(50 + index, index).toString('hex'));
        expect(first.filter((octets) => intact.includes(octets))).toEqual(intact);
      }),
      { numRuns: 1000 },
    );
  });
});

/** Octets that memory outside of the heap of JavaScript grows by at most while something is done. */
function growthWhile(work: (measure: () => void) => void): number {
  const before = process.memoryUsage().arrayBuffers;
  let most = 0;
  work(() => {
    most = Math.max(most, process.memoryUsage().arrayBuffers - before);
  });
  return most;
}

describe('a capture that claims much', () => {
  const blocks = new Blocks(true);
  const start = Buffer.concat([blocks.section(), blocks.interface(1)]);
  const MiB = 1024 * 1024;

  it.each([
    ['blocks of 16 MiB each', start, blocks.u32(6, 16 * MiB)],
    ['blocks of almost 16 MiB, at odd places', start, Buffer.concat([blocks.u32(6, 16 * MiB - 4), Buffer.from([1])])],
    ['blocks of 4 GiB', start, blocks.u32(6, 0xffff_fffc)],
    ['packets of 256 KiB', pcapFile([]), blocks.u32(1_700_000_000, 0, 262_144, 262_144, 0xffff_ffff)],
    ['packets of 4 GiB', pcapFile([{ octets: counting(60) }]), blocks.u32(1_700_000_000, 0, 0xffff_ffff, 0xffff_ffff)],
    ['nothing but zeros', start, Buffer.alloc(16)],
  ])('%s is read in one pass, in little memory', (_, beginning, pattern) => {
    const piece = Buffer.alloc(MiB - (MiB % pattern.length), pattern);
    let events = 0;
    const growth = growthWhile((measure) => {
      const reader = new CaptureReader(() => {
        events++;
      });
      reader.feed(beginning);
      for (let fed = 0; fed < 20; fed++) {
        reader.feed(piece);
        measure();
      }
      reader.end();
    });
    expect(events).toBeGreaterThan(0);
    expect(growth).toBeLessThan(64 * MiB);
  });
});
