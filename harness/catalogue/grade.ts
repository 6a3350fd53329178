import type { Catalogue } from './catalogue.ts';

/** How much it weighs that a requirement is broken. */
export type Grade = 'fail' | 'warn';

/**
 * The grade of a breach that touches these requirements: a MUST or a plain statement of the RFC weighs a fail, a SHOULD
 * or MAY a warning. One stern requirement among several is enough.
 * @throws when an id is not in the catalogue.
 */
export function gradeOf(catalogue: Catalogue, requirements: readonly string[]): Grade {
  return requirements.some((id) => isStern(catalogue, id)) ? 'fail' : 'warn';
}

function isStern(catalogue: Catalogue, id: string): boolean {
  const requirement = catalogue.get(id);
  if (requirement === undefined) throw new Error(`no requirement ${id} in the catalogue`);
  switch (requirement.level) {
    case 'MUST':
    case 'MUST NOT':
    case 'STATED':
      return true;
    case 'SHOULD':
    case 'SHOULD NOT':
    case 'MAY':
      return false;
  }
}
