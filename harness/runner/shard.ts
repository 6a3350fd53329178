import { err, ok, type Result } from '../result.ts';

/** One part out of `of`, counted from 1. */
export interface Shard {
  readonly index: number;
  readonly of: number;
}

/** Reads `2/3`. Error: what is wrong with it. */
export function parseShard(text: string): Result<Shard, string> {
  const match = /^(\d{1,4})\/(\d{1,4})$/.exec(text);
  const [index, of] = [Number(match?.[1]), Number(match?.[2])];
  return match !== null && index >= 1 && index <= of
    ? ok({ index, of })
    : err(`"${text}" is no shard: the second of three is 2/3`);
}

export const formatShard = ({ index, of }: Shard): string => `${index}/${of}`;

/**
 * The part that falls to a shard, by turns: so the shards differ by one at most, and what stands together, the rows of
 * a scenario, is spread over them. Who has the same scenarios gets the same parts on every machine.
 */
export const shardOf = <T>(scenarios: readonly T[], { index, of }: Shard): readonly T[] =>
  scenarios.filter((_scenario, position) => position % of === index - 1);
