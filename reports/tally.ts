import type { ScenarioResult } from '../harness/runner/record.ts';

type Verdict = ScenarioResult['verdict'];

/** In the order in which they are told. */
export const VERDICTS: readonly Verdict[] = ['pass', 'fail', 'differs', 'warn', 'inconclusive', 'unsupported', 'error'];

export interface Count {
  readonly verdict: Verdict;
  readonly count: number;
}

/** How often each verdict occurs; those that do not occur are left out. */
export function tally(verdicts: Iterable<Verdict>): Count[] {
  const counts = new Map<Verdict, number>();
  for (const verdict of verdicts) counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  return VERDICTS.flatMap((verdict) => {
    const count = counts.get(verdict);
    return count === undefined ? [] : [{ verdict, count }];
  });
}

/** E.g. `12 pass, 1 fail`. */
export const tallyText = (verdicts: Iterable<Verdict>): string =>
  tally(verdicts)
    .map(({ verdict, count }) => `${count} ${verdict}`)
    .join(', ');

export interface Area {
  readonly name: string;
  readonly scenarios: readonly ScenarioResult[];
}

/** The scenarios by the beginning of their ids, in the order of the run: `rfc7701` at depth 1, whole folders at depth Infinity. */
export function areasOf(scenarios: readonly ScenarioResult[], depth = 1): Area[] {
  const areas = new Map<string, ScenarioResult[]>();
  for (const scenario of scenarios) {
    const folders = scenario.id.split('/').slice(0, -1);
    const name = folders.slice(0, depth).join('/') || scenario.id;
    const area = areas.get(name);
    if (area === undefined) areas.set(name, [scenario]);
    else area.push(scenario);
  }
  return [...areas].map(([name, each]) => ({ name, scenarios: each }));
}
