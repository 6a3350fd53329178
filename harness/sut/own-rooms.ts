import type { RoomPolicyNeed } from '../scenario/schema.ts';
import type { Rooms, TakenRooms } from './sut.ts';

/** Rooms that the reference focus makes when somebody asks for a name with this beginning. */
export interface RoomPattern {
  readonly prefix: string;
  readonly need: RoomPolicyNeed;
}

/** One pattern for the ordinary room and one for each other policy that scenarios ask for. */
export function roomPatterns(needs: Iterable<RoomPolicyNeed>): RoomPattern[] {
  const patterns = new Map<string, RoomPattern>([[policyKey({}), { prefix: 'room-', need: {} }]]);
  for (const need of needs) {
    if (!patterns.has(policyKey(need))) patterns.set(policyKey(need), { prefix: `policy-${patterns.size}-`, need });
  }
  return [...patterns.values()];
}

/** Any number of rooms on a focus that makes them on demand: every scenario gets two that nobody has used. */
export class OwnRooms implements Rooms {
  readonly concurrency: number;
  readonly #patterns: readonly RoomPattern[];
  readonly #domain: string;
  #count = 0;

  constructor(patterns: readonly RoomPattern[], domain: string, concurrency: number) {
    this.#patterns = patterns;
    this.#domain = domain;
    this.concurrency = concurrency;
  }

  async take(need: RoomPolicyNeed): Promise<TakenRooms | undefined> {
    const pattern = this.#patterns.find((one) => policyKey(one.need) === policyKey(need));
    if (pattern === undefined) return undefined;
    return { room: this.#uri(pattern), second: this.#uri(pattern), release: () => {} };
  }

  #uri({ prefix }: RoomPattern): string {
    this.#count += 1;
    return `sip:${prefix}${this.#count}@${this.#domain}`;
  }
}

/** Equal for policies that say the same. */
export function policyKey(need: RoomPolicyNeed): string {
  return JSON.stringify([
    need.nicknames ?? 'allowed',
    need['private-messages'] ?? 'allowed',
    [...(need['reserved-nicknames'] ?? [])].sort(),
  ]);
}
