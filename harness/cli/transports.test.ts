import { describe, expect, it } from 'vitest';
import { inFolders, Programs } from './program.fixture.ts';

const programs = new Programs();
let folder: string;

inFolders(programs, (path) => {
  folder = path;
});

type Ports = Readonly<Record<'udp' | 'tcp' | 'tls', number>>;

describe('the flows of RFC 7701 §9 against a focus at an address', () => {
  it.each<[string, string, (ports: Ports) => string, string[]]>([
    ['SIP over UDP', '127.0.0.1', ({ udp }) => `sip:r1@127.0.0.1:${udp}`, []],
    ['IPv6', '::1', ({ tcp }) => `sip:r1@[::1]:${tcp};transport=tcp`, []],
    [
      'SIP and MSRP over TLS',
      '127.0.0.1',
      ({ tls }) => `sip:r1@127.0.0.1:${tls};transport=tls`,
      ['--msrp-tls', '--tls-trust', 'any'],
    ],
    [
      'SIP over TLS, MSRP over TCP',
      '127.0.0.1',
      ({ tls }) => `sip:r1@127.0.0.1:${tls};transport=tls`,
      ['--tls-trust', 'any'],
    ],
  ])('%s', async (_what, host, target, further) => {
    const free = ['--sip-port', '0', '--msrp-port', '0', '--sips-port', '0', '--msrps-port', '0'];
    const focus = programs.msrpspec(
      'focus',
      '--ready',
      '--tls',
      '--host',
      host,
      ...free,
      '--on-demand',
      '',
      '--roster-interval',
      '100',
    );
    const ports = JSON.parse(await focus.line(/"ready"/)) as Ports;
    const sut = target(ports);
    const room = `sip:r1@${host.includes(':') ? `[${host}]` : host}`;
    const where = ['--sut', sut, '--room', room, '--out', folder];
    const run = programs.msrpspec('run', 'rfc7701/9-examples', ...where, ...further);
    const { status, stdout, stderr } = await run.ended;
    expect(status, stdout + stderr).toBe(0);
    expect(stdout).toContain('6 pass');
  });
});
