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
