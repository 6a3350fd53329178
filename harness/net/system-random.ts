import { randomBytes, randomInt } from 'node:crypto';
import type { Random } from './random.ts';

/** The operating system's cryptographic generator. `integer` goes up to 2^48 - 1. */
export const systemRandom: Random = {
  bytes: (count) => randomBytes(count),
  integer: (below) => randomInt(below),
};
