import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { profileFolder } from '../cli/paths.ts';
import { builtProgram, inFolders, Programs } from '../cli/program.fixture.ts';
import { readRun } from '../cli/read-run.ts';
import type { RunRecord } from '../runner/record.ts';

/**
 * The built-in focus, which is a command too, is played by `npm start`, the one in a container by
 * container.integration.test.ts.
 */

const programs = new Programs();
let folder: string;

inFolders(programs, (path) => {
  folder = path;
});

/** Plays scenarios to a good end. */
async function played(...args: string[]): Promise<RunRecord> {
  const { status, stdout, stderr } = await programs.msrpspec('run', '--quiet', ...args, '--out', folder).ended;
  expect([status, stderr], stdout).toEqual([0, '']);
  return readRun(join(folder, 'latest'));
}

/** The profile of the fixtures, with what the tests have built in place of `dist`. */
function commandProfile(): string {
  const text = readFileSync(join(profileFolder, 'reference-focus-as-a-command.yaml'), 'utf8');
  const built = /^ {4}- node\n {4}- \S+\/main\.js$/m;
  expect(text).toMatch(built);
  const file = join(folder, 'command.yaml');
  writeFileSync(file, text.replace(built, builtProgram.map((one) => `    - ${JSON.stringify(one)}`).join('\n')));
  return file;
}

const ROOMS = Array.from({ length: 16 }, (_, n) => `sip:room-${n + 1}@127.0.0.1`);
const POLICIES = `
    - { nicknames: forbidden, uris: ["sip:no-nicknames-1@127.0.0.1", "sip:no-nicknames-2@127.0.0.1"] }
    - { private-messages: forbidden, uris: ["sip:silent-1@127.0.0.1", "sip:silent-2@127.0.0.1"] }
    - { reserved-nicknames: [Moderator], uris: ["sip:moderated-1@127.0.0.1", "sip:moderated-2@127.0.0.1"] }`;

/** A focus that runs already; its SIP URI without a user. */
async function focusElsewhere(): Promise<string> {
  const ports = ['--sip-port', '0', '--msrp-port', '0', '--tls', '--sips-port', '0', '--msrps-port', '0'];
  const rooms = [
    'room-:',
    'no-nicknames-:no-nicknames',
    'silent-:no-private-messages',
    'moderated-:reserved=Moderator',
  ];
  const onDemand = rooms.flatMap((pattern) => ['--on-demand', pattern]);
  const focus = programs.msrpspec('focus', '--ready', ...ports, '--roster-interval', '100', ...onDemand);
  const { tcp } = JSON.parse(await focus.line(/"ready"/)) as { readonly tcp: number };
  return `127.0.0.1:${tcp};transport=tcp`;
}

describe('the suite passes against the reference focus', () => {
  it('as a command, all of it', async () => {
    const { sut, summary } = await played('--profile', commandProfile());
    expect(sut).toMatchObject({ kind: 'command', role: 'focus' });
    expect(summary.total).toBeGreaterThan(900);
    expect(summary.pass).toBe(summary.total);
  });

  it('at an address, all of it; what needs rooms of another policy than a list of rooms can say is played by a profile', async () => {
    const at = await focusElsewhere();
    const rooms = ROOMS.flatMap((room) => ['--room', room]);
    const { sut, summary, scenarios } = await played('--sut', `sip:room-1@${at}`, ...rooms);
    expect(sut).toMatchObject({ kind: 'address', role: 'focus' });
    expect(summary.total).toBeGreaterThan(900);
    expect(summary.pass + summary.unsupported).toBe(summary.total);
    const left = scenarios.filter(({ verdict }) => verdict === 'unsupported');
    const why = left.flatMap(({ findings }) => findings.map(({ message }) => message));
    expect([...new Set(why)]).toEqual(['the SUT has no room with the policy that this needs']);

    const profile = join(folder, 'address.yaml');
    const uris = JSON.stringify(ROOMS);
    writeFileSync(profile, `name: x\nsip: "sip:${at}"\nrooms:\n  uris: ${uris}\n  policies:${POLICIES}\n`);
    const others = await played(...left.map(({ id }) => id), '--profile', profile);
    expect(others.sut.kind).toBe('address');
    expect(others.scenarios.map(({ id, verdict }) => [id, verdict])).toEqual(left.map(({ id }) => [id, 'pass']));
  });
});
