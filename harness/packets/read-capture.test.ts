import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { eventsOf, kept, lines, packetsIn, pcapFile } from './made-capture.fixture.ts';
import type { CaptureEvent } from './packet.ts';
import { readCapture } from './read-capture.ts';

const folder = mkdtempSync(join(tmpdir(), 'msrpspec-read-'));
afterAll(() => rmSync(folder, { recursive: true }));

function stored(name: string, content: Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

async function read(path: string) {
  const events: CaptureEvent[] = [];
  const result = await readCapture(path, (event) => events.push(kept(event)));
  return { result, events };
}

const capture = pcapFile(
  Array.from({ length: 3000 }, (_, index) => ({ octets: Buffer.alloc(900 + (index % 100), index), seconds: index })),
);

describe('a capture file', () => {
  it('is read, in pieces of the disk', async () => {
    const { result, events } = await read(stored('large.pcap', capture));
    expect(result).toEqual({ ok: true });
    expect(lines(events)).toEqual(lines(eventsOf(capture)));
  });

  it('is unpacked where it is compressed by gzip', async () => {
    const { result, events } = await read(stored('large.pcap.gz', gzipSync(capture)));
    expect(result).toEqual({ ok: true });
    expect(lines(events)).toEqual(lines(eventsOf(capture)));
  });

  it('compressed by gzip in several members is one file', async () => {
    const members = Buffer.concat([gzipSync(capture.subarray(0, 1000)), gzipSync(capture.subarray(1000))]);
    expect(lines((await read(stored('members.gz', members))).events)).toEqual(lines(eventsOf(capture)));
  });

  it('cut off while compressed yields what came before', async () => {
    const random = pcapFile(Array.from({ length: 300 }, (_, index) => ({ octets: noise(500, index) })));
    const packed = gzipSync(random);
    const { result, events } = await read(stored('cut.gz', packed.subarray(0, packed.length / 2)));
    expect(result.ok).toBe(true);
    expect(events.length).toBeGreaterThan(140);
    expect(events.at(-1)).toMatchObject({ type: 'damage', reason: expect.stringContaining('the file ends within') });
  });

  it('damaged while compressed says so', async () => {
    const packed = gzipSync(capture);
    packed.writeUInt32LE(0, packed.length - 8);
    const { result, events } = await read(stored('damaged.gz', packed));
    expect(result).toEqual({ ok: true });
    const packets = packetsIn(events).length;
    // What was unpacked together with the place of the damage, 16 KiB at most, is lost.
    expect(packets).toBeGreaterThan(2980);
    expect(lines(events.slice(0, packets))).toEqual(lines(eventsOf(capture).slice(0, packets)));
    expect(events.at(-1)).toMatchObject({ type: 'damage', reason: 'reading stops: incorrect data check' });
  });
});

const noise = (length: number, seed: number): Buffer => {
  let state = seed + 1;
  return Buffer.from(
    Array.from({ length }, () => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return state >>> 24;
    }),
  );
};

describe('what is no capture file', () => {
  it.each([
    ['empty', Buffer.alloc(0), 'the file is empty'],
    ['tiny', Buffer.from('ab'), 'no capture: the file ends after 2 octets'],
    ['text', Buffer.from('MSRP a786hjs2 SEND'), 'no capture, neither pcap nor pcapng: it begins with 4d 53 52 50'],
    ['snoop', Buffer.from('snoop\0\0\0\0\0\0\x02'), 'no capture: it is a capture of snoop; editcap can convert it'],
    ['zstd', Buffer.from('28b52ffd0458a9000000000000', 'hex'), 'no capture: it is compressed by zstd; unpack it first'],
    ['twice.gz', gzipSync(gzipSync(capture)), 'no capture: it is compressed by gzip'],
  ])('%s', async (name, content, error) => {
    const path = stored(name, content);
    expect(await read(path)).toEqual({ result: { ok: false, error: `${path}: ${error}` }, events: [] });
  });

  it('may be missing or a directory', async () => {
    const missing = join(folder, 'missing');
    expect((await read(missing)).result).toEqual({ ok: false, error: `${missing}: there is no such file` });
    expect((await read(folder)).result).toEqual({ ok: false, error: `${folder}: it is a directory` });
  });

  it.skipIf(process.getuid?.() === 0)('may be forbidden', async () => {
    const path = stored('forbidden', capture);
    chmodSync(path, 0);
    expect((await read(path)).result).toEqual({ ok: false, error: `${path}: it may not be read` });
  });
});

describe('a fault of whoever takes the packets', () => {
  it('is theirs to see', async () => {
    const path = stored('fault.pcap', capture);
    const fault = new Error('a bug');
    await expect(
      readCapture(path, () => {
        throw fault;
      }),
    ).rejects.toBe(fault);
  });
});

describe('the standard input', () => {
  const module = fileURLToPath(new URL('./read-capture.ts', import.meta.url));
  const program = `import { readCapture } from ${JSON.stringify(module)};
    let packets = 0;
    readCapture('-', () => packets++).then((result) => console.log(packets, JSON.stringify(result)));`;
  const given = (input: Buffer): string =>
    spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], { input }).stdout.toString();

  it('is read, packed or not', () => {
    expect(given(capture)).toBe('3000 {"ok":true}\n');
    expect(given(gzipSync(capture))).toBe('3000 {"ok":true}\n');
    expect(given(Buffer.alloc(0))).toBe('0 {"ok":false,"error":"standard input: the file is empty"}\n');
  });
});

describe('the captures of the fixtures', () => {
  it.each(['main', 'sipsimple-client'])('%s hold the same packets in both formats', async (name) => {
    const path = (kind: string): string =>
      fileURLToPath(new URL(`../../fixtures/captures/${name}.${kind}`, import.meta.url));
    const classic = packetsIn((await read(path('pcap'))).events);
    const packets = packetsIn((await read(path('pcapng'))).events);
    expect(packets.length).toBeGreaterThan(100);
    // Their times were rounded in different ways when they were recorded.
    expect(packets).toEqual(classic.map((packet) => ({ ...packet, time: expect.closeTo(packet.time, 2) })));
  });
});
