/** How many address texts are kept for the next packet. */
const KEPT = 65_536;

/** Turns addresses of packets into text; the few that a capture speaks of are made but once. */
export class AddressTexts {
  readonly #four = new Map<number, string>();
  readonly #six = new Map<string, string>();

  /** The IPv4 address at a position. */
  four(octets: Buffer, at: number): string {
    const number = octets.readUInt32BE(at);
    return kept(this.#four, number, () => ipv4Text(octets, at));
  }

  /** The IPv6 address at a position. */
  six(octets: Buffer, at: number): string {
    const key = octets.toString('latin1', at, at + 16);
    return kept(this.#six, key, () => ipv6Text(octets, at));
  }
}

function kept<K>(texts: Map<K, string>, key: K, make: () => string): string {
  const known = texts.get(key);
  if (known !== undefined) return known;
  if (texts.size === KEPT) texts.clear();
  const text = make();
  texts.set(key, text);
  return text;
}

/** Four octets as a dotted quad. */
export const ipv4Text = (octets: Buffer, at: number): string => octets.subarray(at, at + 4).join('.');

/** Sixteen octets in the form of RFC 5952: lower case, no leading zeros, the first longest run of zeros left out. */
export function ipv6Text(octets: Buffer, at: number): string {
  const groups = Array.from({ length: 8 }, (_, index) => octets.readUInt16BE(at + 2 * index));
  // RFC 5952 §5: the well-known prefix of mapped addresses shows the IPv4 address in it.
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff)
    return `::ffff:${ipv4Text(octets, at + 12)}`;
  const zeros = longestZeros(groups);
  const hex = groups.map((group) => group.toString(16));
  // RFC 5952 §4.2.2: a single group of zeros is written.
  if (zeros.length < 2) return hex.join(':');
  return `${hex.slice(0, zeros.start).join(':')}::${hex.slice(zeros.start + zeros.length).join(':')}`;
}

function longestZeros(groups: readonly number[]): { readonly start: number; readonly length: number } {
  let longest = { start: 0, length: 0 };
  let start = 0;
  groups.forEach((group, index) => {
    if (group !== 0) start = index + 1;
    else if (index + 1 - start > longest.length) longest = { start, length: index + 1 - start };
  });
  return longest;
}
