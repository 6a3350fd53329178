import type { IpDatagram } from './ip.ts';

/** A TCP segment (RFC 9293 §3.1), as far as reassembly needs it. */
export interface TcpSegment {
  readonly sourcePort: number;
  readonly destinationPort: number;
  /** Of its first octet, or of the SYN in front of it; modulo 2^32, as all sequence numbers. */
  readonly sequence: number;
  /** The sequence number that is due from the other end; without ACK it means nothing. */
  readonly acknowledgement: number;
  /** Sums of `FIN`, `SYN`, `RST`, `ACK` and flags that do not matter here. */
  readonly flags: number;
  /** A view: whoever keeps it longer than the call copies it. */
  readonly octets: Buffer;
  /** Octets behind those, which the capture has not kept. */
  readonly missing: number;
  /** The packets that carried it. */
  readonly frames: readonly number[];
  /** Milliseconds since 1970. */
  readonly time: number;
}

/** Flags (RFC 9293 §3.1). */
export const FIN = 0x01;
export const SYN = 0x02;
export const RST = 0x04;
export const PSH = 0x08;
export const ACK = 0x10;

const NOTHING = Buffer.alloc(0);

const leastHeader = 20;
/** Ports, numbers, length of the header and flags: without these nothing can be told. */
const leastKept = 14;

/** Undefined: no TCP header, or not enough of it was captured. Checksums are not looked at: network cards fill them in late. */
export function readSegment({ payload, missing, frames, time }: IpDatagram): TcpSegment | undefined {
  if (payload.length < leastKept) return undefined;
  const headerLength = (payload.readUInt8(12) >> 4) * 4;
  if (headerLength < leastHeader || headerLength > payload.length + missing) return undefined;
  return {
    sourcePort: payload.readUInt16BE(0),
    destinationPort: payload.readUInt16BE(2),
    sequence: payload.readUInt32BE(4),
    acknowledgement: payload.readUInt32BE(8),
    flags: payload.readUInt8(13),
    octets: headerLength < payload.length ? payload.subarray(headerLength) : NOTHING,
    missing: missing - Math.max(0, headerLength - payload.length),
    frames,
    time,
  };
}

/** How far one sequence number is ahead of another, negative where it is behind (RFC 9293 §3.4: modulo 2^32). */
export function ahead(one: number, other: number): number {
  return (one - other) | 0;
}

/** The sequence number `count` octets on. */
export function plus(sequence: number, count: number): number {
  return (sequence + count) >>> 0;
}
