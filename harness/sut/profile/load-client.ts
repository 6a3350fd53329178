import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { err, ok, type Result } from '../../result.ts';
import type { Problem } from '../../scenario/problem.ts';
import { checkYaml, openYaml } from '../../scenario/yaml-file.ts';
import { type ClientProfile, clientProfileSchema } from './client-schema.ts';
import {
  deviationProblems,
  type LoadedProfile,
  type ProfileContext,
  type ProfileText,
  parseProfile,
  placeholderProblems,
  readProfile,
} from './load.ts';

/** The profile of a client, read and sound; its placeholders are still in it. */
export interface LoadedClient {
  readonly file: string;
  /** Relative paths in the profile start here. */
  readonly folder: string;
  readonly client: ClientProfile;
}

/** Reads and checks a profile of either role; problems name file, line, column and what was meant. */
export function loadAnyProfile(path: string, context: ProfileContext): Result<LoadedProfile | LoadedClient, Problem[]> {
  const read = readProfile(path);
  if (!read.ok) return read;
  const { file, folder, text } = read.value;
  return isOfClient(read.value) ? parseClientProfile(read.value, context) : parseProfile(file, text, folder, context);
}

export function parseClientProfile(
  { file, folder, text }: ProfileText,
  context: ProfileContext,
): Result<LoadedClient, Problem[]> {
  const opened = openYaml(file, text);
  if (!opened.ok) return opened;
  const checked = checkYaml(clientProfileSchema, opened.value);
  if (!checked.ok) return checked;
  const { value, problem } = checked.value;
  const missing = (['program', 'commands'] as const).flatMap((kind) => {
    const directory = value.driver[kind]?.directory;
    return directory === undefined || directory.includes('{') || existsSync(resolve(folder, directory))
      ? []
      : [problem(['driver', kind, 'directory'], `there is no ${resolve(folder, directory)}`)];
  });
  const problems = [
    ...missing,
    ...placeholderProblems(checked.value, context),
    ...deviationProblems(checked.value, context),
  ];
  return problems.length > 0 ? err(problems) : ok({ file, folder, client: value });
}

/** Any `role` makes it one, so that a misspelt one is complained of as such. */
function isOfClient({ file, text }: ProfileText): boolean {
  const opened = openYaml(file, text);
  return (
    opened.ok && typeof opened.value.value === 'object' && opened.value.value !== null && 'role' in opened.value.value
  );
}
