import type { FindingRecord, RunRecord, ScenarioResult } from '../harness/runner/record.ts';

type Verdict = ScenarioResult['verdict'];

/** One judged fact of a scenario that is worth a look, over all requirements that it touches. */
export interface Fact {
  readonly verdict: Verdict;
  /** The most telling first. None: it is held against a capture, or nothing has been found. */
  readonly requirements: readonly { readonly id: string; readonly level: FindingRecord['level'] }[];
  readonly message: string;
  /** What was due, and who says so. */
  readonly due?: { readonly by: 'requirement' | 'capture'; readonly text: string };
  readonly actual?: string | undefined;
  readonly step?: string | undefined;
  readonly rule?: string | undefined;
  /** The reason, where the profile lists it as a known deviation. */
  readonly known?: string | undefined;
  /** Positions in the wire log. */
  readonly evidence: readonly number[];
  /** Without what is made up anew in each scenario: names, identifiers, addresses, numbers. Known or not does not count. */
  readonly shape: string;
}

/** What several scenarios show for the same reason, as far as it can be told from outside. */
export interface Cause {
  /** The fact of the first scenario, with the requirements of all. */
  readonly fact: Fact;
  /** That show it, in the order of the run; never none. */
  readonly scenarios: readonly [ScenarioResult, ...ScenarioResult[]];
}

export const isMiss = (verdict: Verdict): boolean => verdict !== 'pass' && verdict !== 'unsupported';

/**
 * In the order in which the scenario found them; those against a capture last. A scenario that came out badly has at least
 * that to tell.
 */
export function factsOf(result: Judged): Fact[] {
  const { findings, compared = [], verdict, known } = result;
  const names = actorsOf(findings);
  const byIdentity = new Map<string, [FindingRecord, ...FindingRecord[]]>();
  for (const finding of findings) {
    if (!isMiss(finding.verdict)) continue;
    const identity = JSON.stringify([finding.verdict, finding.step, finding.rule, finding.message, finding.actual]);
    const same = byIdentity.get(identity);
    if (same === undefined) byIdentity.set(identity, [finding]);
    else same.push(finding);
  }
  const found = [...byIdentity.values()].map((same) => {
    const { requirement: _id, level: _level, expected, ...rest } = same[0];
    const requirements = same.map(({ requirement: id, level }) => ({ id, level }));
    return shaped({ ...rest, requirements, ...dueBy('requirement', expected) }, names);
  });
  const captured = compared
    .filter((one) => isMiss(one.verdict))
    .map(({ expected, ...rest }) => shaped({ ...rest, requirements: [], ...dueBy('capture', expected) }, names));
  const told = [...found, ...captured];
  if (told.length > 0 || !isMiss(verdict)) return told;
  const message = 'nothing more is told of it';
  return [shaped({ verdict, requirements: [], message, evidence: [], known }, names)];
}

type Judged = Pick<ScenarioResult, 'verdict' | 'known' | 'findings' | 'compared'>;

/**
 * The facts of a run by what they have in common: the same shape, and a requirement that both touch. The worst and the most
 * frequent come first. What a profile lists as known stands apart.
 */
export function causesOf({ scenarios }: Pick<RunRecord, 'scenarios'>): Cause[] {
  const byShape = new Map<string, Gathering[]>();
  for (const scenario of scenarios)
    for (const fact of factsOf(scenario)) {
      const shape = JSON.stringify([fact.shape, fact.known]);
      byShape.set(shape, gathered(byShape.get(shape) ?? [], fact, scenario));
    }
  return [...byShape.values()].flat().map(causeOf).toSorted(compareCauses);
}

interface Gathering {
  readonly fact: Fact;
  readonly requirements: Map<string, Fact['requirements'][number]>;
  readonly scenarios: Set<ScenarioResult>;
}

/** Adds a fact, which may show that two gatherings are one. */
function gathered(known: readonly Gathering[], fact: Fact, scenario: ScenarioResult): Gathering[] {
  const touched = known.filter(
    ({ requirements }) => isOfNoRequirement(fact) || fact.requirements.some(({ id }) => requirements.has(id)),
  );
  const [first, ...others] = touched;
  const target = first ?? { fact, requirements: new Map(), scenarios: new Set() };
  for (const other of others) {
    for (const [id, requirement] of other.requirements) target.requirements.set(id, requirement);
    for (const one of other.scenarios) target.scenarios.add(one);
  }
  for (const requirement of fact.requirements) target.requirements.set(requirement.id, requirement);
  target.scenarios.add(scenario);
  if (first === undefined) return [...known, target];
  return others.length === 0 ? [...known] : known.filter((one) => one === first || !others.includes(one));
}

/** Why something could not be judged has nothing to do with what would have been judged. */
const isOfNoRequirement = ({ verdict, requirements }: Fact): boolean =>
  requirements.length === 0 || verdict === 'inconclusive' || verdict === 'error';

function causeOf({ fact, requirements, scenarios }: Gathering): Cause {
  const [first, ...others] = scenarios;
  if (first === undefined) throw new Error('a cause without a scenario');
  return { fact: { ...fact, requirements: [...requirements.values()] }, scenarios: [first, ...others] };
}

const RANKS: readonly Verdict[] = ['error', 'fail', 'differs', 'inconclusive', 'warn', 'unsupported', 'pass'];

const compareCauses = (a: Cause, b: Cause): number =>
  RANKS.indexOf(a.fact.verdict) - RANKS.indexOf(b.fact.verdict) || b.scenarios.length - a.scenarios.length;

const dueBy = (by: 'requirement' | 'capture', text: string | undefined): Pick<Fact, 'due'> =>
  text === undefined ? {} : { due: { by, text } };

/** Who acts in the steps, e.g. `3: bob nickname`, `twin 3: bob nickname`. */
const actorsOf = (findings: readonly FindingRecord[]): ReadonlySet<string> =>
  new Set(findings.flatMap(({ step }) => /^(?:[\w ]+ )?\d+: (\S+)/.exec(step ?? '')?.[1] ?? []));

function shaped(fact: Omit<Fact, 'shape'>, names: ReadonlySet<string>): Fact {
  const { verdict, rule, due, actual, message } = fact;
  // What was tolerated beside it does not make another cause.
  // A rule speaks of nobody in particular: a word of it that is a name as well stays.
  const nameless = rule === undefined ? names : NOBODY;
  const pair = [shapeOf(due?.text.split(';')[0] ?? '', nameless), shapeOf(actual ?? '', names)];
  const isPair = due !== undefined || actual !== undefined;
  // What a rule says without a pair names whoever was there, and means its requirement.
  const words = isPair ? '' : rule === undefined ? shapeOf(message, names) : (fact.requirements[0]?.id ?? '');
  return { ...fact, shape: JSON.stringify([verdict, rule, due?.by, ...pair, words]) };
}

const NOBODY: ReadonlySet<string> = new Set();

/** In characters: what follows does not tell causes apart. */
const MAX_SHAPE = 500;

/** Status codes stay. */
function shapeOf(text: string, names: ReadonlySet<string>): string {
  return text
    .slice(0, MAX_SHAPE)
    .replace(/\b(?:sips?|msrps?|tel|xcon):[^\s,>"')]+/gi, '<uri>')
    .replace(/[\p{L}\p{N}._~-]+/gu, (word) => (names.has(word) ? '<who>' : isMadeUp(word) ? '<id>' : word))
    .replace(/\d+/g, (digits) => (/^[1-6]\d\d$/.test(digits) ? digits : '<n>'));
}

/** Letters mixed with digits, or capitals amid small letters. */
const isMadeUp = (word: string): boolean =>
  word.length >= 6 &&
  ((/\p{L}/u.test(word) && /\d/.test(word) && !/^RFC\d+/.test(word)) || /\p{Ll}\p{Lu}.*\p{Ll}\p{Lu}/u.test(word));
