import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadCatalogue } from '../../catalogue/catalogue.ts';
import { formatProblem } from '../../scenario/problem.ts';
import { loadAnyProfile, parseClientProfile } from './load-client.ts';

const at = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
const context = { catalogue: loadCatalogue(at('scenarios/requirements')), environment: { HERE: 'here' } };
const problemsOf = (text: string): string[] => {
  const loaded = parseClientProfile({ file: 'c.yaml', folder: at('fixtures/suts'), text }, context);
  return loaded.ok ? [] : loaded.error.map(formatProblem);
};

describe('the profile of a client', () => {
  it('is known by its role', () => {
    const [client, server] = ['example-client', 'server-on-the-network'].map((name) =>
      loadAnyProfile(at(`fixtures/suts/${name}.yaml`), context),
    );
    expect(client).toMatchObject({ ok: true, value: { client: { role: 'participant', name: 'Example client' } } });
    expect(server).toMatchObject({ ok: true, value: { profile: { name: 'Example server' } } });
  });

  it.each([
    'driver: { person: {} }',
    'driver: { commands: { join: [a, "{room}", "{as}"], send: [a, "{text}", "{env.HERE}"] } }',
    'driver: { http: { orders: "http://127.0.0.1:{client.port}/" } }\nroom: { transport: udp, port: 5060 }',
    'driver: { program: { run: [a], directory: ../drivers } }\nas: sip:ann@h\npatience: { answer: 1 min }',
  ])('%s', (text) => {
    expect(problemsOf(`role: participant\nname: x\n${text}`)).toEqual([]);
  });

  it.each([
    ['role: participent\nname: x\ndriver: { person: {} }', 'c.yaml:1:7 expected "participant"'],
    ['role: participant\nname: x', 'c.yaml:1:1 "driver" is missing'],
    ['role: participant\nname: x\ndriver: {}', 'one of program, commands, http and person is due'],
    ['role: participant\nname: x\ndriver: { person: {}, http: { orders: "http://h/" } }', 'one of program, commands'],
    ['role: participant\nname: x\ndriver: { http: { orders: "ftp://h/" } }', 'c.yaml:3:27 '],
    ['role: participant\nname: x\ndriver: { commands: { join: [a, "{rom}"] } }', 'nothing is known of {rom}'],
    ['role: participant\nname: x\ndriver: { commands: { join: ["{env.GONE}"] } }', 'GONE is not set'],
    ['role: participant\nname: x\ndriver: { commands: { join: [a], directory: no/such } }', 'c.yaml:3:45 there is no '],
    ['role: participant\nname: x\nrooms: {}\ndriver: { person: {} }', 'unknown key "rooms" (did you mean "room"?)'],
  ])('%j is wrong', (text, message) => {
    const problems = problemsOf(text);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(message);
  });
});
