/** One packet of a capture, as far as it was kept. */
export interface Packet {
  /** Its number in the file, from 1, as Wireshark counts. */
  readonly frame: number;
  /** Milliseconds since 1970, with fractions. */
  readonly time: number;
  /** What its octets begin with: a number of the registry of link-layer header types (LINKTYPE_…). */
  readonly linkType: number;
  /** A view of what was read; whoever keeps it longer than the call copies it. */
  readonly octets: Buffer;
  /** Octets it had on the wire; more than `octets` where the capture cut it short. */
  readonly length: number;
  readonly comments: readonly string[];
}

/** What a capture file turns out to hold, in the order of the file. */
export type CaptureEvent =
  | { readonly type: 'packet'; readonly packet: Packet }
  /** A section begins on which there are comments. */
  | { readonly type: 'section'; readonly comments: readonly string[] }
  /** A name record: what the capture calls an address. */
  | { readonly type: 'name'; readonly address: string; readonly names: readonly string[] }
  /** Something that cannot be read, and where: an offset in the file, in octets. Reading goes on behind it where it can. */
  | { readonly type: 'damage'; readonly offset: number; readonly reason: string };
