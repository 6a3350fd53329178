import type { Copy } from './copies.ts';
import { firstFrom, Positions } from './positions.ts';
import type { Scene } from './scene.ts';
import type { Player } from './troupe.ts';

/** Where the capture does not show why somebody did not get a message, so that it may well come in a replay. */
export class Doubts {
  readonly #scene: Scene;
  /** By player: the first position at which it answered as if it had no such session. */
  readonly #disowned = new Map<string, number>();
  /** By player: where messages began that never came to their end. */
  readonly #torn: ReadonlyMap<string, Positions>;
  /** By player: where something came to it. */
  readonly #heard: ReadonlyMap<string, Positions>;
  /** By player: where its copies were sent, in this order, and the last position at which one of those so far had come. */
  readonly #backlog: ReadonlyMap<string, readonly Arrival[]>;

  constructor(scene: Scene, copies: readonly Copy[]) {
    this.#scene = scene;
    const { conversation, troupe } = scene;
    const heard = new Map<string, number[]>();
    for (const { request, head, response } of conversation.msrp.list) {
      const player = request.direction === 'received' ? troupe.owner(request, head) : undefined;
      if (player === undefined) continue;
      pushTo(heard, player.name, request.index);
      const isDisowned = response !== undefined && GONE.has(response.head.status);
      if (isDisowned && !this.#disowned.has(player.name)) this.#disowned.set(player.name, request.index);
    }
    this.#heard = positionsOf(heard);
    const torn = new Map<string, number[]>();
    for (const { direction, state, chunks } of conversation.messages.list) {
      const [first] = chunks;
      if (direction !== 'received' || state === 'complete' || first?.content.protocol !== 'msrp') continue;
      const player = troupe.owner(first, first.content.message);
      if (player !== undefined) pushTo(torn, player.name, first.index);
    }
    this.#torn = positionsOf(torn);
    const backlog = new Map<string, Arrival[]>();
    for (const { said, player, at } of copies.toSorted((a, b) => a.said.start - b.said.start)) {
      const come = Math.max(at, backlog.get(player.name)?.at(-1)?.come ?? 0);
      pushTo(backlog, player.name, { sent: said.start, come });
    }
    this.#backlog = backlog;
  }

  /**
   * Of a message that was under way from `start` to `at`: why `without` may get it in a replay, though they did not in the
   * capture. Undefined: nothing shows that.
   */
  about(there: readonly Player[], without: readonly Player[], start: number, at: number): string | undefined {
    if (this.#scene.gaps.hidesSomebody(this.#scene.troupe.players, start))
      return 'who does not get a message, while somebody is not followed';
    const gone = there.find(({ name }) => (this.#disowned.get(name) ?? Number.POSITIVE_INFINITY) <= at);
    if (gone !== undefined)
      return `who does not get a message, once ${gone.name} has answered that there is no such session`;
    for (const { name } of without) {
      // What was held back comes first, however late.
      const next = this.#heard.get(name)?.firstFrom(at) ?? at;
      if (this.#torn.get(name)?.between(start, next + 1))
        return `that ${name} does not get the whole of a message, of which the beginning came`;
      if (this.#lags(name, start, at)) return `that ${name} does not get a message, while it reads slowly`;
    }
    return undefined;
  }

  /** What was sent before comes after all that others got of the message. */
  #lags(name: string, start: number, at: number): boolean {
    const arrivals = this.#backlog.get(name) ?? [];
    const before = arrivals[firstFrom(arrivals.length, (i) => (arrivals[i]?.sent ?? 0) >= start) - 1];
    return before !== undefined && before.come > at;
  }
}

const positionsOf = (all: ReadonlyMap<string, readonly number[]>): ReadonlyMap<string, Positions> =>
  new Map([...all].map(([name, positions]) => [name, new Positions(positions)]));

interface Arrival {
  readonly sent: number;
  readonly come: number;
}

function pushTo<T>(map: Map<string, T[]>, name: string, value: T): void {
  const own = map.get(name);
  if (own === undefined) map.set(name, [value]);
  else own.push(value);
}

/** RFC 4975 §10: no such session, or not on this connection. */
const GONE: ReadonlySet<number> = new Set([481, 506]);
