import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { Blocks, damageIn, eventsOf, packetsIn, pcapFile } from './made-capture.fixture.ts';
import { counting, datagramsOf, ethernet, ipv4, ipv6, packetOf } from './made-packet.fixture.ts';
import type { Packet } from './packet.ts';
import { parsedPackets } from './pcap-parser.fixture.ts';
import { lacksTshark, TsharkView } from './tshark.fixture.ts';

const fixture = (name: string): string => fileURLToPath(new URL(`../../fixtures/captures/${name}`, import.meta.url));
const captures = ['main.pcap', 'main.pcapng', 'sipsimple-client.pcap', 'sipsimple-client.pcapng'];

describe('pcap-parser finds the same packets', () => {
  it.each(captures.filter((name) => name.endsWith('.pcap')))('in %s', async (name) => {
    const packets = packetsIn(eventsOf(readFileSync(fixture(name))));
    const parsed = await parsedPackets(fixture(name));
    expect(packets.length).toBeGreaterThan(100);
    expect(packets.map(({ time, octets, length }) => [time, length, octets.toString('latin1')])).toEqual(
      parsed.map(({ header, data }) => [
        (header.timestampSeconds * 1e6 + header.timestampMicroseconds) / 1e3,
        header.originalLength,
        data.toString('latin1'),
      ]),
    );
  });
});

function seen<T>(capture: Buffer, look: (view: TsharkView) => T): T {
  const view = new TsharkView(capture);
  try {
    return look(view);
  } finally {
    view.remove();
  }
}

/** Number, time, captured length and length of each packet; times to the microsecond, which is what both can tell. */
const framesOfTshark = (capture: Buffer): unknown[] =>
  seen(capture, (view) =>
    view
      .fields('frame', 'frame.number', 'frame.time_epoch', 'frame.cap_len', 'frame.len')
      .map(([frame, time, captured, length]) => [
        Number(frame),
        expect.closeTo(Number(time) * 1000, 2),
        Number(captured),
        Number(length),
      ]),
  );

const framesOf = (capture: Buffer): unknown[] =>
  packetsIn(eventsOf(capture)).map(({ frame, time, octets, length }) => [frame, time, octets.length, length]);

describe.skipIf(lacksTshark)('tshark finds the same packets', () => {
  it.each(captures)('in %s', (name) => {
    const capture = readFileSync(fixture(name));
    const frames = framesOf(capture);
    expect(frames.length).toBeGreaterThan(100);
    expect(frames).toEqual(framesOfTshark(capture));
    expect(damageIn(eventsOf(capture))).toEqual([]);
  });

  it.each([true, false])('in classic captures of every kind, little-endian: %s', (littleEndian) => {
    const packets = Array.from({ length: 20 }, (_, index) => ({
      octets: ethernet(ipv4(counting(20 + index))),
      seconds: 1_700_000_000 + index,
      fraction: 50_001 * index,
      length: 60 + index * 7,
    }));
    for (const magic of [0xa1b2c3d4, 0xa1b23c4d, 0xa1b2cd34]) {
      const capture = pcapFile(packets, { littleEndian, magic });
      expect(framesOf(capture)).toEqual(framesOfTshark(capture));
    }
  });

  it.each([true, false])('in blocks of every kind, little-endian: %s', (littleEndian) => {
    const blocks = new Blocks(littleEndian);
    const other = new Blocks(!littleEndian);
    const octets = counting(61);
    const ticks = 1_700_000_000_123_456n;
    const resolution = (value: number): readonly [number, Buffer] => [9, Buffer.from([value])];
    const capture = Buffer.concat([
      blocks.section(),
      blocks.interface(1),
      blocks.interface(113, 0, resolution(9)),
      blocks.interface(101, 0, resolution(3), [14, blocks.i64(-7200n)]),
      blocks.interface(1, 0, resolution(0x80 | 10)),
      blocks.enhanced(octets, { ticks, comments: ['one', 'two'] }),
      blocks.names([1, Buffer.concat([Buffer.from([10, 0, 0, 1]), Buffer.from('alice\0')])]),
      blocks.enhanced(octets, { id: 1, ticks: ticks * 1000n + 789n, length: 100 }),
      blocks.block(0x0bad, blocks.u32(32_473), Buffer.alloc(8)),
      blocks.obsolete(octets, { id: 2, ticks: ticks / 1000n }),
      blocks.block(10, blocks.u32(0x544c_534b, 8), Buffer.alloc(8)),
      blocks.enhanced(octets, { id: 3, ticks: (1_700_000_000n << 10n) + 512n }),
      blocks.block(9, Buffer.from('__REALTIME_TIMESTAMP=1\nMESSAGE=a journal\n')),
      blocks.block(5, blocks.u32(0, 0, 0)),
      blocks.enhanced(octets, { ticks }),
      other.section(),
      other.interface(1, 0, resolution(6)),
      other.enhanced(octets, { ticks }),
      other.block(0x4000_0bad, other.u32(32_473), Buffer.alloc(8)),
      other.enhanced(octets, { ticks: ticks + 1n }),
    ]);
    const frames = framesOf(capture);
    expect(frames.map((frame) => (Array.isArray(frame) ? frame[0] : frame))).toEqual([1, 2, 4, 5, 7, 8, 10]);
    const others = [3, 6, 9];
    const ofTshark = framesOfTshark(capture).filter((frame) => !(Array.isArray(frame) && others.includes(frame[0])));
    expect(frames).toEqual(ofTshark);
  });

  it('in simple packets, which have no time', () => {
    const blocks = new Blocks(true);
    const octets = counting(61);
    const capture = Buffer.concat([
      blocks.section(),
      blocks.interface(1, 61),
      blocks.simple(octets),
      blocks.simple(octets, 1514),
    ]);
    const ofTshark = seen(capture, (view) => view.fields('frame', 'frame.number', 'frame.cap_len', 'frame.len'));
    expect(packetsIn(eventsOf(capture)).map(({ frame, octets, length }) => [frame, octets.length, length])).toEqual(
      ofTshark.map((fields) => fields.map(Number)),
    );
  });

  it('in a block whose length does not count its padding', () => {
    const blocks = new Blocks(true);
    const start = Buffer.concat([blocks.section(), blocks.interface(1)]);
    const odd = blocks.enhanced(counting(61));
    odd.writeUInt32LE(odd.length - 3, 4);
    odd.writeUInt32LE(odd.length - 3, odd.length - 4);
    const capture = Buffer.concat([start, odd, blocks.enhanced(counting(60))]);
    expect(framesOf(capture)).toEqual(framesOfTshark(capture));
    expect(framesOf(capture)).toHaveLength(2);
  });
});

describe.skipIf(lacksTshark)('tshark finds the same datagrams', () => {
  const payload = Buffer.concat([Buffer.from('1388138904d20000', 'hex'), counting(1226)]);

  it('in fragments that come out of order', () => {
    const piece = (start: number, end: number): Packet =>
      packetOf(ipv4(payload.subarray(start, end), { protocol: 17, offset: start, more: end < payload.length }));
    const packets = [piece(800, 1234), piece(0, 400), piece(400, 800)];
    const capture = pcapFile(packets, { linkType: 101 });
    const ofTshark = seen(capture, (view) => view.fields('udp.payload', 'frame.number', 'ip.fragment', 'udp.payload'));
    const { datagrams } = datagramsOf(...packets);
    // It tells the fragments in the order in which they belong together.
    expect(datagrams.map(({ frames, payload }) => [frames.at(-1), [...frames], payload.toString('hex', 8)])).toEqual(
      ofTshark.map(([frame, frames, octets]) => [Number(frame), frames?.split(',').map(Number).toSorted(), octets]),
    );
    expect(ofTshark).toHaveLength(1);
  });

  it('with the same texts of addresses', () => {
    const addresses = ['::1', 'fe80::1', '2001:db8::1:0:0:1', '2001:db8:0:1:1:1:1:1', '1:0:0:2::3', 'ff02::fb'];
    const packets = addresses.map((source) => packetOf(ipv6(payload, { next: 17, source, destination: 'ff02::1' })));
    const ofTshark = seen(pcapFile(packets, { linkType: 101 }), (view) => view.fields('udp', 'ipv6.src', 'ipv6.dst'));
    expect(datagramsOf(...packets).datagrams.map(({ source, destination }) => [source, destination])).toEqual(ofTshark);
    expect(ofTshark).toHaveLength(addresses.length);
  });
});

const lacksEditcap = process.env.CI === undefined && spawnSync('editcap', ['-v']).error !== undefined;

describe.skipIf(lacksEditcap)('editcap makes files with the same packets', () => {
  it.each(captures.flatMap((name) => ['pcap', 'nsecpcap', 'modpcap', 'pcapng'].map((kind) => [name, kind] as const)))(
    'of %s as %s',
    (name, kind) => {
      const folder = mkdtempSync(join(tmpdir(), 'msrpspec-editcap-'));
      try {
        const path = join(folder, 'capture');
        execFileSync('editcap', ['-F', kind, fixture(name), path], { stdio: 'ignore' });
        const made = packetsIn(eventsOf(readFileSync(path)));
        // Fields that a kind has no room for are rounded: times to a microsecond.
        expect(made.map((packet) => ({ ...packet, octets: packet.octets.toString('latin1') }))).toEqual(
          packetsIn(eventsOf(readFileSync(fixture(name)))).map((packet) => ({
            ...packet,
            time: expect.closeTo(packet.time, 2),
            octets: packet.octets.toString('latin1'),
          })),
        );
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  );
});
