import { describe, expect, it } from 'vitest';
import { counting, datagramsOf, ethernet, ipv4, ipv6, MAC, packetOf } from './made-packet.fixture.ts';

const payload = counting(20);
const four = ipv4(payload);
const six = ipv6(payload);
const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');
const behind = (header: string, octets: Buffer): Buffer => Buffer.concat([hex(header), octets]);

const vectors: readonly (readonly [string, number, Buffer])[] = [
  ['Ethernet with IPv4', 1, ethernet(four)],
  ['Ethernet with IPv6', 1, ethernet(six, 0x86dd)],
  ['Ethernet with a VLAN tag', 1, ethernet(four, 0x0800, 0x8100)],
  ['Ethernet with QinQ', 1, ethernet(six, 0x86dd, 0x88a8, 0x8100)],
  ['Ethernet with tags as they were before 802.1ad', 1, ethernet(four, 0x0800, 0x9100, 0x8100)],
  ['IEEE 802.3 with SNAP', 1, Buffer.concat([MAC, behind('0030 aaaa03 000000 0800', four)])],
  ['Ethernet with PPPoE', 1, ethernet(behind('11 00 0001 002a 0021', four), 0x8864)],
  ['Linux cooked v1 with IPv4', 113, behind('0004 0001 0006 020000000001 0000 0800', four)],
  ['Linux cooked v1 with IPv6', 113, behind('0000 0304 0006 000000000000 0000 86dd', six)],
  ['Linux cooked v1 with a VLAN tag', 113, behind('0000 0001 0006 020000000001 0000 8100 0005 0800', four)],
  ['Linux cooked v2 with IPv4', 276, behind('0800 0000 00000001 0304 00 06 0000000000000000', four)],
  ['Linux cooked v2 with IPv6', 276, behind('86dd 0000 00000002 0001 04 06 0200000000010000', six)],
  ['raw IPv4', 101, four],
  ['raw IPv6', 101, six],
  ['raw IP as OpenBSD numbers it', 14, four],
  ['raw IP as others number it', 12, six],
  ['IPv4 alone', 228, four],
  ['IPv6 alone', 229, six],
  ['loopback with IPv4, little-endian', 0, behind('02000000', four)],
  ['loopback with IPv4, big-endian', 0, behind('00000002', four)],
  ['loopback with IPv6 of macOS', 0, behind('1e000000', six)],
  ['loopback with IPv6 of FreeBSD, big-endian', 0, behind('0000001c', six)],
  ['loopback of OpenBSD', 108, behind('00000018', six)],
  ['PPP', 9, behind('ff03 0021', four)],
  ['PPP with its header compressed', 9, behind('57', six)],
  ['PPP in HDLC', 50, behind('ff03 0057', six)],
];

describe('what IP is found in', () => {
  it.each(vectors)('%s', (_, linkType, octets) => {
    const { datagrams, skipped } = datagramsOf(packetOf(octets, { linkType }));
    expect(datagrams.map((datagram) => datagram.payload)).toEqual([payload]);
    expect(datagrams[0]?.missing).toBe(0);
    expect(skipped).toEqual({ linkTypes: new Map(), other: 0, broken: 0, incomplete: 0 });
  });

  it.each(vectors)('%s, cut off anywhere', (_, linkType, octets) => {
    for (let length = 0; length < octets.length; length++) {
      const { datagrams, skipped } = datagramsOf(
        packetOf(octets.subarray(0, length), { linkType, length: octets.length }),
      );
      const [datagram] = datagrams;
      if (length < octets.length - payload.length) {
        expect(skipped.other + skipped.broken).toBe(1);
      } else {
        expect(datagram?.payload.length).toBe(length - (octets.length - payload.length));
        expect(datagram?.missing).toBe(octets.length - length);
      }
    }
  });
});

describe('what is no IP', () => {
  it.each([
    ['ARP', 1, ethernet(counting(28), 0x0806)],
    ['IEEE 802.3 spanning tree', 1, Buffer.concat([MAC, behind('0026 424203', counting(40))])],
    ['a loopback of another family', 0, behind('07000000', four)],
    ['PPP link control', 9, behind('ff03 c021', counting(10))],
  ])('%s', (_, linkType, octets) => {
    const { datagrams, skipped } = datagramsOf(packetOf(octets, { linkType }));
    expect(datagrams).toEqual([]);
    expect(skipped).toMatchObject({ other: 1, broken: 0 });
  });

  it('is counted by link type where that is not read', () => {
    const { skipped } = datagramsOf(...[105, 105, 220].map((linkType) => packetOf(four, { linkType })));
    expect(skipped.linkTypes).toEqual(
      new Map([
        [105, 2],
        [220, 1],
      ]),
    );
  });
});
