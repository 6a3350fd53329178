import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadCatalogue } from '../catalogue/catalogue.ts';
import { gradeOf } from '../catalogue/grade.ts';
import { mutants } from '../focus/mutants/index.ts';
import type { Mutant } from '../focus/mutants/mutant.ts';
import { referenceDecisions } from '../focus/reference-decisions.ts';
import { variants } from '../focus/variants/index.ts';
import type { Variant } from '../focus/variants/variant.ts';
import { loadScenarios } from '../scenario/load.ts';
import { likelyFirst, SAMPLED, sampleOf, type Trials, tryMutant, tryVariant } from './mutants.ts';
import { outcomeOf, sumLine, trialLine, trialsExitStatus } from './mutants-report.ts';

const folder = fileURLToPath(new URL('../../scenarios', import.meta.url));
const catalogue = loadCatalogue(`${folder}/requirements`);
const loaded = loadScenarios(folder, catalogue);
if (!loaded.ok) throw new Error(JSON.stringify(loaded.error));
const suite = loaded.value;
const examples = suite.filter(({ id }) => id.startsWith('rfc7701/9-examples/'));
const trials: Trials = { scenarios: examples, catalogue, seed: 'seed', extent: 'brief' };

const named = (name: string): Mutant => {
  const found = mutants.find((mutant) => mutant.name === name);
  if (found === undefined) throw new Error(`there is no ${name}`);
  return found;
};

describe('mutants and variants', () => {
  it('have a name each', () => {
    const names = [...mutants, ...variants].map(({ name }) => name);
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
    expect(names.filter((name) => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name))).toEqual([]);
  });

  it.each([...mutants])(
    '$name violates what is in the catalogue, and what weighs as much as it is said to',
    (mutant) => {
      expect(mutant.violates.length).toBeGreaterThan(0);
      expect(mutant.violates.filter((id) => catalogue.get(id) === undefined)).toEqual([]);
      // The verdict of an entry may be sterner than its level; its scenario says so.
      const sterner = suite.some(
        ({ scenario }) =>
          scenario.covers.some((id) => mutant.violates.includes(id)) &&
          scenario.steps.some(({ grade }) => grade === 'fail'),
      );
      if (mutant.weight === 'fail' && !sterner) expect(gradeOf(catalogue, mutant.violates)).toBe('fail');
    },
  );

  it.each([...mutants, ...variants])('$name differs from the reference, afresh for each focus', (altered) => {
    const changed = altered.decisions?.(referenceDecisions) ?? {};
    const entries = Object.entries(changed).filter(
      ([name, entry]) => entry !== referenceDecisions[name as keyof typeof referenceDecisions],
    );
    expect(entries.length + (altered.wire === undefined ? 0 : 1)).toBeGreaterThan(0);
    if (altered.decisions !== undefined) expect(altered.decisions(referenceDecisions)).not.toBe(changed);
  });

  it('break every requirement of RFC 7701 on a server that can be tested', () => {
    const broken = new Set(mutants.flatMap(({ violates }) => violates));
    const spared = catalogue.requirements.filter(
      ({ id, rfc, testable, role }) =>
        rfc === 7701 && testable === 'yes' && ['focus', 'switch'].includes(role) && !broken.has(id),
    );
    expect(spared.map(({ id }) => id)).toEqual([]);
  });

  it('name scenarios that there are', () => {
    const ids = new Set(suite.map(({ id }) => id));
    const lost = mutants.filter(({ shownBy }) => shownBy !== undefined && !ids.has(shownBy));
    expect(lost.map(({ name, shownBy }) => `${name}: ${shownBy}`)).toEqual([]);
  });

  it.each([...variants])('$name may get warnings only about what is in the catalogue', ({ mayWarn }) => {
    if (mayWarn !== 'any') expect(mayWarn.filter((id) => catalogue.get(id) === undefined)).toEqual([]);
  });
});

describe('a mutant', () => {
  it('is killed by the first finding that cites what it violates', async () => {
    const trial = await tryMutant(named('echoes-to-the-sender'), trials);
    expect(trial.errors).toEqual([]);
    expect(trial.kills[0]).toMatchObject({ verdict: 'fail' });
    expect(['RFC7701-6.1-16', 'RFC7701-2-02']).toContain(trial.kills[0]?.requirement);
    expect(trial.played).toBeLessThan(examples.length);
    expect(outcomeOf(trial)).toBe('killed');
  });

  it('meets every scenario where all are wanted', async () => {
    const trial = await tryMutant(named('echoes-to-the-sender'), { ...trials, extent: 'all' });
    expect(trial.played).toBe(examples.length);
    expect(new Set(trial.kills.map(({ scenario }) => scenario)).size).toBeGreaterThan(1);
  });

  it('survives findings about other things', async () => {
    const mutant = { ...named('echoes-to-the-sender'), violates: ['RFC7701-7.1-26'] };
    const trial = await tryMutant(mutant, trials);
    expect(trial).toMatchObject({ kills: [], played: examples.length });
    expect(trialLine(trial, 0)).toContain('violates RFC7701-7.1-26');
    expect(trialsExitStatus([trial])).toBe(1);
  });

  it('survives warnings where a failure is due, and not where a warning is', async () => {
    const slip = { ...named('nickname-without-namespace'), violates: ['RFC6501-4.6.3-01'] };
    expect((await tryMutant({ ...slip, weight: 'fail' }, trials)).kills).toEqual([]);
    expect((await tryMutant(slip, trials)).kills[0]).toMatchObject({ verdict: 'warn' });
  });

  it('meets first what is about its requirements, then what is broad', () => {
    const ordered = likelyFirst(suite, ['RFC7701-7.1-26', 'RFC7701-10.3-03']);
    const common = ordered.map(
      ({ scenario }) => scenario.covers.filter((id) => ['RFC7701-7.1-26', 'RFC7701-10.3-03'].includes(id)).length,
    );
    expect(common[0]).toBe(2);
    expect(common).toEqual(common.toSorted((a, b) => b - a));
    const rest = ordered.slice(common.indexOf(0)).map(({ scenario }) => scenario.covers.length);
    expect(rest).toEqual(rest.toSorted((a, b) => b - a));
  });
});

describe('a variant', () => {
  const nothing: Variant = { name: 'the-reference', about: 'is the reference', because: 'it is', mayWarn: [] };

  it('is let pass when nothing is held against it', async () => {
    const trial = await tryVariant(nothing, trials);
    expect(trial).toMatchObject({ accusations: [], errors: [], played: examples.length });
    expect(trialsExitStatus([trial])).toBe(0);
  });

  it('is accused by any failure, and by warnings that are not provided for', async () => {
    const wrong = await tryVariant({ ...nothing, ...named('echoes-to-the-sender'), mayWarn: 'any' }, trials);
    expect(outcomeOf(wrong)).toBe('accused');
    const slip: Variant = { ...nothing, ...named('nickname-without-namespace') };
    expect((await tryVariant({ ...slip, mayWarn: [] }, trials)).accusations[0]).toMatchObject({ verdict: 'warn' });
    const excused = await tryVariant({ ...slip, mayWarn: ['RFC6501-4.6.3-01'] }, trials);
    expect(excused.accusations).toEqual([]);
    expect(sumLine([wrong, excused])).toBe('1 of 2 variants passed');
  });

  it('meets each scenario in one of its turns', () => {
    const parts = Array.from({ length: SAMPLED }, (_, turn) => sampleOf(suite, turn));
    expect(parts.flat().toSorted((a, b) => suite.indexOf(a) - suite.indexOf(b))).toEqual(suite);
    expect(Math.max(...parts.map(({ length }) => length))).toBeLessThan(suite.length / 4);
  });
});
