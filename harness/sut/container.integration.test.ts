import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getContainerRuntimeClient, getReaper, LABEL_TESTCONTAINERS_SESSION_ID, Network } from 'testcontainers';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { imageFromThisMachine } from '../../fixtures/container/from-this-machine.ts';
import { profileFolder } from '../cli/paths.ts';
import { Programs } from '../cli/program.fixture.ts';
import { readRun } from '../cli/read-run.ts';
import { realClock } from '../net/real-clock.ts';
import { socketNetwork } from '../net/sockets.ts';
import { systemRandom } from '../net/system-random.ts';
import { ok, type Result } from '../result.ts';
import { type RunningContainer, startContainer } from './container.ts';
import { findEngine } from './container-engine.ts';
import { openProfile } from './profile/open.ts';
import type { Profile } from './profile/schema.ts';
import type { Sut } from './sut.ts';

const IMAGE = 'msrpspec:latest';
const FOCUS = ['focus', '--ready', '--host', '0.0.0.0', '--on-demand', ''];
const READY = { line: '"ready":"msrpspec-focus"' };

const found = await findEngine();
/** A developer may have no engine. Where everything has to pass, its absence is a failure. */
const maySkip = !found.ok && process.env.CI !== 'true';

const engine = () => {
  if (!found.ok) throw new Error(found.error);
  return found.value;
};

/** Containers of this process; somebody else may have his own. */
const names = async (): Promise<string[]> => {
  const { sessionId } = await getReaper(await getContainerRuntimeClient());
  const label = [`${LABEL_TESTCONTAINERS_SESSION_ID}=${sessionId}`];
  const all = await engine().docker.listContainers({ all: true, filters: { label } });
  return all.flatMap(({ Names }) => Names.map((name) => name.replace(/^\//, '')));
};

let folder: string;
const programs = new Programs();

const common = { clock: realClock, network: socketNetwork(realClock), random: systemRandom };

const open = (
  container: NonNullable<Profile['container']>,
  keepOutput: (text: string) => void = () => {},
): Promise<Result<Sut, string>> => {
  const profile: Profile = {
    name: 'x',
    sip: 'sip:{host}:5060;transport=tcp',
    container,
    rooms: { template: 'sip:room-{n}@{host}' },
  };
  return openProfile({ file: 'x.yaml', folder, profile }, { ...common, environment: {}, keepOutput });
};

describe.skipIf(maySkip)(`containers${found.ok ? '' : `: ${found.error}`}`, () => {
  beforeAll(() => imageFromThisMachine(IMAGE));

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'msrpspec-'));
  });

  afterEach(async () => {
    await programs.endAll();
    rmSync(folder, { recursive: true, force: true });
    expect(await names()).toEqual([]);
  });

  it('the whole suite passes against the reference focus in a container', async () => {
    const profile = join(profileFolder, 'reference-focus-in-a-container.yaml');
    const { status, stdout, stderr } = await programs.msrpspec('run', '--quiet', '--profile', profile, '--out', folder)
      .ended;
    expect([status, stderr], stdout).toEqual([0, '']);
    const { sut, summary } = readRun(join(folder, 'latest'));
    expect(sut).toMatchObject({ kind: 'container', role: 'focus' });
    expect(summary.pass).toBeGreaterThan(800);
    expect(summary.pass + summary.unsupported).toBe(summary.total);
  });

  it('an image is a target of the command line, with what it shall run', async () => {
    const sut = `image:${IMAGE} ${FOCUS.map((word) => `'${word}'`).join(' ')}`;
    const args = ['run', 'rfc7701/9-examples', '--sut', sut, '--out', folder];
    const { status, stdout, stderr } = await programs.msrpspec(...args).ended;
    expect([status, stderr], stdout).toEqual([0, '']);
    expect(readRun(join(folder, 'latest'))).toMatchObject({
      sut: { kind: 'container', name: sut },
      summary: { pass: 6, total: 6 },
    });
  });

  it('a participant in one container talks to the focus in another, on a network of their own', async () => {
    const network = await new Network().start();
    const up: RunningContainer[] = [];
    try {
      const focus = await started({ image: IMAGE, command: FOCUS, ready: READY, network: network.getName() });
      up.push(focus);
      let said = '';
      const sut = `sip:room-1@${focus.host}:5060;transport=tcp`;
      const rooms = ['--room', `sip:room-1@${focus.host}`, '--room', `sip:room-2@${focus.host}`];
      const other = await started(
        {
          image: IMAGE,
          command: ['run', 'rfc7701/9-examples', '--sut', sut, ...rooms, '--out', '/work'],
          ready: { line: '^Record: ' },
          network: network.getName(),
        },
        (text) => {
          said += text;
        },
      );
      up.push(other);
      expect(said).toContain(`6 of 6 scenarios against ${sut}`);
      expect(said).toMatch(/ s: 6 pass$/m);
      expect(other.host).not.toBe(focus.host);
    } finally {
      for (const { running } of up) await running.stop();
      await network.stop();
    }
  });

  it('one that dies is told of, with its last words', async () => {
    const { running } = await started({ image: IMAGE, command: FOCUS, ready: READY });
    const died = new Promise<string>((resolve) => running.onExit(resolve));
    const [name = ''] = await names();
    await engine().docker.getContainer(name).kill();
    expect(await died).toMatch(/^the container of msrpspec:latest ended with status 137; its last words: .*"ready"/);
    await running.stop();
  });

  it('is given files, environment and the address of the test side, and knows no address of its own yet', async () => {
    const said: string[] = [];
    writeFileSync(join(folder, 'hello.txt'), 'hello');
    const script =
      "process.stdout.write(require('fs').readFileSync('/etc/hello.txt') + ' ' + process.env.TESTER + '\\n');";
    writeFileSync(join(folder, 'say.cjs'), script);
    const container = {
      image: IMAGE,
      files: [
        { from: 'hello.txt', to: '/etc/' },
        { from: 'say.cjs', to: '/opt/say.cjs' },
      ],
      environment: { TESTER: '{test-host}', NODE_OPTIONS: '--require=/opt/say.cjs' },
      command: ['--version'],
    };
    expect((await open(container, (text) => said.push(text))).ok).toBe(false);
    expect(said.join('')).toMatch(/^hello \d+\.\d+\.\d+\.1$/m);
    expect(await open({ image: IMAGE, command: ['--host', '{host}'] })).toMatchObject({
      error: 'x.yaml: nothing is known of {host} before the container has started',
    });
  });

  it.each<[string, NonNullable<Profile['container']>, RegExp]>([
    [
      'is not there',
      { image: 'localhost:1/no-such-image:1' },
      /^x\.yaml: localhost:1\/no-such-image:1 cannot be started/,
    ],
    ['does not parse', { dockerfile: 'FRUM' }, /FRUM cannot be built: dockerfile parse error line 1.*FRUM$/i],
    ['does not build', { dockerfile: 'COPY' }, /COPY cannot be built: COPY failed/],
    ['exits at once', { image: IMAGE, command: ['--version'] }, /ended with status 0; its last words: \d+\.\d+\.\d+$/],
    ['has no such program', { image: IMAGE, network: 'nonesuch' }, /cannot be started as a container: .*nonesuch/],
    ['has no network', { image: IMAGE, network: 'none', command: FOCUS }, /without a network cannot be reached$/],
    [
      'is never ready',
      { image: IMAGE, command: FOCUS, ready: { line: 'never' }, 'ready-within': 1000 },
      /was not ready after 1 s/,
    ],
  ])('an image that %s is one line, and no container stays', async (_, container, message) => {
    writeFileSync(join(folder, 'FRUM'), 'FRUM x\n');
    writeFileSync(join(folder, 'COPY'), `FROM ${IMAGE}\nCOPY nothing /\n`);
    const opened = await open(container);
    expect(opened).toMatchObject({ ok: false, error: expect.stringMatching(message) });
    expect(opened.ok ? '' : opened.error).not.toContain('\n');
  });

  it('no container outlives a program that is interrupted twice', async () => {
    const { docker } = engine();
    // By this name nobody else's containers are mistaken for the one of this test.
    const image = `msrpspec-test-${process.pid}:latest`;
    await docker.getImage(IMAGE).tag({ repo: image.replace(':latest', ''), tag: 'latest' });
    const profile = join(folder, 'never-ready.yaml');
    writeFileSync(
      profile,
      `name: x
sip: "sip:{host}:5060"
container: { image: "${image}", command: ["${FOCUS.join('", "')}"], ready: { line: never } }
rooms: { template: "sip:room-{n}@{host}" }
`,
    );
    const events = await docker.getEvents({ filters: { event: ['start', 'destroy'], image: [image] } });
    const run = programs.msrpspec('run', '--profile', profile, '--out', folder);
    const came = await Promise.race([once(events, 'data'), run.ended]);
    expect(came).not.toHaveProperty('stderr');
    const gone = once(events, 'data');
    run.child.kill('SIGINT');
    await run.line(/Ctrl-C once more/);
    run.child.kill('SIGINT');
    expect((await run.ended).status).toBe(130);
    await gone;
    await docker.getImage(image).remove();
  });
});

async function started(
  container: NonNullable<Profile['container']>,
  keep?: (text: string) => void,
): Promise<RunningContainer> {
  const outcome = await startContainer(container, {
    ...common,
    engine: engine(),
    folder,
    images: new Map(),
    serverAt: (host) => ok({ transport: 'tcp', host, port: 5060 }),
    ...(keep === undefined ? {} : { keep }),
  });
  if (!outcome.ok) throw new Error(outcome.error);
  return outcome.value;
}
