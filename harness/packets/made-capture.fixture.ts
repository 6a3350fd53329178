import { expect } from 'vitest';
import { CaptureReader } from './capture-reader.ts';
import type { CaptureEvent, Packet } from './packet.ts';

/** Writes numbers in one order of octets. */
export class Octets {
  readonly littleEndian: boolean;

  constructor(littleEndian: boolean) {
    this.littleEndian = littleEndian;
  }

  u16(...values: number[]): Buffer {
    const octets = Buffer.alloc(2 * values.length);
    values.forEach((value, index) => {
      this.littleEndian ? octets.writeUInt16LE(value, 2 * index) : octets.writeUInt16BE(value, 2 * index);
    });
    return octets;
  }

  u32(...values: number[]): Buffer {
    const octets = Buffer.alloc(4 * values.length);
    values.forEach((value, index) => {
      this.littleEndian ? octets.writeUInt32LE(value, 4 * index) : octets.writeUInt32BE(value, 4 * index);
    });
    return octets;
  }

  i64(value: bigint): Buffer {
    const octets = Buffer.alloc(8);
    this.littleEndian ? octets.writeBigInt64LE(value) : octets.writeBigInt64BE(value);
    return octets;
  }
}

export interface MadePacket {
  readonly octets: Buffer;
  readonly seconds?: number;
  readonly fraction?: number;
  /** On the wire; where it is not the same as what was captured. */
  readonly length?: number;
}

/** A classic capture. */
export function pcapFile(
  packets: readonly MadePacket[],
  { littleEndian = true, magic = 0xa1b2c3d4, linkType = 1 } = {},
): Buffer {
  const order = new Octets(littleEndian);
  const extra = magic === 0xa1b2cd34 ? [Buffer.alloc(8)] : [];
  return Buffer.concat([
    order.u32(magic),
    order.u16(2, 4),
    order.u32(0, 0, 262_144, linkType),
    ...packets.flatMap(({ octets, seconds = 1_700_000_000, fraction = 0, length = octets.length }) => [
      order.u32(seconds, fraction, octets.length, length),
      ...extra,
      octets,
    ]),
  ]);
}

const pad = (octets: Buffer): Buffer => Buffer.concat([octets, Buffer.alloc(-octets.length & 3)]);

/** Blocks of a pcapng capture in one order of octets. */
export class Blocks extends Octets {
  block(type: number, ...body: Buffer[]): Buffer {
    const content = pad(Buffer.concat(body));
    const length = this.u32(content.length + 12);
    return Buffer.concat([this.u32(type), length, content, length]);
  }

  section(length = -1n): Buffer {
    return this.block(0x0a0d0d0a, this.u32(0x1a2b3c4d), this.u16(1, 0), this.i64(length));
  }

  /** Options, or records of a name block, with their end. */
  options(...options: readonly (readonly [number, Buffer])[]): Buffer {
    const each = options.map(([code, value]) => Buffer.concat([this.u16(code, value.length), pad(value)]));
    return each.length === 0 ? Buffer.alloc(0) : Buffer.concat([...each, this.u32(0)]);
  }

  interface(linkType: number, snapLength = 0, ...options: readonly (readonly [number, Buffer])[]): Buffer {
    return this.block(1, this.u16(linkType, 0), this.u32(snapLength), this.options(...options));
  }

  enhanced(octets: Buffer, { id = 0, ticks = 0n, length = octets.length, comments = [] as string[] } = {}): Buffer {
    return this.block(6, this.u32(id), this.#packet(octets, ticks, length, comments));
  }

  obsolete(octets: Buffer, { id = 0, ticks = 0n, length = octets.length, comments = [] as string[] } = {}): Buffer {
    return this.block(2, this.u16(id, 0xffff), this.#packet(octets, ticks, length, comments));
  }

  simple(octets: Buffer, length = octets.length): Buffer {
    return this.block(3, this.u32(length), octets);
  }

  names(...records: readonly (readonly [number, Buffer])[]): Buffer {
    return this.block(4, this.options(...records));
  }

  #packet(octets: Buffer, ticks: bigint, length: number, comments: readonly string[]): Buffer {
    return Buffer.concat([
      this.u32(Number(ticks >> 32n), Number(ticks & 0xffff_ffffn), octets.length, length),
      pad(octets),
      this.options(...comments.map((text) => [1, Buffer.from(text)] as const)),
    ]);
  }
}

/** What a capture holds, fed in pieces of a size. */
export function eventsOf(file: Buffer, pieceSize = Math.max(file.length, 1)): CaptureEvent[] {
  const events: CaptureEvent[] = [];
  const reader = new CaptureReader((event) => events.push(kept(event)));
  for (let at = 0; at < file.length; at += pieceSize) {
    // Where a piece was is overwritten afterwards: nothing may refer to it any more.
    const piece = Buffer.from(file.subarray(at, at + pieceSize));
    reader.feed(piece);
    piece.fill(0xee);
  }
  reader.end();
  return events;
}

export const kept = (event: CaptureEvent): CaptureEvent =>
  event.type === 'packet' ? { ...event, packet: { ...event.packet, octets: Buffer.from(event.packet.octets) } } : event;

export const packetsIn = (events: readonly CaptureEvent[]): Packet[] =>
  events.flatMap((event) => (event.type === 'packet' ? event.packet : []));

export const damageIn = (events: readonly CaptureEvent[]): { offset: number; reason: string }[] =>
  events.flatMap((event) => (event.type === 'damage' ? { offset: event.offset, reason: event.reason } : []));

/** Each event as a line: to compare many octets by others means takes long. */
export const lines = (events: readonly CaptureEvent[]): string[] =>
  events.map((event) =>
    event.type === 'packet'
      ? JSON.stringify({ ...event.packet, octets: event.packet.octets.toString('latin1') })
      : JSON.stringify(event),
  );

/** What a capture holds, after a check that it is the same in whatever pieces it comes. */
export function readIn(file: Buffer): CaptureEvent[] {
  const events = eventsOf(file);
  const expected = lines(events);
  for (const size of [1, 2, 7, 16, 23, 100, 4096, 65_536]) {
    if (size < file.length) expect(lines(eventsOf(file, size)), `in pieces of ${size}`).toEqual(expected);
  }
  return events;
}
