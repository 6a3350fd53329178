import type { Packet } from './packet.ts';

/** Numbers of the registry of link-layer header types, https://www.tcpdump.org/linktypes.html. */
const LINK = {
  null: 0,
  ethernet: 1,
  ppp: 9,
  /** Raw IP, as the one and the other system number it. */
  raw12: 12,
  raw14: 14,
  pppHdlc: 50,
  raw: 101,
  loop: 108,
  linuxCooked: 113,
  ipv4: 228,
  ipv6: 229,
  linuxCooked2: 276,
} as const;

const ETHER = { ipv4: 0x0800, ipv6: 0x86dd, pppoe: 0x8864 } as const;

/** IEEE 802.1Q, 802.1ad, and what stood for the latter before it was given. */
const VLAN_TAGS: ReadonlySet<number> = new Set([0x8100, 0x88a8, 0x9100, 0x9200]);

/** Below it stands no type but the length of an IEEE 802.3 frame, or a mark of cooked captures: LLC follows. */
const LEAST_ETHER_TYPE = 0x0600;

/** Address families of a loopback header that mean IPv6, on one system or another. */
const IPV6_FAMILIES: ReadonlySet<number> = new Set([10, 24, 28, 30]);
const IPV4_FAMILY = 2;

/**
 * Where the IP header of a packet begins: an offset in its octets, at which one octet at least is there. `other`: it
 * carries something else, or too little of it was captured; `unknown`: its link type is not read.
 */
export function ipOffset({ linkType, octets }: Packet): number | 'other' | 'unknown' {
  switch (linkType) {
    case LINK.ethernet:
      return octets.length < 14 ? 'other' : ofType(octets, octets.readUInt16BE(12), 14);
    case LINK.linuxCooked:
      return octets.length < 16 ? 'other' : ofType(octets, octets.readUInt16BE(14), 16);
    case LINK.linuxCooked2:
      return octets.length < 20 ? 'other' : ofType(octets, octets.readUInt16BE(0), 20);
    case LINK.null:
    case LINK.loop:
      return ofFamily(octets);
    case LINK.raw12:
    case LINK.raw14:
    case LINK.raw:
    case LINK.ipv4:
    case LINK.ipv6:
      return existing(octets, 0);
    case LINK.ppp:
    case LINK.pppHdlc:
      return ofPpp(octets, octets.length >= 2 && octets.readUInt16BE(0) === 0xff03 ? 2 : 0);
    default:
      return 'unknown';
  }
}

function ofType(octets: Buffer, firstType: number, firstAt: number): number | 'other' {
  let type = firstType;
  let at = firstAt;
  while (VLAN_TAGS.has(type)) {
    if (octets.length < at + 4) return 'other';
    type = octets.readUInt16BE(at + 2);
    at += 4;
  }
  if (type === ETHER.ipv4 || type === ETHER.ipv6) return existing(octets, at);
  // RFC 2516 §4: version, code, session and length stand before the PPP packet.
  if (type === ETHER.pppoe) return ofPpp(octets, at + 6);
  if (type < LEAST_ETHER_TYPE) return ofLlc(octets, at);
  return 'other';
}

/** RFC 1042: SNAP in LLC (AA AA 03), an organisation of zeros, then an Ethernet type. */
function ofLlc(octets: Buffer, at: number): number | 'other' {
  if (octets.length < at + 8) return 'other';
  if (octets.readUInt32BE(at) !== 0xaaaa_0300 || octets.readUInt16BE(at + 4) !== 0) return 'other';
  const type = octets.readUInt16BE(at + 6);
  return type === ETHER.ipv4 || type === ETHER.ipv6 ? existing(octets, at + 8) : 'other';
}

/** The family stands in the order of octets of the capturing machine (NULL) or of the network (LOOP): it is small. */
function ofFamily(octets: Buffer): number | 'other' {
  if (octets.length < 4) return 'other';
  const family = Math.min(octets.readUInt32LE(0), octets.readUInt32BE(0));
  return family === IPV4_FAMILY || IPV6_FAMILIES.has(family) ? existing(octets, 4) : 'other';
}

/** RFC 1661 §2: the protocol in two octets, or in one that is odd. */
function ofPpp(octets: Buffer, at: number): number | 'other' {
  if (octets.length < at + 2) return 'other';
  const short = octets.readUInt8(at);
  const [protocol, size] = short & 1 ? [short, 1] : [octets.readUInt16BE(at), 2];
  return protocol === 0x21 || protocol === 0x57 ? existing(octets, at + size) : 'other';
}

const existing = (octets: Buffer, at: number): number | 'other' => (at < octets.length ? at : 'other');
