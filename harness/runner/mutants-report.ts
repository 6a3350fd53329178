import type { Charge, MutantTrial, VariantTrial } from './mutants.ts';

export type Trial = MutantTrial | VariantTrial;

/** What the suite makes of an altered focus, and whether that is right. */
export function outcomeOf(trial: Trial): 'killed' | 'survived' | 'passed' | 'accused' | 'error' {
  // A suite that breaks on an altered focus has judged nothing.
  if (trial.errors.length > 0) return 'error';
  switch (trial.kind) {
    case 'mutant':
      return trial.kills.length > 0 ? 'killed' : 'survived';
    case 'variant':
      return trial.accusations.length > 0 ? 'accused' : 'passed';
  }
}

/** One line for each trial: its name, what it is charged with and by whom. */
export function trialLine(trial: Trial, width: number): string {
  const outcome = outcomeOf(trial).padEnd(8);
  return `${outcome}  ${trial.name.padEnd(width)}  ${detailOf(trial)}`.trimEnd();
}

function detailOf(trial: Trial): string {
  switch (outcomeOf(trial)) {
    case 'killed':
      return trial.kind === 'mutant' ? chargesOf(trial.kills) : '';
    case 'survived':
      return trial.kind === 'mutant' ? `it ${trial.about}; violates ${trial.violates.join(', ')}` : '';
    case 'passed':
      return trial.kind === 'variant' ? trial.because : '';
    case 'accused':
      return trial.kind === 'variant' ? chargesOf(trial.accusations) : '';
    case 'error':
      return trial.errors[0]?.split('\n', 1)[0] ?? '';
  }
}

const SHOWN = 3;

function chargesOf(charges: readonly Charge[]): string {
  const shown = charges.slice(0, SHOWN).map(({ requirement, verdict, rule, scenario }) => {
    const judge = rule === undefined ? scenario : `rule ${rule} in ${scenario}`;
    return `${requirement} ${verdict === 'warn' ? '(warning) ' : ''}by ${judge}`;
  });
  const rest = charges.length - shown.length;
  return shown.join('; ') + (rest > 0 ? `; and ${rest} more` : '');
}

/** `12 of 13 mutants killed, 3 of 3 variants passed`. */
export function sumLine(trials: readonly Trial[]): string {
  const parts = (['mutant', 'variant'] as const).flatMap((kind) => {
    const all = trials.filter((trial) => trial.kind === kind);
    const right = all.filter((trial) => ['killed', 'passed'].includes(outcomeOf(trial)));
    if (all.length === 0) return [];
    return `${right.length} of ${all.length} ${kind}s ${kind === 'mutant' ? 'killed' : 'passed'}`;
  });
  return parts.join(', ');
}

/** 0 all mutants killed and all variants passed, 1 not so, 4 the suite itself broke. */
export function trialsExitStatus(trials: readonly Trial[]): 0 | 1 | 4 {
  const outcomes = trials.map(outcomeOf);
  if (outcomes.includes('error')) return 4;
  return outcomes.some((outcome) => outcome === 'survived' || outcome === 'accused') ? 1 : 0;
}
