import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadCatalogue } from '../catalogue/catalogue.ts';
import { parseScenarios } from './load.ts';
import { formatProblem } from './problem.ts';

const catalogue = loadCatalogue(fileURLToPath(new URL('../../scenarios/requirements', import.meta.url)));

function problemsOf(text: string): string[] {
  const parsed = parseScenarios('x', 'x.yaml', `title: x\ncovers: [RFC4975-7.2-01]\n${text}`, catalogue);
  return parsed.ok ? [] : parsed.error.map(formatProblem);
}

describe('the role of a scenario', () => {
  it('lets the client and the room act without any cast', () => {
    expect(
      problemsOf(
        'role: participant\nfocus: { variant: base-model }\nsteps: [{ client: { join: {} } }, { room: { closes: {} } }]',
      ),
    ).toEqual([]);
  });

  it.each([
    [
      'steps: [{ client: { join: {} } }]',
      [/"cast" is missing/, /:3:11 steps of "client" go with role: participant only/],
    ],
    ['cast: [a]\nfocus: {}\nsteps: [{ a: { leave: {} } }]', [/:4:1 "focus" goes with role: participant only/]],
    ['cast: [a]\nsteps: [{ together: [{ a: { leave: {} } }, { room: { closes: {} } }] }]', [/steps of "room" go with/]],
    [
      'role: participant\ncast: [client]\nsteps: [{ client: { join: {} } }]',
      [/"client" is a word of the language and no name for an actor/],
    ],
    [
      'role: participant\nfocus: { mutant: chunks-of-100 }\nsteps: [{ client: { join: {} } }]',
      [/no mutant is called "chunks-of-100"/],
    ],
    ['role: participant\nsteps: [{ client: { shows: x } }]', [/:4:28 no earlier step has "as: x"/]],
    ['role: participant\nsteps: [{ client: { answers: { message: x } } }]', [/no earlier step has "as: x"/]],
    ['role: participant\nsteps: [{ client: { send: { text: x, to: bob } } }]', [/no "bob" in the cast/]],
    ['role: participant\nsteps: [{ client: { join: {}, leave: {} } }]', [/one action is due in a step/]],
    [
      'role: participant\nsteps: [{ client: { join: {} }, room: { closes: {} } }]',
      [/one actor is due in a step, here are 2: client, room/],
    ],
    ['role: participant\nsteps: [{ client: { jion: {} } }]', [/unknown key "jion" \(did you mean "join"\?\)/]],
    ['role: participant\ncast: [bob]\nsteps: [{ bob: { shows: x } }]', [/unknown key "shows"/]],
  ])('%s', (text, expected) => {
    const problems = problemsOf(text);
    expect(problems).toHaveLength(expected.length);
    for (const [i, pattern] of expected.entries()) expect(problems[i]).toMatch(pattern);
  });
});
