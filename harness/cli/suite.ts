import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, extname, resolve } from 'node:path';
import type { Command } from 'commander';
import { type Catalogue, loadCatalogue } from '../catalogue/catalogue.ts';
import { roleOf, select } from '../runner/select.ts';
import { type LoadedScenario, loadScenarios, parseScenarios } from '../scenario/load.ts';
import { formatProblem } from '../scenario/problem.ts';
import { catalogueFolder, scenarioFolder } from './paths.ts';
import { readRun } from './read-run.ts';
import { UsageError } from './usage.ts';

export interface Suite {
  readonly catalogue: Catalogue;
  readonly scenarios: readonly LoadedScenario[];
}

/** The catalogue and all scenarios of a folder. @throws UsageError that lists every problem in them. */
export function loadSuite({ scenarios }: Pick<SelectionOptions, 'scenarios'> = {}): Suite {
  const folder = scenarios === undefined ? scenarioFolder : resolve(scenarios);
  if (!existsSync(folder)) throw new UsageError(`${folder}: there is no such folder of scenarios`);
  const catalogue = loadCatalogue(catalogueFolder);
  const loaded = loadScenarios(folder, catalogue);
  if (!loaded.ok) throw new UsageError(loaded.error.map(formatProblem).join('\n'));
  return { catalogue, scenarios: loaded.value };
}

export interface SelectionOptions {
  readonly scenarios?: string;
  readonly exclude?: readonly string[];
  readonly failed?: string;
}

/** Option of every command that reads scenarios. */
export const withScenarios = (command: Command): Command =>
  command.option('--scenarios <folder>', 'another folder of scenarios');

/** Options of every command that selects scenarios. */
export function withSelection(command: Command): Command {
  return withScenarios(command)
    .argument(
      '[selectors...]',
      'id, beginning of an id, glob, tag, requirement id, section (RFC7701-7.1) or RFC, or the YAML file of a scenario; default: all',
    )
    .option('--exclude <selector>', 'leave these out; may be given again', collect)
    .option('--failed <run>', 'only what did not pass in an earlier run: its folder or run.json');
}

/** For options that may be given again. */
export const collect = (value: string, earlier: readonly string[] = []): readonly string[] => [...earlier, value];

/** What the selectors name. @throws UsageError for a selector that matches nothing, or when nothing is left. */
export function selected(
  suite: Suite,
  selectors: readonly string[],
  options?: SelectionOptions,
  role?: 'focus' | 'participant',
): readonly LoadedScenario[] {
  const failed = options?.failed === undefined ? {} : { failedIn: readRun(options.failed) };
  const files = selectors.filter(isScenarioFile);
  const others = selectors.filter((one) => !files.includes(one));
  const further = files
    .flatMap((file) => scenariosIn(file, suite))
    .filter((one) => role === undefined || roleOf(one) === role);
  const named = { selectors: others, exclude: options?.exclude ?? [], ...failed, ...(role && { role }) };
  const chosen = select(files.length > 0 && others.length === 0 ? [] : suite.scenarios, named);
  if (!chosen.ok) throw new UsageError(chosen.error);
  const all = [...chosen.value, ...further.filter((one) => !chosen.value.includes(one))];
  if (all.length === 0) throw new UsageError(`no scenario${role === undefined ? '' : ` for a ${role}`} is left to run`);
  return all;
}

const isScenarioFile = (selector: string): boolean =>
  /\.ya?ml$/.test(selector) && existsSync(selector) && statSync(selector).isFile();

/** Those of a file, which need not be in the folder of the suite. @throws UsageError that lists every problem in it. */
function scenariosIn(file: string, { catalogue, scenarios }: Suite): readonly LoadedScenario[] {
  const known = scenarios.filter((one) => resolve(one.file) === resolve(file));
  if (known.length > 0) return known;
  const parsed = parseScenarios(basename(file, extname(file)), file, readFileSync(file, 'utf8'), catalogue);
  if (!parsed.ok) throw new UsageError(parsed.error.map(formatProblem).join('\n'));
  return parsed.value;
}
