import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Ended, Programs } from '../cli/program.fixture.ts';
import { Project } from './packed.fixture.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const programs = new Programs();
let project: Project;

beforeAll(() => {
  project = new Project('fixtures/vitest-example');
});

afterEach(() => programs.endAll());
afterAll(() => project.remove());

const USE = `
import { exitStatus, type RunRecord, run, UsageError } from 'msrpspec';

const record: RunRecord = await run({ inMemory: true, seed: '1', select: ['rfc7701/9-examples'] });
const error: unknown = await run({ select: ['no-such'] }).catch((reason: unknown) => reason);
console.log(exitStatus(record), record.summary.pass, error instanceof UsageError);
`;

const TSCONFIG = JSON.stringify({
  compilerOptions: {
    target: 'es2023',
    lib: ['es2023'],
    module: 'nodenext',
    strict: true,
    skipLibCheck: false,
    types: ['node'],
    outDir: 'built',
  },
  include: ['use.ts', 'test'],
});

describe('the package as it would be published', () => {
  it('has types that hold in a strict project, and runs', () => {
    project.write('use.ts', USE);
    project.write('tsconfig.json', TSCONFIG);
    project.write('node_modules/@types/README', '');
    symlinkSync(join(root, 'node_modules/@types/node'), join(project.folder, 'node_modules/@types/node'), 'junction');
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    const shown = { cwd: project.folder, encoding: 'utf8', stdio: 'pipe' } as const;
    execFileSync(process.execPath, [tsc, '-p', '.'], shown);
    expect(execFileSync(process.execPath, ['built/use.js'], shown)).toBe('0 6 true\n');
  });

  it('holds no tests and no benchmarks', () => {
    const files = readdirSync(join(project.folder, 'node_modules/msrpspec'), { recursive: true, encoding: 'utf8' });
    expect(files).toContain(join('dist', 'harness', 'api', 'vitest.js'));
    expect(files.filter((name) => /\.(test|fixture|bench)\./.test(name))).toEqual([]);
  });
});

const reportSchema = z.object({
  testResults: z.array(
    z.object({
      message: z.string(),
      assertionResults: z.array(
        z.object({
          ancestorTitles: z.array(z.string()),
          title: z.string(),
          status: z.enum(['passed', 'failed', 'skipped', 'pending']),
          failureMessages: z.array(z.string()).nullable().optional(),
        }),
      ),
    }),
  ),
});
type Test = z.infer<typeof reportSchema>['testResults'][number]['assertionResults'][number];

interface Tested extends Ended {
  readonly tests: readonly Test[];
  readonly message: string;
}

/** Runs the tests of one file of the project, as its owner does. */
async function vitest(file: string): Promise<Tested> {
  const program = join(project.folder, 'node_modules/vitest/vitest.mjs');
  const report = join(project.folder, `${file}.json`);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile=${report}`];
  const ended = await programs.start(process.execPath, program, 'run', file, '--root', project.folder, ...reporters)
    .ended;
  const { testResults } = reportSchema.parse(JSON.parse(readFileSync(report, 'utf8')));
  return {
    ...ended,
    tests: testResults.flatMap(({ assertionResults }) => assertionResults),
    message: testResults.map(({ message }) => message).join('\n'),
  };
}

/** Programs that have been started out of the project and are still there. */
function leftRunning(): string[] {
  const commandOf = (id: string): string => {
    try {
      return readFileSync(`/proc/${id}/cmdline`, 'utf8');
    } catch {
      return '';
    }
  };
  return readdirSync('/proc').filter((id) => /^\d+$/.test(id) && commandOf(id).includes(project.folder));
}

const statusOf = (tests: readonly Test[], name: string): string | undefined =>
  tests.find(({ title }) => title.startsWith(`${name}:`))?.status;

describe('conformance() in the tests of a project', () => {
  it('makes a describe of each folder and an it of each scenario, and passes against the built-in focus', async () => {
    const { status, tests } = await vitest('test/conformance.test.ts');
    expect(status).toBe(0);
    expect([...new Set(tests.map((test) => test.status))]).toEqual(['passed']);
    expect([...new Set(tests.map(({ ancestorTitles }) => ancestorTitles.join(' > ')))].sort()).toEqual([
      'conformance > rfc7701/7-nicknames',
      'conformance > rfc7701/9-examples',
      'conformance > the SUT',
    ]);
    expect(tests.map(({ title }) => title)).toContain(
      'collision: A nickname that another user holds is refused with 425',
    );
    expect(tests).toHaveLength(8);
    if (existsSync('/proc')) expect(leftRunning()).toEqual([]);
  });

  it('fails with requirement, expected, actual and evidence, skips what the SUT does not offer, notes warnings', async () => {
    project.write(
      'test/altered.test.ts',
      `import type { Alteration } from 'msrpspec';
import { conformance } from 'msrpspec/vitest';

/** Grants a nickname to whoever asks, and says that it knows no private messages. */
const alteration: Alteration = {
  decisions: () => ({ isTaken: () => false, chatroomTokens: () => ['nickname'] }),
};
conformance({ inMemory: true, seed: '1', alteration, select: ['rfc7701/9-examples', 'rfc7701/7-nicknames/collision'] });
`,
    );
    const { status, stderr, tests } = await vitest('test/altered.test.ts');
    expect(status).toBe(1);
    expect(statusOf(tests, 'room-message')).toBe('passed');
    expect(statusOf(tests, 'private-message')).toMatch(/skipped|pending/);
    expect(statusOf(tests, 'collision')).toBe('failed');
    const [message = ''] = tests.find(({ title }) => title.startsWith('collision:'))?.failureMessages ?? [];
    expect(message).toMatch(/^ConformanceError: rfc7701\/7-nicknames\/collision\nRFC7701-7-04 MUST /);
    expect(message).toMatch(/\n {2}expected {2}a refusal\n {2}actual {4}200\n/);
    expect(message).toMatch(/\n {2}bob → MSRP NICKNAME .*\n {4}MSRP \S+ NICKNAME\n/);
    expect(message).not.toMatch(/\.js:\d+:\d+/);
    expect(stderr).toContain(message.split('\n')[1]);
  });

  it('holds the profile to what it says, after all scenarios where that matters', async () => {
    const main = join(project.folder, 'node_modules/msrpspec/dist/harness/cli/main.js');
    project.write(
      'server.yaml',
      `name: Mine
sip: "sip:127.0.0.1:{sip.port};transport=tcp"
command: { run: [node, ${main}, focus, "--sip-port={sip.port}", "--msrp-port={msrp.port}", --on-demand, room-] }
rooms: { template: "sip:room-{n}@127.0.0.1" }
capabilities: { nickname: claimed, msrps: claimed, html: detect }
known-deviations:
  - { requirement: RFC7701-7.1-26, reason: mended }
  - { requirement: RFC7701-6.2-16, reason: not looked at here }
`,
    );
    project.write(
      'test/profile.test.ts',
      `import { conformance } from 'msrpspec/vitest';
conformance({ profile: '${project.folder}/server.yaml', select: ['rfc7701/7-nicknames/collision'] });
`,
    );
    const { status, tests } = await vitest('test/profile.test.ts');
    expect(status).toBe(1);
    expect(tests.map(({ title, status: how }) => `${how} ${title.replace(/:.* 425$/, '')}`)).toEqual([
      'passed lets a participant in',
      'passed serves nickname, as its profile claims',
      'failed serves msrps, as its profile claims',
      'passed collision',
      'failed still deviates as its profile says: RFC7701-7.1-26',
      'passed still deviates as its profile says: RFC7701-6.2-16',
      'passed has not died of several scenarios at once',
    ]);
    const failures = tests.flatMap(({ failureMessages }) => failureMessages ?? []);
    expect(failures).toEqual([
      expect.stringMatching(/^ConformanceError: msrps is claimed, and not shown/),
      expect.stringMatching(/^ConformanceError: not so any more, take it off the profile: RFC7701-7\.1-26 \(mended\)/),
    ]);
  });

  it('fails in one line when the SUT cannot be reached', async () => {
    project.write(
      'test/nobody.test.ts',
      `import { conformance } from 'msrpspec/vitest';
conformance({ sut: 'sip:room@127.0.0.1:1;transport=tcp', select: ['rfc7701/9-examples'] });
`,
    );
    const { status, stdout, stderr, tests } = await vitest('test/nobody.test.ts');
    expect(status).toBe(1);
    expect(tests.some((test) => test.status === 'passed')).toBe(false);
    expect(stdout + stderr).toMatch(/UnreachableError: Nothing was judged: no answer to INVITE .*refused/);
  });

  it('names a selector that matches nothing', async () => {
    project.write(
      'test/typo.test.ts',
      "import { conformance } from 'msrpspec/vitest';\nconformance({ select: ['rfc7701/9-exmples'] });\n",
    );
    const { status, message } = await vitest('test/typo.test.ts');
    expect(status).toBe(1);
    expect(message).toContain('no scenario matches "rfc7701/9-exmples"');
  });
});
