import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadCatalogue } from '../../catalogue/catalogue.ts';
import { formatProblem } from '../../scenario/problem.ts';
import { loadProfile, parseProfile } from './load.ts';

const catalogue = loadCatalogue(fileURLToPath(new URL('../../../scenarios/requirements', import.meta.url)));
const context = { catalogue, environment: { SECRET: 'x' } };
const parse = (text: string) => parseProfile('p.yaml', text, '/', context);
const problemsOf = (text: string): string[] => {
  const parsed = parse(text);
  return parsed.ok ? [] : parsed.error.map(formatProblem);
};

const REST = 'rooms: { template: "sip:test-{n}@a.example" }\n';

describe('a profile', () => {
  it('describes a server that is running already', () => {
    const parsed = parse(
      `name: A server\nsip: "sip:10.0.0.5:5060;transport=tcp"\nrooms: { uris: ["sip:r1@a.example"], at-once: 1 }
identities: { username: suite, password: "{env.SECRET}" }
capabilities: { nickname: claimed, anonymity: denied }
patience: { answer: 5 s, quiet: 250 ms, delivery: 1.5min }
known-deviations: [{ requirement: RFC7701-7.1-26, reason: not yet, link: "https://a.example/1" }]`,
    );
    expect(parsed.ok && parsed.value.profile.patience).toEqual({ answer: 5000, quiet: 250, delivery: 90_000 });
  });

  it('describes a command with free ports', () => {
    expect(
      problemsOf(
        `name: A command\nsip: "sip:127.0.0.1:{sip.port};transport=tcp"\n${REST}command:\n  run: [focus, --port, "{sip.port}", --msrp, "{msrp.port}"]\n  ready: { line: "^listening" }`,
      ),
    ).toEqual([]);
  });

  it.each([
    ['a misspelt key', 'nam: x\nsip: sip:a.example\n', 'p.yaml:1:1 unknown key "nam" (did you mean "name"?)'],
    ['a missing key', 'name: x\n', 'p.yaml:1:1 "sip" is missing'],
    [
      'a misspelt capability',
      'name: x\nsip: sip:a.example\ncapabilities: { nicknam: claimed }\n',
      'p.yaml:3:17 unknown key "nicknam" (did you mean "nickname"?)',
    ],
    ['no SIP URI', 'name: x\nsip: a.example\n', 'p.yaml:2:6 a SIP URI is due, such as sip:room@10.0.0.5:5060'],
    [
      'a bad port',
      'name: x\nsip: sip:a.example\ncommand: { run: [a], ready: { port: 99999 } }\n',
      'p.yaml:3:37 too big: expected number to be <=65535',
    ],
    [
      'a bad time',
      'name: x\nsip: sip:a.example\npatience: { answer: 5 hours }\n',
      'p.yaml:3:21 a time such as "300 ms", "10 s" or "2 min" is due',
    ],
    [
      'a missing file',
      'name: x\nsip: sip:a.example\ncontainer: { dockerfile: no/such/Dockerfile }\n',
      'p.yaml:3:26 there is no /no/such/Dockerfile',
    ],
    ['an unset variable', 'name: x\nsip: "sip:{env.NOWHERE}"\n', 'p.yaml:2:6 NOWHERE is not set in the environment'],
    [
      'an unknown placeholder',
      'name: x\nsip: "sip:{hots}"\n',
      'p.yaml:2:6 nothing is known of {hots} (did you mean "host"?)',
    ],
    [
      'a deviation from nothing',
      'name: x\nsip: sip:a.example\nknown-deviations: [{ requirement: RFC7701-7.1-99, reason: x }]\n',
      'p.yaml:3:35 RFC7701-7.1-99 is not in the catalogue (did you mean "RFC7701-7.1-09"?)',
    ],
    [
      'a command and a container',
      'name: x\nsip: sip:a.example\ncommand: { run: [a] }\ncontainer: { image: b }\n',
      'p.yaml:1:1 a SUT is a command or a container, not both',
    ],
    [
      'a bad pattern',
      'name: x\nsip: sip:a.example\ncommand: { run: [a], ready: { line: "(" } }\n',
      'p.yaml:3:37 no regular expression',
    ],
  ])('is told about %s with line and column', (_what, text, problem) => {
    expect(problemsOf(text + REST)).toEqual([problem]);
  });

  it('is told that its file is missing', () => {
    const loaded = loadProfile('/no/such/profile.yaml', context);
    expect(!loaded.ok && loaded.error[0]?.message).toBe('there is no such profile');
  });
});
