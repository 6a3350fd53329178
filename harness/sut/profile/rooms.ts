import { type Random, token } from '../../net/random.ts';
import { FixedRooms } from '../fixed-rooms.ts';
import type { Identities } from '../identities.ts';
import { policyKey } from '../own-rooms.ts';
import type { Rooms, TakenRooms } from '../sut.ts';
import { FactoryRooms, type KeeperOptions } from './factory-rooms.ts';
import type { Profile } from './schema.ts';

/** The rooms that a profile names or lets be made, by policy. */
export function profileRooms(
  { uris, template, factory, policies = [], 'at-once': atOnce }: Profile['rooms'],
  identities: Identities,
  options: KeeperOptions,
): Rooms {
  const limit = atOnce ?? Number.POSITIVE_INFINITY;
  const ordinary: Rooms =
    factory !== undefined
      ? new FactoryRooms(factory, identities, options, limit)
      : template !== undefined
        ? new TemplateRooms(template, options.random, limit)
        : new FixedRooms(uris ?? [], limit);
  const byPolicy = new Map<string, Rooms>([[policyKey({}), ordinary]]);
  for (const { uris: named, ...policy } of policies) byPolicy.set(policyKey(policy), new FixedRooms(named, limit));
  return {
    concurrency: Math.min(ordinary.concurrency, identities.concurrency),
    keepers: ordinary.keepers ?? 0,
    close: async () => ordinary.close?.(),
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
