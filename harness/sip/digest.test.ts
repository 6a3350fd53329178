import { describe, expect, test } from 'vitest';
import { header, headerLines } from '../codec/sip/headers.ts';
import { seededRandom } from '../net/seeded-random.ts';
import { TestAgents } from './agents.fixture.ts';
import { DigestGuard } from './digest-guard.ts';
import type { AgentHandlers } from './reception.ts';

const ROOM = 'sip:room@example.org';
const GOOD = { username: 'alice', password: 'secret' };

async function guarded(
  credentials: { username: string; password: string } | undefined,
  algorithms: readonly ('SHA-256' | 'MD5')[] = ['SHA-256', 'MD5'],
  handlers: AgentHandlers = {},
) {
  let agents: TestAgents | undefined;
  const guard = new DigestGuard({
    clock: { now: () => agents?.clock.now() ?? 0, date: () => new Date(0), after: () => ({ cancel: () => {} }) },
    random: seededRandom('guard'),
    realm: 'example.org',
    passwordOf: (username) => (username === 'alice' ? 'secret' : undefined),
    algorithms,
    nonceMs: 10_000,
  });
  agents = await new TestAgents({
    focus: { guard },
    alice: credentials === undefined ? {} : { credentials },
    handlers,
  }).start();
  return agents;
}

describe('digest', () => {
  for (const algorithm of ['SHA-256', 'MD5'] as const) {
    test(`a challenge by ${algorithm} is answered with a new CSeq, for OPTIONS and INVITE`, async () => {
      const names: (string | undefined)[] = [];
      const agents = await guarded(GOOD, [algorithm], {
        invite: (invite) => {
          names.push(invite.incoming.username);
          invite.accept();
        },
      });
      const options = await agents.run(agents.alice.request('OPTIONS', { to: ROOM, cseq: 7 }));
      expect(options.kind === 'answered' && options.response.status).toBe(200);
      expect(options.kind === 'answered' && header(options.request, 'cseq')).toBe('8 OPTIONS');
      const joined = await agents.run(agents.alice.invite({ to: ROOM }).outcome);
      expect(joined.kind).toBe('accepted');
      expect(names).toEqual(['alice']);
      await agents.pass(100);
      const acks = agents.seen.filter(
        ({ actor, message }) => actor === 'alice' && message.kind === 'request' && message.method === 'ACK',
      );
      // One for the 401; the one for the 2xx bears the credentials of the INVITE (RFC 3261 §22.1).
      expect(acks.map(({ message }) => headerLines(message, 'authorization').length)).toEqual([0, 1]);
      await agents.close();
      expect(agents.clock.pending).toBe(0);
    });
  }

  test('wrong or missing credentials end with 401 and one WWW-Authenticate for each algorithm', async () => {
    for (const credentials of [
      undefined,
      { username: 'alice', password: 'wrong' },
      { username: 'eve', password: 'x' },
    ]) {
      const agents = await guarded(credentials);
      const outcome = await agents.run(agents.alice.request('OPTIONS', { to: ROOM }));
      expect(outcome.kind === 'answered' && outcome.response.status).toBe(401);
      expect(outcome.kind === 'answered' && headerLines(outcome.response, 'www-authenticate')).toHaveLength(2);
      expect(agents.sent('alice')).toHaveLength(credentials === undefined ? 1 : 2);
      await agents.close();
    }
  });

  test('a challenge is the outcome when the caller says so', async () => {
    const agents = await guarded(GOOD);
    const outcome = await agents.run(agents.alice.request('OPTIONS', { to: ROOM, credentials: 'none' }));
    expect(outcome.kind === 'answered' && outcome.response.status).toBe(401);
    expect(agents.sent('alice')).toEqual(['OPTIONS']);
    await agents.close();
  });

  test('a replayed nonce count and an old nonce get 401 with stale=TRUE', async () => {
    const agents = await guarded(GOOD);
    const first = await agents.run(agents.alice.request('OPTIONS', { to: ROOM }));
    const authorization = first.kind === 'answered' ? header(first.request, 'authorization') : undefined;
    expect(authorization).toContain('nc=00000001');
    const again = { to: ROOM, headers: [['Authorization', authorization ?? '']] } as const;
    const replay = await agents.run(
      agents.focus.request('OPTIONS', {
        ...again,
        target: { transport: 'udp', address: { host: '192.0.2.9', port: 5060 } },
      }),
    );
    expect(replay.kind === 'answered' && header(replay.response, 'www-authenticate')).toContain('stale=TRUE');
    await agents.pass(11_000);
    const later = await agents.run(agents.alice.request('OPTIONS', { to: ROOM }));
    expect(later.kind === 'answered' && later.response.status).toBe(200);
    await agents.close();
  });
});
