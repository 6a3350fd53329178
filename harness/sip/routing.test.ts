import { describe, expect, test } from 'vitest';
import { TestAgents } from './agents.fixture.ts';
import type { Call } from './call.ts';
import { type RawPeer, rawUdp, requestText } from './raw-peer.fixture.ts';

const ROOM = 'sip:room@example.org';
const FOCUS = { host: '192.0.2.9', port: 5060 };
const ALICE = { host: '192.0.2.1', port: 5062 };
const PEER = { host: '192.0.2.50', port: 5070 };

const line = (text: string, name: string): string => new RegExp(`^${name}: .*$`, 'm').exec(text)?.[0] ?? '';

/** A response to `request` in the raw. */
function answer(request: string, status: string, tag: string, ...further: string[]): string {
  const copied = ['Via', 'From', 'Call-ID', 'CSeq'].map((name) => line(request, name));
  return `${[`SIP/2.0 ${status}`, ...copied, `${line(request, 'To')};tag=${tag}`, ...further].join('\r\n')}\r\n\r\n`;
}

describe('a route set', () => {
  for (const [kind, route, start, routed] of [
    ['loose', 'sip:192.0.2.50:5070;lr', 'BYE sip:raw@192.0.2.51 SIP/2.0', 'Route: <sip:192.0.2.50:5070;lr>'],
    ['strict', 'sip:192.0.2.50:5070', 'BYE sip:192.0.2.50:5070 SIP/2.0', 'Route: <sip:raw@192.0.2.51>'],
  ] as const) {
    test(`of a ${kind} router leads requests of the focus to it, and is in its 2xx`, async () => {
      let call: Call | undefined;
      const agents = await new TestAgents({
        handlers: {
          invite: (invite) => {
            call = invite.accept();
          },
        },
      }).start();
      const proxy = await rawUdp(agents.network.host('192.0.2.50'), PEER, FOCUS);
      proxy.send(requestText('INVITE', { 'Record-Route': `<${route}>`, Contact: '<sip:raw@192.0.2.51>' }));
      await agents.pass(100);
      expect(proxy.received[0]).toContain(`Record-Route: <${route}>\r\n`);
      const To = line(proxy.received[0] ?? '', 'To').slice(4);
      proxy.send(requestText('ACK', { To, Via: 'SIP/2.0/UDP 192.0.2.50:5070;branch=z9hG4bKack' }));
      await agents.pass(100);
      void call?.bye();
      await agents.pass(100);
      const bye = proxy.received.at(-1) ?? '';
      expect(bye.split('\r\n')[0]).toBe(start);
      expect(line(bye, 'Route')).toBe(routed);
      await agents.close();
    });
  }
});

describe('a forked INVITE', () => {
  async function invited(): Promise<{
    agents: TestAgents;
    peer: RawPeer;
    outcome: ReturnType<TestAgents['alice']['invite']>;
  }> {
    const agents = await new TestAgents({ alice: { target: { transport: 'udp', address: PEER } } }).start();
    const peer = await rawUdp(agents.network.host('192.0.2.50'), PEER, ALICE);
    const outcome = agents.alice.invite({ to: ROOM });
    await agents.pass(50);
    return { agents, peer, outcome };
  }

  test('keeps the first 2xx; a second from elsewhere is acknowledged and ended with BYE', async () => {
    const { agents, peer, outcome } = await invited();
    const invite = peer.received[0] ?? '';
    const contact = 'Contact: <sip:room@192.0.2.50:5070>';
    peer.send(answer(invite, '180 Ringing', 'b', contact));
    peer.send(answer(invite, '200 OK', 'a', contact));
    peer.send(answer(invite, '200 OK', 'b', contact));
    peer.send(answer(invite, '200 OK', 'a', contact));
    await agents.pass(100);
    const done = await outcome.outcome;
    expect(done.kind === 'accepted' && done.call.dialog.state.remoteTag).toBe('a');
    const after = peer.received.slice(1).map((text) => [text.split(' ')[0], /;tag=(.)/.exec(line(text, 'To'))?.[1]]);
    expect(after).toEqual([
      ['ACK', 'a'],
      ['ACK', 'b'],
      ['BYE', 'b'],
      ['ACK', 'a'],
    ]);
    await agents.close();
    expect(agents.clock.pending).toBe(0);
  });

  test('a 2xx without Contact is acknowledged where the INVITE went', async () => {
    const { agents, peer, outcome } = await invited();
    peer.send(answer(peer.received[0] ?? '', '200 OK', 'a'));
    await agents.pass(100);
    expect((await outcome.outcome).kind).toBe('accepted');
    expect(peer.received[1]).toMatch(/^ACK sip:room@example\.org SIP\/2\.0/);
    await agents.close();
  });
});

test('an outbound proxy gets what is outside dialogs with its route, and inside them what it has recorded', async () => {
  const proxy = '<sip:192.0.2.50:5070;lr>';
  const target = { transport: 'udp' as const, address: PEER };
  const agents = await new TestAgents({ alice: { target, routes: [proxy] } }).start();
  const peer = await rawUdp(agents.network.host(PEER.host), PEER, ALICE);
  const outcome = agents.alice.invite({ to: ROOM });
  await agents.pass(100);
  const [invite = ''] = peer.received;
  expect(invite).toMatch(/^INVITE sip:room@example\.org SIP\/2\.0/);
  expect(line(invite, 'Route')).toBe(`Route: ${proxy}`);
  peer.send(
    answer(invite, '200 OK', 'a', 'Contact: <sip:room@192.0.2.77>', 'Record-Route: <sip:192.0.2.50:5070;lr;x=1>'),
  );
  await agents.pass(100);
  const done = await outcome.outcome;
  if (done.kind === 'accepted') void done.call.bye();
  await agents.pass(100);
  const inside = peer.received.slice(1).map((text) => [text.split('\r\n')[0], line(text, 'Route')]);
  const recorded = 'Route: <sip:192.0.2.50:5070;lr;x=1>';
  expect(inside).toEqual([
    ['ACK sip:room@192.0.2.77 SIP/2.0', recorded],
    ['BYE sip:room@192.0.2.77 SIP/2.0', recorded],
  ]);
  await agents.close();
});
