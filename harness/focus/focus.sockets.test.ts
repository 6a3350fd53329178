import { expect, test } from 'vitest';
import { findMsrpMedia, readMsrpMedia } from '../codec/sdp/msrp-media.ts';
import { newOrigin } from '../codec/sdp/origin.ts';
import { parseSdp } from '../codec/sdp/parse.ts';
import { writeMsrpMedia, writeSdp, writeSession } from '../codec/sdp/write.ts';
import { MsrpEndpoint } from '../msrp/endpoint.ts';
import { Party } from '../msrp/endpoints.fixture.ts';
import { realClock } from '../net/real-clock.ts';
import { socketNetwork } from '../net/sockets.ts';
import { systemRandom } from '../net/system-random.ts';
import { UserAgent } from '../sip/user-agent.ts';
import { startFocus } from './focus.ts';
import { wrap } from './focus-stage.fixture.ts';

const HOST = '127.0.0.1';
const common = { network: socketNetwork(realClock), clock: realClock, random: systemRandom, host: HOST };

test('over real sockets: two join, talk and leave', async () => {
  const started = await startFocus({
    ...common,
    domain: HOST,
    sip: [{ transport: 'tcp', address: { host: HOST, port: 0 } }],
    msrp: [{ scheme: 'msrp', address: { host: HOST, port: 0 } }],
    rooms: [{ name: 'room' }],
  });
  if (!started.ok) throw new Error(started.error.message);
  const focus = started.value;
  const address = focus.sipAddress('tcp');
  if (address === undefined) throw new Error('no address');
  const room = focus.roomUri('room');

  const join = async (name: string) => {
    const uri = `sip:${name}@example.com`;
    const listen = [{ transport: 'tcp', address: { host: HOST, port: 0 } }] as const;
    const agent = new UserAgent({ ...common, uri, listen, target: { transport: 'tcp', address } });
    expect((await agent.start()).ok).toBe(true);
    const endpoint = new MsrpEndpoint(common);
    const party = new Party(endpoint, realClock);
    const origin = newOrigin({ username: name, sessionId: 1n, address: HOST });
    const media = writeMsrpMedia({
      port: 9,
      protocol: 'TCP/MSRP',
      acceptTypes: ['message/cpim'],
      acceptWrappedTypes: ['*'],
      setup: 'active',
      path: [party.session.path],
      chatroom: ['private-messages'],
    });
    const body = writeSdp({ session: writeSession({ origin, connectionHost: HOST }), media: [media] });
    const outcome = await agent.invite({ to: room, body, contentType: 'application/sdp' }).outcome;
    if (outcome.kind !== 'accepted') throw new Error(outcome.kind);
    const answer = parseSdp(outcome.response.body.toString());
    const section = findMsrpMedia(answer);
    if (section === undefined) throw new Error('no MSRP in the answer');
    const connected = await party.session.connect({ peerPath: readMsrpMedia(answer, section).path });
    if (!connected.ok) throw new Error(connected.error.message);
    expect(await connected.value.done).toEqual({ kind: 'accepted' });
    return { uri, agent, endpoint, party, call: outcome.call };
  };

  const alice = await join('alice');
  const bob = await join('bob');
  const body = wrap(alice.uri, room, Buffer.alloc(1_000_000, 'x'));
  const sent = alice.party.session.send({ contentType: 'message/cpim', body });
  expect(await sent.done).toEqual({ kind: 'accepted' });
  await bob.party.received(1);
  expect(bob.party.messages[0]?.body.equals(body)).toBe(true);
  await bob.call.bye();
  expect(focus.room('room')?.users.size).toBe(1);
  await Promise.all([alice, bob].flatMap(({ agent, endpoint }) => [agent.close(), endpoint.close()]));
  await focus.close();
});
