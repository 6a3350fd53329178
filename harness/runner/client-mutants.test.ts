import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadCatalogue } from '../catalogue/catalogue.ts';
import { gradeOf } from '../catalogue/grade.ts';
import { bindsClient } from '../catalogue/roles.ts';
import { clientMutants } from '../driver/mutants/index.ts';
import type { ClientMutant, ClientVariant } from '../driver/mutants/mutant.ts';
import { clientVariants } from '../driver/mutants/variants.ts';
import { mutants } from '../focus/mutants/index.ts';
import { variants } from '../focus/variants/index.ts';
import { loadScenarios } from '../scenario/load.ts';
import { type Trials, tryClientMutant, tryClientVariant } from './mutants.ts';
import { outcomeOf } from './mutants-report.ts';
import { roleOf } from './select.ts';

const folder = fileURLToPath(new URL('../../scenarios', import.meta.url));
const catalogue = loadCatalogue(`${folder}/requirements`);
const loaded = loadScenarios(folder, catalogue);
if (!loaded.ok) throw new Error(JSON.stringify(loaded.error));
const suite = loaded.value.filter((one) => roleOf(one) === 'participant');
const trials: Trials = { scenarios: suite, catalogue, seed: 'clients', extent: 'brief' };

/** Those that a few scenarios suffice for: what all of them make of all is told by `msrpspec mutants --clients`. */
const only = (...ids: readonly string[]): Trials => ({
  ...trials,
  scenarios: suite.filter(({ id }) => ids.includes(id.replace('participant/', ''))),
});

const named = <T extends ClientMutant | ClientVariant>(list: readonly T[], name: string): T => {
  const found = list.find((one) => one.name === name);
  if (found === undefined) throw new Error(`there is no ${name}`);
  return found;
};

describe('mutants and variants of the client', () => {
  it('are many, and have a name each, which none of a focus has', () => {
    expect(clientMutants.length).toBeGreaterThanOrEqual(30);
    const names = [...clientMutants, ...clientVariants, ...mutants, ...variants].map(({ name }) => name);
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
  });

  it.each([...clientMutants])('$name violates what binds a client, and what weighs as much', (mutant) => {
    const violated = mutant.violates.map((id) => catalogue.get(id));
    expect(violated.length).toBeGreaterThan(0);
    expect(violated.filter((one) => one === undefined || !bindsClient(one))).toEqual([]);
    if (mutant.weight === 'fail') expect(gradeOf(catalogue, mutant.violates)).toBe('fail');
    const { shownBy } = mutant;
    if (shownBy !== undefined) expect(suite.map(({ id }) => id)).toContain(shownBy);
    expect([mutant.wire, mutant.network, mutant.view].filter((one) => one !== undefined)).toHaveLength(1);
  });

  it.each([...clientVariants])('$name may get warnings only about what is in the catalogue', ({ mayWarn }) => {
    expect(mayWarn.filter((id) => catalogue.get(id) === undefined)).toEqual([]);
  });
});

describe('a mutant of the client', () => {
  it.each([
    ['on the wire', 'client-speaks-for-another', 'says-something-to-the-room'],
    ['before its session stands', 'client-offers-no-wrapper', 'offers-what-a-room-needs'],
    ['behind its back', 'client-speaks-after-bye', 'has-left-for-good'],
    ['in what it shows', 'client-shows-half', 'reads-messages-that-are-mixed'],
    ['in a later moment', 'client-goes-on-after-413', 'hears-a-no-to-what-it-says/too-much'],
  ])('is killed for what is wrong %s', async (_where, name, scenario) => {
    const mutant = named(clientMutants, name);
    const trial = await tryClientMutant(mutant, only(scenario));
    expect(trial.errors).toEqual([]);
    expect(mutant.violates).toContain(trial.kills[0]?.requirement);
    expect(outcomeOf(trial)).toBe('killed');
  });

  it('survives where nothing is about it', async () => {
    const trial = await tryClientMutant(named(clientMutants, 'client-never-reports'), only('joins-and-leaves'));
    expect(outcomeOf(trial)).toBe('survived');
  });
});

describe('a variant of the client', () => {
  it('is let pass', async () => {
    const trial = await tryClientVariant(
      named(clientVariants, 'client-of-few-words'),
      only('shows-room-messages', 'reports-what-has-come/of-two-chunks'),
    );
    expect(outcomeOf(trial)).toBe('passed');
    expect(trial.played).toBe(2);
  });

  it('is accused where it is none', async () => {
    const wrong = {
      ...named(clientVariants, 'client-of-few-words'),
      ...named(clientMutants, 'client-answers-nothing'),
    };
    const trial = await tryClientVariant({ ...wrong, because: 'it is not', mayWarn: [] }, only('shows-room-messages'));
    expect(outcomeOf(trial)).toBe('accused');
  });
});
