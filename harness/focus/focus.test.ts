import { afterEach, describe, expect, test } from 'vitest';
import { parseCpim } from '../codec/cpim/parse.ts';
import { parseSdp } from '../codec/sdp/parse.ts';
import { validateSdp } from '../codec/sdp/validate.ts';
import { pattern } from '../msrp/endpoints.fixture.ts';
import { selfSignedIdentity } from '../net/certificate.ts';
import type { Decisions } from './decisions.ts';
import { DOMAIN, FOCUS_SIP, FocusStage, wrap } from './focus-stage.fixture.ts';
import { referenceDecisions } from './reference-decisions.ts';
import type { RoomEffect } from './room-events.ts';

const ROOM = `sip:room@${DOMAIN}`;
let stage: FocusStage;
afterEach(() => stage.close());

describe('joining (RFC 7701 §5.2)', () => {
  test('the answer says what the room is', async () => {
    stage = await FocusStage.open();
    const alice = await stage.joined('alice');
    const bob = await stage.joined('bob');
    expect(alice.answer).toMatchObject({
      acceptTypes: ['message/cpim'],
      acceptWrappedTypes: ['*'],
      chatroom: ['nickname', 'private-messages'],
      setup: 'passive',
      port: 2855,
    });
    expect(alice.answer?.path).not.toEqual(bob.answer?.path);
    expect(alice.contact).toMatch(/^<sip:room@[^>]+>;isfocus$/);
    expect(validateSdp(parseSdp(alice.answerText))).toEqual([]);
  });

  test.each([
    ['no message/cpim', { acceptTypes: ['text/plain'] }, 488],
    ['a wildcard', { acceptTypes: ['*'] }, 200],
    ['no accept-types', { acceptTypes: undefined }, 488],
    ['TLS where there is none', { protocol: 'TCP/TLS/MSRP' }, 488],
    ['another medium', { media: 'audio' }, 488],
  ])('an offer with %s', async (_name, media, status) => {
    stage = await FocusStage.open();
    const alice = await stage.client('alice');
    const { acceptTypes, ...others } = { acceptTypes: ['message/cpim'], ...media } as {
      acceptTypes: string[] | undefined;
    };
    const offer = alice.offer({ ...others, ...(acceptTypes === undefined ? {} : { acceptTypes }) });
    const sdp = acceptTypes === undefined ? offer.replace(/a=accept-types:.*\r\n/, '') : offer;
    expect(await alice.join({ sdp })).toBe(status);
    expect(stage.focus.room('room')?.sessions.size).toBe(status === 200 ? 1 : 0);
  });

  test('other streams are refused with port 0, in their order', async () => {
    stage = await FocusStage.open();
    const alice = await stage.client('alice');
    const offer = alice.offer();
    const sdp = offer.replace('m=message', 'm=audio 4000 RTP/AVP 0\r\nm=message');
    expect(await alice.join({ sdp })).toBe(200);
    const { media } = parseSdp(alice.answerText);
    expect(media.map(({ media: kind, port }) => [kind, port])).toEqual([
      ['audio', 0],
      ['message', 2855],
    ]);
  });

  test('unknown rooms get 404, unless rooms are made on demand and gone with the last participant', async () => {
    stage = await FocusStage.open({
      onDemand: (name) => (/^adhoc-\w+$/.test(name) ? { nicknames: 'forbidden' } : undefined),
    });
    const alice = await stage.client('alice');
    expect(await alice.join({ room: 'nowhere' })).toBe(404);
    expect(await alice.join({ room: 'x-adhoc-1' })).toBe(404);
    expect(await alice.join({ room: 'adhoc-1' })).toBe(200);
    expect(alice.answer?.chatroom).toEqual(['private-messages']);
    expect(stage.focus.room('adhoc-1')?.users.size).toBe(1);
    await alice.leave();
    expect(stage.focus.room('adhoc-1')).toBeUndefined();
  });

  test('digest: only who knows the password comes in, and is who the credentials say', async () => {
    stage = await FocusStage.open({ users: { alice: 'secret' } });
    const alice = await stage.client('alice');
    expect(await alice.join()).toBe(401);
    const invite = alice.agent.invite({
      to: ROOM,
      from: '<sip:bob@example.com>',
      body: alice.offer(),
      contentType: 'application/sdp',
      credentials: { username: 'alice', password: 'secret' },
    });
    expect((await stage.run(invite.outcome)).kind).toBe('accepted');
    expect([...(stage.focus.room('room')?.users.values() ?? [])].map(({ entity }) => entity)).toEqual([
      `sip:alice@${DOMAIN}`,
    ]);
  });

  test('an INVITE without offer gets ours; the participant is in once the ACK has brought the answer', async () => {
    stage = await FocusStage.open();
    const bob = await stage.joined('bob');
    const alice = await stage.client('alice');
    const invite = alice.agent.invite({
      to: ROOM,
      ack: (response) => {
        alice.read(response.body.toString());
        return { body: alice.offer({ setup: 'active' }), contentType: 'application/sdp' };
      },
    });
    expect((await stage.run(invite.outcome)).kind).toBe('accepted');
    await stage.pass(100);
    expect(alice.answer).toMatchObject({ acceptTypes: ['message/cpim'], setup: 'actpass' });
    await alice.connect();
    expect(await alice.send(ROOM, 'late')).toBe(200);
    await stage.pass(100);
    expect(bob.texts).toHaveLength(1);
    expect(alice.party.messages).toEqual([]);
  });

  test('where the offer is passive, the focus connects', async () => {
    stage = await FocusStage.open();
    const bob = await stage.joined('bob');
    const alice = await stage.client('alice');
    const listening = await stage.run(alice.endpoint.listen({ host: '192.0.2.102', port: 9000 }));
    expect(listening.ok).toBe(true);
    alice.party = stage.party(alice);
    alice.party.session.accept(['msrp://placeholder:1/x;tcp']);
    const invite = alice.agent.invite({
      to: ROOM,
      body: alice.offer({ setup: 'passive', port: 9000 }),
      contentType: 'application/sdp',
    });
    expect((await stage.run(invite.outcome)).kind).toBe('accepted');
    await stage.pass(200);
    expect(await bob.send(ROOM, 'to the passive')).toBe(200);
    await stage.pass(100);
    expect(alice.texts).toHaveLength(1);
  });

  test('OPTIONS tells that it is a focus', async () => {
    stage = await FocusStage.open();
    const alice = await stage.client('alice');
    const outcome = await stage.run(alice.agent.request('OPTIONS', { to: ROOM }));
    const headers = outcome.kind === 'answered' ? outcome.response.headers : [];
    const value = (name: string) => headers.find((header) => header.name === name)?.value;
    expect(value('Contact')).toMatch(/>;isfocus$/);
    expect(value('Allow')).toContain('INVITE');
    expect(value('Accept')).toBe('application/sdp');
  });

  test('TLS only: a plain offer is refused, a secure one served', async () => {
    const tls = await selfSignedIdentity([DOMAIN]);
    stage = await FocusStage.open({
      tls,
      msrp: [
        { scheme: 'msrp', address: { host: FOCUS_SIP.host, port: 2855 } },
        { scheme: 'msrps', address: { host: FOCUS_SIP.host, port: 2856 } },
      ],
      rooms: [{ name: 'room', policy: { mediaTransport: 'tls-only' } }],
    });
    const alice = await stage.client('alice');
    expect(await alice.join()).toBe(488);
    alice.party = stage.party(alice, 'msrps');
    expect(await alice.join({ media: { protocol: 'TCP/TLS/MSRP' } })).toBe(200);
    expect(alice.answer?.path[0]).toMatch(/^msrps:/);
    expect(alice.answer?.fingerprints).toEqual([{ algorithm: 'sha-256', value: tls.fingerprint }]);
    expect(await alice.send(ROOM, 'secure')).toBe(200);
  });
});

describe('messages', () => {
  test('go to the others over their sessions, unchanged, however large', async () => {
    stage = await FocusStage.open({}, { segment: (octets, random) => random.integer(octets) + 1 });
    const [alice, bob, carol] = [await stage.joined('alice'), await stage.joined('bob'), await stage.joined('carol')];
    const small = wrap(alice.uri, ROOM, 'hello');
    const large = wrap(alice.uri, ROOM, pattern(300_000));
    expect(await alice.sendBody(small)).toBe(200);
    expect(await alice.sendBody(large)).toBe(200);
    await stage.pass(1000);
    for (const { party } of [bob, carol]) {
      expect(party.messages.map(({ body }) => body.length)).toEqual([small.length, large.length]);
      expect(party.messages[1]?.body.equals(large)).toBe(true);
    }
    expect(alice.party.messages).toEqual([]);
  });

  test('are refused with the status the RFC has for it', async () => {
    stage = await FocusStage.open();
    const [alice, bob] = [await stage.joined('alice'), await stage.joined('bob')];
    const lee = await stage.client('lee');
    await lee.join({ sdp: lee.offer().replace(/a=chatroom.*\r\n/, '') });
    expect(await alice.sendBody(Buffer.from('bare'), { contentType: 'text/plain' })).toBe(415);
    expect(await alice.sendBody(wrap(bob.uri, ROOM, 'x'))).toBe(403);
    expect(await alice.send('sip:nobody@example.com', 'x')).toBe(404);
    expect(await alice.send(lee.uri, 'x')).toBe(428);
    expect(await alice.send(bob.uri, 'private')).toBe(200);
    await stage.pass(100);
    expect(bob.texts).toHaveLength(1);
    expect(lee.texts.join()).toContain('This is the chat room');
    expect(lee.texts.join()).not.toContain('private');
  });

  test('REPORTs on private messages have a CPIM body; those of recipients end at the focus', async () => {
    stage = await FocusStage.open();
    const [alice, bob] = [await stage.joined('alice'), await stage.joined('bob')];
    expect(await alice.send(bob.uri, 'x', { successReport: 'yes', messageId: 'mine1' })).toBe(200);
    expect(await alice.send(ROOM, 'y', { successReport: 'yes', messageId: 'mine2' })).toBe(200);
    await stage.pass(100);
    expect(alice.party.reports.map(({ report }) => [report?.messageId, report?.status])).toEqual([
      ['mine1', 200],
      ['mine2', 200],
    ]);
    expect(alice.party.reports.map(({ head }) => head.headers.at(-1)?.name)).toEqual(['Content-Type', 'Status']);
  });

  test('methods nobody knows get 501', async () => {
    stage = await FocusStage.open();
    const alice = await stage.joined('alice');
    const outcome = await stage.run(alice.party.session.request('DANCE', []));
    expect(outcome).toMatchObject({ kind: 'response', response: { status: 501 } });
  });

  test('a recipient that does not read delays nobody', async () => {
    stage = await FocusStage.open({ rooms: [{ name: 'room', policy: { congestionOctets: 200_000 } }] });
    const [alice, bob, carol] = [await stage.joined('alice'), await stage.joined('bob'), await stage.joined('carol')];
    carol.stall();
    for (let i = 0; i < 20; i++) expect(await alice.sendBody(wrap(alice.uri, ROOM, pattern(50_000)))).toBe(200);
    expect(await bob.send(ROOM, 'still here')).toBe(200);
    await stage.pass(100);
    expect(bob.texts).toHaveLength(20);
    expect(alice.texts).toHaveLength(1);
    const room = stage.focus.room('room');
    expect([...(room?.sessions.values() ?? [])].map(({ congested }) => congested)).toEqual([false, false, true]);
    carol.unstall();
    await stage.pass(1000);
    expect(carol.texts.at(-1)).toContain('were left out');
    expect(await alice.send(ROOM, 'welcome back')).toBe(200);
    await stage.pass(100);
    expect(carol.texts.at(-1)).toContain('welcome back');
  });

  test('a decision that waits for the slow keeps the others waiting', async () => {
    stage = await FocusStage.open({ decisions: { ...referenceDecisions, waitsForSlow: (slow) => slow > 0 } });
    const [alice, bob, carol] = [await stage.joined('alice'), await stage.joined('bob'), await stage.joined('carol')];
    carol.stall();
    for (let i = 0; i < 20; i++) expect(await alice.sendBody(wrap(alice.uri, ROOM, pattern(50_000)))).toBe(200);
    await stage.pass(1000);
    expect(bob.texts.length).toBeLessThan(20);
    carol.unstall();
    await stage.pass(1000);
    expect(bob.texts).toHaveLength(20);
  });

  test('a decision may keep the answer back until the recipients have answered', async () => {
    const held: RoomEffect[] = [];
    const decisions: Decisions = {
      ...referenceDecisions,
      outgoing: (effects, event) => {
        if (event.type === 'copy-answered') return [...effects, ...held.splice(0)];
        if (!effects.some(({ type }) => type === 'copy')) return effects;
        held.push(...effects.filter(({ type }) => type === 'respond'));
        return effects.filter(({ type }) => type !== 'respond');
      },
    };
    stage = await FocusStage.open({ decisions });
    const [alice, bob] = [await stage.joined('alice'), await stage.joined('bob')];
    expect(await alice.send(ROOM, 'x')).toBe(200);
    expect(bob.texts).toHaveLength(1);
  });

  test('a decision may put the path of the sender into copies', async () => {
    stage = await FocusStage.open({
      decisions: { ...referenceDecisions, copyFromPath: (own, sender) => sender ?? own },
    });
    const [alice, bob] = [await stage.joined('alice'), await stage.joined('bob')];
    expect(await alice.send(ROOM, 'x')).toBe(200);
    await stage.pass(100);
    expect(bob.texts).toHaveLength(1);
  });
});

describe('changes and leaving', () => {
  test('a re-INVITE changes capabilities and keeps the session; o= counts only changes', async () => {
    stage = await FocusStage.open();
    const [alice, bob] = [await stage.joined('alice'), await stage.joined('bob')];
    const first = bob.answerText;
    expect(await bob.reinvite({ chatroom: [] })).toBe(200);
    expect(bob.answerText).toBe(first);
    expect(await alice.send(bob.uri, 'x')).toBe(428);
    expect(await bob.reinvite()).toBe(200);
    expect(await alice.send(bob.uri, 'x')).toBe(200);
    expect(await bob.reinvite({ acceptTypes: ['text/plain'] })).toBe(488);
    expect(await alice.send(bob.uri, 'y')).toBe(200);
    await stage.pass(100);
    expect(bob.texts).toHaveLength(2);
  });

  test('a participant that only sends gets nothing until it wants to', async () => {
    stage = await FocusStage.open();
    const [alice, bob] = [await stage.joined('alice'), await stage.joined('bob')];
    expect(await bob.reinvite({ direction: 'sendonly' })).toBe(200);
    expect(bob.answer?.direction).toBe('recvonly');
    expect(await alice.send(ROOM, 'unwanted')).toBe(200);
    expect(await bob.send(ROOM, 'one way')).toBe(200);
    expect(await bob.reinvite()).toBe(200);
    expect(bob.answer?.direction).toBe('sendrecv');
    expect(await alice.send(ROOM, 'wanted')).toBe(200);
    await stage.pass(100);
    expect(alice.texts).toHaveLength(1);
    expect(bob.texts).toHaveLength(1);
  });

  test('a new path is a new session; the nickname stays', async () => {
    stage = await FocusStage.open();
    const [alice, bob] = [await stage.joined('alice'), await stage.joined('bob')];
    expect(await bob.nickname('"Bobby"')).toBe(200);
    const old = bob.party;
    bob.party = stage.party(bob);
    const before = bob.answer?.path;
    expect(await bob.reinvite()).toBe(200);
    expect(bob.answer?.path).not.toEqual(before);
    await bob.connect();
    expect(await alice.send(ROOM, 'x')).toBe(200);
    await stage.pass(100);
    expect([old.texts.length, bob.texts.length]).toEqual([0, 1]);
    expect(await alice.nickname('"bobby"')).toBe(425);
  });

  test('a stream given up and taken up again', async () => {
    stage = await FocusStage.open();
    const [alice, bob] = [await stage.joined('alice'), await stage.joined('bob')];
    expect(await bob.reinvite({ port: 0 })).toBe(200);
    expect(bob.answer?.port).toBe(0);
    expect(await alice.send(ROOM, 'unheard')).toBe(200);
    bob.party = stage.party(bob);
    expect(await bob.reinvite()).toBe(200);
    await bob.connect();
    expect(await alice.send(ROOM, 'heard')).toBe(200);
    await stage.pass(100);
    expect(bob.texts).toHaveLength(1);
    expect(bob.texts[0]).toContain('heard');
  });

  test('a lost connection is not a leave; after BYE there is nothing', async () => {
    stage = await FocusStage.open();
    const [alice, bob] = [await stage.joined('alice'), await stage.joined('bob')];
    bob.endpoint.abort();
    await stage.pass(100);
    expect(stage.focus.room('room')?.users.size).toBe(2);
    expect(await alice.send(bob.uri, 'x')).toBe(404);
    await bob.leave();
    expect(stage.focus.room('room')?.users.size).toBe(1);
    const path = alice.party;
    await alice.leave();
    expect(await stage.run(path.session.request('NICKNAME', [{ name: 'Use-Nickname', value: '"A"' }]))).toMatchObject({
      kind: 'response',
      response: { status: 481 },
    });
  });

  test('a room that closes says BYE to all and a last word to subscribers', async () => {
    stage = await FocusStage.open();
    const [alice, bob] = [await stage.joined('alice'), await stage.joined('bob')];
    await alice.subscribe();
    stage.focus.closeRoom('room');
    await stage.pass(200);
    expect([alice.ended, bob.ended]).toEqual(['by-peer', 'by-peer']);
    expect(alice.subscriptionStates.at(-1)).toMatch(/^terminated;reason=noresource/);
    expect(alice.documents.at(-1)?.state).toBe('deleted');
    expect(await alice.join()).toBe(404);
  });
});

describe('roster (RFC 4575)', () => {
  test('full first, then partial documents in sequence and not too often', async () => {
    stage = await FocusStage.open();
    const alice = await stage.joined('alice');
    await alice.subscribe();
    expect(alice.documents).toMatchObject([{ entity: ROOM, state: 'full', version: 1, userCount: 1 }]);
    const bob = await stage.joined('bob');
    await bob.nickname('"Bobby"');
    await stage.pass(6000);
    expect(alice.documents).toHaveLength(2);
    expect(alice.documents[1]).toMatchObject({
      state: 'partial',
      version: 2,
      users: { state: 'partial', list: [{ entity: bob.uri, nickname: { value: 'Bobby', form: 'xcon' } }] },
    });
    await bob.leave();
    await stage.pass(6000);
    expect(alice.documents[2]).toMatchObject({
      version: 3,
      users: { list: [{ entity: bob.uri, state: 'deleted' }] },
    });
    await stage.pass(20_000);
    expect(alice.documents).toHaveLength(3);
  });

  test('a fetch tells the state once', async () => {
    stage = await FocusStage.open();
    const alice = await stage.joined('alice');
    await alice.subscribe('room', 0);
    expect(alice.documents).toMatchObject([{ state: 'full', userCount: 1 }]);
    expect(alice.subscriptionStates[0]).toMatch(/^terminated;reason=timeout/);
    await alice.subscribe('nowhere');
    expect(alice.documents).toHaveLength(1);
  });

  test('hidden participants have a URI of their own and leave no trace of the real one', async () => {
    stage = await FocusStage.open({ rosterIntervalMs: 0 });
    const alice = await stage.joined('alice');
    await alice.subscribe();
    const harry = await stage.joined('harryx71', { headers: [['Privacy', 'id']] });
    const iris = await stage.joined('irisx72', { from: '"Anonymous" <sip:anonymous@anonymous.invalid>' });
    await stage.pass(200);
    const entities = [...(stage.focus.room('room')?.users.values() ?? [])].map(({ entity }) => entity);
    expect(new Set(entities).size).toBe(3);
    expect(await alice.send(entities[1] ?? '', 'psst')).toBe(200);
    expect(await harry.sendBody(wrap(entities[1] ?? '', ROOM, 'from the dark'))).toBe(200);
    expect(await harry.send(ROOM, 'unmasked')).toBe(403);
    await stage.pass(200);
    expect(harry.texts).toHaveLength(1);
    expect(iris.texts).toHaveLength(1);
    const seen = alice.texts.join() + JSON.stringify(alice.documents);
    expect(seen).toContain(entities[1] ?? 'nobody');
    expect(seen).not.toMatch(/x71|x72/);
  });

  test('own anonymous URIs and asserted identities', async () => {
    stage = await FocusStage.open({ trustsAssertedIdentity: true });
    await stage.joined('harry', { from: '<sip:anon-55@anonymous.invalid>' });
    await stage.joined('tina', { headers: [['P-Asserted-Identity', '<sip:tina@real.example>, <tel:+1555>']] });
    const users = [...(stage.focus.room('room')?.users.values() ?? [])];
    expect(users.map(({ entity, aliases }) => [entity, aliases])).toEqual([
      ['sip:anon-55@anonymous.invalid', []],
      ['sip:tina@real.example', ['tel:+1555']],
    ]);
  });
});

test('the CPIM that comes out parses', async () => {
  stage = await FocusStage.open();
  const lee = await stage.client('lee');
  await lee.join({ sdp: lee.offer().replace(/a=chatroom.*\r\n/, '') });
  await stage.pass(100);
  const parsed = lee.party.messages.map(({ body }) => parseCpim(body));
  expect(parsed.length).toBeGreaterThan(0);
  for (const cpim of parsed) expect(cpim.ok && cpim.value.defects).toEqual([]);
});

test('an address in use is an error, not an exception', async () => {
  stage = await FocusStage.open();
  expect((await stage.run(stage.second())).ok).toBe(false);
});
