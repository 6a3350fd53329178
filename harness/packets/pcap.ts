import { type CaptureFormat, LARGEST_PACKET, type Span } from './capture-format.ts';
import type { CaptureEvent } from './packet.ts';

const FILE_HEADER = 24;

/** The magic numbers of classic captures, as they read in the order of octets of the machine that wrote them. */
const VARIANTS = new Map([
  [0xa1b2c3d4, { fractions: 1e6, packetHeader: 16 }],
  [0xa1b23c4d, { fractions: 1e9, packetHeader: 16 }],
  /** Of Kuznetzov's libpcap: interface, protocol and packet type follow the lengths. */
  [0xa1b2cd34, { fractions: 1e6, packetHeader: 24 }],
]);

/** How many packets must follow one another for a place in damaged octets to be taken for a packet again. */
const CHAIN = 3;
/** Seconds that neighbouring packets of a chain may lie apart. */
const NEIGHBOURHOOD = 86_400;

const NO_COMMENTS: readonly string[] = Object.freeze([]);

/**
 * Reads a classic capture, `draft-ietf-opsawg-pcap`. Nothing marks where a packet begins: behind a length that cannot be,
 * reading goes on where several packet headers, plausible in time and lengths, follow one another, or the last ones end
 * with the file.
 */
export class PcapFormat implements CaptureFormat {
  wanted = FILE_HEADER;
  readonly #emit: (event: CaptureEvent) => void;
  readonly #littleEndian: boolean;
  readonly #fractions: number;
  readonly #packetHeader: number;
  #linkType: number | undefined;
  #frame = 0;
  /** Of the last packet, and of the last one that agrees with its neighbour: what damage cannot have moved. */
  #seconds: number | undefined;
  #sureSeconds: number | undefined;
  #damage: { readonly offset: number; readonly reason: string } | undefined;

  /** The format of a file that begins with these four octets; nothing if it is another one. */
  static of(magic: Buffer, emit: (event: CaptureEvent) => void): PcapFormat | undefined {
    for (const littleEndian of [true, false]) {
      const variant = VARIANTS.get(littleEndian ? magic.readUInt32LE(0) : magic.readUInt32BE(0));
      if (variant) return new PcapFormat(emit, littleEndian, variant);
    }
    return undefined;
  }

  private constructor(
    emit: (event: CaptureEvent) => void,
    littleEndian: boolean,
    variant: { readonly fractions: number; readonly packetHeader: number },
  ) {
    this.#emit = emit;
    this.#littleEndian = littleEndian;
    this.#fractions = variant.fractions;
    this.#packetHeader = variant.packetHeader;
  }

  read(span: Span): number {
    let at = span.start;
    if (this.#linkType === undefined) {
      if (span.end - at < FILE_HEADER) return this.#incomplete(span, at, FILE_HEADER, 'the header of the file');
      this.#fileHeader(span, at);
      at += FILE_HEADER;
    }
    for (;;) {
      if (this.#damage) {
        const found = this.#search(span, at);
        if (found === undefined) return span.end;
        if (this.#damage) return found;
        at = found;
      }
      if (at === span.end) return this.#want(at, this.#packetHeader);
      if (span.end - at < this.#packetHeader) return this.#incomplete(span, at, this.#packetHeader, 'a packet header');
      const captured = this.#word(span.octets, at + 8);
      if (captured > LARGEST_PACKET) {
        this.#frame++;
        this.#damage = { offset: span.offset + at, reason: `a packet of ${captured} octets cannot be` };
        at++;
        continue;
      }
      const size = this.#packetHeader + captured;
      if (span.end - at < size) {
        // More captured than there was: no file that is cut off, but a wrong length, and packets may follow.
        if (!span.last || captured <= this.#word(span.octets, at + 12)) {
          return this.#incomplete(span, at, size, 'a packet');
        }
        this.#frame++;
        this.#damage = { offset: span.offset + at, reason: `a packet of ${captured} octets ends behind the file` };
        at++;
        continue;
      }
      this.#packet(span.octets, at, size);
      at += size;
    }
  }

  #fileHeader({ octets, offset }: Span, at: number): void {
    const major = this.#littleEndian ? octets.readUInt16LE(at + 4) : octets.readUInt16BE(at + 4);
    if (major !== 2) {
      const reason = `version ${major} of the format is unknown; it is read as version 2`;
      this.#emit({ type: 'damage', offset: offset + at + 4, reason });
    }
    // Above the link-layer type stand the length of the frame check sequence and whether it is known.
    this.#linkType = this.#word(octets, at + 20) & 0x03ff_ffff;
  }

  #packet(octets: Buffer, at: number, size: number): void {
    const seconds = this.#word(octets, at);
    const fraction = this.#word(octets, at + 4);
    const time =
      this.#fractions === 1e6 ? (seconds * 1e6 + fraction) / 1e3 : seconds * 1e3 + fraction / (this.#fractions / 1e3);
    if (this.#seconds === undefined || Math.abs(seconds - this.#seconds) <= NEIGHBOURHOOD) this.#sureSeconds = seconds;
    this.#seconds = seconds;
    this.#emit({
      type: 'packet',
      packet: {
        frame: ++this.#frame,
        time,
        linkType: this.#linkType ?? 0,
        octets: octets.subarray(at + this.#packetHeader, at + size),
        length: Math.max(this.#word(octets, at + 12), size - this.#packetHeader),
        comments: NO_COMMENTS,
      },
    });
  }

  /** Where the next chain of packets begins, or from where on more octets must be seen; nothing if the file ends without. */
  #search(span: Span, from: number): number | undefined {
    for (let at = from; at < span.end; at++) {
      const seen = this.#chainAt(span, at);
      if (seen === 'none') continue;
      if (seen === 'chain') {
        this.#report(`reading goes on at offset ${span.offset + at}`);
        return at;
      }
      return this.#want(at, seen);
    }
    if (!span.last) return this.#want(span.end, this.#packetHeader);
    this.#report('no packet was found behind it');
    return undefined;
  }

  /** Whether packets follow one another from here, or how many octets must be seen to tell. */
  #chainAt({ octets, end, last }: Span, at: number): 'chain' | 'none' | number {
    let next = at;
    let seconds = this.#sureSeconds;
    for (let seen = 0; seen < CHAIN; seen++) {
      if (last && next === end && seen > 0) return 'chain';
      if (end - next < this.#packetHeader) return last ? 'none' : next + this.#packetHeader - at;
      const now = this.#word(octets, next);
      const captured = this.#word(octets, next + 8);
      if (seconds !== undefined && Math.abs(now - seconds) > NEIGHBOURHOOD) return 'none';
      if (this.#word(octets, next + 4) >= this.#fractions) return 'none';
      if (captured === 0 || captured > LARGEST_PACKET || captured > this.#word(octets, next + 12)) return 'none';
      seconds = now;
      next += this.#packetHeader + captured;
    }
    if (next <= end) return 'chain';
    return last ? 'none' : next - at;
  }

  #report(sequel: string): void {
    if (this.#damage) {
      this.#emit({ type: 'damage', offset: this.#damage.offset, reason: `${this.#damage.reason}; ${sequel}` });
    }
    this.#damage = undefined;
  }

  #incomplete({ offset, end, last }: Span, at: number, size: number, what: string): number {
    if (!last) return this.#want(at, size);
    const reason = `the file ends within ${what}: ${end - at} of ${size} octets`;
    this.#emit({ type: 'damage', offset: offset + at, reason });
    return end;
  }

  #want(at: number, octets: number): number {
    this.wanted = octets;
    return at;
  }

  #word(octets: Buffer, at: number): number {
    return this.#littleEndian ? octets.readUInt32LE(at) : octets.readUInt32BE(at);
  }
}
