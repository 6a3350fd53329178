import { type CaptureFormat, LARGEST_PACKET, type Span } from './capture-format.ts';
import type { CaptureEvent } from './packet.ts';
import { BLOCK, BLOCK_FRAME, byteOrderAt, isCutOff, isWholeBlock, LARGEST_BLOCK, leastLength } from './pcapng-block.ts';
import { type CaptureInterface, readInterface, timeOf } from './pcapng-interface.ts';
import { readNames } from './pcapng-names.ts';
import { COMMENT, padded, readOptions } from './pcapng-options.ts';

/** Interfaces of one section that are remembered. */
const MOST_INTERFACES = 65_536;

const NO_COMMENTS: readonly string[] = Object.freeze([]);

/**
 * Reads a capture in the format of `draft-ietf-opsawg-pcapng`. Each block says its length at both ends: where the two
 * differ, reading goes on at the next octets that are a whole block of a known type.
 */
export class PcapngFormat implements CaptureFormat {
  wanted = BLOCK_FRAME;
  readonly #emit: (event: CaptureEvent) => void;
  #littleEndian = true;
  #interfaces: CaptureInterface[] = [];
  #frame = 0;
  #time = 0;
  #damage: { readonly offset: number; readonly reason: string } | undefined;

  constructor(emit: (event: CaptureEvent) => void) {
    this.#emit = emit;
  }

  read(span: Span): number {
    const { octets, end, offset } = span;
    let at = span.start;
    for (;;) {
      if (this.#damage) {
        at = this.#search(span, at);
        if (this.#damage) return at;
      }
      if (at === end) return this.#want(at, BLOCK_FRAME);
      if (end - at < BLOCK_FRAME) {
        if (!span.last) return this.#want(at, BLOCK_FRAME);
        this.#tell(offset + at, `the file ends within a block: ${end - at} of at least ${BLOCK_FRAME} octets`);
        return end;
      }
      const littleEndian = byteOrderAt(octets, at, this.#littleEndian);
      if (littleEndian === undefined) {
        this.#broken(offset + at, 'a section with an unknown byte order');
        at++;
        continue;
      }
      const type = littleEndian ? octets.readUInt32LE(at) : octets.readUInt32BE(at);
      const length = littleEndian ? octets.readUInt32LE(at + 4) : octets.readUInt32BE(at + 4);
      const size = padded(length);
      if (size < leastLength(type) || size > LARGEST_BLOCK) {
        this.#lost(type, offset + at, `a block of ${length} octets cannot be`);
        at++;
        continue;
      }
      if (end - at < size) {
        if (!span.last) return this.#want(at, size);
        const reason = `the file ends within a block: ${end - at} of ${length} octets`;
        if (isCutOff(octets, at, end, littleEndian)) {
          this.#tell(offset + at, reason);
          return end;
        }
        this.#lost(type, offset + at, reason);
        at++;
        continue;
      }
      const trailer = littleEndian ? octets.readUInt32LE(at + size - 4) : octets.readUInt32BE(at + size - 4);
      if (trailer !== length) {
        this.#lost(type, offset + at, `a block says ${length} octets at its beginning and ${trailer} at its end`);
        at++;
        continue;
      }
      this.#littleEndian = littleEndian;
      this.#block(type, octets, at + 8, at + size - 4, offset);
      at += size;
    }
  }

  #block(type: number, octets: Buffer, start: number, end: number, offset: number): void {
    switch (type) {
      case BLOCK.enhancedPacket:
        this.#enhancedPacket(octets, start, end, offset, this.#word(octets, start));
        return;
      case BLOCK.packet: {
        // It differs in its first word alone: a short interface number, and how many packets were dropped.
        const id = this.#littleEndian ? octets.readUInt16LE(start) : octets.readUInt16BE(start);
        this.#enhancedPacket(octets, start, end, offset, id);
        return;
      }
      case BLOCK.simplePacket:
        this.#simplePacket(octets, start, end, offset);
        return;
      case BLOCK.interface:
        this.#interface(octets, start, end, offset);
        return;
      case BLOCK.section:
        this.#section(octets, start, end, offset);
        return;
      case BLOCK.names: {
        const broken = readNames(octets, start, end, this.#littleEndian, this.#emit);
        if (broken !== undefined) this.#tell(offset + broken, 'a name record runs past its block');
        return;
      }
      case BLOCK.journal:
      case BLOCK.custom:
      case BLOCK.customNotCopied:
        // No packets, but Wireshark gives them numbers.
        this.#frame++;
        return;
      default:
        return;
    }
  }

  #section(octets: Buffer, start: number, end: number, offset: number): void {
    const major = this.#littleEndian ? octets.readUInt16LE(start + 4) : octets.readUInt16BE(start + 4);
    if (major !== 1)
      this.#tell(offset + start + 4, `version ${major} of the format is unknown; it is read as version 1`);
    this.#interfaces = [];
    const comments = this.#comments(octets, start + 16, end, offset);
    if (comments.length > 0) this.#emit({ type: 'section', comments });
  }

  #interface(octets: Buffer, start: number, end: number, offset: number): void {
    if (this.#interfaces.length === MOST_INTERFACES) {
      this.#tell(offset + start - 8, `more than ${MOST_INTERFACES} interfaces in one section`);
      return;
    }
    const [described, broken] = readInterface(octets, start, end, this.#littleEndian);
    this.#interfaces.push(described);
    if (broken !== undefined) this.#tell(offset + broken, 'an option runs past its block');
  }

  #enhancedPacket(octets: Buffer, start: number, end: number, offset: number, id: number): void {
    const frame = ++this.#frame;
    const captured = this.#word(octets, start + 12);
    const data = start + 20;
    const seenBy = this.#interfaces[id];
    if (!seenBy) {
      this.#tell(offset + start, `a packet of interface ${id}, which the section does not describe`);
      return;
    }
    if (captured > end - data || captured > LARGEST_PACKET) {
      this.#tell(offset + start + 12, `a packet of ${captured} octets in a block with room for ${end - data}`);
      return;
    }
    const time = timeOf(seenBy, this.#word(octets, start + 4), this.#word(octets, start + 8));
    this.#time = time;
    const options = data + padded(captured);
    this.#emit({
      type: 'packet',
      packet: {
        frame,
        time,
        linkType: seenBy.linkType,
        octets: octets.subarray(data, data + captured),
        length: Math.max(this.#word(octets, start + 16), captured),
        comments: options < end ? this.#comments(octets, options, end, offset) : NO_COMMENTS,
      },
    });
  }

  #comments(octets: Buffer, start: number, end: number, offset: number): readonly string[] {
    const comments: string[] = [];
    const broken = readOptions(octets, start, end, this.#littleEndian, (code, value) => {
      if (code === COMMENT) comments.push(value.toString());
    });
    if (broken !== undefined) this.#tell(offset + broken, 'an option runs past its block');
    return comments;
  }

  /** Of the first interface, and without a time: it gets that of the packet before it. */
  #simplePacket(octets: Buffer, start: number, end: number, offset: number): void {
    const frame = ++this.#frame;
    const seenBy = this.#interfaces[0];
    if (!seenBy) {
      this.#tell(offset + start - 8, 'a packet before any interface is described');
      return;
    }
    const length = this.#word(octets, start);
    const captured = Math.min(length, seenBy.snapLength || Number.POSITIVE_INFINITY);
    const room = end - start - 4;
    if (captured > room || captured > LARGEST_PACKET) {
      this.#tell(offset + start, `a packet of ${captured} octets in a block with room for ${room}`);
      return;
    }
    this.#emit({
      type: 'packet',
      packet: {
        frame,
        time: this.#time,
        linkType: seenBy.linkType,
        octets: octets.subarray(start + 4, start + 4 + captured),
        length,
        comments: NO_COMMENTS,
      },
    });
  }

  /** Where the next whole block begins, or from where on more octets must be seen. */
  #search(span: Span, from: number): number {
    for (let at = from; at < span.end; at++) {
      const seen = isWholeBlock(span, at, this.#littleEndian);
      if (seen === false) continue;
      if (seen !== true) return this.#want(at, seen);
      this.#report(`reading goes on at offset ${span.offset + at}`);
      return at;
    }
    if (span.last) this.#report('no block was found behind it');
    return this.#want(span.end, BLOCK_FRAME);
  }

  /** A block that cannot be read. One of a packet keeps its number, so that those behind it keep theirs. */
  #lost(type: number, offset: number, reason: string): void {
    if (type === BLOCK.enhancedPacket || type === BLOCK.simplePacket || type === BLOCK.packet) this.#frame++;
    this.#broken(offset, reason);
  }

  #broken(offset: number, reason: string): void {
    this.#damage = { offset, reason };
  }

  #report(sequel: string): void {
    if (this.#damage) this.#tell(this.#damage.offset, `${this.#damage.reason}; ${sequel}`);
    this.#damage = undefined;
  }

  #tell(offset: number, reason: string): void {
    this.#emit({ type: 'damage', offset, reason });
  }

  #want(at: number, octets: number): number {
    this.wanted = octets;
    return at;
  }

  #word(octets: Buffer, at: number): number {
    return this.#littleEndian ? octets.readUInt32LE(at) : octets.readUInt32BE(at);
  }
}
