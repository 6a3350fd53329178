import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TestAgents } from './agents.fixture.ts';
import { rawUdp } from './raw-peer.fixture.ts';

const ROOM = 'sip:room@example.org';

async function conversation() {
  const agents = await new TestAgents({
    handlers: {
      invite: (invite) => {
        invite.ring();
        const call = invite.accept();
        if (call !== undefined) {
          call.onInvite = (again) => {
            again.accept();
          };
        }
      },
      subscribe: (subscribe) => void subscribe.accept({ content: () => ({ body: 'x', contentType: 'a/b' }) }),
      refer: (refer) => void refer.accept()?.report(200),
    },
  }).start();
  const outcome = await agents.run(agents.alice.invite({ to: ROOM }).outcome);
  if (outcome.kind !== 'accepted') throw new Error(outcome.kind);
  agents.alice.subscribe({ to: ROOM, event: 'conference', expires: 600 });
  agents.alice.refer({ to: ROOM, referTo: '<sip:carol@example.org>' });
  await agents.pass(1000);
  return { agents, call: outcome.call };
}

/** Messages that really passed between the two, each damaged in a few places. */
const damage = fc.array(
  fc.record({
    message: fc.nat(),
    to: fc.constantFrom('192.0.2.9', '192.0.2.1'),
    edits: fc.array(fc.record({ at: fc.nat(), cut: fc.nat(40), put: fc.string({ maxLength: 12, unit: 'binary' }) }), {
      minLength: 1,
      maxLength: 4,
    }),
  }),
  { minLength: 1, maxLength: 20 },
);

describe('hostile input', () => {
  test('damaged copies of a conversation crash nobody, and both go on', async () => {
    await fc.assert(
      fc.asyncProperty(damage, async (attacks) => {
        const { agents } = await conversation();
        const texts = agents.seen.map(({ text }) => text);
        const alice = await rawUdp(
          agents.network.host('192.0.2.66'),
          { host: '192.0.2.66', port: 1 },
          { host: '192.0.2.1', port: 5062 },
        );
        const focus = await rawUdp(
          agents.network.host('192.0.2.66'),
          { host: '192.0.2.66', port: 2 },
          { host: '192.0.2.9', port: 5060 },
        );
        for (const { message, to, edits } of attacks) {
          let text = texts[message % texts.length] ?? '';
          for (const { at, cut, put } of edits) {
            const start = at % (text.length + 1);
            text = text.slice(0, start) + put + text.slice(start + cut);
          }
          (to === '192.0.2.9' ? focus : alice).send(text);
          await agents.pass(20);
        }
        await agents.pass(2000);
        const options = await agents.run(agents.alice.request('OPTIONS', { to: ROOM }));
        expect(options.kind === 'answered' && options.response.status).toBe(200);
        await agents.close();
        expect(agents.clock.pending).toBe(0);
      }),
      { numRuns: 60, seed: 7 },
    );
  });

  test('a peer that never stops forking or ringing costs a bounded number of dialogs', async () => {
    const agents = await new TestAgents({ handlers: { invite: () => {} } }).start();
    const invite = agents.alice.invite({ to: ROOM });
    await agents.pass(50);
    const request = agents.seen[0]?.text ?? '';
    const line = (name: string): string => new RegExp(`^${name}: .*$`, 'm').exec(request)?.[0] ?? '';
    const attacker = await rawUdp(
      agents.network.host('192.0.2.66'),
      { host: '192.0.2.66', port: 1 },
      { host: '192.0.2.1', port: 5062 },
    );
    for (let tag = 0; tag < 500; tag++) {
      const lines = [
        'SIP/2.0 180 Ringing',
        line('Via'),
        line('From'),
        `${line('To')};tag=${tag}`,
        line('Call-ID'),
        line('CSeq'),
      ];
      attacker.send(`${lines.join('\r\n')}\r\n\r\n`);
    }
    await agents.pass(100);
    expect(agents.alice.core.dialogs.size).toBe(32);
    await agents.run(invite.cancel());
    await agents.run(invite.outcome);
    expect(agents.alice.core.dialogs.size).toBe(0);
    await agents.close();
    expect(agents.clock.pending).toBe(0);
  });
});
