import { describe, expect, test } from 'vitest';
import { header } from '../codec/sip/headers.ts';
import { brief, TestAgents } from './agents.fixture.ts';
import type { Call } from './call.ts';

const OFFER = { body: 'v=0\r\n', contentType: 'application/sdp' };
const ROOM = 'sip:room@example.org';

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

  test('closing while a crossed re-INVITE waits leaves nothing behind; 491 can be the outcome', async () => {
    const { agents, mine, theirs } = await joined();
    const waiting = mine.invite(OFFER).outcome;
    const reported = theirs.invite({ ...OFFER, glare: 'report' }).outcome;
    const outcome = await agents.run(reported);
    expect(outcome.kind === 'refused' && outcome.response.status).toBe(491);
    await agents.pass(100);
    await agents.close();
    expect((await waiting).kind).toBe('unanswered');
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
