import { describe, expect, test } from 'vitest';
import { header } from '../codec/sip/headers.ts';
import { selfSignedIdentity } from '../net/certificate.ts';
import { brief, TestAgents } from './agents.fixture.ts';

const OFFER = { body: 'v=0\r\n', contentType: 'application/sdp' };
const ROOM = 'sip:room@example.org';

/** Which datagram of a kind is lost: the n-th, counted from 1. */
function losing(lost: Readonly<Record<string, readonly number[]>>) {
  const counts = new Map<string, number>();
  return (octets: Buffer): readonly number[] => {
    const text = octets.toString();
    const cseq = /^CSeq: \d+ (\w+)/m.exec(text)?.[1] ?? '';
    const kind = text.startsWith('SIP/2.0') ? `${text.slice(8, 11)} ${cseq}` : cseq;
    const count = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, count);
    return lost[kind]?.includes(count) ? [] : [0];
  };
}

describe('a call', () => {
  for (const transport of ['udp', 'tcp', 'tls'] as const) {
    test(`is made and ended over ${transport}`, async () => {
      let bye: string | undefined;
      const identity = await selfSignedIdentity(['192.0.2.9']);
      const tls = { tls: { identity, peer: { kind: 'none' as const } } };
      const agents = await new TestAgents({
        transport,
        alice: tls,
        focus: { ...tls, contactParameters: ['isfocus'] },
        handlers: {
          invite: (invite) => {
            invite.ring();
            const call = invite.accept(OFFER);
            if (call !== undefined) {
              call.onEnded = (end) => {
                bye = end;
              };
            }
          },
        },
      }).start();
      const outcome = await agents.run(agents.alice.invite({ to: ROOM, ...OFFER }).outcome);
      expect(outcome.kind).toBe('accepted');
      if (outcome.kind !== 'accepted') return;
      expect(header(outcome.response, 'contact')).toMatch(/^<sip:room@192\.0\.2\.9:5060;transport=\w+>;isfocus$/);
      expect(outcome.response.body.toString()).toBe('v=0\r\n');
      await agents.pass(100);
      const ended = await agents.run(outcome.call.bye());
      expect(ended.kind === 'answered' && ended.response.status).toBe(200);
      expect(bye).toBe('by-peer');
      expect(agents.sent('alice')).toEqual(['INVITE', 'ACK', 'BYE']);
      expect(agents.sent('focus')).toEqual(['180 INVITE', '200 INVITE', '200 BYE']);
      expect(agents.alice.core.dialogs.size + agents.focus.core.dialogs.size).toBe(0);
      await agents.close();
      expect(agents.clock.pending).toBe(0);
    });
  }

  test('headers of a request stand in a fixed order, and the caller can replace and remove them', async () => {
    const agents = await new TestAgents({ handlers: { invite: (invite) => invite.reject(486) } }).start();
    const options = {
      headers: [
        ['subject', 'x'],
        ['X-One', '1'],
        ['Max-Forwards', '9'],
      ],
      without: ['Supported'],
    } as const;
    await agents.run(agents.alice.invite({ to: ROOM, ...OFFER, ...options }).outcome);
    const invite = agents.seen[0]?.message;
    expect(invite?.headers.map(({ name }) => name)).toEqual([
      'Via',
      'Max-Forwards',
      'From',
      'To',
      'Call-ID',
      'CSeq',
      'Contact',
      'Allow',
      'User-Agent',
      'subject',
      'X-One',
      'Content-Type',
      'Content-Length',
    ]);
    expect(invite && header(invite, 'max-forwards')).toBe('9');
    await agents.close();
  });

  test('survives the loss of INVITE, 2xx and ACK over UDP', async () => {
    let acknowledged: string | undefined;
    const agents = await new TestAgents({
      network: { datagram: losing({ INVITE: [1], '200 INVITE': [1], ACK: [1] }) },
      handlers: {
        invite: (invite) => {
          invite.accept(OFFER);
          void invite.acknowledged.then(({ kind }) => {
            acknowledged = kind;
          });
        },
      },
    }).start();
    const outcome = await agents.run(agents.alice.invite({ to: ROOM, ...OFFER }).outcome);
    expect(outcome.kind).toBe('accepted');
    await agents.pass(40_000);
    expect(acknowledged).toBe('acknowledged');
    // Lost once each: the INVITE goes out twice, the 2xx three times, the ACK twice.
    expect(agents.sent('alice')).toEqual(['INVITE', 'INVITE', 'ACK', 'ACK']);
    expect(agents.sent('focus')).toEqual(['200 INVITE', '200 INVITE', '200 INVITE']);
    await agents.close();
    expect(agents.clock.pending).toBe(0);
  });

  test('a withheld ACK makes the focus repeat its 2xx for 32 s, then send BYE', async () => {
    const kinds: string[] = [];
    for (const transport of ['udp', 'tcp'] as const) {
      const agents = await new TestAgents({
        transport,
        handlers: {
          invite: (invite) => {
            invite.accept(OFFER);
            void invite.acknowledged.then(({ kind }) => kinds.push(kind));
          },
        },
      }).start();
      const invite = agents.alice.invite({ to: ROOM, ...OFFER, ack: 'withheld' });
      const outcome = await agents.run(invite.outcome);
      await agents.pass(33_000);
      const sent = agents.seen.filter((one) => one.actor === 'focus' && one.direction === 'sent');
      const start = sent[0]?.time ?? 0;
      expect(sent.map((one) => [one.time - start, brief(one.message)])).toEqual([
        ...[0, 500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500].map((time) => [time, '200 INVITE']),
        [transport === 'udp' ? 32000 : 32020, 'BYE'], // after a connection of its own
      ]);
      expect(outcome.kind === 'accepted' && outcome.call.end).toBe('by-peer');
      await agents.close();
      expect(agents.clock.pending).toBe(0);
    }
    expect(kinds).toEqual(['timed-out', 'timed-out']);
  });

  test('a late offer is answered in the ACK, later by hand or at once', async () => {
    const bodies: string[] = [];
    const agents = await new TestAgents({
      handlers: {
        invite: (invite) => {
          invite.accept(OFFER);
          void invite.acknowledged.then((done) =>
            bodies.push(done.kind === 'acknowledged' ? String(done.ack.body) : done.kind),
          );
        },
      },
    }).start();
    const answer = { body: 'answer', contentType: 'application/sdp' };
    await agents.run(agents.alice.invite({ to: ROOM, ack: () => answer }).outcome);
    const later = await agents.run(agents.alice.invite({ to: ROOM, ack: 'withheld' }).outcome);
    await agents.pass(3000);
    if (later.kind === 'accepted') later.call.acknowledge({ body: 'late' });
    await agents.pass(100);
    expect(bodies).toEqual(['answer', 'late']);
    await agents.close();
  });

  test('no answer within timer B', async () => {
    const agents = await new TestAgents({ network: { datagram: () => [] } }).start();
    const outcome = await agents.run(agents.alice.invite({ to: ROOM, ...OFFER }).outcome);
    expect(outcome).toMatchObject({ kind: 'unanswered', failure: { kind: 'timed-out' } });
    expect(agents.clock.now()).toBe(32_000);
    expect(agents.sent('alice')).toHaveLength(7);
    await agents.close();
  });

  test('a refused TCP connection is a transport error', async () => {
    const target = { transport: 'tcp' as const, address: { host: '192.0.2.77', port: 1 } };
    const agents = await new TestAgents({ transport: 'tcp', alice: { target } }).start();
    const outcome = await agents.run(agents.alice.invite({ to: ROOM }).outcome);
    expect(outcome).toMatchObject({
      kind: 'unanswered',
      failure: { kind: 'transport-error', error: { kind: 'refused' } },
    });
    await agents.close();
    expect(agents.clock.pending).toBe(0);
  });
});
