import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadCatalogue } from '../catalogue/catalogue.ts';
import { freePort } from '../net/free-port.ts';
import { type LoadedProfile, parseProfile } from '../sut/profile/load.ts';
import { catalogueFolder } from './paths.ts';
import { inFolders, Programs } from './program.fixture.ts';

const programs = new Programs();
let folder: string;

inFolders(programs, (path) => {
  folder = path;
});

/** As `msrpspec run --profile` would read it. */
function loaded(text: string): LoadedProfile {
  const context = { catalogue: loadCatalogue(catalogueFolder), environment: {} };
  const profile = parseProfile('probed.yaml', text, folder, context);
  if (!profile.ok) throw new Error(JSON.stringify(profile.error));
  return profile.value;
}

describe('msrpspec probe', () => {
  it('prints a profile of the built-in focus, which can be used at once', async () => {
    const focus = programs.msrpspec('focus', '--ready', '--sip-port', '0', '--msrp-port', '0', '--on-demand', '');
    const { tcp } = JSON.parse(await focus.line(/"ready"/)) as { tcp: number };
    const target = `sip:room@127.0.0.1:${tcp};transport=tcp`;
    const { status, stdout, stderr } = await programs.msrpspec('probe', target).ended;
    expect([status, stderr]).toEqual([0, '']);
    const { profile } = loaded(stdout);
    expect(profile).toMatchObject({ sip: target, rooms: { uris: [`sip:room@127.0.0.1:${tcp}`] } });
    expect(profile.capabilities).toMatchObject({
      nickname: 'claimed',
      'sip-over-tcp': 'claimed',
      'two-rooms': 'detect',
    });
    expect(stdout).toContain('# It calls itself: msrpspec-focus');
    expect(stdout).toMatch(/^# SDP answer: TCP\/MSRP, accept-types message\/cpim, accept-wrapped-types /m);
    expect(stdout).toMatch(/^# Roster: one user in the first document$/m);
    const file = join(folder, 'probed.yaml');
    writeFileSync(file, stdout);
    const run = programs.msrpspec('run', '--profile', file, 'rfc7701/7-nicknames/removal', '--out', folder);
    expect((await run.ended).status).toBe(0);
  });

  it('writes a profile of another server, from a profile, and overwrites nothing', async () => {
    if (spawnSync('python3', ['-V']).error !== undefined) return;
    const focus = fileURLToPath(new URL('../../fixtures/python-focus/focus.py', import.meta.url));
    const listening = programs.start('python3', focus, '--host', '127.0.0.1', '--sip-port', '0', '--msrp-port', '0');
    const port = /sip=127\.0\.0\.1:(\d+)/.exec(await listening.line(/^listening/))?.[1];
    const known = join(folder, 'known.yaml');
    writeFileSync(
      known,
      `name: Another server\nsip: "sip:127.0.0.1:${port};transport=udp"\nrooms: { template: "sip:r{n}@example.org" }\npatience: { delivery: 5 s }\n`,
    );
    const file = join(folder, 'probed.yaml');
    const probe = () => programs.msrpspec('probe', '--profile', known, '--write', file).ended;
    const { status, stdout, stderr } = await probe();
    expect([status, stdout, stderr]).toEqual([0, '', '']);
    const { profile } = loaded(readFileSync(file, 'utf8'));
    expect(profile).toMatchObject({
      name: 'Another server',
      rooms: { template: 'sip:r{n}@example.org' },
      patience: { delivery: 5000 },
      capabilities: { nickname: 'claimed', 'two-rooms': 'claimed', 'fast-forward': 'detect' },
    });
    const again = await probe();
    expect(again.status).toBe(2);
    expect(again.stderr).toMatch(/^--write \S+: EEXIST/);
  });

  it('says in one line that nobody is there', async () => {
    const port = await freePort('127.0.0.1');
    const file = join(folder, 'probed.yaml');
    const probe = programs.msrpspec('probe', `sip:room@127.0.0.1:${port};transport=tcp`, '--write', file);
    const { status, stderr } = await probe.ended;
    expect(status).toBe(3);
    expect(stderr).toMatch(/^Nothing was seen: no answer to INVITE [^\n]+ connection refused [^\n]+\n$/);
    expect(existsSync(file)).toBe(false);
  });

  it('wants one target', async () => {
    const { status, stderr } = await programs.msrpspec('probe').ended;
    expect([status, stderr]).toEqual([2, 'either a target or --profile is due\n']);
  });
});
