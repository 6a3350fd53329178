import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { Catalogue } from '../catalogue/catalogue.ts';
import { err, ok, type Result } from '../result.ts';
import { checkScenario } from './check.ts';
import { formatProblem, type Problem } from './problem.ts';
import { versionsOf } from './rows.ts';
import { type CastMember, type Scenario, scenarioSchema } from './schema.ts';
import { checkYaml, openYaml, type YamlFile } from './yaml-file.ts';

export interface LoadedScenario {
  /** Path below the scenario folder without `.yaml`, with `/` on every system; then the id of the row, if there are rows. */
  readonly id: string;
  readonly file: string;
  readonly scenario: Scenario;
  readonly cast: ReadonlyMap<string, CastMember>;
}

/** Reads and checks the scenario of a file, or one for each of its rows; problems name file, line, column and what was meant. */
export function parseScenarios(
  id: string,
  file: string,
  text: string,
  catalogue: Catalogue,
): Result<LoadedScenario[], Problem[]> {
  const opened = openYaml(file, text);
  if (!opened.ok) return opened;
  const versions = versionsOf(opened.value);
  if (!versions.ok) return versions;
  const scenarios: LoadedScenario[] = [];
  // What is wrong in every row is told once.
  const problems = new Map<string, Problem>();
  for (const { row, file: version } of versions.value) {
    const parsed = parseVersion(row === undefined ? id : `${id}/${row}`, file, version, catalogue);
    if (parsed.ok) scenarios.push(parsed.value);
    else for (const problem of parsed.error) problems.set(formatProblem(problem), problem);
  }
  return problems.size > 0 ? err([...problems.values()]) : ok(scenarios);
}

function parseVersion(
  id: string,
  file: string,
  version: YamlFile<unknown>,
  catalogue: Catalogue,
): Result<LoadedScenario, Problem[]> {
  const read = checkYaml(scenarioSchema, version);
  if (!read.ok) return read;
  const scenario = read.value.value;
  const cast = castOf(scenario);
  const problems = checkScenario(read.value, cast, catalogue);
  return problems.length > 0 ? err(problems) : ok({ id, file, scenario, cast });
}

/** Every scenario below a folder, in the order of their ids. `shown` is how the folder is named in problems. */
export function loadScenarios(folder: string, catalogue: Catalogue): Result<LoadedScenario[], Problem[]> {
  const scenarios: LoadedScenario[] = [];
  const problems: Problem[] = [];
  for (const path of scenarioFiles(folder)) {
    const id = path.slice(0, -'.yaml'.length).split(sep).join('/');
    const file = join(folder, path);
    const parsed = parseScenarios(id, relative(process.cwd(), file) || file, readFileSync(file, 'utf8'), catalogue);
    if (parsed.ok) scenarios.push(...parsed.value);
    else problems.push(...parsed.error);
  }
  return problems.length > 0 ? err(problems) : ok(scenarios);
}

function scenarioFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.yaml') && !path.startsWith(`requirements${sep}`))
    .sort();
}

function castOf({ cast }: Scenario): ReadonlyMap<string, CastMember> {
  if (cast === undefined) return new Map();
  return Array.isArray(cast)
    ? new Map(cast.map((name) => [name, {}]))
    : new Map(Object.entries(cast).map(([name, member]) => [name, member ?? {}]));
}
