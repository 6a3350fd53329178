import { addressOctets } from './address-octets.ts';
import { type IpDatagram, IpReader, type Skipped } from './ip.ts';
import type { Packet } from './packet.ts';

const u16 = (...values: number[]): Buffer => Buffer.from(values.flatMap((value) => [value >>> 8, value & 0xff]));
const u32 = (value: number): Buffer => u16(value >>> 16, value & 0xffff);

const addresses = (...hosts: string[]): Buffer =>
  Buffer.concat(hosts.map((host) => addressOctets(host) ?? Buffer.alloc(0)));

/** Octets that differ from one another, so that none can stand in for another unseen. */
export const counting = (length: number, first = 0): Buffer =>
  Buffer.from(Array.from({ length }, (_, index) => (first + index) & 0xff));

const NONE: Buffer = Buffer.alloc(0);

/** An IPv4 packet; `stated`: the total length in its header, where that is not the true one. */
export function ipv4(
  payload: Buffer,
  {
    protocol = 6,
    source = '10.0.0.1',
    destination = '10.0.0.2',
    options = NONE,
    id = 7,
    offset = 0,
    more = false,
    stated = undefined as number | undefined,
  } = {},
): Buffer {
  const header = Buffer.concat([
    Buffer.from([0x45 + options.length / 4, 0]),
    u16(stated ?? 20 + options.length + payload.length, id, (more ? 0x2000 : 0) + offset / 8),
    Buffer.from([64, protocol, 0, 0]),
    addresses(source, destination),
    options,
  ]);
  header.writeUInt16BE(checksum(header), 10);
  return Buffer.concat([header, payload]);
}

/** RFC 1071 §1, for a number of octets that is even. */
function checksum(octets: Buffer): number {
  let sum = 0;
  for (let at = 0; at < octets.length; at += 2) sum += octets.readUInt16BE(at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

/** An IPv6 packet; `next` is the type of what its payload begins with. */
export function ipv6(
  payload: Buffer,
  { next = 6, source = '2001:db8::1', destination = '2001:db8::2', stated = payload.length } = {},
): Buffer {
  const header = [Buffer.from([0x60, 0, 0, 0]), u16(stated), Buffer.from([next, 64]), addresses(source, destination)];
  return Buffer.concat([...header, payload]);
}

/** An extension header of IPv6 of 8 octets or more. */
export const extension = (next: number, octets = 8): Buffer =>
  Buffer.concat([Buffer.from([next, octets / 8 - 1]), Buffer.alloc(octets - 2)]);

/** RFC 4302: an authentication header. */
export const authentication = (next: number): Buffer => Buffer.concat([Buffer.from([next, 4]), Buffer.alloc(22)]);

/** A fragment header of IPv6. */
export const fragmentHeader = (next: number, offset: number, more: boolean, id = 99): Buffer =>
  Buffer.concat([Buffer.from([next, 0]), u16(offset + (more ? 1 : 0)), u32(id)]);

export const MAC = Buffer.from('020000000001020000000002', 'hex');

/** An Ethernet frame; the types of its tags stand before that of the payload. */
export const ethernet = (payload: Buffer, type = 0x0800, ...tags: number[]): Buffer =>
  Buffer.concat([MAC, ...tags.flatMap((tag) => [u16(tag, 5)]), u16(type), payload]);

export function packetOf(octets: Buffer, more: Partial<Packet> = {}): Packet {
  return { frame: 1, time: 1000, linkType: 101, octets, length: octets.length, comments: [], ...more };
}

/** What an IP reader makes of packets, numbered from 1. */
export function datagramsOf(...packets: readonly Packet[]): {
  readonly datagrams: readonly IpDatagram[];
  readonly skipped: Skipped;
} {
  const datagrams: IpDatagram[] = [];
  const reader = new IpReader((datagram) => datagrams.push({ ...datagram, payload: Buffer.from(datagram.payload) }));
  packets.forEach((packet, index) => {
    const octets = Buffer.from(packet.octets);
    reader.packet({ ...packet, frame: index + 1, octets });
    // The view is over after the call: what is kept must be a copy.
    octets.fill(0xee);
  });
  reader.end();
  return { datagrams, skipped: reader.skipped };
}
