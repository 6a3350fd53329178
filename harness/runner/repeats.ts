import { overall } from '../rules/finding.ts';
import type { Repeat, ScenarioResult } from './record.ts';

/** A scenario that has been played, once or repeatedly. */
export interface Playing {
  readonly result: ScenarioResult;
  /** What its chance came from. */
  readonly seed: string;
}

/** The seed of the `round`th round: the first has the one of the run, so that each can be played again alone. */
export const seedOfRound = (seed: string, round: number): string => (round === 1 ? seed : `${seed}/${round}`);

/** Several playings of one scenario as one result: the worst counts, every one is listed. Undefined: there are none. */
export function combined(playings: readonly Playing[]): ScenarioResult | undefined {
  const results = playings.map(({ result }) => result);
  const verdict = overall(results.map((one) => one.verdict));
  const worst = results.filter((one) => one.verdict === verdict);
  const counting = worst.find(({ known }) => known === undefined) ?? worst[0];
  if (counting === undefined || playings.length === 1) return counting;
  return { ...counting, repeats: playings.flatMap(repeatsOf) };
}

function repeatsOf({ result, seed }: Playing): Repeat[] {
  const { verdict, durationMs, wireLog, capture } = result;
  const kept = { ...(wireLog === undefined ? {} : { wireLog }), ...(capture === undefined ? {} : { capture }) };
  return result.repeats ?? [{ verdict, durationMs, seed, ...kept }];
}

/** Not the same verdict every time. */
export const isFlaky = ({ repeats = [] }: Pick<ScenarioResult, 'repeats'>): boolean =>
  new Set(repeats.map(({ verdict }) => verdict)).size > 1;

/** For the record: the ids of those that are flaky, where there are any. */
export function flakyOf(scenarios: readonly ScenarioResult[]): { readonly flaky?: string[] } {
  const flaky = scenarios.filter(isFlaky).map(({ id }) => id);
  return flaky.length === 0 ? {} : { flaky };
}
