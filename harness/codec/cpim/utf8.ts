import { isUtf8 } from 'node:buffer';

/**
 * `modern`: RFC 3629. `old`: only by the wider rules RFC 3862 §3.6 prints (overlong, surrogates, five and six octets).
 * `none`: no UTF-8 in either sense.
 */
export type Utf8Form = 'modern' | 'old' | 'none';

export function utf8Form(octets: Buffer): Utf8Form {
  if (isUtf8(octets)) return 'modern';
  let awaited = 0;
  for (const octet of octets) {
    if ((octet & 0xc0) === 0x80) {
      if (awaited === 0) return 'none';
      awaited -= 1;
    } else {
      if (awaited > 0) return 'none';
      const following = followingOctets(octet);
      if (following === undefined) return 'none';
      awaited = following;
    }
  }
  return awaited === 0 ? 'old' : 'none';
}

function followingOctets(first: number): number | undefined {
  if (first < 0x80) return 0;
  if (first < 0xe0) return 1;
  if (first < 0xf0) return 2;
  if (first < 0xf8) return 3;
  if (first < 0xfc) return 4;
  return first < 0xfe ? 5 : undefined;
}
