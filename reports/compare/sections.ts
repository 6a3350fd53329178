import type { ChangeKind, Comparison, ScenarioChange } from './comparison.ts';
import { regressionsOf } from './comparison.ts';

export interface Section {
  readonly kind: ChangeKind;
  readonly title: string;
  readonly changes: readonly ScenarioChange[];
}

const TITLES: readonly (readonly [ChangeKind, string])[] = [
  ['regression', 'Regressions'],
  ['fix', 'Fixes'],
  ['changed', 'Changed verdicts'],
  ['flaky', 'Flaky, which count neither way'],
  ['new', 'Newly run'],
  ['gone', 'No longer run'],
];

/** The scenarios by what has become of them; empty sections are left out. */
export const sectionsOf = ({ scenarios }: Comparison): Section[] =>
  TITLES.map(([kind, title]) => ({ kind, title, changes: scenarios.filter((one) => one.kind === kind) })).filter(
    ({ changes }) => changes.length > 0,
  );

/** What one run says of the other: `pass → fail`. */
export const became = ({ before, after }: { readonly before?: string; readonly after?: string }): string =>
  `${before ?? 'not run'} → ${after ?? 'not run'}`;

/** The whole in a line. */
export function sumOf(comparison: Comparison): string {
  const count = regressionsOf(comparison);
  const of = (kind: ChangeKind): number => comparison.scenarios.filter((one) => one.kind === kind).length;
  const regressions = count === 0 ? 'No regressions' : `${count} regression${count === 1 ? '' : 's'}`;
  const rest = [
    [of('fix'), 'fixed'],
    [of('changed'), 'changed'],
    [of('flaky'), 'flaky'],
    [of('new'), 'newly run'],
    [of('gone'), 'no longer run'],
    [comparison.unchanged, 'unchanged'],
  ] as const;
  return `${regressions}; ${rest
    .filter(([number]) => number > 0)
    .map(([number, what]) => `${number} ${what}`)
    .join(', ')}`.replace(/; $/, '');
}
