import { type Catalogue, loadCatalogue } from '../catalogue/catalogue.ts';
import { select } from '../runner/select.ts';
import { type LoadedScenario, loadScenarios } from '../scenario/load.ts';
import { formatProblem } from '../scenario/problem.ts';
import { catalogueFolder, scenarioFolder } from './paths.ts';
import { UsageError } from './usage.ts';

export interface Suite {
  readonly catalogue: Catalogue;
  readonly scenarios: readonly LoadedScenario[];
}

/** The catalogue and all scenarios of a folder. @throws UsageError that lists every problem in them. */
export function loadSuite(folder: string = scenarioFolder): Suite {
  const catalogue = loadCatalogue(catalogueFolder);
  const loaded = loadScenarios(folder, catalogue);
  if (!loaded.ok) throw new UsageError(loaded.error.map(formatProblem).join('\n'));
  return { catalogue, scenarios: loaded.value };
}

/** Those that the selectors name; all without any. @throws UsageError for a selector that matches nothing. */
export function selected({ scenarios }: Suite, selectors: readonly string[]): readonly LoadedScenario[] {
  const chosen = select(scenarios, selectors);
  if (!chosen.ok) throw new UsageError(chosen.error);
  return chosen.value;
}
