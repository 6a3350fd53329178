import { afterEach, describe, expect, it } from 'vitest';
import { selfSignedIdentity } from '../net/certificate.ts';
import type { Network, Security } from '../net/network.ts';
import { realClock } from '../net/real-clock.ts';
import { socketNetwork } from '../net/sockets.ts';
import type { MsrpEndpoint } from './endpoint.ts';
import { endpointAt, Party, pattern } from './endpoints.fixture.ts';

const HOST = '127.0.0.1';
const network: Network = socketNetwork(realClock);
const endpoints: MsrpEndpoint[] = [];

afterEach(async () => {
  await Promise.all(endpoints.splice(0).map((endpoint) => endpoint.close()));
});

function endpoint(): MsrpEndpoint {
  const made = endpointAt(HOST, realClock, network);
  endpoints.push(made);
  return made;
}

async function exchange(listening: Security, connecting: Security): Promise<void> {
  const scheme = listening.kind === 'tls' ? 'msrps' : 'msrp';
  const room = endpoint();
  const client = endpoint();
  expect((await room.listen({ host: HOST, port: 0 }, listening)).ok).toBe(true);
  const alice = new Party(client, realClock, { scheme });
  const focus = new Party(room, realClock, { scheme });
  focus.session.accept([alice.session.path]);
  const welcome = focus.session.send({ contentType: 'text/plain', body: pattern(3_000_000), successReport: 'yes' });
  const connected = await alice.session.connect({ peerPath: [focus.session.path], security: connecting });
  if (!connected.ok) throw new Error(connected.error.message);
  const messages = Array.from({ length: 200 }, (_, i) =>
    alice.session.send({ contentType: 'text/plain', body: Buffer.from(`message ${i}`) }),
  );
  const large = alice.session.send({ contentType: 'text/plain', body: pattern(3_000_000) });
  const outcomes = await Promise.all([welcome, ...messages, large].map((message) => message.done));
  expect(new Set(outcomes.map(({ kind }) => kind))).toEqual(new Set(['accepted']));
  expect(focus.texts.slice(0, 200)).toEqual(messages.map((_, i) => `message ${i}`));
  expect(focus.messages[200]?.body.equals(pattern(3_000_000))).toBe(true);
  expect(alice.messages[0]?.body.equals(pattern(3_000_000))).toBe(true);
}

describe('over real sockets', () => {
  it('exchanges messages both ways over TCP', async () => {
    await exchange({ kind: 'plain' }, { kind: 'plain' });
  });

  it('exchanges messages both ways over TLS, judged by fingerprint', async () => {
    const identity = await selfSignedIdentity([HOST]);
    const accepted = [{ algorithm: 'sha-256', value: identity.fingerprint }];
    await exchange(
      { kind: 'tls', identity, peer: { kind: 'none' } },
      { kind: 'tls', peer: { kind: 'fingerprint', accepted } },
    );
  });

  it('sends nothing to a TLS peer whose fingerprint is not the signalled one', async () => {
    const identity = await selfSignedIdentity([HOST]);
    const room = endpoint();
    const client = endpoint();
    await room.listen({ host: HOST, port: 0 }, { kind: 'tls', identity, peer: { kind: 'none' } });
    const alice = new Party(client, realClock, { scheme: 'msrps' });
    const focus = new Party(room, realClock, { scheme: 'msrps' });
    focus.session.accept([alice.session.path]);
    const accepted = [{ algorithm: 'sha-256', value: identity.fingerprint.replace(/[0-9A-F]/g, '0') }];
    const security: Security = { kind: 'tls', peer: { kind: 'fingerprint', accepted } };
    const result = await alice.session.connect({ peerPath: [focus.session.path], security });
    expect(result).toMatchObject({ ok: false, error: { kind: 'tls' } });
    expect(focus.events).toEqual([]);
  });

  it('gets on with the others while one peer reads nothing', async () => {
    const room = endpoint();
    await room.listen({ host: HOST, port: 0 });
    const parties = await Promise.all(
      [0, 1, 2].map(async () => {
        const client = endpoint();
        const alice = new Party(client, realClock);
        const focus = new Party(room, realClock);
        focus.session.accept([alice.session.path]);
        const connected = await alice.session.connect({ peerPath: [focus.session.path] });
        if (connected.ok) await connected.value.done;
        return { client, alice, focus };
      }),
    );
    const [stalled, ...others] = parties;
    const [connection] = stalled?.client.connections ?? [];
    const release = connection?.hold();
    const body = pattern(60_000);
    const chunk = { range: { start: 1n, total: 60_000n }, contentType: 'text/plain', body: [body], flag: '$' } as const;
    let sent = 0;
    while (stalled?.focus.session.congested === false || sent < 50) {
      for (const { focus } of parties)
        focus.session.forward({ ...chunk, messageId: `msg${sent}`, failureReport: 'no' });
      sent++;
      await Promise.all(others.map(({ alice }) => alice.received(sent)));
    }
    expect(stalled?.alice.messages).toEqual([]);
    release?.();
    await stalled?.alice.received(sent);
    for (const { alice } of parties) expect(alice.messages.every((message) => message.body.equals(body))).toBe(true);
  });
});
