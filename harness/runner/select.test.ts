import { describe, expect, it } from 'vitest';
import type { LoadedScenario } from '../scenario/load.ts';
import type { RunRecord } from './record.ts';
import { type Selection, select } from './select.ts';

const scenario = (id: string, covers: string[], tags: string[] = []): LoadedScenario => ({
  id,
  file: `${id}.yaml`,
  cast: new Map(),
  scenario: { title: id, covers, tags, cast: ['alice'], steps: [] },
});

const suite = [
  scenario('rfc7701/7-nicknames/race', ['RFC7701-7.1-26'], ['fast']),
  scenario('rfc7701/7-nicknames/change', ['RFC7701-7.2-01']),
  scenario('rfc4975/unknown-method', ['RFC4975-12-01']),
];

function ids(selection: Selection): string[] | string {
  const selected = select(suite, selection);
  return selected.ok ? selected.value.map(({ id }) => id) : selected.error;
}

describe('selection of scenarios', () => {
  it.each<[string[], string[]]>([
    [[], ['rfc7701/7-nicknames/race', 'rfc7701/7-nicknames/change', 'rfc4975/unknown-method']],
    [['rfc7701/7-nicknames/race'], ['rfc7701/7-nicknames/race']],
    [['scenarios/rfc7701/7-nicknames/race.yaml'], ['rfc7701/7-nicknames/race']],
    [['rfc7701'], ['rfc7701/7-nicknames/race', 'rfc7701/7-nicknames/change']],
    [['*/unknown-*'], ['rfc4975/unknown-method']],
    [['fast'], ['rfc7701/7-nicknames/race']],
    [['RFC7701-7.2-01'], ['rfc7701/7-nicknames/change']],
    [['RFC7701-7.1'], ['rfc7701/7-nicknames/race']],
    [['RFC4975'], ['rfc4975/unknown-method']],
    [
      ['rfc4975', 'fast'],
      ['rfc7701/7-nicknames/race', 'rfc4975/unknown-method'],
    ],
  ])('%j', (selectors, expected) => {
    expect(ids({ selectors })).toEqual(expected);
  });

  it('leaves out what is excluded', () => {
    expect(ids({ selectors: ['rfc7701'], exclude: ['fast'] })).toEqual(['rfc7701/7-nicknames/change']);
  });

  it('takes what did not pass in an earlier run', () => {
    const verdicts = [
      ['rfc7701/7-nicknames/race', 'pass'],
      ['rfc7701/7-nicknames/change', 'fail'],
      ['rfc4975/unknown-method', 'inconclusive'],
    ] as const;
    const failedIn = { scenarios: verdicts.map(([id, verdict]) => ({ id, verdict })) } as unknown as RunRecord;
    expect(ids({ selectors: ['rfc7701'], failedIn })).toEqual(['rfc7701/7-nicknames/change']);
  });

  it.each([
    [
      { selectors: ['rfc7701/7-nicknames/rce'] },
      'no scenario matches "rfc7701/7-nicknames/rce" (did you mean "rfc7701/7-nicknames/race"?)',
    ],
    [{ selectors: [], exclude: ['nothing-like-it'] }, 'no scenario matches "nothing-like-it"'],
    [{ selectors: ['RFC7701-7.1-2'] }, 'no scenario matches "RFC7701-7.1-2"'],
  ])('%j is an error', (selection, error) => {
    expect(ids(selection)).toBe(error);
  });
});
