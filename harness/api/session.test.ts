import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { launchOf } from './options.ts';
import { Session } from './session.ts';
import { statementsOf } from './statements.ts';

const fixtures = fileURLToPath(new URL('../../fixtures', import.meta.url));
const hasPython = spawnSync('python3', ['--version']).status === 0;

/** The Python focus, which dies of every nickname that ends with `mortal`. */
const MORTAL = `
import os, runpy, sys
sys.path.insert(0, sys.argv[1])
sys.argv = ["focus.py", *sys.argv[2:]]
import room
use = room.Room.use_nickname
def mortal(self, member, values):
    if "mortal" in str(values):
        print("killed by a nickname", flush=True)
        os._exit(9)
    return use(self, member, values)
room.Room.use_nickname = mortal
runpy.run_path(sys.path[0] + "/focus.py", run_name="__main__")
`;

const scenario = (title: string, nickname: string): string => `title: ${title}
covers: [RFC7701-7.1-26]
cast: [alice, bob]
steps:
  - alice: { send: one }
    as: one
  - bob: { receives: one }
  - alice: { nickname: "{nickname}-${nickname}" }
    expect: 200
  - bob: { nickname: "{nickname}" }
    expect: 200
`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'msrpspec-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(!hasPython && process.env.CI === undefined)('a session', () => {
  it('plays what was under way again, alone, when the SUT has died, and knows which scenario kills it', async () => {
    const run = ['python3', '-c', MORTAL, join(fixtures, 'python-focus'), '--host', '127.0.0.1'];
    const ports = ['--sip-port', '{sip.port}', '--msrp-port', '{msrp.port}'];
    const profile = join(folder, 'profile.yaml');
    writeFileSync(
      profile,
      `name: Mortal
sip: "sip:127.0.0.1:{sip.port};transport=tcp"
command: { run: ${JSON.stringify([...run, ...ports])}, ready: { line: "^listening " } }
rooms: { template: "sip:room-{n}@127.0.0.1" }
capabilities: { nickname: claimed, msrps: claimed, html: denied }
known-deviations: [{ requirement: RFC7701-7.1-26, reason: as it is }]
`,
    );
    const scenarios = join(folder, 'scenarios');
    mkdirSync(scenarios);
    const names = ['one', 'two', 'three', 'four'];
    for (const name of names)
      writeFileSync(join(scenarios, `${name}.yaml`), scenario(name, name === 'two' ? 'mortal' : name));
    const launch = launchOf({ profile, scenarios, jobs: 4 });
    expect(statementsOf(launch)).toMatchObject({
      claimed: ['nickname', 'msrps'],
      knownDeviations: [{ requirement: 'RFC7701-7.1-26' }],
      isStartedHere: true,
    });
    const session = await Session.open(launch);
    try {
      const played = await Promise.all(launch.suite.scenarios.map((one) => session.play(one)));
      const verdicts = played.map((one) => (one.kind === 'judged' ? [one.result.id, one.result.verdict] : one.why));
      expect(verdicts).toEqual([
        ['four', 'pass'],
        ['one', 'pass'],
        ['three', 'pass'],
        ['two', 'inconclusive'],
      ]);
      const [killer] = played.flatMap((one) => (one.kind === 'judged' && one.result.id === 'two' ? one.result : []));
      expect(killer?.findings.map(({ message }) => message).join('\n')).toMatch(
        /the SUT was lost during this scenario: .*ended with status 9; its last words: .*killed by a nickname/s,
      );
      expect(session.unexplainedDeaths).toEqual([]);
      expect(session.notServed).toEqual(['msrps']);
      expect(session.stale.map(({ requirement }) => requirement)).toEqual(['RFC7701-7.1-26']);
      expect(session.turnedAway).toBeUndefined();
    } finally {
      await session.close();
    }
  });

  it('has judged a SUT that lets nobody in, and plays nothing', async () => {
    const alteration = {
      decisions: () => ({ acceptTypes: () => ['text/plain'], answersActpass: () => 'actpass' as never }),
    };
    const launch = launchOf({ inMemory: true, seed: '1', select: ['rfc7701/9-examples'], alteration });
    const session = await Session.open(launch);
    const [first] = launch.suite.scenarios;
    expect(session.turnedAway?.result).toMatchObject({ id: 'first-look', verdict: 'fail' });
    expect(first && (await session.play(first))).toMatchObject({ kind: 'left-out', why: /joined sip:.*actpass/ });
    await session.close();
  });
});
