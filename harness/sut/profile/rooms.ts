import { type Random, token } from '../../net/random.ts';
import { FixedRooms } from '../fixed-rooms.ts';
import { policyKey } from '../own-rooms.ts';
import type { Rooms, TakenRooms } from '../sut.ts';
import type { Profile } from './schema.ts';

/** The rooms that a profile names or lets be made, by policy. */
export function profileRooms(
  { uris, template, policies = [], 'at-once': atOnce }: Profile['rooms'],
  random: Random,
): Rooms {
  const limit = atOnce ?? Number.POSITIVE_INFINITY;
  const ordinary: Rooms =
    template === undefined ? new FixedRooms(uris ?? [], limit) : new TemplateRooms(template, random, limit);
  const byPolicy = new Map<string, Rooms>([[policyKey({}), ordinary]]);
  for (const { uris: named, ...policy } of policies) byPolicy.set(policyKey(policy), new FixedRooms(named, limit));
  return {
    concurrency: ordinary.concurrency,
    take: async (need) => byPolicy.get(policyKey(need))?.take({}),
  };
}

/** Rooms that an INVITE makes: two for each scenario, whose names no earlier run has used. */
class TemplateRooms implements Rooms {
  readonly concurrency: number;
  readonly #template: string;
  readonly #run: string;
  #count = 0;

  constructor(template: string, random: Random, atOnce: number) {
    this.#template = template;
    this.#run = token(random, 6).toLowerCase();
    this.concurrency = Math.max(1, Math.floor(atOnce / 2));
  }

  async take(): Promise<TakenRooms> {
    return { room: this.#next(), second: this.#next(), release: () => {} };
  }

  #next(): string {
    this.#count += 1;
    return this.#template.replace('{n}', `${this.#run}${this.#count}`);
  }
}
