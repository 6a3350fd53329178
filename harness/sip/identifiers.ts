import { MAGIC_COOKIE } from '../codec/sip/via.ts';
import { type Random, token } from '../net/random.ts';

/** RFC 3261 §8.1.1.7. */
export const newBranch = (random: Random): string => `${MAGIC_COOKIE}${token(random, 20)}`;

/** RFC 3261 §19.3 asks for 32 random bits at least. */
export const newTag = (random: Random): string => token(random, 10);

/** RFC 3261 §8.1.1.4; without a host, which would tell who we are (RFC 3323 §4.1.1.3). */
export const newCallId = (random: Random): string => token(random, 24);

/** Small enough to leave room below 2^31 (RFC 3261 §8.1.1.5). */
export const newCSeq = (random: Random): number => 1 + random.integer(9999);
