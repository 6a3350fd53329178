import { describe, expect, it } from 'vitest';
import { causesOf, factsOf } from './causes.ts';
import { finding, recordOf, scenario } from './run-record.fixture.ts';

const failing = (id: string, of: Parameters<typeof finding>[0]) => scenario(id, 'fail', { findings: [finding(of)] });
const counts = (...scenarios: ReturnType<typeof scenario>[]): number[] =>
  causesOf(recordOf(scenarios)).map((cause) => cause.scenarios.length);

describe('the causes of failures', () => {
  it('are one where only names, identifiers, addresses and numbers differ', () => {
    const of = (actual: string) => ({ expected: 'one copy', actual });
    expect(
      counts(failing('a/a', of('2 of sip:bob-1@host, 7f3e88c1')), failing('a/b', of('12 of sip:al@host:5, 99ab01cd'))),
    ).toEqual([2]);
  });

  it('are several where status codes differ, or what was due', () => {
    expect(counts(failing('a/a', { actual: '404' }), failing('a/b', { actual: '403' }))).toEqual([1, 1]);
    expect(counts(failing('a/a', { expected: '425' }), failing('a/b', { expected: '428' }))).toEqual([1, 1]);
  });

  it('are several for requirements that have nothing in common, one where a third has both', () => {
    const [a, b] = [finding({ requirement: 'RFC7701-8-12' }), finding({ requirement: 'RFC7701-8-13' })];
    const [one, two] = [scenario('a/a', 'fail', { findings: [a] }), scenario('a/b', 'fail', { findings: [b] })];
    expect(counts(one, two)).toEqual([1, 1]);
    expect(counts(one, two, scenario('a/c', 'fail', { findings: [a, b] }))).toEqual([3]);
  });

  it('are one for a rule and a requirement, whoever is named', () => {
    const of = (who: string) => ({ rule: 'no-echo', step: undefined, message: `a message of ${who} came back` });
    const bare = (who: string) => {
      const { expected: _expected, actual: _actual, step: _step, ...rest } = finding({ ...of(who), step: '' });
      return rest;
    };
    expect(
      counts(scenario('a/a', 'fail', { findings: [bare('al')] }), scenario('a/b', 'fail', { findings: [bare('bo')] })),
    ).toEqual([2]);
  });

  it('are one for a rule, even if a word of it is the name of somebody', () => {
    const of = (step: string) => [
      finding({ rule: 'refusals', expected: 'a To that names nobody', actual: 'sip:x@host' }),
      finding({ step, verdict: 'pass' }),
    ];
    const [one, two] = [of('1: nobody sends'), of('1: alice sends')];
    expect(counts(scenario('a/a', 'fail', { findings: one }), scenario('a/b', 'fail', { findings: two }))).toEqual([2]);
  });

  it('stand apart where the profile knows of them', () => {
    const known = scenario('a/b', 'fail', { known: 'why', findings: [finding({ known: 'why' })] });
    const causes = causesOf(recordOf([scenario('a/a', 'fail'), known]));
    expect(causes.map(({ fact }) => fact.known)).toEqual([undefined, 'why']);
  });

  it('come worst first, then the most frequent', () => {
    const warned = ['a', 'b', 'c'].map((id) => scenario(`w/${id}`, 'warn'));
    const causes = causesOf(
      recordOf([...warned, failing('f/1', { actual: '500' }), failing('f/2', {}), failing('f/3', {})]),
    );
    expect(causes.map(({ fact, scenarios }) => [fact.verdict, scenarios.length])).toEqual([
      ['fail', 2],
      ['fail', 1],
      ['warn', 3],
    ]);
  });
});

describe('the facts of a scenario', () => {
  it('are one over all the requirements that one step breaks', () => {
    const facts = factsOf(
      scenario('a/b', 'fail', { findings: [finding(), finding({ requirement: 'RFC7701-10.3-03' })] }),
    );
    expect(facts.map(({ requirements }) => requirements.map(({ id }) => id))).toEqual([
      ['RFC7701-7.1-26', 'RFC7701-10.3-03'],
    ]);
  });

  it('are never none where it came out badly', () => {
    expect(factsOf(scenario('a/b', 'error', { findings: [] }))).toMatchObject([{ verdict: 'error', requirements: [] }]);
    expect(factsOf(scenario('a/b', 'pass'))).toEqual([]);
  });
});
