/** A piece of a capture file in memory. */
export interface Span {
  readonly octets: Buffer;
  readonly start: number;
  readonly end: number;
  /** Where `octets[0]` lies in the file. */
  readonly offset: number;
  /** The file ends where the span ends. */
  readonly last: boolean;
}

/** How one kind of capture file is read, whatever pieces it comes in. */
export interface CaptureFormat {
  /**
   * Reads what is whole and returns the position in `octets` up to which nothing is needed any more. Of the last span it
   * takes everything.
   */
  read(span: Span): number;
  /** How many octets it wants to see from that position on, before it is called again: more than it had. */
  readonly wanted: number;
}

/** Octets of the largest packet that Wireshark takes; a length above is damage. */
export const LARGEST_PACKET = 262_144;
