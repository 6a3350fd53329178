import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Transport } from '../net/network.ts';
import { realClock } from '../net/real-clock.ts';
import { seededRandom } from '../net/seeded-random.ts';
import { socketNetwork } from '../net/sockets.ts';
import { UserAgent } from './user-agent.ts';

const SDP = {
  body: 'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 9 RTP/AVP 0\r\n',
  contentType: 'application/sdp',
};

const absent = spawnSync('sipp', ['-v']).error !== undefined;

function agent(transport: 'udp' | 'tcp', target?: number): UserAgent {
  const address = { host: '127.0.0.1', port: 0 };
  const remote = { transport, address: { host: '127.0.0.1', port: target ?? 0 } };
  return new UserAgent({
    network: socketNetwork(realClock),
    clock: realClock,
    random: seededRandom(`sipp ${transport}`),
    uri: 'sip:alice@127.0.0.1',
    host: '127.0.0.1',
    listen: [{ transport, address }],
    ...(target === undefined ? {} : { target: remote }),
  });
}

/** Runs sipp in a directory of its own; resolves with its exit status and what it printed. */
async function sipp(
  transport: Transport,
  args: readonly string[],
): Promise<{ readonly status: number; readonly text: string }> {
  const directory = await mkdtemp(join(tmpdir(), 'sipp-'));
  const usual = [
    '-i',
    '127.0.0.1',
    '-t',
    transport === 'udp' ? 'u1' : 't1',
    '-nostdin',
    '-timeout',
    '20',
    '-timeout_error',
  ];
  return new Promise((resolve) => {
    execFile('sipp', [...args, ...usual], { cwd: directory }, (error, stdout, stderr) => {
      const status = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
      void rm(directory, { recursive: true, force: true }).then(() => resolve({ status, text: stdout + stderr }));
    });
  });
}

describe.skipIf(absent).concurrent('with SIPp, a stack by others', () => {
  for (const transport of ['udp', 'tcp'] as const) {
    test(`its client calls us by ${transport}`, async () => {
      let ended = 0;
      const focus = agent(transport);
      focus.handlers = {
        invite: (invite) => {
          invite.ring();
          const call = invite.accept(SDP);
          if (call !== undefined) {
            call.onEnded = (end) => {
              if (end === 'by-peer') ended += 1;
            };
          }
        },
      };
      await focus.start();
      const port = focus.address(transport)?.port ?? 0;
      const result = await sipp(transport, ['-sn', 'uac', `127.0.0.1:${port}`, '-m', '20', '-r', '50', '-d', '50']);
      expect(result.status, result.text).toBe(0);
      expect(ended).toBe(20);
      expect(focus.core.dialogs.size).toBe(0);
      await focus.close();
    });

    test(`we call its server by ${transport}`, async () => {
      // A port that is free now; sipp binds it next.
      const probe = agent(transport);
      await probe.start();
      const port = probe.address(transport)?.port ?? 0;
      await probe.close();
      const server = sipp(transport, ['-sn', 'uas', '-p', String(port), '-m', '1']);
      const alice = agent(transport, port);
      await alice.start();
      const call = await accepted(alice);
      const bye = await call.bye();
      expect(bye.kind === 'answered' && bye.response.status).toBe(200);
      const result = await server;
      expect(result.status, result.text).toBe(0);
      await alice.close();
    });
  }
});

/** Until the server listens, TCP is refused. */
async function accepted(alice: UserAgent) {
  for (;;) {
    const outcome = await alice.invite({ to: 'sip:service@127.0.0.1', ...SDP }).outcome;
    if (outcome.kind === 'accepted') return outcome.call;
    if (outcome.kind !== 'unanswered') throw new Error(outcome.kind);
    await new Promise((resolve) => realClock.after(50, () => resolve(undefined)));
  }
}
