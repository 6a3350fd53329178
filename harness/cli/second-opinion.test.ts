import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { inFolders, Programs } from './program.fixture.ts';

/** On a developer's machine these are skipped without the tools; the continuous integration has to have them. */
const absent = (tool: string): boolean => process.env.CI !== 'true' && spawnSync(tool, ['-v']).error !== undefined;

const programs = new Programs();
let folder: string;

inFolders(programs, (path) => {
  folder = path;
});

interface Ports {
  readonly tcp: number;
  readonly udp: number;
  readonly msrp: number;
}

async function startFocus(): Promise<Ports> {
  const focus = programs.msrpspec('focus', '--ready', '--sip-port', '0', '--msrp-port', '0', '--on-demand', '');
  return JSON.parse(await focus.line(/"ready"/)) as Ports;
}

describe.skipIf(absent('sipp'))('SIPp', () => {
  const scenario = fileURLToPath(new URL('../../fixtures/sipp/join-and-leave.xml', import.meta.url));

  it.each([
    ['u1', 'udp'],
    ['t1', 'tcp'],
  ] as const)('joins the focus and leaves it (%s)', async (mode, transport) => {
    const ports = await startFocus();
    const { status, stdout, stderr } = await programs.start(
      'sipp',
      ...['-sf', scenario, '-s', 'lobby', '-i', '127.0.0.1', '-t', mode, '-m', '10', '-r', '20', '-nostdin'],
      ...['-timeout', '30', '-timeout_error', `127.0.0.1:${ports[transport]}`],
    ).ended;
    expect(status, stdout + stderr).toBe(0);
  });
});

describe.skipIf(absent('tshark'))('tshark', () => {
  it('reads the SIP, SDP and MSRP of a run without a malformed packet', async () => {
    const ports = await startFocus();
    const file = join(folder, 'run.pcapng');
    const filter = `tcp port ${ports.tcp} or tcp port ${ports.msrp}`;
    const capture = programs.start('tshark', '-i', 'lo', '-f', filter, '-w', file);
    await capture.line(/Capture started|Capturing on/);
    const run = programs.msrpspec(
      ...['run', 'rfc7701/9-examples', 'rfc7701/6.3-reports', 'rfc7701/5-joining', '--out', folder],
      ...[
        '--sut',
        `sip:r1@127.0.0.1:${ports.tcp};transport=tcp`,
        '--room',
        'sip:r1@127.0.0.1',
        '--room',
        'sip:r2@127.0.0.1',
      ],
    );
    const { status, stdout } = await run.ended;
    expect(status, stdout).toBe(0);
    capture.child.kill('SIGINT');
    await capture.ended;

    const decoded = ['-d', `tcp.port==${ports.tcp},sip`, '-d', `tcp.port==${ports.msrp},msrp`];
    const count = (display: string): number =>
      execFileSync('tshark', ['-r', file, ...decoded, '-Y', display], {
        maxBuffer: 2 ** 28,
        stdio: ['ignore', 'pipe', 'ignore'],
      })
        .toString()
        .split('\n').length - 1;
    expect(count('sip')).toBeGreaterThan(100);
    expect(count('sdp')).toBeGreaterThan(30);
    expect(count('msrp')).toBeGreaterThan(200);
    expect(count('_ws.malformed')).toBe(0);
  });
});
