import { describe, expect, test } from 'vitest';
import { header, headerValues } from '../codec/sip/headers.ts';
import { selfSignedIdentity } from '../net/certificate.ts';
import type { Transport } from '../net/network.ts';
import { realClock } from '../net/real-clock.ts';
import { seededRandom } from '../net/seeded-random.ts';
import { socketNetwork } from '../net/sockets.ts';
import { TestAgents } from './agents.fixture.ts';
import { requestText } from './raw-peer.fixture.ts';
import { UserAgent } from './user-agent.ts';

const ROOM = 'sip:room@example.org';

describe('over real sockets', () => {
  for (const transport of ['udp', 'tcp', 'tls'] as const) {
    test(`a call, a subscription and their end, by ${transport}`, async () => {
      const identity = await selfSignedIdentity(['127.0.0.1']);
      const agent = (name: string, port?: number, more = {}): UserAgent =>
        new UserAgent({
          network: socketNetwork(realClock),
          clock: realClock,
          random: seededRandom(name),
          uri: `sip:${name}@example.org`,
          host: '127.0.0.1',
          listen: [{ transport, address: { host: '127.0.0.1', port: 0 } }],
          packages: ['conference'],
          tls: {
            identity,
            peer: { kind: 'fingerprint', accepted: [{ algorithm: 'sha-256', value: identity.fingerprint }] },
          },
          ...(port === undefined ? {} : { target: targetAt(transport, port) }),
          ...more,
        });
      const focus = agent('room');
      focus.handlers = {
        invite: (invite) => void invite.accept({ body: 'v=0\r\n', contentType: 'application/sdp' }),
        subscribe: (subscribe) => void subscribe.accept({ content: () => ({ body: 'state', contentType: 'a/b' }) }),
      };
      expect((await focus.start()).ok).toBe(true);
      const alice = agent('alice', focus.address(transport)?.port);
      expect((await alice.start()).ok).toBe(true);
      const outcome = await alice.invite({ to: ROOM, body: 'v=0\r\n', contentType: 'application/sdp' }).outcome;
      if (outcome.kind !== 'accepted') throw new Error(JSON.stringify(outcome));
      const bodies: string[] = [];
      const subscription = alice.subscribe({
        to: ROOM,
        event: 'conference',
        expires: 0,
        onNotify: ({ request }) => {
          bodies.push(request.body.toString());
          return undefined;
        },
      });
      expect((await subscription.ended).kind).toBe('terminated');
      expect(bodies).toEqual(['state']);
      const bye = await outcome.call.bye();
      expect(bye.kind === 'answered' && bye.response.status).toBe(200);
      await Promise.all([alice.close(), focus.close()]);
    });
  }

  test('a port that is taken is an error value', async () => {
    const listen = [{ transport: 'udp' as const, address: { host: '127.0.0.1', port: 0 } }];
    const options = {
      network: socketNetwork(realClock),
      clock: realClock,
      random: seededRandom('x'),
      uri: ROOM,
      host: '127.0.0.1',
    };
    const first = new UserAgent({ ...options, listen });
    await first.start();
    const port = first.address('udp')?.port ?? 0;
    const second = new UserAgent({ ...options, listen: [{ transport: 'udp', address: { host: '127.0.0.1', port } }] });
    expect(await second.start()).toMatchObject({ ok: false, error: { kind: 'address-in-use' } });
    await first.close();
    await second.close();
  });
});

const targetAt = (transport: Transport, port: number) => ({ transport, address: { host: '127.0.0.1', port } });

describe('a user agent', () => {
  test('answers OPTIONS with what it can do', async () => {
    const agents = await new TestAgents({ focus: { extensions: ['timer'] } }).start();
    const outcome = await agents.run(agents.alice.request('OPTIONS', { to: ROOM }));
    if (outcome.kind !== 'answered') throw new Error(outcome.kind);
    expect(outcome.response.status).toBe(200);
    expect(headerValues(outcome.response, 'allow')).toContain('INVITE');
    expect(headerValues(outcome.response, 'supported')).toEqual(['timer']);
    expect(headerValues(outcome.response, 'allow-events')).toEqual(['conference']);
    for (const name of ['accept', 'accept-encoding', 'accept-language'])
      expect(header(outcome.response, name)).toBeDefined();
    await agents.close();
  });

  test('sends what it is told: another From, Request-URI, Route, Call-ID, tag and CSeq', async () => {
    const agents = await new TestAgents().start();
    const outcome = await agents.run(
      agents.alice.request('OPTIONS', {
        to: '"Room" <sip:room@example.org;x=y>',
        uri: 'sip:other@example.org',
        from: '"Anonymous" <sip:anonymous@anonymous.invalid>',
        fromTag: 'mine',
        callId: 'my-call',
        cseq: 99,
        routes: ['<sip:192.0.2.9;lr>'],
      }),
    );
    if (outcome.kind !== 'answered') throw new Error(outcome.kind);
    expect(outcome.request.uri).toBe('sip:other@example.org');
    expect(header(outcome.request, 'to')).toBe('"Room" <sip:room@example.org;x=y>');
    expect(header(outcome.request, 'from')).toBe('"Anonymous" <sip:anonymous@anonymous.invalid>;tag=mine');
    expect(header(outcome.request, 'call-id')).toBe('my-call');
    expect(header(outcome.request, 'cseq')).toBe('99 OPTIONS');
    expect(header(outcome.request, 'route')).toBe('<sip:192.0.2.9;lr>');
    await agents.close();
  });

  test('uses sips in its Contact where the Request-URI does (RFC 3261 §8.1.1.8)', async () => {
    const agents = await new TestAgents().start();
    await agents.run(agents.alice.request('OPTIONS', { to: 'sips:room@example.org' }));
    expect(agents.seen[0]?.text).toContain('Contact: <sips:alice@192.0.2.1:5062>\r\n');
    await agents.close();
  });

  test('closing ends all that is under way, and nothing rejects', async () => {
    const agents = await new TestAgents({ network: { datagram: () => [] } }).start();
    const invite = agents.alice.invite({ to: ROOM });
    const request = agents.alice.request('OPTIONS', { to: ROOM });
    const subscription = agents.alice.subscribe({ to: ROOM, event: 'conference' });
    await agents.pass(1000);
    const outcomes = Promise.all([invite.outcome, request, subscription.outcome, subscription.ended]);
    await agents.close();
    expect(await outcomes).toMatchObject([
      { kind: 'unanswered', failure: { kind: 'closed' } },
      { kind: 'unanswered', failure: { kind: 'closed' } },
      { kind: 'unanswered', failure: { kind: 'closed' } },
      { kind: 'closed' },
    ]);
    expect(agents.clock.pending).toBe(0);
    const late = await agents.run(agents.alice.request('OPTIONS', { to: ROOM }));
    expect(late).toMatchObject({ kind: 'unanswered', failure: { kind: 'transport-error' } });
    expect(agents.clock.pending).toBe(0);
  });

  test('takes UDP and TCP at one port (RFC 3261 §18.2.1)', async () => {
    const listen = (['udp', 'tcp'] as const).map((transport) => ({
      transport,
      address: { host: '192.0.2.1', port: 0 },
    }));
    const agents = await new TestAgents({ alice: { listen } }).start();
    expect(agents.alice.address('tcp')).toEqual(agents.alice.address('udp'));
    await agents.close();
  });

  test('tells of responses to octets that were sent raw', async () => {
    const agents = await new TestAgents().start();
    const stray: number[] = [];
    agents.alice.handlers = { strayResponse: ({ status }) => stray.push(status) };
    const target = { transport: 'udp' as const, address: { host: '192.0.2.9', port: 5060 } };
    const via = { Via: 'SIP/2.0/UDP 192.0.2.1:5062;branch=z9hG4bKraw' };
    expect((await agents.alice.sendRaw(Buffer.from(requestText('OPTIONS', via)), target)).ok).toBe(true);
    await agents.pass(100);
    expect(stray).toEqual([200]);
    await agents.close();
  });

  test('the same seed gives the same octets', async () => {
    const run = async (): Promise<string[]> => {
      const agents = await new TestAgents({ handlers: { invite: (invite) => void invite.accept() } }).start();
      await agents.run(agents.alice.invite({ to: ROOM }).outcome);
      await agents.pass(1000);
      await agents.close();
      return agents.seen.map(({ text }) => text);
    };
    expect(await run()).toEqual(await run());
  });

  test('calls come about and end cleanly on networks that lose, double and reorder datagrams', async () => {
    for (let seed = 0; seed < 40; seed++) {
      let settled = 0;
      const agents = await new TestAgents({
        network: {
          random: seededRandom(`loss ${seed}`),
          datagram: (_octets, _from, _to, random) => {
            const chance = random.integer(10);
            if (chance < 3) return [];
            return chance === 3 ? [0, 700] : [random.integer(200)];
          },
        },
        handlers: {
          invite: (invite) => {
            invite.ring();
            agents.clock.after(300, () => {
              invite.accept();
            });
            void invite.acknowledged.then(() => {
              settled += 1;
            });
          },
        },
      }).start();
      const outcome = await agents.run(agents.alice.invite({ to: ROOM }).outcome);
      await agents.pass(5000);
      if (outcome.kind === 'accepted') await agents.run(outcome.call.bye());
      await agents.pass(200_000);
      expect([seed, outcome.kind]).toEqual([seed, 'accepted']);
      expect(settled).toBe(1);
      expect(agents.alice.core.dialogs.size + agents.focus.core.dialogs.size).toBe(0);
      expect(agents.clock.pending).toBe(0);
      await agents.close();
    }
  });
});
