import type { RoomPolicyNeed } from '../scenario/schema.ts';
import type { Rooms, TakenRooms } from './sut.ts';

/** The rooms of a SUT that the suite does not rule: a list of URIs, all with the ordinary policy. */
export class FixedRooms implements Rooms {
  readonly concurrency: number;
  readonly #free: string[];
  readonly #waiting: ((rooms: TakenRooms) => void)[] = [];
  readonly #pairs: boolean;

  constructor(uris: readonly string[]) {
    this.#pairs = uris.length >= 2;
    this.concurrency = this.#pairs ? Math.floor(uris.length / 2) : 1;
    this.#free = [...uris];
  }

  async take(need: RoomPolicyNeed): Promise<TakenRooms | undefined> {
    if (!isOrdinary(need)) return undefined;
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

/** Nothing but what every room may be expected to allow. */
const isOrdinary = (need: RoomPolicyNeed): boolean =>
  need.nicknames !== 'forbidden' &&
  need['private-messages'] !== 'forbidden' &&
  need['reserved-nicknames'] === undefined;
