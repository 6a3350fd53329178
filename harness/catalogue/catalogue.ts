import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { catalogueFileSchema, type Requirement } from './requirement.ts';

/** All requirements, in the order of the catalogue files and of the entries in them. */
export interface Catalogue {
  readonly requirements: readonly Requirement[];
  get(id: string): Requirement | undefined;
}

/**
 * Reads every `*.yaml` of a folder of requirement files.
 * @throws when a file is no catalogue or an id stands twice: the catalogue is part of this package, so that is a bug.
 */
export function loadCatalogue(folder: string): Catalogue {
  const byId = new Map<string, Requirement>();
  const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
  for (const name of files.sort()) {
    const file = catalogueFileSchema.parse(parse(readFileSync(join(folder, name), 'utf8')));
    for (const requirement of file.requirements) {
      if (byId.has(requirement.id)) throw new Error(`${name}: ${requirement.id} stands twice in the catalogue`);
      const rfc = requirement.rfc ?? file.rfc;
      if (typeof rfc !== 'number') throw new Error(`${name}: ${requirement.id} does not say which RFC it is from`);
      byId.set(requirement.id, { ...requirement, rfc });
    }
  }
  return { requirements: [...byId.values()], get: (id) => byId.get(id) };
}
