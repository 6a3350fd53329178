import type { RoomPolicyNeed } from '../scenario/schema.ts';
import { policyKey } from './own-rooms.ts';
import type { Rooms, TakenRooms } from './sut.ts';

/** The rooms of a SUT that the suite does not rule: a list of URIs, all with the ordinary policy. */
export class FixedRooms implements Rooms {
  readonly concurrency: number;
  readonly #free: string[];
  readonly #waiting: ((rooms: TakenRooms) => void)[] = [];
  readonly #pairs: boolean;

  /** `atOnce`: of these rooms, so many may be in use at the same time. */
  constructor(uris: readonly string[], atOnce = Number.POSITIVE_INFINITY) {
    const used = uris.slice(0, atOnce);
    this.#pairs = used.length >= 2;
    this.concurrency = this.#pairs ? Math.floor(used.length / 2) : 1;
    this.#free = used;
  }

  async take(need: RoomPolicyNeed): Promise<TakenRooms | undefined> {
    if (policyKey(need) !== policyKey({})) return undefined;
    const taken = this.#grant();
    return taken ?? new Promise((resolve) => this.#waiting.push(resolve));
  }

  #grant(): TakenRooms | undefined {
    if (this.#free.length < (this.#pairs ? 2 : 1)) return undefined;
    const uris = this.#free.splice(0, this.#pairs ? 2 : 1);
    const [room, second] = uris;
    if (room === undefined) return undefined;
    return { room, ...(second === undefined ? {} : { second }), release: () => this.#release(uris) };
  }

  #release(uris: readonly string[]): void {
    this.#free.push(...uris);
    const next = this.#waiting.shift();
    if (next === undefined) return;
    const rooms = this.#grant();
    if (rooms === undefined) this.#waiting.unshift(next);
    else next(rooms);
  }
}
