import type { FrameContent, Lane } from './write-frame.ts';

/** A frame to be written. */
export interface WrittenPacket {
  /** Milliseconds since 1970, with fractions. */
  readonly time: number;
  readonly lane: Lane;
  readonly content: FrameContent;
  readonly comment?: string;
}

export interface WrittenCapture {
  readonly packets: readonly WrittenPacket[];
  /** Names of addresses of 4 or 16 octets. */
  readonly names: readonly { readonly address: Buffer; readonly name: string }[];
  /** What wrote it, e.g. `msrpspec 1.0.0`. */
  readonly application: string;
  /** On the capture as a whole. */
  readonly comment: string;
}

export const captureKinds = ['pcapng', 'pcap'] as const;
export type CaptureKind = (typeof captureKinds)[number];

/** The octets of a capture file. The classic format knows neither names nor comments. */
export function writeCapture(capture: WrittenCapture, kind: CaptureKind): Buffer {
  switch (kind) {
    case 'pcapng':
      return writePcapng(capture);
    case 'pcap':
      return writePcap(capture);
  }
}

/** LINKTYPE_ETHERNET */
const ETHERNET = 1;

/** The longest packet that readers have to expect; longer ones are none of IP. */
const SNAP_LENGTH = 262_144;

function writePcap({ packets }: WrittenCapture): Buffer {
  const header = 24;
  const packetHeader = 16;
  const lengths = packets.map(({ lane, content }) => lane.lengthOf(content));
  const file = Buffer.allocUnsafeSlow(header + lengths.reduce((sum, length) => sum + packetHeader + length, 0));
  file.writeUInt32LE(0xa1b2c3d4, 0); // microseconds
  file.writeUInt16LE(2, 4);
  file.writeUInt16LE(4, 6);
  file.writeUInt32LE(0, 8);
  file.writeUInt32LE(0, 12);
  file.writeUInt32LE(SNAP_LENGTH, 16);
  file.writeUInt32LE(ETHERNET, 20);
  let at = header;
  for (const [index, { time, lane, content }] of packets.entries()) {
    const length = lengths[index] ?? 0;
    const micros = Math.round(time * 1000);
    file.writeUInt32LE(Math.floor(micros / 1_000_000), at);
    file.writeUInt32LE(micros % 1_000_000, at + 4);
    file.writeUInt32LE(length, at + 8);
    file.writeUInt32LE(length, at + 12);
    lane.write(file, at + packetHeader, content);
    at += packetHeader + length;
  }
  return file;
}

/** Types of blocks and options of draft-ietf-opsawg-pcapng §4, §3.5. */
const SECTION_HEADER = 0x0a0d0d0a;
const INTERFACE = 1;
const NAMES = 4;
const ENHANCED_PACKET = 6;
const COMMENT = 1;
const APPLICATION = 4;
const INTERFACE_NAME = 2;
const RESOLUTION = 9;
const IPV4_NAME = 1;
const IPV6_NAME = 2;

function writePcapng({ packets, names, application, comment }: WrittenCapture): Buffer {
  const byteOrder = Buffer.from('4d3c2b1a' + '01000000' + 'ffffffffffffffff', 'hex');
  const section = block(SECTION_HEADER, [
    byteOrder,
    option(APPLICATION, text(application)),
    option(COMMENT, text(comment)),
    END,
  ]);
  const link = Buffer.alloc(8);
  link.writeUInt16LE(ETHERNET, 0);
  link.writeUInt32LE(SNAP_LENGTH, 4);
  const micros = Buffer.from([6]);
  const wire = block(INTERFACE, [link, option(INTERFACE_NAME, text('tap')), option(RESOLUTION, micros), END]);
  const records = names.map(({ address, name }) =>
    option(address.length === 4 ? IPV4_NAME : IPV6_NAME, Buffer.concat([address, text(name), Buffer.from([0])])),
  );
  const nameBlocks = records.length === 0 ? [] : [block(NAMES, [...records, END])];
  const head = Buffer.concat([section, wire, ...nameBlocks]);

  const sizes = packets.map(packetBlockLength);
  const file = Buffer.allocUnsafeSlow(head.length + sizes.reduce((sum, size) => sum + size, 0));
  head.copy(file);
  let at = head.length;
  for (const [index, packet] of packets.entries()) {
    const size = sizes[index] ?? 0;
    writePacketBlock(file, at, size, packet);
    at += size;
  }
  return file;
}

/** Block type, its length, interface, time in two words, octets captured, octets on the wire. */
const PACKET_HEAD = 28;
/** The length of the block once more. */
const BLOCK_END = 4;

/** Octets that the packet takes in a pcapng. */
export function packetBlockLength({ lane, content, comment }: WrittenPacket): number {
  const commented = comment === undefined ? 0 : 4 + padded(Buffer.byteLength(comment)) + END.length;
  return PACKET_HEAD + padded(lane.lengthOf(content)) + commented + BLOCK_END;
}

function writePacketBlock(
  file: Buffer,
  at: number,
  size: number,
  { time, lane, content, comment }: WrittenPacket,
): void {
  const length = lane.lengthOf(content);
  const micros = Math.round(time * 1000);
  file.writeUInt32LE(ENHANCED_PACKET, at);
  file.writeUInt32LE(size, at + 4);
  file.writeUInt32LE(0, at + 8);
  file.writeUInt32LE(Math.floor(micros / 2 ** 32), at + 12);
  file.writeUInt32LE(micros % 2 ** 32, at + 16);
  file.writeUInt32LE(length, at + 20);
  file.writeUInt32LE(length, at + 24);
  const data = at + PACKET_HEAD;
  lane.write(file, data, content);
  const end = data + padded(length);
  file.fill(0, data + length, end);
  if (comment !== undefined) Buffer.concat([option(COMMENT, text(comment)), END]).copy(file, end);
  file.writeUInt32LE(size, at + size - BLOCK_END);
}

/** Bodies of blocks and values of options are filled up to whole words of 4 octets. */
const padded = (length: number): number => (length + 3) & ~3;

const text = (value: string): Buffer => Buffer.from(value);

/** Ends the options of a block, and likewise its name records. */
const END = Buffer.alloc(4);

function option(code: number, value: Buffer): Buffer {
  const written = Buffer.alloc(4 + padded(value.length));
  written.writeUInt16LE(code, 0);
  written.writeUInt16LE(value.length, 2);
  value.copy(written, 4);
  return written;
}

function block(type: number, parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const written = Buffer.alloc(12 + body.length);
  written.writeUInt32LE(type, 0);
  written.writeUInt32LE(written.length, 4);
  body.copy(written, 8);
  written.writeUInt32LE(written.length, written.length - BLOCK_END);
  return written;
}
