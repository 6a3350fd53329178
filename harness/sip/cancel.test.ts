import { describe, expect, test } from 'vitest';
import { TestAgents } from './agents.fixture.ts';
import type { IncomingInvite } from './incoming-invite.ts';

const OFFER = { body: 'v=0\r\n', contentType: 'application/sdp' };
const ROOM = 'sip:room@example.org';

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
