import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { catalogueFileSchema, leftOutFileSchema, type Requirement } from './requirement.ts';

/** All requirements, in the order of the catalogue files and of the entries in them. */
export interface Catalogue {
  readonly requirements: readonly Requirement[];
  get(id: string): Requirement | undefined;
}

/**
 * Reads every `*.yaml` of a folder of requirement files, and from `left-out` below it (`rfc*.yaml`, `sip*.yaml`) what is
 * not judged, and why.
 * @throws when a file is no catalogue or an id stands twice: the catalogue is part of this package, so that is a bug.
 */
export function loadCatalogue(folder: string): Catalogue {
  const byId = new Map<string, Requirement>();
  for (const { name, content } of yamlFiles(folder)) {
    const file = catalogueFileSchema.parse(content);
    for (const requirement of file.requirements) {
      if (byId.has(requirement.id)) throw new Error(`${name}: ${requirement.id} stands twice in the catalogue`);
      const rfc = requirement.rfc ?? file.rfc;
      if (typeof rfc !== 'number') throw new Error(`${name}: ${requirement.id} does not say which RFC it is from`);
      byId.set(requirement.id, { ...requirement, rfc });
    }
  }
  for (const { name, content } of yamlFiles(join(folder, 'left-out'))) {
    // The other files there are about test inputs of the notes.
    if (!/^(rfc|sip)/.test(name)) continue;
    for (const entry of leftOutFileSchema.parse(content)) {
      const ids = 'ids' in entry ? entry.ids : idsOf(byId.values(), entry.rfc);
      for (const id of ids) {
        const requirement = byId.get(id);
        if (requirement === undefined) throw new Error(`left-out/${name}: no requirement ${id} in the catalogue`);
        byId.set(id, { ...requirement, leftOut: entry.why });
      }
    }
  }
  return { requirements: [...byId.values()], get: (id) => byId.get(id) };
}

const idsOf = (requirements: Iterable<Requirement>, rfc: number): string[] =>
  [...requirements].filter((one) => one.rfc === rfc).map(({ id }) => id);

function yamlFiles(folder: string): { readonly name: string; readonly content: unknown }[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((name) => ({ name, content: parse(readFileSync(join(folder, name), 'utf8')) }));
}
