import { describe, expect, it } from 'vitest';
import { addressOctets } from './address-octets.ts';
import { ACK, PSH, SYN } from './segment.ts';
import { type FrameContent, Lane } from './write-frame.ts';

const station = (host: string, port: number) => ({ address: addressOctets(host) ?? Buffer.alloc(0), port });
const payload = (length: number) => Buffer.from(Uint8Array.from({ length }, (_, index) => 0xf3 + index * 41));

function frame(lane: Lane, content: FrameContent): Buffer {
  const length = lane.lengthOf(content);
  // At an odd place among other octets: nothing outside the frame may be touched or counted in.
  const room = Buffer.alloc(length + 10, 0xaa);
  lane.write(room, 3, content);
  expect([...room.subarray(0, 3), ...room.subarray(3 + length)].every((octet) => octet === 0xaa)).toBe(true);
  return room.subarray(3, 3 + length);
}

/** RFC 1071 §1 as it is told: in bits, word by word, with the carry added at once. */
function onesComplementSum(...parts: readonly Buffer[]): string {
  const octets = Buffer.concat(parts);
  let sum = 0n;
  for (let at = 0; at < octets.length; at += 2) {
    sum += BigInt(octets[at] ?? 0) * 256n + BigInt(octets[at + 1] ?? 0);
    if (sum >= 65_536n) sum -= 65_535n;
  }
  return sum.toString(16);
}

const lengthAsWord = (length: number): Buffer => Buffer.from([0, 0, length >>> 8, length & 0xff]);

describe('checksums: all words with the checksum among them make ffff', () => {
  const four = [station('10.0.0.2', 49_152), station('198.51.100.255', 5060)] as const;
  const six = [station('2001:db8::2', 65_535), station('fe80::ff:1', 1)] as const;
  const sizes = [0, 1, 2, 999, 1440];

  it.each(sizes)('of IPv4, with %i octets', (size) => {
    const written = frame(new Lane('tcp', ...four), { payload: payload(size), id: 65_535, flags: ACK });
    expect(onesComplementSum(written.subarray(14, 34))).toBe('ffff');
  });

  it.each(sizes)('of TCP over IPv4 and IPv6, with %i octets', (size) => {
    const content = { payload: payload(size), id: 1, sequence: 0xffff_ffff, acknowledged: 7, flags: PSH | ACK };
    const a = frame(new Lane('tcp', ...four), content);
    const length = lengthAsWord(20 + size);
    expect(onesComplementSum(a.subarray(26, 34), Buffer.from([0, 6]), length, a.subarray(34))).toBe('ffff');
    const b = frame(new Lane('tcp', ...six), content);
    expect(onesComplementSum(b.subarray(22, 54), length, Buffer.from([0, 0, 0, 6]), b.subarray(54))).toBe('ffff');
  });

  it.each([...sizes, 65_507])('of UDP over IPv4 and IPv6, with %i octets', (size) => {
    const content = { payload: payload(size), id: 1 };
    const a = frame(new Lane('udp', ...four), content);
    const length = lengthAsWord(8 + size);
    expect(onesComplementSum(a.subarray(26, 34), Buffer.from([0, 17]), length, a.subarray(34))).toBe('ffff');
    const b = frame(new Lane('udp', ...six), content);
    expect(onesComplementSum(b.subarray(22, 54), length, Buffer.from([0, 0, 0, 17]), b.subarray(54))).toBe('ffff');
  });

  it('is never 0 in UDP, where that means that there is none (RFC 768)', () => {
    const lane = new Lane('udp', ...four);
    // Whatever the rest comes to, one of all words of two octets makes it 0.
    const sums = new Set<number>();
    const octets = Buffer.alloc(2);
    for (let word = 0; word <= 0xffff; word += 1) {
      octets.writeUInt16BE(word);
      const content = { payload: octets, id: 1 };
      const into = Buffer.alloc(lane.lengthOf(content));
      lane.write(into, 0, content);
      sums.add(into.readUInt16BE(40));
    }
    expect(sums.has(0)).toBe(false);
    expect(sums.size).toBe(65_535);
  });
});

describe('a frame', () => {
  it('says what it holds and how long it is', () => {
    const lane = new Lane('tcp', station('10.0.0.2', 49_152), station('10.0.0.1', 2855));
    const written = frame(lane, { payload: Buffer.alloc(0), id: 7, sequence: 5, acknowledged: 0, flags: SYN });
    // The two checksums are judged above.
    const [ip, tcp] = [24, 50];
    for (const checksum of [ip, tcp]) written.writeUInt16BE(0, checksum);
    const ethernet = '02000a00000102000a0000020800';
    const internet = `4500002c00074000${'40060000'}0a0000020a000001`;
    const transport = `c0000b270000000500000000${'6002ffff'}${'00000000'}020405b4`;
    expect(written.toString('hex')).toBe(ethernet + internet + transport);
  });

  it('leaves room for the longer header of IPv6', () => {
    const four = new Lane('tcp', station('10.0.0.2', 1), station('10.0.0.1', 2));
    const six = new Lane('tcp', station('::1', 1), station('::2', 2));
    expect([four, six].map((lane) => lane.lengthOf({ payload: payload(lane.segmentOctets), id: 0 }))).toEqual([
      1514, 1514,
    ]);
  });
});

describe('an address as octets', () => {
  it.each([
    ['10.0.0.255', '0a0000ff'],
    ['::', '00000000000000000000000000000000'],
    ['::1', '00000000000000000000000000000001'],
    ['2001:db8::', '20010db8000000000000000000000000'],
    ['2001:DB8:0:1::ab:c', '20010db8000000010000000000ab000c'],
    ['1:2:3:4:5:6:7:8', '00010002000300040005000600070008'],
    ['::ffff:192.0.2.33', '00000000000000000000ffffc0000221'],
    ['fe80::1%eth0', 'fe800000000000000000000000000001'],
  ])('%s', (literal, hex) => {
    expect(addressOctets(literal)?.toString('hex')).toBe(hex);
  });

  it.each(['localhost', '', '10.0.0', '1::2::3', '10.0.0.256'])('not of "%s"', (name) => {
    expect(addressOctets(name)).toBeUndefined();
  });
});
