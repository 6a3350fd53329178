import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadCatalogue } from '../catalogue/catalogue.ts';
import { parseScenarios } from './load.ts';
import { formatProblem } from './problem.ts';

const catalogue = loadCatalogue(fileURLToPath(new URL('../../scenarios/requirements', import.meta.url)));

const collision = `title: A nickname that another user holds is refused with 425
covers: [RFC7701-7.1-26, RFC7701-10.3-03]
needs: [nickname]
cast: [alice, bob, carol]
let: { name: "{nickname}" }
steps:
  - alice: { nickname: "{name}" }
    expect: 200
  - bob: { nickname: "{name}" }
    expect: 425
  - carol: { sees-roster: { alice: "{name}", bob: none } }
twin: { bob: { nickname: "{nickname}" }, expect: 200 }
`;

function problemsOf(text: string): string[] {
  const parsed = parseScenarios('x', 'x.yaml', text, catalogue);
  return parsed.ok ? [] : parsed.error.map(formatProblem);
}

describe('a scenario file', () => {
  it('is read with its cast', () => {
    const parsed = parseScenarios('nickname/collision', 'collision.yaml', collision, catalogue);
    expect(parsed.ok && parsed.value.flatMap(({ cast }) => [...cast.keys()])).toEqual(['alice', 'bob', 'carol']);
  });

  it.each<[string, string, string, string]>([
    ['an action', 'bob: { nickname', 'bob: { nickame', 'x.yaml:9:12 unknown key "nickame" (did you mean "nickname"?)'],
    ['an actor', '  - bob: { nick', '  - bbo: { nick', 'x.yaml:9:5 no "bbo" in the cast (did you mean "bob"?)'],
    ['a setting', 'expect: 425', 'expcet: 425', 'x.yaml:10:5 unknown key "expcet" (did you mean "expect"?)'],
    ['a top-level key', 'needs:', 'neds:', 'x.yaml:3:1 unknown key "neds" (did you mean "needs"?)'],
    [
      'a requirement',
      'RFC7701-7.1-26',
      'RFC7701-7.1-266',
      'x.yaml:2:10 no requirement RFC7701-7.1-266 in the catalogue (did you mean "RFC7701-7.1-26"?)',
    ],
    [
      'a capability',
      '[nickname]',
      '[nicknames]',
      'x.yaml:3:9 no capability is called "nicknames" (did you mean "nickname"?)',
    ],
    [
      'a placeholder',
      'alice: "{name}"',
      'alice: "{nmae}"',
      'x.yaml:11:36 nothing is named {nmae} (did you mean "name"?)',
    ],
    ['a status', 'expect: 425', 'expect: 42', 'x.yaml:10:13 too small: expected number to be >=100'],
    [
      'a twin',
      'twin: { bob: { nickname: "{nickname}" }',
      'twin: { bob: { leave: {} }',
      'x.yaml:12:7 no step has this actor and action, so the twin replaces nothing',
    ],
  ])('with a typo in %s names the place and what was meant', (_what, from, to, problem) => {
    expect(problemsOf(collision.replace(from, to))[0]).toBe(problem);
  });

  it('that is no YAML names the place', () => {
    expect(problemsOf('title: "x\ncovers: [')[0]).toMatch(/^x\.yaml:\d+:\d+ /);
  });

  it('that uses a label before it is set is refused', () => {
    const text = collision.replace(
      '  - carol: { sees-roster: { alice: "{name}", bob: none } }',
      '  - carol: { receives: hello }',
    );
    expect(problemsOf(text)).toEqual(['x.yaml:11:24 no earlier step has "as: hello"']);
  });

  it('that sends on the connection of nobody is refused', () => {
    const on = (name: string): string =>
      collision.replace(
        '  - carol: { sees-roster: { alice: "{name}", bob: none } }',
        `  - carol: { request: { method: SEND, on: ${name} } }`,
      );
    expect(problemsOf(on('bbo'))).toEqual(['x.yaml:11:43 no "bbo" in the cast (did you mean "bob"?)']);
    expect([on('bob'), on('fresh')].flatMap(problemsOf)).toEqual([]);
  });

  it('that pauses for long needs simulated time', () => {
    const text = collision.replace('steps:\n', 'steps:\n  - pause: { seconds: 30 }\n');
    expect(problemsOf(text)).toEqual(['x.yaml:7:23 more than a second needs "simulated: true" in the scenario']);
    expect(problemsOf(text.replace('needs:', 'simulated: true\nneeds:'))).toEqual([]);
    expect(problemsOf(text.replace('30', '0.5'))).toEqual([]);
  });

  it('that shares a connection shares that of an earlier cast member', () => {
    const cast = (lender: string): string =>
      collision.replace('[alice, bob, carol]', `{ alice: {}, bob: { shares-connection-with: ${lender} }, carol: {} }`);
    expect(problemsOf(cast('alice'))).toEqual([]);
    expect(problemsOf(cast('carol'))).toEqual(['x.yaml:4:51 no "carol" stands in the cast before bob']);
  });

  it('that says of nobody two things at once is refused', () => {
    const scene = '  - nobody: { receives: hello, receives-altered: hello }';
    const text = collision.replace(/ {2}- carol: .*\n/, `  - alice: { send: Hi }\n    as: hello\n${scene}\n`);
    expect(problemsOf(text)).toEqual(['x.yaml:13:13 one of receives, receives-whole and receives-altered is due']);
  });

  it('that multiplies aliases is refused', () => {
    const bomb = ['a: &a [x,x,x,x,x,x,x,x,x,x]'];
    for (const [name, of] of ['ba', 'cb', 'dc', 'ed']) bomb.push(`${name}: &${name} [${Array(10).fill(`*${of}`)}]`);
    expect(problemsOf(bomb.join('\n'))[0]).toContain('alias');
  });
});

describe('a scenario with rows', () => {
  const text = `title: "{asked} gets {verdict}"
covers: "{judged}"
rows:
  - { id: one, asked: "{tail}", verdict: 200, judged: [RFC7701-7.1-29] }
  - { id: two, asked: x, verdict: { status: 424, tolerated: [400] }, judged: [RFC7701-7.1-24] }
cast: [alice]
let: { tail: "{nickname}" }
steps:
  - alice: { nickname: "{asked}" }
    expect: "{verdict}"
`;

  it('is one scenario for each of them, with the values of the row in their types', () => {
    const parsed = parseScenarios('names', 'x.yaml', text, catalogue);
    expect(parsed.ok && parsed.value.map(({ id, scenario }) => [id, scenario.title, scenario.covers])).toEqual([
      ['names/one', '{tail} gets 200', ['RFC7701-7.1-29']],
      ['names/two', 'x gets [object Object]', ['RFC7701-7.1-24']],
    ]);
    expect(parsed.ok && parsed.value.map(({ scenario }) => scenario.steps[0]?.expect)).toEqual([
      200,
      { status: 424, tolerated: [400], silence: 'fails' },
    ]);
  });

  it.each<[string, string, string, string[]]>([
    ['an id twice', 'id: two', 'id: one', ['x.yaml:5:11 the row one stands twice']],
    ['an id of its own making', 'id: two', 'id: Row 2', ['x.yaml:5:11 an id is kebab-case']],
    ['a value of the wrong type', 'verdict: 200', 'verdict: yes', ['x.yaml:10:13 expected number, received string']],
    ['a name that no row has', '"{asked}" }', '"{aksed}" }', ['x.yaml:9:24 nothing is named {aksed}']],
  ])('and %s names the place once', (_what, from, to, problems) => {
    const found = problemsOf(text.replace(from, to));
    expect(found.length).toBe(problems.length);
    for (const [i, problem] of problems.entries()) expect(found[i]).toContain(problem);
  });
});
