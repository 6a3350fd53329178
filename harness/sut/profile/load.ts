import { existsSync, readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import type { Catalogue } from '../../catalogue/catalogue.ts';
import { err, ok, type Result } from '../../result.ts';
import { idMatcher } from '../../scenario/id-selector.ts';
import { didYouMean } from '../../scenario/nearest.ts';
import type { Problem } from '../../scenario/problem.ts';
import { checkYaml, openYaml, type YamlFile } from '../../scenario/yaml-file.ts';
import { placeholdersIn } from './placeholders.ts';
import { type Profile, profileSchema } from './schema.ts';

/** A profile that has been read and holds together; its placeholders are still in it. */
export interface LoadedProfile {
  readonly file: string;
  /** Relative paths in the profile start here. */
  readonly folder: string;
  readonly profile: Profile;
}

/** What profiles may speak of. */
export interface ProfileContext {
  readonly catalogue: Catalogue;
  /** Ids of all scenarios; absent: any may be meant. */
  readonly scenarios?: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Reads and checks a profile; problems name file, line, column and what was meant. */
export function loadProfile(path: string, context: ProfileContext): Result<LoadedProfile, Problem[]> {
  const read = readProfile(path);
  return read.ok ? parseProfile(read.value.file, read.value.text, read.value.folder, context) : read;
}

export interface ProfileText {
  readonly file: string;
  readonly folder: string;
  readonly text: string;
}

/** The text of a profile, not looked into yet. */
export function readProfile(path: string): Result<ProfileText, Problem[]> {
  const file = relative(process.cwd(), resolve(path)) || path;
  try {
    return ok({ file, folder: dirname(resolve(path)), text: readFileSync(path, 'utf8') });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    const message = code === 'ENOENT' ? 'there is no such profile' : String(error);
    return err([{ file, line: 1, column: 1, message }]);
  }
}

/** `folder` is where its relative paths start. */
export function parseProfile(
  file: string,
  text: string,
  folder: string,
  context: ProfileContext,
): Result<LoadedProfile, Problem[]> {
  const opened = openYaml(file, text);
  if (!opened.ok) return opened;
  const checked = checkYaml(profileSchema, opened.value);
  if (!checked.ok) return checked;
  const problems = [
    ...pathProblems(checked.value, folder),
    ...placeholderProblems(checked.value, context),
    ...deviationProblems(checked.value, context),
  ];
  return problems.length > 0 ? err(problems) : ok({ file, folder, profile: checked.value.value });
}

type File = YamlFile<Profile>;

function pathProblems({ value, problem }: File, folder: string): Problem[] {
  const { command, container, tls } = value;
  const paths: (readonly [path: readonly PropertyKey[], named: string | undefined])[] = [
    [['command', 'directory'], command?.directory],
    [['container', 'dockerfile'], container?.dockerfile],
    [['container', 'context'], container?.context],
    [['tls', 'trust'], tls?.trust === 'any' ? undefined : tls?.trust],
    ...(container?.files ?? []).map(({ from }, i) => [['container', 'files', i, 'from'], from] as const),
  ];
  return paths
    .filter(([, named]) => named !== undefined && !named.includes('{') && !existsSync(resolve(folder, named)))
    .map(([path, named]) => problem(path, `there is no ${resolve(folder, named ?? '')}`));
}

/** Names of placeholders that stand for one value each, in every text of a profile. */
export const KNOWN_VALUES = ['host', 'test-host', 'folder'];
/** Values of an order to a client, filled in when it is given. */
export const ORDER_VALUES = ['room', 'as', 'text', 'to', 'nickname'];

export function placeholderProblems<T extends object>(
  { value, problem }: YamlFile<T>,
  { environment }: ProfileContext,
): Problem[] {
  const inTemplate = (key: string, name: string): boolean =>
    (key === 'rooms' && name === 'n') || (key === 'driver' && ORDER_VALUES.includes(name));
  return Object.entries(value).flatMap(([key, part]) =>
    [...placeholdersIn(part)].flatMap((name) => {
      if (KNOWN_VALUES.includes(name) || name.endsWith('.port') || inTemplate(key, name)) return [];
      if (!name.startsWith('env.'))
        return [
          problem(
            [key],
            `nothing is known of {${name}}${didYouMean(name, [...KNOWN_VALUES, 'sip.port', 'msrp.port'])}`,
          ),
        ];
      const variable = name.slice('env.'.length);
      return environment[variable] === undefined ? [problem([key], `${variable} is not set in the environment`)] : [];
    }),
  );
}

export function deviationProblems(
  { value, problem }: YamlFile<Pick<Profile, 'known-deviations'>>,
  { catalogue, scenarios }: ProfileContext,
): Problem[] {
  return (value['known-deviations'] ?? []).flatMap(({ requirement, scenario }, i) => {
    if (scenario !== undefined && scenarios?.some(idMatcher(scenario)) === false)
      return [
        problem(
          ['known-deviations', i, 'scenario'],
          `no scenario matches "${scenario}"${didYouMean(scenario, scenarios)}`,
        ),
      ];
    if (requirement === undefined || catalogue.get(requirement) !== undefined) return [];
    const meant = didYouMean(
      requirement,
      catalogue.requirements.map(({ id }) => id),
    );
    return [problem(['known-deviations', i, 'requirement'], `${requirement} is not in the catalogue${meant}`)];
  });
}
