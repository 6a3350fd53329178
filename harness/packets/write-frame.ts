import { SYN } from './segment.ts';

/** An end of a connection, as frames name it. */
export interface Station {
  /** 4 octets of IPv4 or 16 of IPv6; both ends of a connection have as many. */
  readonly address: Buffer;
  readonly port: number;
}

/** What is different in each frame of one direction of a connection. */
export interface FrameContent {
  readonly payload: Buffer;
  /** Identification of IPv4 (RFC 791 §3.1); IPv6 has none. */
  readonly id: number;
  /** TCP only. */
  readonly sequence?: number;
  readonly acknowledged?: number;
  readonly flags?: number;
}

const ETHERNET = 14;
const TTL = 64;
/** The most that a window without scaling says (RFC 9293 §3.1). */
export const WINDOW = 65_535;
const PROTOCOLS = { tcp: 6, udp: 17 } as const;
const DONT_FRAGMENT = 0x4000;
/** RFC 9293 §3.7.1, in a SYN: kind 2, length 4. */
const MSS_OPTION = 4;
/** What one Ethernet frame takes. */
const MTU = 1500;

/** One direction of a connection: writes its Ethernet frames. */
export class Lane {
  /** Octets of TCP that fit into one frame. */
  readonly segmentOctets: number;
  /** Octets of the largest UDP datagram: beyond it the length fields of IP end. */
  readonly datagramOctets: number;
  readonly #transport: 'tcp' | 'udp';
  readonly #from: Station;
  readonly #to: Station;
  readonly #six: boolean;
  /** Of what is the same in all pseudo-headers (RFC 9293 §3.1, RFC 8200 §8.1). */
  readonly #pseudoSum: number;

  constructor(transport: 'tcp' | 'udp', from: Station, to: Station) {
    this.#transport = transport;
    this.#from = from;
    this.#to = to;
    this.#six = from.address.length === 16;
    this.segmentOctets = MTU - (this.#six ? 40 : 20) - 20;
    this.datagramOctets = 65_535 - 8 - (this.#six ? 0 : 20);
    this.#pseudoSum = sumOf(from.address, 0, from.address.length) + sumOf(to.address, 0, to.address.length);
  }

  /** Octets of the frame, from the Ethernet header on. */
  lengthOf({ payload, flags = 0 }: FrameContent): number {
    const option = (flags & SYN) === 0 ? 0 : MSS_OPTION;
    return ETHERNET + (this.#six ? 40 : 20) + (this.#transport === 'tcp' ? 20 + option : 8) + payload.length;
  }

  /** Writes the frame into `into` from `at` on, which has room for it. */
  write(into: Buffer, at: number, content: FrameContent): void {
    const length = this.lengthOf(content);
    writeMac(into, at, this.#to);
    writeMac(into, at + 6, this.#from);
    into.writeUInt16BE(this.#six ? 0x86dd : 0x0800, at + 12);
    const ip = at + ETHERNET;
    const transport = this.#six ? this.#writeSix(into, ip, length) : this.#writeFour(into, ip, length, content);
    const end = at + length;
    if (this.#transport === 'tcp') this.#writeTcp(into, transport, end, content);
    else this.#writeUdp(into, transport, end, content);
  }

  #writeFour(into: Buffer, ip: number, length: number, { id }: FrameContent): number {
    const header = 20;
    into[ip] = 0x45;
    into[ip + 1] = 0;
    into.writeUInt16BE(length - ETHERNET, ip + 2);
    into.writeUInt16BE(id & 0xffff, ip + 4);
    into.writeUInt16BE(this.#transport === 'tcp' ? DONT_FRAGMENT : 0, ip + 6);
    into[ip + 8] = TTL;
    into[ip + 9] = PROTOCOLS[this.#transport];
    into.writeUInt16BE(0, ip + 10);
    this.#from.address.copy(into, ip + 12);
    this.#to.address.copy(into, ip + 16);
    into.writeUInt16BE(checksum(sumOf(into, ip, ip + header)), ip + 10);
    return ip + header;
  }

  #writeSix(into: Buffer, ip: number, length: number): number {
    const header = 40;
    into.writeUInt32BE(0x6000_0000, ip);
    into.writeUInt16BE(length - ETHERNET - header, ip + 4);
    into[ip + 6] = PROTOCOLS[this.#transport];
    into[ip + 7] = TTL;
    this.#from.address.copy(into, ip + 8);
    this.#to.address.copy(into, ip + 24);
    return ip + header;
  }

  #writeTcp(into: Buffer, tcp: number, end: number, content: FrameContent): void {
    const { sequence = 0, acknowledged = 0, flags = 0, payload } = content;
    const header = (flags & SYN) === 0 ? 20 : 20 + MSS_OPTION;
    into.writeUInt16BE(this.#from.port, tcp);
    into.writeUInt16BE(this.#to.port, tcp + 2);
    into.writeUInt32BE(sequence, tcp + 4);
    into.writeUInt32BE(acknowledged, tcp + 8);
    into[tcp + 12] = (header / 4) << 4;
    into[tcp + 13] = flags;
    into.writeUInt16BE(WINDOW, tcp + 14);
    into.writeUInt32BE(0, tcp + 16);
    if (header > 20) {
      into.writeUInt16BE(0x0204, tcp + 20);
      into.writeUInt16BE(this.segmentOctets, tcp + 22);
    }
    payload.copy(into, tcp + header);
    into.writeUInt16BE(this.#checksum(into, tcp, end), tcp + 16);
  }

  #writeUdp(into: Buffer, udp: number, end: number, { payload }: FrameContent): void {
    into.writeUInt16BE(this.#from.port, udp);
    into.writeUInt16BE(this.#to.port, udp + 2);
    into.writeUInt16BE(end - udp, udp + 4);
    into.writeUInt16BE(0, udp + 6);
    payload.copy(into, udp + 8);
    // RFC 768: 0 would mean that there is none.
    into.writeUInt16BE(this.#checksum(into, udp, end) || 0xffff, udp + 6);
  }

  #checksum(into: Buffer, start: number, end: number): number {
    return checksum(this.#pseudoSum + PROTOCOLS[this.#transport] + (end - start) + sumOf(into, start, end));
  }
}

/** Locally administered (IEEE 802 §8.4), and made of the address: the same host has the same one. */
function writeMac(into: Buffer, at: number, { address }: Station): void {
  into.writeUInt16BE(0x0200, at);
  address.copy(into, at + 2, address.length - 4);
}

/** Sum of the 16-bit words, the last of which may lack its second octet; below 2^31 for a packet (RFC 1071 §4.1). */
function sumOf(octets: Buffer, start: number, end: number): number {
  let sum = 0;
  const even = end - ((end - start) & 1);
  for (let i = start; i < even; i += 2) sum += ((octets[i] ?? 0) << 8) | (octets[i + 1] ?? 0);
  return even === end ? sum : sum + ((octets[even] ?? 0) << 8);
}

function checksum(sum: number): number {
  let folded = sum;
  while (folded > 0xffff) folded = (folded & 0xffff) + (folded >>> 16);
  return ~folded & 0xffff;
}
