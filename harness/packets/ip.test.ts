import { isIPv6 } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressOctets } from './address-octets.ts';
import { ipv6Text } from './ip-address.ts';
import {
  authentication,
  counting,
  datagramsOf,
  ethernet,
  extension,
  fragmentHeader,
  ipv4,
  ipv6,
  packetOf,
} from './made-packet.fixture.ts';

const payload = counting(100);

describe('an IPv4 packet', () => {
  it('holds a datagram with its addresses, behind its options', () => {
    const comments = ['alice'];
    const octets = ipv4(payload, { protocol: 17, options: Buffer.alloc(8, 1) });
    expect(datagramsOf(packetOf(octets, { comments })).datagrams).toEqual([
      {
        protocol: 17,
        source: '10.0.0.1',
        destination: '10.0.0.2',
        payload,
        missing: 0,
        frames: [1],
        time: 1000,
        comments,
      },
    ]);
  });

  it('ends where it says, not where the Ethernet frame does', () => {
    const padded = Buffer.concat([ethernet(ipv4(counting(20))), Buffer.alloc(6)]);
    const [datagram] = datagramsOf(packetOf(padded, { linkType: 1 })).datagrams;
    expect(datagram?.payload).toEqual(counting(20));
    expect(datagram?.missing).toBe(0);
  });

  it('ends with the padding not counted as missing where that is what was cut off', () => {
    const padded = Buffer.concat([ethernet(ipv4(counting(20))), Buffer.alloc(6)]);
    const snapped = packetOf(padded.subarray(0, -8), { linkType: 1, length: padded.length });
    expect(datagramsOf(snapped).datagrams[0]).toMatchObject({ payload: counting(18), missing: 2 });
  });

  it('reaches to its end where its length is 0, as before segmentation in the card', () => {
    const large = counting(5000);
    expect(datagramsOf(packetOf(ipv4(large, { stated: 0 }))).datagrams[0]?.payload).toEqual(large);
  });

  it('holds no more than there was where it says more', () => {
    const [datagram] = datagramsOf(packetOf(ipv4(payload, { stated: 1000 }))).datagrams;
    expect(datagram).toMatchObject({ payload, missing: 0 });
  });

  it('may carry an authentication header', () => {
    const octets = ipv4(Buffer.concat([authentication(6), payload]), { protocol: 51 });
    expect(datagramsOf(packetOf(octets)).datagrams[0]).toMatchObject({ protocol: 6, payload });
  });

  it.each([
    ['a header of less than 20 octets', Buffer.concat([Buffer.from([0x44]), ipv4(payload).subarray(1)])],
    ['a length of less than its header', ipv4(payload, { stated: 19 })],
    ['options that are not there', Buffer.concat([Buffer.from([0x4f]), ipv4(Buffer.alloc(8)).subarray(1)])],
    ['another version', Buffer.concat([Buffer.from([0x55]), ipv4(payload).subarray(1)])],
  ])('is broken with %s', (_, octets) => {
    expect(datagramsOf(packetOf(octets))).toMatchObject({ datagrams: [], skipped: { broken: 1 } });
  });

  it('may carry something else', () => {
    expect(datagramsOf(packetOf(ipv4(payload, { protocol: 1 })))).toMatchObject({
      datagrams: [],
      skipped: { other: 1 },
    });
  });
});

describe('an IPv6 packet', () => {
  it('holds a datagram behind any extension headers', () => {
    const headers = [extension(43), extension(60, 24), extension(51, 16), authentication(135), extension(17)];
    const octets = ipv6(Buffer.concat([...headers, payload]), { next: 0 });
    expect(datagramsOf(packetOf(octets)).datagrams).toEqual([
      {
        protocol: 17,
        source: '2001:db8::1',
        destination: '2001:db8::2',
        payload,
        missing: 0,
        frames: [1],
        time: 1000,
        comments: [],
      },
    ]);
  });

  it('reaches to its end where its length is 0', () => {
    const [datagram] = datagramsOf(packetOf(ipv6(payload, { stated: 0 }))).datagrams;
    expect(datagram?.payload).toEqual(payload);
  });

  it('stands for itself with a fragment header that says so', () => {
    const octets = ipv6(Buffer.concat([fragmentHeader(6, 0, false), payload]), { next: 44 });
    expect(datagramsOf(packetOf(octets)).datagrams[0]?.payload).toEqual(payload);
  });

  it.each([
    ['nothing', 59],
    ['ICMP', 58],
    ['an encrypted payload', 50],
  ])('may carry %s', (_, next) => {
    expect(datagramsOf(packetOf(ipv6(payload, { next })))).toMatchObject({ datagrams: [], skipped: { other: 1 } });
  });

  it('is broken where an extension header runs past it', () => {
    const octets = ipv6(Buffer.concat([Buffer.from([6, 200]), Buffer.alloc(20)]), { next: 60 });
    expect(datagramsOf(packetOf(octets))).toMatchObject({ datagrams: [], skipped: { broken: 1 } });
  });

  it('is broken where the capture cut off its headers, wherever that is', () => {
    const headers = Buffer.concat([extension(43), extension(51, 16), authentication(44), fragmentHeader(60, 0, false)]);
    const octets = ipv6(Buffer.concat([headers, extension(6), payload]), { next: 0 });
    for (let length = 1; length < octets.length - payload.length; length++) {
      const snapped = packetOf(octets.subarray(0, length), { length: octets.length });
      expect(datagramsOf(snapped)).toMatchObject({ datagrams: [], skipped: { broken: 1 } });
    }
  });
});

describe('the text of an IPv6 address', () => {
  it.each([
    ['::', '::'],
    ['::1', '::1'],
    ['1::', '1::'],
    ['2001:DB8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['::ffff:192.0.2.1', '::ffff:192.0.2.1'],
    ['0:0:1::', '0:0:1::'],
  ])('of %s is %s', (written, text) => {
    expect(ipv6Text(addressOctets(written) ?? Buffer.alloc(0), 0)).toBe(text);
  });

  it('is that of WHATWG URLs, but for mapped addresses', () => {
    const groups = fc.array(fc.oneof(fc.constant(0), fc.nat(0xffff)), { minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(groups, (values) => {
        const octets = Buffer.from(values.flatMap((value) => [value >> 8, value & 0xff]));
        const text = ipv6Text(octets, 0);
        expect(isIPv6(text)).toBe(true);
        expect(addressOctets(text)).toEqual(octets);
        if (!text.includes('.')) expect(new URL(`http://[${text}]`).hostname).toBe(`[${text}]`);
      }),
    );
  });
});
