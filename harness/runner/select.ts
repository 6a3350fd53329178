import picomatch from 'picomatch';
import { err, ok, type Result } from '../result.ts';
import type { LoadedScenario } from '../scenario/load.ts';
import { didYouMean } from '../scenario/nearest.ts';

/**
 * The scenarios that any selector names: an id, the beginning of ids (`rfc7701/7-nicknames`), a glob over ids, a tag
 * or a requirement id. A selector that names none is an error.
 */
export function select(
  scenarios: readonly LoadedScenario[],
  selectors: readonly string[],
): Result<readonly LoadedScenario[], string> {
  if (selectors.length === 0) return ok(scenarios);
  const chosen = new Set<LoadedScenario>();
  for (const selector of selectors) {
    const named = scenarios.filter((scenario) => isNamed(scenario, selector));
    if (named.length === 0) {
      const candidates = scenarios.flatMap(({ id, scenario }) => [id, ...(scenario.tags ?? [])]);
      return err(`no scenario matches "${selector}"${didYouMean(selector, candidates)}`);
    }
    for (const scenario of named) chosen.add(scenario);
  }
  return ok(scenarios.filter((scenario) => chosen.has(scenario)));
}

function isNamed({ id, scenario }: LoadedScenario, selector: string): boolean {
  const path = selector
    .replace(/^(\.\/)?scenarios\//, '')
    .replace(/\.yaml$/, '')
    .replace(/\/$/, '');
  return (
    id === path ||
    id.startsWith(`${path}/`) ||
    (/[*?[{]/.test(path) && picomatch.isMatch(id, path)) ||
    (scenario.tags?.includes(selector) ?? false) ||
    scenario.covers.includes(selector)
  );
}
