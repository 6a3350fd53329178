import { mutants } from '../focus/mutants/index.ts';
import type { Mutant } from '../focus/mutants/mutant.ts';
import { likelyFirst } from '../runner/mutants.ts';
import type { LoadedScenario } from '../scenario/load.ts';

/** Each mutant of the focus with the scenario that is most likely to show it. */
export function focusMutantsOf(
  suite: readonly LoadedScenario[],
): readonly { readonly mutant: Mutant; readonly scenario: LoadedScenario }[] {
  return mutants.flatMap((mutant) => {
    const [scenario] = likelyFirst(suite, mutant.violates, mutant.shownBy);
    return scenario === undefined ? [] : [{ mutant, scenario }];
  });
}
