import { err, ok, type Result } from '../result.ts';
import { idMatcher } from '../scenario/id-selector.ts';
import type { LoadedScenario } from '../scenario/load.ts';
import { didYouMean } from '../scenario/nearest.ts';
import type { RunRecord } from './record.ts';

/** What a SUT has to be for a scenario. */
export const roleOf = ({ scenario }: LoadedScenario): 'focus' | 'participant' => scenario.role ?? 'focus';

export interface Selection {
  /** Any of them; none: all scenarios. */
  readonly selectors: readonly string[];
  /** None of these. */
  readonly exclude?: readonly string[];
  /** Only those for such a SUT. */
  readonly role?: 'focus' | 'participant';
  /** Only those that did not pass in this earlier run. */
  readonly failedIn?: RunRecord;
}

/**
 * A selector is an id, the beginning of ids (`rfc7701/7-nicknames`), a glob over ids, a tag, a requirement id, a section
 * (`RFC7701-7.1`) or an RFC (`RFC7701`). One that names nothing is an error: a typing mistake must not pass for a test.
 */
export function select(
  scenarios: readonly LoadedScenario[],
  { selectors, exclude = [], role, failedIn }: Selection,
): Result<readonly LoadedScenario[], string> {
  const included = named(scenarios, selectors);
  if (!included.ok) return included;
  const excluded = named(scenarios, exclude);
  if (!excluded.ok) return excluded;
  const failed = failedIn === undefined ? undefined : failedScenarios(failedIn);
  return ok(
    scenarios.filter(
      (scenario) =>
        (role === undefined || roleOf(scenario) === role) &&
        (selectors.length === 0 || included.value.has(scenario)) &&
        !excluded.value.has(scenario) &&
        (failed === undefined || failed.has(scenario.id)),
    ),
  );
}

function named(
  scenarios: readonly LoadedScenario[],
  selectors: readonly string[],
): Result<ReadonlySet<LoadedScenario>, string> {
  const all = new Set<LoadedScenario>();
  for (const selector of selectors) {
    const matches = matcher(selector);
    const found = scenarios.filter(matches);
    if (found.length === 0) {
      const candidates = scenarios.flatMap(({ id, scenario }) => [id, ...(scenario.tags ?? [])]);
      return err(`no scenario matches "${selector}"${didYouMean(selector, candidates)}`);
    }
    for (const scenario of found) all.add(scenario);
  }
  return ok(all);
}

function matcher(selector: string): (scenario: LoadedScenario) => boolean {
  const names = idMatcher(selector);
  return ({ id, scenario }) =>
    names(id) ||
    (scenario.tags?.includes(selector) ?? false) ||
    scenario.covers.some((requirement) => requirement === selector || requirement.startsWith(`${selector}-`));
}

const failedScenarios = ({ scenarios }: RunRecord): ReadonlySet<string> =>
  new Set(
    scenarios
      .filter(({ verdict }) => ['fail', 'differs', 'inconclusive', 'error'].includes(verdict))
      .map(({ id }) => id),
  );
