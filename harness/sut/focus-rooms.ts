import type { RoomPolicy } from '../focus/room-state.ts';
import type { RoomPolicyNeed } from '../scenario/schema.ts';
import type { RoomPattern } from './own-rooms.ts';

/** The policy of the reference focus that a scenario's need asks for. */
export const policyOf = (need: RoomPolicyNeed): Partial<RoomPolicy> => ({
  ...(need.nicknames === undefined ? {} : { nicknames: need.nicknames }),
  ...(need['private-messages'] === undefined ? {} : { privateMessages: need['private-messages'] }),
  ...(need['reserved-nicknames'] === undefined ? {} : { reservedNicknames: need['reserved-nicknames'] }),
});

/** Rooms on demand by the beginning of their names. */
export const onDemand =
  (patterns: readonly RoomPattern[]) =>
  (name: string): Partial<RoomPolicy> | undefined => {
    const pattern = patterns.find(({ prefix }) => name.startsWith(prefix));
    return pattern === undefined ? undefined : policyOf(pattern.need);
  };

/**
 * RFC 4575 §3.10 recommends 5 s between two notifications to one subscriber, for the sake of the network. A test on one
 * machine need not wait for it.
 */
export const TEST_ROSTER_INTERVAL_MS = 100;
