import { AddressTexts } from './ip-address.ts';
import { type Fragment, IpFragments } from './ip-fragments.ts';
import { ipOffset } from './link.ts';
import type { Packet } from './packet.ts';

/** What an IP datagram carries to TCP (6) or UDP (17), its fragments put together. */
export interface IpDatagram {
  readonly protocol: 6 | 17;
  /** An IPv4 or IPv6 literal, IPv6 in the form of RFC 5952. */
  readonly source: string;
  readonly destination: string;
  /** The TCP segment or UDP datagram with its header. A view: whoever keeps it longer than the call copies it. */
  readonly payload: Buffer;
  /** Octets of the payload behind those that were captured: the capture cut the packet short. */
  readonly missing: number;
  /** The packets that carried it, in the order of the file: several where it came in fragments. */
  readonly frames: readonly number[];
  /** Of the last of them, in milliseconds since 1970. */
  readonly time: number;
  readonly comments: readonly string[];
}

/** How many packets of a capture are no datagrams of TCP or UDP, and why. */
export interface Skipped {
  /** By link type: those that are not read. */
  readonly linkTypes: ReadonlyMap<number, number>;
  /** Not IP, or IP that carries something else. */
  readonly other: number;
  /** With headers that are broken, or cut off by the capture. */
  readonly broken: number;
  /** Datagrams of which not all fragments were captured, or whose fragments contradict one another. */
  readonly incomplete: number;
}

/** Which datagram, as far as it is known before its headers are walked through. */
interface Way {
  readonly packet: Packet;
  readonly version: 4 | 6;
  readonly source: string;
  readonly destination: string;
}

/** What lies behind the IP header: octets of `octets` from `start` on, of which `missing` at the end were cut off. */
interface Content {
  readonly octets: Buffer;
  readonly start: number;
  readonly missing: number;
  readonly frames: readonly number[];
  readonly comments: readonly string[];
}

const TCP = 6;
const UDP = 17;
const FRAGMENT = 44;
const AUTHENTICATION = 51;
/** Of IPv6: hop by hop, routing, destination, mobility, host identity, shim. All give their length in the same way. */
const EXTENSIONS: ReadonlySet<number> = new Set([0, 43, 60, 135, 139, 140]);

/**
 * Finds the datagrams of TCP and UDP in packets of any link type. Checksums are not looked at: captures made where the
 * packets are sent often lack them.
 */
export class IpReader {
  readonly #emit: (datagram: IpDatagram) => void;
  readonly #addresses = new AddressTexts();
  readonly #fragments = new IpFragments();
  readonly #linkTypes = new Map<number, number>();
  #other = 0;
  #broken = 0;

  constructor(emit: (datagram: IpDatagram) => void) {
    this.#emit = emit;
  }

  get skipped(): Skipped {
    const incomplete = this.#fragments.dropped;
    return { linkTypes: this.#linkTypes, other: this.#other, broken: this.#broken, incomplete };
  }

  packet(packet: Packet): void {
    const at = ipOffset(packet);
    if (at === 'unknown') {
      this.#linkTypes.set(packet.linkType, (this.#linkTypes.get(packet.linkType) ?? 0) + 1);
    } else if (at === 'other') {
      this.#other++;
    } else {
      const version = packet.octets.readUInt8(at) >> 4;
      if (version === 4) this.#four(packet, at);
      else if (version === 6) this.#six(packet, at);
      else this.#broken++;
    }
  }

  /** The capture ends: fragments whose datagram is not whole are counted as skipped. */
  end(): void {
    this.#fragments.end();
  }

  /** RFC 791 §3.1. */
  #four(packet: Packet, at: number): void {
    const { octets } = packet;
    const header = (octets.readUInt8(at) & 0x0f) * 4;
    if (header < 20 || octets.length < at + header) {
      this.#broken++;
      return;
    }
    const stop = endOf(packet, at, octets.readUInt16BE(at + 2));
    if (stop < at + header) {
      this.#broken++;
      return;
    }
    const way: Way = {
      packet,
      version: 4,
      source: this.#addresses.four(octets, at + 12),
      destination: this.#addresses.four(octets, at + 16),
    };
    const protocol = octets.readUInt8(at + 9);
    const content = contentOf(packet, at + header, stop);
    const fragmentation = octets.readUInt16BE(at + 6);
    const offset = (fragmentation & 0x1fff) * 8;
    const more = (fragmentation & 0x2000) !== 0;
    if (offset === 0 && !more) {
      this.#walk(way, protocol, content);
      return;
    }
    this.#fragment(way, content, { next: protocol, offset, more, id: `${protocol} ${octets.readUInt16BE(at + 4)}` });
  }

  /** RFC 8200 §3. */
  #six(packet: Packet, at: number): void {
    const { octets } = packet;
    if (octets.length < at + 40) {
      this.#broken++;
      return;
    }
    const length = octets.readUInt16BE(at + 4);
    const way: Way = {
      packet,
      version: 6,
      source: this.#addresses.six(octets, at + 8),
      destination: this.#addresses.six(octets, at + 24),
    };
    const stop = endOf(packet, at, length === 0 ? 0 : 40 + length);
    this.#walk(way, octets.readUInt8(at + 6), contentOf(packet, at + 40, stop));
  }

  /** Through the extension headers to TCP or UDP. */
  #walk(way: Way, first: number, content: Content): void {
    const { octets } = content;
    let next = first;
    let at = content.start;
    while (next !== TCP && next !== UDP) {
      const extends6 = way.version === 6 && (EXTENSIONS.has(next) || next === FRAGMENT);
      if (!extends6 && next !== AUTHENTICATION) {
        this.#other++;
        return;
      }
      if (octets.length < at + 8) {
        this.#broken++;
        return;
      }
      const following = octets.readUInt8(at);
      if (next === FRAGMENT) {
        const place = octets.readUInt16BE(at + 2);
        const offset = place & 0xfff8;
        const more = (place & 1) === 1;
        at += 8;
        // RFC 6946: one that is all there is stands for itself.
        if (offset > 0 || more) {
          const id = `${octets.readUInt32BE(at - 4)}`;
          this.#fragment(way, { ...content, start: at }, { next: following, offset, more, id });
          return;
        }
      } else if (next === AUTHENTICATION) {
        // RFC 4302 §2.2: in units of four octets, less two.
        at += (octets.readUInt8(at + 1) + 2) * 4;
      } else {
        at += (octets.readUInt8(at + 1) + 1) * 8;
      }
      next = following;
    }
    if (at > octets.length) {
      this.#broken++;
      return;
    }
    this.#emit({
      protocol: next,
      source: way.source,
      destination: way.destination,
      payload: at === 0 ? octets : octets.subarray(at),
      missing: content.missing,
      frames: content.frames,
      time: way.packet.time,
      comments: content.comments,
    });
  }

  #fragment(
    way: Way,
    { octets, start, missing }: Content,
    { id, ...place }: Pick<Fragment, 'next' | 'offset' | 'more'> & { readonly id: string },
  ): void {
    const { packet, version, source, destination } = way;
    const datagram = `${source} ${destination} ${id}`;
    const whole = this.#fragments.add({ packet, datagram, version, ...place, octets: octets.subarray(start), missing });
    if (whole) this.#walk(way, whole.next, { ...whole, start: 0 });
  }
}

/**
 * Where a datagram ends that begins at a position and says its length: what follows is padding of the link. A length of 0
 * stands in packets that were captured before the network card cut them up (TSO): they reach to their end. One beyond
 * the end of the packet is cut there.
 */
function endOf(packet: Packet, at: number, stated: number): number {
  return stated === 0 ? packet.length : Math.min(at + stated, packet.length);
}

function contentOf(packet: Packet, start: number, end: number): Content {
  const { octets, frame, comments } = packet;
  const captured = Math.min(end, octets.length);
  return {
    octets: captured === octets.length ? octets : octets.subarray(0, captured),
    start,
    missing: end - captured,
    frames: [frame],
    comments,
  };
}
