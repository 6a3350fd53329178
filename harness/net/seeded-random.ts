import { createHash } from 'node:crypto';
import type { Random } from './random.ts';

/** The same draws for the same seed, on every platform. Not for secrets. */
export interface SeededRandom extends Random {
  /**
   * A generator of its own for one purpose or actor. It depends on the seed and the name alone, not on what was drawn
   * before; the same name gives the same draws again.
   */
  fork(name: string): SeededRandom;
}

/** `seededRandom(7)` and `seededRandom('7')` are the same generator. */
export function seededRandom(seed: string | number): SeededRandom {
  return fromKey(createHash('sha256').update(String(seed)).digest());
}

/** xoshiro128** of Blackman and Vigna, over the first half of the key. */
function fromKey(key: Buffer): SeededRandom {
  let a = key.readUInt32LE(0);
  let b = key.readUInt32LE(4);
  let c = key.readUInt32LE(8);
  let d = key.readUInt32LE(12) | 1; // never all zero, the one state that repeats itself

  const word = (): number => {
    const x = Math.imul(b, 5);
    const result = Math.imul((x << 7) | (x >>> 25), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
    return result;
  };

  return {
    bytes(count) {
      const octets = Buffer.alloc(count);
      for (let at = 0; at < count; at += 4) {
        let bits = word();
        for (let i = at; i < Math.min(at + 4, count); i++) {
          octets[i] = bits & 0xff;
          bits >>>= 8;
        }
      }
      return octets;
    },
    integer(below) {
      if (!Number.isSafeInteger(below) || below < 1) throw new RangeError(`no whole number from 0 up to ${below}`);
      const wide = below > 2 ** 32;
      const range = wide ? 2 ** 53 : 2 ** 32;
      const fair = range - (range % below); // draws beyond it would favour small numbers
      for (;;) {
        const drawn = wide ? (word() >>> 11) * 2 ** 32 + word() : word();
        if (drawn < fair) return drawn % below;
      }
    },
    fork: (name) => fromKey(createHash('sha256').update(key).update(name).digest()),
  };
}
