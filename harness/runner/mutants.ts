import type { Catalogue } from '../catalogue/catalogue.ts';
import type { ClientMutant, ClientVariant } from '../driver/mutants/mutant.ts';
import type { Alteration } from '../focus/alteration.ts';
import type { Mutant } from '../focus/mutants/mutant.ts';
import type { Variant } from '../focus/variants/variant.ts';
import type { LoadedScenario } from '../scenario/load.ts';
import { DEFAULT_PATIENCE } from '../scenario/stage.ts';
import { roomPatterns } from '../sut/own-rooms.ts';
import type { Arena } from './arena.ts';
import { clientArenaInMemory } from './client-simulation.ts';
import type { FindingRecord, ScenarioResult } from './record.ts';
import { run } from './run.ts';
import { focusArena } from './simulation.ts';

/** What alterations of the focus are tried with. */
export interface Trials {
  readonly scenarios: readonly LoadedScenario[];
  readonly catalogue: Catalogue;
  readonly seed: string;
  /** `brief`: one conviction of a mutant does, and a variant meets a part of the scenarios. */
  readonly extent: 'brief' | 'all';
}

/** Something held against an altered focus. */
export interface Charge extends Pick<FindingRecord, 'requirement' | 'verdict' | 'message' | 'step' | 'rule'> {
  readonly scenario: string;
}

interface Tried {
  readonly name: string;
  readonly about: string;
  /** How many scenarios were played. */
  readonly played: number;
  /** Faults of the suite itself that came to light: `scenario: message`. */
  readonly errors: readonly string[];
}

export interface MutantTrial extends Tried, Pick<Mutant, 'violates' | 'weight'> {
  readonly kind: 'mutant';
  /** None: it survived. */
  readonly kills: readonly Charge[];
}

export interface VariantTrial extends Tried, Pick<Variant, 'because'> {
  readonly kind: 'variant';
  /** None: it was let pass, as is right. */
  readonly accusations: readonly Charge[];
}

/** A mutant is killed by a finding of due weight that cites what it violates; any other finding may be chance. */
export const tryMutant = (mutant: Mutant, trials: Trials): Promise<MutantTrial> =>
  tryOnMutant(mutant, trials, () => altered(mutant, trials));

export const tryClientMutant = (mutant: ClientMutant, trials: Trials): Promise<MutantTrial> =>
  tryOnMutant(mutant, trials, () => clientArenaInMemory(mutant.name, mutant));

async function tryOnMutant(
  mutant: Pick<Mutant, 'name' | 'about' | 'violates' | 'weight' | 'shownBy'>,
  trials: Trials,
  arena: () => Arena,
): Promise<MutantTrial> {
  const { name, about, violates, weight, shownBy } = mutant;
  const due = weight === 'fail' ? ['fail'] : ['fail', 'warn'];
  const ordered = { ...trials, scenarios: likelyFirst(trials.scenarios, violates, shownBy) };
  const isKill = ({ verdict, requirement }: FindingRecord): boolean =>
    due.includes(verdict) && violates.includes(requirement);
  const end = trials.extent === 'brief' ? 'first charge' : 'last scenario';
  const { charges: kills, ...tried } = await tryOut(arena(), ordered, end, (findings) => findings.filter(isKill));
  return { kind: 'mutant', name, about, violates, weight, kills, ...tried };
}

/** In brief, a variant meets one scenario out of so many, another variant others. */
export const SAMPLED = 64;

/** The `turn`th part of the scenarios. */
export const sampleOf = (scenarios: readonly LoadedScenario[], turn: number): readonly LoadedScenario[] =>
  scenarios.filter((_scenario, index) => index % SAMPLED === turn % SAMPLED);

/** A legal variant must not fail anything, nor get a warning that the notes do not provide for. */
export const tryVariant = (variant: Variant, trials: Trials): Promise<VariantTrial> =>
  tryOnVariant(variant, trials, () => altered(variant, trials));

export const tryClientVariant = (variant: ClientVariant, trials: Trials): Promise<VariantTrial> =>
  tryOnVariant(variant, trials, () => clientArenaInMemory(variant.name, variant));

async function tryOnVariant(
  variant: Pick<Variant, 'name' | 'about' | 'because' | 'mayWarn'>,
  trials: Trials,
  arena: () => Arena,
): Promise<VariantTrial> {
  const { name, about, because, mayWarn } = variant;
  const { charges: accusations, ...tried } = await tryOut(arena(), trials, 'last scenario', (findings) => {
    const excused = new Set(
      findings.filter(({ requirement }) => mayWarn === 'any' || mayWarn.includes(requirement)).map(fact),
    );
    return findings.filter((one) => one.verdict === 'fail' || (one.verdict === 'warn' && !excused.has(fact(one))));
  });
  return { kind: 'variant', name, about, because, accusations, ...tried };
}

/** One judged fact may cite several requirements and is then several records. */
const fact = ({ step, rule, message }: FindingRecord): string => JSON.stringify([step, rule, message]);

/** First the one that is named, then those about the requirements, about most of them in front; then the broadest. */
export function likelyFirst(
  scenarios: readonly LoadedScenario[],
  requirements: readonly string[],
  named?: string,
): readonly LoadedScenario[] {
  const common = ({ id, scenario }: LoadedScenario): number =>
    id === named ? Number.POSITIVE_INFINITY : scenario.covers.filter((one) => requirements.includes(one)).length;
  return scenarios.toSorted(
    (one, other) => common(other) - common(one) || other.scenario.covers.length - one.scenario.covers.length,
  );
}

const altered = (focus: Alteration & { readonly name: string }, { scenarios }: Trials): Arena =>
  focusArena(roomPatterns(scenarios.map(({ scenario }) => scenario.room ?? {})), focus.name, focus);

async function tryOut(
  arena: Arena,
  { scenarios, catalogue, seed }: Trials,
  end: 'first charge' | 'last scenario',
  judge: (findings: readonly FindingRecord[]) => readonly FindingRecord[],
): Promise<Pick<Tried, 'played' | 'errors'> & { readonly charges: readonly Charge[] }> {
  const stop = new AbortController();
  const charges: Charge[] = [];
  const errors: string[] = [];
  let played = 0;
  const scenarioEnded = (result: ScenarioResult): ScenarioResult => {
    played += 1;
    for (const { requirement, verdict, message, step, rule } of judge(result.findings))
      charges.push({
        scenario: result.id,
        requirement,
        verdict,
        message,
        ...(step && { step }),
        ...(rule && { rule }),
      });
    if (result.verdict === 'error')
      errors.push(`${result.id}: ${result.findings.find(({ verdict }) => verdict === 'error')?.message}`);
    if (charges.length > 0 && end === 'first charge') stop.abort();
    return result;
  };
  const outcome = await run(
    {
      scenarios,
      arena,
      catalogue,
      patience: DEFAULT_PATIENCE,
      reading: 'tolerant',
      seed,
      jobs: 1,
      argv: [],
      version: '',
      // The record is not kept, so its dates do not matter.
      date: () => new Date(0),
      now: () => 0,
      signal: stop.signal,
    },
    { scenarioEnded },
  );
  if (outcome.kind === 'unreachable') errors.push(outcome.reason);
  return { played, errors, charges };
}
