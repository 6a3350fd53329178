import type { CaptureFormat, Span } from './capture-format.ts';
import type { CaptureEvent } from './packet.ts';
import { PcapFormat } from './pcap.ts';
import { PcapngFormat } from './pcapng.ts';
import { BLOCK, byteOrderAt } from './pcapng-block.ts';

/** Octets by which a format is recognised. */
const MAGIC = 12;

/** What else people take for a capture, by its first octets. */
const OTHER_FILES: readonly (readonly [string, string])[] = [
  ['1f8b', 'compressed by gzip'],
  ['28b52ffd', 'compressed by zstd; unpack it first'],
  ['04224d18', 'compressed by lz4; unpack it first'],
  ['fd377a585a00', 'compressed by xz; unpack it first'],
  ['425a68', 'compressed by bzip2; unpack it first'],
  ['504b0304', 'a zip archive; unpack it first'],
  ['736e6f6f70000000', 'a capture of snoop; editcap can convert it'],
  ['474d4255', 'a capture of Microsoft Network Monitor; editcap can convert it'],
];

/**
 * Reads a capture file, classic pcap or pcapng, in pieces of any size. Packets are views of the pieces; one that lies
 * across two is put together in a buffer of the reader, which holds one block and never more than 32 MiB.
 */
export class CaptureReader {
  readonly #emit: (event: CaptureEvent) => void;
  #format: CaptureFormat | 'unknown' | undefined;
  /** Octets from `#start` to `#end` wait for those that follow. */
  #carry = Buffer.allocUnsafe(4096);
  #start = 0;
  #end = 0;
  /** Octets of the file that have come so far. */
  #size = 0;

  constructor(emit: (event: CaptureEvent) => void) {
    this.#emit = emit;
  }

  /** False once it is certain that this is no capture, undefined as long as too little has come to tell. */
  get recognised(): boolean | undefined {
    return this.#format && this.#format !== 'unknown';
  }

  /** The next octets of the file; they are not needed after the call. */
  feed(octets: Buffer): void {
    const offset = this.#size;
    let at = 0;
    while (this.#held > 0 && at < octets.length) {
      const enough = Math.min(at + this.#wanted - this.#held, octets.length);
      this.#keep(octets, at, enough);
      at = enough;
      this.#size = offset + at;
      if (this.#held >= this.#wanted) this.#readCarry(false);
      // What still waits came with this piece: it is read where it lies.
      if (this.#held <= at) {
        at -= this.#held;
        this.#start = this.#end;
      }
    }
    if (at === octets.length) return;
    this.#size = offset + octets.length;
    const rest = this.#read({ octets, start: at, end: octets.length, offset, last: false });
    this.#keep(octets, rest, octets.length);
  }

  /** The file ends here. */
  end(): void {
    this.#readCarry(true);
  }

  get #held(): number {
    return this.#end - this.#start;
  }

  get #wanted(): number {
    return typeof this.#format === 'object' ? this.#format.wanted : MAGIC;
  }

  #readCarry(last: boolean): void {
    const offset = this.#size - this.#end;
    this.#start = this.#read({ octets: this.#carry, start: this.#start, end: this.#end, offset, last });
  }

  #read(span: Span): number {
    if (!this.#format) {
      if (span.end - span.start < MAGIC && !span.last) return span.start;
      this.#format = this.#recognise(span);
    }
    return this.#format === 'unknown' ? span.end : this.#format.read(span);
  }

  #recognise({ octets, start, end }: Span): CaptureFormat | 'unknown' {
    const magic = octets.subarray(start, Math.min(end, start + MAGIC));
    if (magic.length >= 4) {
      const pcap = PcapFormat.of(magic, this.#emit);
      if (pcap) return pcap;
    }
    if (
      magic.length === MAGIC &&
      magic.readUInt32LE(0) === BLOCK.section &&
      byteOrderAt(magic, 0, true) !== undefined
    ) {
      return new PcapngFormat(this.#emit);
    }
    this.#emit({ type: 'damage', offset: 0, reason: whyUnknown(magic) });
    return 'unknown';
  }

  #keep(octets: Buffer, from: number, to: number): void {
    const held = this.#held;
    const more = to - from;
    if (this.#end + more > this.#carry.length) {
      // At most half full: moving is cheaper than growing, and happens once for many octets.
      const fits = (held + more) * 2 <= this.#carry.length;
      const room = fits ? this.#carry : Buffer.allocUnsafe(Math.max(this.#carry.length * 2, held + more));
      this.#carry.copy(room, 0, this.#start, this.#end);
      this.#carry = room;
      this.#start = 0;
      this.#end = held;
    } else if (held === 0) {
      this.#start = 0;
      this.#end = 0;
    }
    octets.copy(this.#carry, this.#end, from, to);
    this.#end += more;
  }
}

function whyUnknown(magic: Buffer): string {
  if (magic.length === 0) return 'the file is empty';
  const hex = magic.toString('hex');
  const [, known] = OTHER_FILES.find(([start]) => hex.startsWith(start)) ?? [];
  if (known) return `no capture: it is ${known}`;
  if (magic.length < MAGIC) return `no capture: the file ends after ${magic.length} octets`;
  return `no capture, neither pcap nor pcapng: it begins with ${hex.slice(0, 8).replace(/..(?=.)/g, '$& ')}`;
}
