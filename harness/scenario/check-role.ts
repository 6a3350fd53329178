import { mutants } from '../focus/mutants/index.ts';
import { variants } from '../focus/variants/index.ts';
import { type ClientAction, underTest } from './client-schema.ts';
import { didYouMean } from './nearest.ts';
import type { Problem } from './problem.ts';
import type { Scenario, SimpleStep, Step } from './schema.ts';
import type { YamlFile } from './yaml-file.ts';

/** What scenarios for a client under test may say and those for a focus may not, and the other way round. */
export function checkRole(file: YamlFile<Scenario>): Problem[] {
  const scenario = file.value;
  const problems: Problem[] = [];
  if (scenario.role !== 'participant') {
    if (scenario.cast === undefined) problems.push(file.problem([], '"cast" is missing'));
    if (scenario.focus !== undefined)
      problems.push(file.problem(['focus'], '"focus" goes with role: participant only', 'key'));
    for (const [path, name] of stepsUnderTest(scenario))
      problems.push(file.problem([...path, name], `steps of "${name}" go with role: participant only`, 'key'));
    return problems;
  }
  const { variant, mutant } = scenario.focus ?? {};
  for (const [kind, name, known] of [
    ['variant', variant, variants.map((one) => one.name)],
    ['mutant', mutant, mutants.map((one) => one.name)],
  ] as const)
    if (name !== undefined && !known.includes(name))
      problems.push(file.problem(['focus', kind], `no ${kind} is called "${name}"${didYouMean(name, known)}`));
  return problems;
}

/** Labels of messages that a step of the client refers to, and where. */
export function clientLabelsIn(action: ClientAction | undefined): (readonly [readonly PropertyKey[], string])[] {
  const { shows, 'does-not-show': hidden, answers, reports } = action ?? {};
  return [
    ...(shows === undefined ? [] : [[['shows'], shows] as const]),
    ...(hidden === undefined ? [] : [[['does-not-show'], hidden] as const]),
    ...(answers === undefined ? [] : [[['answers', 'message'], answers.message] as const]),
    ...(reports === undefined ? [] : [[['reports', 'message'], reports.message] as const]),
  ];
}

function stepsUnderTest({ steps, twin }: Scenario): (readonly [readonly PropertyKey[], string])[] {
  const found: (readonly [readonly PropertyKey[], string])[] = [];
  const look = (path: readonly PropertyKey[], step: Step | SimpleStep | undefined): void => {
    for (const name of underTest) if (step?.[name] !== undefined) found.push([path, name]);
  };
  look(['twin'], twin);
  for (const [i, step] of steps.entries()) {
    look(['steps', i], step);
    for (const [j, inner] of (step.together ?? []).entries()) look(['steps', i, 'together', j], inner);
  }
  return found;
}
