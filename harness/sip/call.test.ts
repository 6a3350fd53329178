import { describe, expect, test } from 'vitest';
import { header } from '../codec/sip/headers.ts';
import { selfSignedIdentity } from '../net/certificate.ts';
import type { Call } from './call.ts';
import type { IncomingInvite } from './incoming-invite.ts';
import { brief, TestAgents } from './test-agents.ts';

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

describe('CANCEL', () => {
  test('waits for a provisional response, and the INVITE ends with 487', async () => {
    let state: string | undefined;
    const agents = await new TestAgents({
      handlers: {
        invite: (invite) => {
          invite.onCancelled = () => {
            state = invite.state;
          };
        },
      },
    }).start();
    const invite = agents.alice.invite({ to: ROOM, ...OFFER });
    const cancelled = await agents.run(invite.cancel());
    expect(cancelled.kind === 'answered' && cancelled.response.status).toBe(200);
    const outcome = await agents.run(invite.outcome);
    expect(outcome.kind === 'refused' && outcome.response.status).toBe(487);
    expect(state).toBe('cancelled');
    await agents.pass(1000);
    expect(agents.sent('alice')).toEqual(['INVITE', 'CANCEL', 'ACK']);
    expect(agents.sent('focus')).toEqual(['100 INVITE', '200 CANCEL', '487 INVITE']);
    expect(agents.focus.core.dialogs.size).toBe(0);
    await agents.close();
    expect(agents.clock.pending).toBe(0);
  });

  test('loses the race against a 2xx: the call stands', async () => {
    let pending: IncomingInvite | undefined;
    const agents = await new TestAgents({
      handlers: {
        invite: (invite) => {
          invite.ring();
          pending = invite;
        },
      },
    }).start();
    const invite = agents.alice.invite({
      to: ROOM,
      ...OFFER,
      // The 180 has just arrived here; the 2xx leaves now, and crosses the CANCEL.
      onProvisional: () => pending?.accept(OFFER),
    });
    const cancelled = await agents.run(invite.cancel());
    const outcome = await agents.run(invite.outcome);
    expect(cancelled.kind === 'answered' && cancelled.response.status).toBe(200);
    expect(outcome.kind).toBe('accepted');
    expect(outcome.kind === 'accepted' && outcome.call.end).toBeUndefined();
    await agents.close();
  });

  test('that matches nothing gets 481', async () => {
    const agents = await new TestAgents().start();
    const outcome = await agents.run(agents.alice.request('CANCEL', { to: ROOM }));
    expect(outcome.kind === 'answered' && outcome.response.status).toBe(481);
    await agents.close();
  });

  test('comes from our side when nobody answers for three minutes', async () => {
    const agents = await new TestAgents({ handlers: { invite: (invite) => invite.ring() } }).start();
    const outcome = await agents.run(agents.alice.invite({ to: ROOM, ...OFFER }).outcome);
    expect(outcome.kind === 'refused' && outcome.response.status).toBe(487);
    expect(agents.clock.now()).toBeGreaterThanOrEqual(180_000);
    // RFC 3261 §13.3.1.1: 180 is repeated every minute meanwhile.
    expect(agents.sent('focus').filter((one) => one === '180 INVITE').length).toBeGreaterThanOrEqual(3);
    await agents.close();
    expect(agents.clock.pending).toBe(0);
  });

  test('an INVITE whose Expires is over gets 487', async () => {
    const agents = await new TestAgents({ handlers: { invite: (invite) => invite.ring() } }).start();
    const outcome = await agents.run(agents.alice.invite({ to: ROOM, headers: [['Expires', '5']] }).outcome);
    expect(outcome.kind === 'refused' && outcome.response.status).toBe(487);
    expect(agents.clock.now()).toBe(5020);
    await agents.close();
  });
});

describe('inside a call', () => {
  async function joined(accept = true) {
    let theirs: Call | undefined;
    const agents = await new TestAgents({
      handlers: {
        invite: (invite) => {
          theirs = invite.accept(OFFER);
          if (theirs !== undefined && accept) {
            theirs.onInvite = (again) => {
              again.accept(OFFER);
            };
          }
        },
      },
    }).start();
    const outcome = await agents.run(agents.alice.invite({ to: ROOM, ...OFFER }).outcome);
    await agents.pass(100);
    if (outcome.kind !== 'accepted' || theirs === undefined) throw new Error('no call');
    const mine = outcome.call;
    mine.onInvite = (again) => {
      again.accept(OFFER);
    };
    return { agents, mine, theirs };
  }

  test('re-INVITE works in both directions', async () => {
    const { agents, mine, theirs } = await joined();
    expect((await agents.run(mine.invite(OFFER).outcome)).kind).toBe('accepted');
    expect((await agents.run(theirs.invite(OFFER).outcome)).kind).toBe('accepted');
    await agents.close();
  });

  test('a re-INVITE without a handler gets 488 and the call goes on', async () => {
    const { agents, mine } = await joined(false);
    const outcome = await agents.run(mine.invite(OFFER).outcome);
    expect(outcome.kind === 'refused' && outcome.response.status).toBe(488);
    expect(mine.end).toBeUndefined();
    await agents.close();
  });

  test('re-INVITEs that cross get 491 and are tried again at different times', async () => {
    const { agents, mine, theirs } = await joined();
    const both = Promise.all([mine.invite(OFFER).outcome, theirs.invite(OFFER).outcome]);
    const outcomes = await agents.run(both);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['accepted', 'accepted']);
    expect(agents.sent('alice')).toContain('491 INVITE');
    expect(agents.sent('focus')).toContain('491 INVITE');
    const retries = agents.seen.filter((one) => one.direction === 'sent' && brief(one.message) === 'INVITE').slice(3);
    const [first, second] = retries.map((one) => [one.actor, one.time] as const);
    expect(first?.[0]).toBe('focus');
    expect(first?.[1]).toBeLessThanOrEqual(2200);
    expect(second?.[0]).toBe('alice');
    expect(second?.[1]).toBeGreaterThanOrEqual(2100);
    await agents.close();
    expect(agents.clock.pending).toBe(0);
  });

  test('a second INVITE while the first is open gets 500 with Retry-After; by ourselves we send none', async () => {
    const { agents, mine, theirs } = await joined();
    theirs.onInvite = () => {};
    const first = mine.invite(OFFER);
    const second = await agents.run(mine.invite(OFFER).outcome);
    expect(second).toMatchObject({ kind: 'not-sent' });
    const third = await agents.run(mine.invite({ ...OFFER, overlap: 'allowed' }).outcome);
    expect(third.kind === 'refused' && third.response.status).toBe(500);
    expect(third.kind === 'refused' && header(third.response, 'retry-after')).toMatch(/^([0-9]|10)$/);
    await agents.run(mine.bye());
    expect((await first.outcome).kind).toBe('unanswered');
    expect(agents.sent('focus')).toContain('487 INVITE');
    await agents.close();
    expect(agents.clock.pending).toBe(0);
  });

  test('a lower CSeq gets 500, an unknown dialog 481, OPTIONS 200', async () => {
    const { agents, mine } = await joined();
    const low = await agents.run(mine.request('OPTIONS', { cseq: 1 }));
    expect(low.kind === 'answered' && low.response.status).toBe(500);
    const options = await agents.run(mine.request('OPTIONS'));
    expect(options.kind === 'answered' && options.response.status).toBe(200);
    const stray = await agents.run(agents.alice.request('BYE', { to: `<${ROOM}>;tag=nobody` }));
    expect(stray.kind === 'answered' && stray.response.status).toBe(481);
    await agents.close();
  });

  test('481 ends the call on our side, with BYE', async () => {
    const { agents, mine, theirs } = await joined();
    theirs.drop();
    const outcome = await agents.run(mine.request('OPTIONS'));
    expect(outcome.kind === 'answered' && outcome.response.status).toBe(481);
    expect(mine.end).toBe('lost');
    await agents.pass(1000);
    expect(agents.sent('alice').at(-1)).toBe('BYE');
    expect(agents.alice.core.dialogs.size).toBe(0);
    await agents.close();
  });

  test('BYE can be answered otherwise, and the call goes on', async () => {
    const { agents, mine, theirs } = await joined();
    theirs.onBye = (incoming) => {
      incoming.respond(500);
      return true;
    };
    const outcome = await agents.run(mine.bye());
    expect(outcome.kind === 'answered' && outcome.response.status).toBe(500);
    expect([mine.end, theirs.end]).toEqual(['by-us', undefined]);
    await agents.close();
  });

  test('BYEs that cross are both answered', async () => {
    const { agents, mine, theirs } = await joined();
    const [a, b] = await agents.run(Promise.all([mine.bye(), theirs.bye()]));
    expect(a.kind === 'answered' && a.response.status).toBe(200);
    expect(b.kind === 'answered' && b.response.status).toBe(200);
    await agents.close();
    expect(agents.clock.pending).toBe(0);
  });
});
