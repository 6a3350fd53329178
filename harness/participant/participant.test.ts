import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCpim } from '../codec/cpim/parse.ts';
import { headerOf } from '../codec/msrp/message.ts';
import { header } from '../codec/sip/headers.ts';
import { selfSignedIdentity } from '../net/certificate.ts';
import { describedIn } from './description.ts';
import { FULL_MEDIA } from './media.ts';
import { FocusStage } from './scripted-focus.fixture.ts';

const { setup: _, ...withoutSetup } = FULL_MEDIA;

describe('joining', () => {
  it.each(['udp', 'tcp'] as const)('sends INVITE over %s, binds the session and leaves with BYE', async (transport) => {
    const stage = await FocusStage.open();
    const alice = stage.participant('alice', { sip: { transport, target: { host: '192.0.2.1', port: 5060 } } });
    const outcome = await stage.run(alice.join());
    expect(outcome.kind).toBe('joined');
    expect(alice.isJoined()).toBe(true);
    expect(alice.chatroomTokensOfRoom()).toEqual(['nickname', 'private-messages']);
    expect(alice.response?.status).toBe(200);
    const { seat } = stage.focus;
    expect(alice.paths()).toEqual({ toPath: seat.session.path, fromPath: seat.session.peerPath });
    expect(seat.requests.map((request) => `${request.method} ${request.hasBody}`)).toEqual(['SEND false']);

    const left = await stage.run(alice.leave());
    expect(left).toMatchObject({ kind: 'answered', status: 200, request: { method: 'BYE' } });
    expect(alice.isJoined()).toBe(false);
    expect(seat.ends).toEqual(['by-peer']);
    await stage.run(alice.close());
    await stage.settle();
    expect(stage.focus.endpoint.connections.size).toBe(0);
  });

  it('offers what the profile says', async () => {
    const stage = await FocusStage.open();
    await stage.joined('alice', { media: { ...FULL_MEDIA, maxSize: 5000, furtherLines: ['a=x-foo:1'] } });
    const request = stage.focus.invites[0]?.request;
    if (request === undefined) throw new Error('no INVITE');
    expect(describedIn(request)).toMatchObject({
      protocol: 'TCP/MSRP',
      acceptTypes: ['message/cpim'],
      acceptWrappedTypes: ['text/plain', '*'],
      chatroom: ['nickname', 'private-messages'],
      setup: 'actpass',
      maxSize: 5000n,
      connectionHost: '192.0.2.10',
    });
    expect(request.body.toString()).toContain('\r\na=x-foo:1\r\n');
    expect(header(request, 'From')).toContain('<sip:alice@example.org>;tag=');
  });

  it.each([
    ['actpass', 'passive', 'participant'],
    ['actpass', 'active', 'focus'],
    ['passive', 'passive', 'focus'],
    ['active', 'active', 'participant'],
    ['none', 'active', 'participant'],
  ] as const)('with a=setup %s, the focus preferring %s, the %s connects', async (setup, choice, active) => {
    const stage = await FocusStage.open();
    stage.focus.script = { ...stage.focus.script, setup: choice };
    const media = setup === 'none' ? withoutSetup : { ...FULL_MEDIA, setup };
    const [alice, seat] = await stage.joined('alice', { media });
    const binder = seat.requests.length > 0 ? 'participant' : 'focus';
    expect(binder).toBe(active);
    expect(await stage.run(alice.send(alice.compose({ content: 'hello' })).outcome)).toMatchObject({ status: 200 });
    const port = new URL(`http://${alice.paths().fromPath.slice('msrp://'.length).split('/')[0]}`).port;
    expect(port === '9').toBe(setup === 'active');
  });

  it('offers no port that nobody listens on, unless it is the active side by its own word', async () => {
    const stage = await FocusStage.open();
    await stage.joined('alice');
    const request = stage.focus.invites[0]?.request;
    expect(request && describedIn(request)?.port).not.toBe(9);
  });

  it.each([
    ['refuse', { kind: 'refused', status: 403 }],
    ['refuse-stream', { kind: 'stream-refused' }],
    ['no-description', { kind: 'not-bound', reason: 'no MSRP stream in the answer' }],
  ] as const)('tells when the focus answers with: %s', async (invite, expected) => {
    const stage = await FocusStage.open();
    stage.focus.script = { ...stage.focus.script, invite };
    const alice = stage.participant('alice');
    expect(await stage.run(alice.join())).toMatchObject(expected);
    expect(alice.isJoined()).toBe(false);
    await stage.run(alice.close());
    await stage.settle();
    expect(stage.focus.invites.map(({ call }) => call.end)).toEqual([invite === 'refuse' ? 'refused' : 'by-peer']);
  });

  it('tells that all streams are refused, even where none is an MSRP stream', async () => {
    const stage = await FocusStage.open();
    const body = 'v=0\r\no=- 1 1 IN IP4 10.0.0.1\r\ns=-\r\nc=IN IP4 10.0.0.1\r\nt=0 0\r\nm=audio 0 RTP/AVP 0\r\n';
    stage.focus.script = { ...stage.focus.script, body };
    expect(await stage.run(stage.participant('alice').join())).toMatchObject({ kind: 'stream-refused' });
  });

  it('gives up when no side may connect', async () => {
    const stage = await FocusStage.open();
    stage.focus.script = { ...stage.focus.script, invite: 'no-setup' };
    const alice = stage.participant('alice', { media: { ...FULL_MEDIA, setup: 'passive' } });
    expect(await stage.run(alice.join())).toMatchObject({ kind: 'not-bound', reason: 'each side waits to be called' });
  });

  it.each([
    [481, 'the first SEND got 481'],
    ['silence', 'the first SEND got no answer'],
  ] as const)('is not bound when the first SEND gets %s', async (answer, reason) => {
    const stage = await FocusStage.open();
    stage.focus.script = { ...stage.focus.script, answers: new Map([['ping', answer]]) };
    const alice = stage.participant('alice');
    expect(await stage.run(alice.join())).toMatchObject({ kind: 'not-bound', reason });
    await stage.settle();
    expect(stage.focus.seat.ends).toEqual(['by-peer']);
  });

  it('waits no longer than asked for a focus that says nothing, and then cancels', async () => {
    const stage = await FocusStage.open();
    stage.focus.script = { ...stage.focus.script, invite: 'never' };
    const alice = stage.participant('alice', { answerMs: 5_000 });
    const before = stage.clock.now();
    expect(await stage.run(alice.join())).toEqual({ kind: 'unanswered', reason: 'no final response within 5 s' });
    expect(stage.clock.now() - before).toBeLessThan(5_100);
    await stage.settle();
    expect(stage.focus.invites[0]?.state).toBe('cancelled');
    await stage.run(alice.close());
  });

  it('tells when nobody listens', async () => {
    const stage = await FocusStage.open();
    const alice = stage.participant('alice', { sip: { transport: 'tcp', target: { host: '192.0.2.1', port: 9999 } } });
    expect(await stage.run(alice.join())).toMatchObject({
      kind: 'unanswered',
      reason: expect.stringContaining('refused'),
    });
  });

  it('asks for privacy, and may bring an anonymous URI of its own', async () => {
    const stage = await FocusStage.open();
    await stage.joined('alice', { privacy: true });
    const [bob] = await stage.joined('bob', { privacy: true, anonymousUri: 'sip:anonymous7@anonymous.invalid' });
    const [first, second] = stage.focus.invites.map(({ request }) => request);
    expect(first && header(first, 'Privacy')).toBe('id');
    expect(second && header(second, 'From')).toMatch(/^Anonymous <sip:anonymous7@anonymous\.invalid>;tag=/);
    expect(second && header(second, 'Contact')).not.toContain('bob');
    expect(bob.compose({ content: 'x' }).octets.toString()).toContain('From: <sip:anonymous7@anonymous.invalid>\r\n');
  });

  it('takes a whole session description with its own path put in', async () => {
    const stage = await FocusStage.open();
    const alice = stage.participant('alice');
    const sdp = ({ path, port }: { path: string; port: number }): string =>
      `v=0\r\no=- 1 1 IN IP4 192.0.2.10\r\ns=-\r\nc=IN IP4 192.0.2.10\r\nt=0 0\r\nm=message ${port} TCP/MSRP *\r\na=accept-types:text/plain\r\na=path:${path}\r\n`;
    expect(await stage.run(alice.join({ sdp }))).toMatchObject({ kind: 'joined' });
    stage.focus.seat.session.send({ contentType: 'message/cpim', body: Buffer.from('To: <sip:a@b>\r\n\r\n\r\n') });
    const refused = stage.focus.seat.session.send({ contentType: 'image/png', body: Buffer.from('x') });
    expect(await stage.run(refused.done)).toMatchObject({ kind: 'refused', status: 415 });
  });

  it('joins without binding, and then sends nothing over MSRP', async () => {
    const stage = await FocusStage.open();
    const alice = stage.participant('alice');
    expect(await stage.run(alice.join({ bind: false }))).toMatchObject({ kind: 'joined' });
    expect(alice.isJoined()).toBe(false);
    expect(await stage.run(alice.send(alice.compose({ content: 'x' })).outcome)).toMatchObject({ reason: 'not-sent' });
    const bound = alice.request({ method: 'SEND', headers: [['Message-ID', 'm1']], on: 'fresh' });
    expect(await stage.run(bound.outcome)).toMatchObject({ kind: 'answered', status: 200 });
  });
});

describe('TLS', () => {
  it('shows and checks fingerprints', async () => {
    const [own, theirs, wrong] = await Promise.all(
      ['192.0.2.10', '192.0.2.1', '192.0.2.1'].map((name) => selfSignedIdentity([name])),
    );
    if (own === undefined || theirs === undefined || wrong === undefined) throw new Error('no identities');
    const stage = await FocusStage.open(theirs);
    const [alice, seat] = await stage.joined('alice', { msrpSecurity: 'tls', tls: { identity: own } });
    const offer = stage.focus.invites[0]?.request;
    expect(offer && describedIn(offer)).toMatchObject({
      protocol: 'TCP/TLS/MSRP',
      path: [expect.stringMatching(/^msrps:/)],
      fingerprints: [{ algorithm: 'sha-256', value: own.fingerprint }],
    });
    expect(await stage.run(alice.send(alice.compose({ content: 'x' })).outcome)).toMatchObject({ status: 200 });
    expect(seat.messages).toHaveLength(1);
    const fresh = alice.request({ method: 'SEND', headers: [['Message-ID', 'm']], on: 'fresh' });
    expect(await stage.run(fresh.outcome)).toMatchObject({ status: 506 });
    const body = `v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\nm=message 2855 TCP/TLS/MSRP *\r\na=accept-types:message/cpim\r\na=fingerprint:sha-256 ${wrong.fingerprint}\r\na=path:{path}\r\n`;
    stage.focus.script = { ...stage.focus.script, body };
    const bob = stage.participant('bob', { msrpSecurity: 'tls', tls: { identity: own } });
    expect(await stage.run(bob.join())).toMatchObject({ kind: 'not-bound', reason: expect.stringContaining('TLS') });
  });
});

describe('a focus that answers nonsense', () => {
  const line = fc.oneof(
    fc.constantFrom(
      'm=message 2855 TCP/MSRP *',
      'm=message 70000 TCP/MSRP *',
      'a=path:{path}',
      'a=path:msrp://192.0.2.1:1/x;tcp',
      'a=path:msrp://[::1;tcp',
      'a=path:msrps://192.0.2.1:2855/x;tcp',
      'a=path:',
      'a=setup:passive',
      'a=setup:holdconn',
      'a=setup:both',
      'a=fingerprint:sha-256 00',
      'a=accept-types:*',
      'a=max-size:99999999999999999999',
      'c=IN IP4',
    ),
    fc.string({ maxLength: 40 }),
  );

  it('is told from one that makes sense, and never does harm', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 8 }), async (lines) => {
        const stage = await FocusStage.open();
        stage.focus.script = { ...stage.focus.script, body: lines.join('\r\n') };
        const alice = stage.participant('alice');
        const outcome = await stage.run(alice.join());
        expect(['joined', 'stream-refused', 'not-bound']).toContain(outcome.kind);
        expect(alice.isJoined()).toBe(outcome.kind === 'joined');
        await stage.run(alice.close());
        await stage.settle();
        expect(stage.focus.invites[0]?.call.end).toBe('by-peer');
      }),
      { numRuns: 150 },
    );
  });
});

describe('talking', () => {
  it('sends a wrapped message with a Message-ID of its own', async () => {
    const stage = await FocusStage.open();
    const [alice, seat] = await stage.joined('alice');
    const messages = [alice.compose({ content: 'one' }), alice.compose({ content: 'two', to: ['sip:a@b', 'sip:c@d'] })];
    for (const message of messages) {
      expect(await stage.run(alice.send(message).outcome)).toMatchObject({ kind: 'answered', status: 200 });
    }
    expect(new Set(messages.map(({ messageId }) => messageId)).size).toBe(2);
    expect(seat.messages.map(({ body }) => body)).toEqual(messages.map(({ octets }) => octets));
    expect(seat.messages[1]?.body.toString()).toBe(
      'To: <sip:a@b>\r\nTo: <sip:c@d>\r\nFrom: <sip:alice@example.org>\r\n\r\nContent-Type: text/plain; charset=utf-8\r\n\r\ntwo',
    );
  });

  it.each([
    ['a size', 40],
    ['sizes', [10, 0, 30]],
  ] as const)('cuts a message by %s', async (_name, chunks) => {
    const stage = await FocusStage.open();
    const [alice, seat] = await stage.joined('alice');
    const message = alice.compose({ content: 'y'.repeat(100) });
    const sending = alice.send(message, { chunks });
    expect(await stage.run(sending.outcome)).toMatchObject({ kind: 'answered', status: 200 });
    const sent = typeof chunks === 'number' ? Math.ceil(message.octets.length / chunks) : chunks.length + 1;
    expect(sending.transactionIds()).toHaveLength(sent);
    expect(seat.messages[0]?.body).toEqual(message.octets);
  });

  it('tells the first response that is not 200', async () => {
    const stage = await FocusStage.open();
    const [alice] = await stage.joined('alice');
    stage.focus.script = { ...stage.focus.script, answers: new Map([['SEND', 413]]) };
    for (const chunks of [20, [20, 20]]) {
      const outcome = alice.send(alice.compose({ content: 'z'.repeat(50) }), { chunks }).outcome;
      expect(await stage.run(outcome)).toMatchObject({ kind: 'answered', status: 413 });
    }
  });

  it('sends single chunks as it is told', async () => {
    const stage = await FocusStage.open();
    const [alice, seat] = await stage.joined('alice');
    const message = alice.compose({ content: 'abcdef' });
    const at = message.cpimHeaderOctets;
    const total = message.octets.length;
    alice.sendChunk(message, { start: 0, end: at, flag: '+', failureReport: 'no' });
    const last = alice.sendChunk(message, { start: at, end: total, flag: '$', rangeStart: 7, successReport: 'yes' });
    // The false place of the last chunk contradicts the first.
    expect(await stage.run(last.outcome)).toMatchObject({ status: 400 });
    const [, first, second] = seat.requests;
    expect(first && headerOf(first.head, 'Byte-Range')).toBe(`1-${at}/${total}`);
    expect(first && headerOf(first.head, 'Failure-Report')).toBe('no');
    expect(second && headerOf(second.head, 'Byte-Range')).toBe(`7-12/${total}`);
    expect(second && headerOf(second.head, 'Success-Report')).toBe('yes');
  });

  it('reports no answer after 30 s', async () => {
    const stage = await FocusStage.open();
    const [alice] = await stage.joined('alice');
    stage.focus.script = { ...stage.focus.script, answers: new Map([['SEND', 'silence']]) };
    const before = stage.clock.now();
    const outcome = await stage.run(alice.send(alice.compose({ content: 'x' })).outcome);
    expect(outcome).toMatchObject({ kind: 'unanswered', reason: 'timed-out' });
    expect(stage.clock.now() - before).toBeGreaterThanOrEqual(30_000);
  });

  it('asks for nicknames, right and wrong', async () => {
    const stage = await FocusStage.open();
    const [alice, seat] = await stage.joined('alice');
    stage.focus.script = { ...stage.focus.script, answers: new Map([['NICKNAME', 425]]) };
    for (const wish of [{ text: 'Al "x"' }, { header: 'bare' }, { none: true }] as const) {
      expect(await stage.run(alice.nickname(wish))).toMatchObject({ kind: 'answered', status: 425 });
    }
    const octets = Buffer.from([0x22, 0xff, 0x22]);
    expect(await stage.run(alice.nickname({ headerOctets: octets }, [['X-A', 'b']]))).toMatchObject({ status: 425 });
    const asked = seat.requests.filter(({ method }) => method === 'NICKNAME').map(({ head }) => head);
    expect(asked.map((head) => headerOf(head, 'Use-Nickname'))).toEqual([
      '"Al \\"x\\""',
      'bare',
      undefined,
      '"\ufffd"',
    ]);
    expect(asked.at(-1)?.headers.at(-1)).toEqual({ name: 'X-A', value: 'b' });
  });

  it('writes octets of any kind and knows the response', async () => {
    const stage = await FocusStage.open();
    const [alice] = await stage.joined('alice');
    const transactionId = alice.newTransactionId();
    const { toPath, fromPath } = alice.paths();
    const text = `garbage\r\nMSRP ${transactionId} SEND\r\nTo-Path: ${toPath}\r\nFrom-Path: ${fromPath}\r\nMessage-ID: 1\r\n-------${transactionId}$\r\n`;
    const octets = Buffer.from(text);
    const outcome = alice.writeRaw([octets.subarray(0, 20), octets.subarray(20)], { transactionId });
    expect(await stage.run(outcome)).toMatchObject({ kind: 'answered', transactionId, status: 200 });
    const silent = alice.writeRaw(Buffer.from('rubbish\r\n'), { transactionId: 'never' });
    expect(await stage.run(silent)).toMatchObject({ kind: 'unanswered', reason: 'timed-out' });
  });

  it('puts requests on connections they do not belong to', async () => {
    const stage = await FocusStage.open();
    const [alice] = await stage.joined('alice');
    const [bob] = await stage.joined('bob');
    const headers = [['Message-ID', 'm1']] as const;
    const foreign = alice.request({ method: 'SEND', headers, on: bob });
    expect(await stage.run(foreign.outcome)).toMatchObject({ kind: 'answered', status: 506 });
    const fresh = alice.request({ method: 'SEND', headers, on: 'fresh' });
    expect(await stage.run(fresh.outcome)).toMatchObject({ kind: 'answered', status: 506 });
    const toPath = alice.paths().toPath.replace(/\/[^/;]+;/, '/nobody;');
    const unknown = alice.request({ method: 'SEND', headers, toPath, on: 'fresh' });
    expect(await stage.run(unknown.outcome)).toMatchObject({ kind: 'answered', status: 481 });
    const nowhere = alice.request({ method: 'SEND', headers, toPath: 'msrp://192.0.2.99:1/x;tcp', on: 'fresh' });
    expect(await stage.run(nowhere.outcome)).toMatchObject({ kind: 'unanswered', reason: 'not-sent' });
  });

  it('has nothing to share with one that is not there', async () => {
    const stage = await FocusStage.open();
    const alice = stage.participant('alice');
    const bob = stage.participant('bob', { sharesConnectionsWith: alice });
    const reason = 'the MSRP endpoint to share is not open';
    expect(await stage.run(bob.join())).toEqual({ kind: 'unanswered', reason });
    await stage.run(alice.join());
    expect(await stage.run(bob.join())).toMatchObject({ kind: 'joined' });
    await stage.run(alice.close());
    expect(bob.isJoined()).toBe(false);
    expect(await stage.run(bob.join())).toEqual({ kind: 'unanswered', reason });
    expect(await stage.run(bob.renegotiate(FULL_MEDIA))).toEqual({ kind: 'unanswered', reason });
    await stage.run(bob.close());
  });

  it('shares connections with another participant', async () => {
    const stage = await FocusStage.open();
    const [alice] = await stage.joined('alice');
    const [bob, seat] = await stage.joined('bob', { sharesConnectionsWith: alice });
    expect(stage.focus.endpoint.connections.size).toBe(1);
    expect(await stage.run(bob.send(bob.compose({ content: 'x' })).outcome)).toMatchObject({ status: 200 });
    expect(seat.messages).toHaveLength(1);
    await stage.run(bob.close());
    await stage.settle();
    expect(alice.isJoined()).toBe(true);
    await stage.run(alice.close());
    await stage.settle();
    expect(stage.focus.endpoint.connections.size).toBe(0);
  });
});

describe('listening', () => {
  const wrapped = Buffer.from('To: <sip:x@y>\r\nFrom: <sip:z@y>\r\n\r\nContent-Type: text/plain\r\n\r\nhello');

  it('delivers, answers and reports', async () => {
    const stage = await FocusStage.open();
    const [alice, seat] = await stage.joined('alice');
    const arrived: string[] = [];
    alice.onMessage = ({ cpim }) => arrived.push(cpim?.content.toString() ?? 'no CPIM');
    const sent = seat.session.send({ contentType: 'message/cpim', body: wrapped, successReport: 'yes' });
    expect(await stage.run(sent.done)).toEqual({ kind: 'accepted' });
    await stage.settle();
    expect(arrived).toEqual(['hello']);
    expect(sent.reports.map(({ status }) => status)).toEqual([200]);
    seat.session.send({ contentType: 'message/cpim', body: Buffer.from('\r\r\r') });
    await stage.settle();
    expect(arrived).toEqual(['hello', 'no CPIM']);
  });

  it('answers as it is told', async () => {
    const stage = await FocusStage.open();
    const [alice, seat] = await stage.joined('alice');
    alice.answerWith(403);
    const refused = seat.session.send({ contentType: 'message/cpim', body: wrapped, successReport: 'yes' });
    expect(await stage.run(refused.done)).toEqual({ kind: 'refused', status: 403 });
    expect(refused.reports).toEqual([]);
    const unasked = seat.session.send({ contentType: 'message/cpim', body: wrapped, failureReport: 'no' });
    await stage.run(unasked.done);
    alice.answerWith('silence');
    const silent = seat.session.send({ contentType: 'message/cpim', body: wrapped });
    expect(await stage.run(silent.done)).toEqual({ kind: 'timed-out' });
  });

  it('refuses what it does not accept, and unknown methods', async () => {
    const stage = await FocusStage.open();
    const [, seat] = await stage.joined('alice');
    const image = seat.session.send({ contentType: 'image/png', body: wrapped });
    expect(await stage.run(image.done)).toMatchObject({ kind: 'refused', status: 415 });
    expect(await stage.run(seat.session.request('FOO', []))).toMatchObject({ response: { status: 501 } });
  });

  it('stalls and resumes', async () => {
    const stage = await FocusStage.open();
    const [alice, seat] = await stage.joined('alice');
    alice.stall();
    const sent = seat.session.send({ contentType: 'message/cpim', body: wrapped });
    await stage.settle(10_000);
    expect(sent.chunks[0]?.outcome).toBeUndefined();
    alice.resume();
    expect(await stage.run(sent.done)).toEqual({ kind: 'accepted' });
  });
});

describe('the life of a stay', () => {
  it('renegotiates on the living session', async () => {
    const stage = await FocusStage.open();
    const [alice] = await stage.joined('alice');
    const { fromPath } = alice.paths();
    const outcome = await stage.run(alice.renegotiate({ ...FULL_MEDIA, chatroom: ['nickname'] }));
    expect(outcome).toMatchObject({ kind: 'answered', status: 200, request: { method: 'INVITE' } });
    const [first, second] = stage.focus.invites.map(({ request }) => request);
    const offered = second === undefined ? undefined : describedIn(second);
    expect(offered).toMatchObject({ chatroom: ['nickname'], path: [fromPath] });
    const version = (sdp: string | undefined): number => Number(/^o=\S+ \d+ (\d+)/m.exec(sdp ?? '')?.[1]);
    expect(version(second?.body.toString())).toBe(version(first?.body.toString()) + 1);
    expect(await stage.run(alice.send(alice.compose({ content: 'x' })).outcome)).toMatchObject({ status: 200 });
  });

  it('goes along when the focus moves its end', async () => {
    const stage = await FocusStage.open();
    const [alice, seat] = await stage.joined('alice');
    const before = alice.paths();
    const endings: string[] = [];
    alice.onEnded = ({ kind }) => endings.push(kind);
    stage.focus.script = { ...stage.focus.script, moves: true };
    expect(await stage.run(alice.renegotiate(FULL_MEDIA))).toMatchObject({ status: 200 });
    expect(stage.focus.seat).not.toBe(seat);
    expect(alice.paths()).toEqual({ toPath: stage.focus.seat.session.path, fromPath: before.fromPath });
    expect(await stage.run(alice.send(alice.compose({ content: 'x' })).outcome)).toMatchObject({ status: 200 });
    expect(stage.focus.seat.messages).toHaveLength(1);
    expect(endings).toEqual([]);
  });

  it('keeps what it has when a renegotiation is refused', async () => {
    const stage = await FocusStage.open();
    const [alice] = await stage.joined('alice');
    stage.focus.script = { ...stage.focus.script, invite: 'refuse' };
    expect(await stage.run(alice.renegotiate(withoutSetup))).toMatchObject({ kind: 'answered', status: 488 });
    expect(alice.isJoined()).toBe(true);
    expect(alice.response?.status).toBe(200);
  });

  it.each(['end', 'reset'] as const)(
    'loses its session by disconnect %s and gets another by re-INVITE',
    async (how) => {
      const stage = await FocusStage.open();
      const [alice, seat] = await stage.joined('alice');
      const endings: string[] = [];
      alice.onEnded = ({ kind }) => endings.push(kind);
      alice.disconnect(how);
      await stage.settle();
      expect(seat.failures).toHaveLength(1);
      expect(seat.ends).toEqual([]);
      expect(alice.isJoined()).toBe(false);
      expect(await stage.run(alice.send(alice.compose({ content: 'x' })).outcome)).toMatchObject({
        reason: 'not-sent',
      });
      expect(await stage.run(alice.renegotiate(FULL_MEDIA))).toMatchObject({ status: 200 });
      expect(alice.isJoined()).toBe(true);
      expect(await stage.run(alice.send(alice.compose({ content: 'x' })).outcome)).toMatchObject({ status: 200 });
      expect(stage.focus.seat).not.toBe(seat);
      expect(endings).toEqual(['session-lost']);
    },
  );

  it('hears BYE and lost connections', async () => {
    const stage = await FocusStage.open();
    const [alice, seat] = await stage.joined('alice');
    const [bob, bobsSeat] = await stage.joined('bob');
    const endings: string[] = [];
    alice.onEnded = ({ kind }) => endings.push(`alice ${kind}`);
    bob.onEnded = ({ kind }) => endings.push(`bob ${kind}`);
    await stage.run(seat.call.bye());
    if (bobsSeat.session.standing.kind === 'bound') bobsSeat.session.standing.connection.reset();
    await stage.settle();
    expect(endings).toEqual(['alice bye', 'bob session-lost']);
    expect([alice.isJoined(), bob.isJoined()]).toEqual([false, false]);
  });

  it('answers a re-INVITE of the focus with its session as it is, and refuses another path', async () => {
    const stage = await FocusStage.open();
    const [alice, seat] = await stage.joined('alice');
    const offer = (path: string): string =>
      `v=0\r\no=- 1 2 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\nm=message 2855 TCP/MSRP *\r\na=accept-types:message/cpim\r\na=setup:actpass\r\na=path:${path}\r\n`;
    const again = seat.call.invite({ body: offer(seat.session.path), contentType: 'application/sdp' });
    const accepted = await stage.run(again.outcome);
    if (accepted.kind !== 'accepted') throw new Error(accepted.kind);
    expect(accepted.response.body.toString()).toMatch(/m=audio 0 RTP\/AVP 0\r\nm=message [1-9]\d* TCP\/MSRP/);
    expect(describedIn(accepted.response)).toMatchObject({ path: [alice.paths().fromPath], setup: 'passive' });
    const other = seat.call.invite({ body: offer('msrp://192.0.2.1:2855/other;tcp'), contentType: 'application/sdp' });
    expect(await stage.run(other.outcome)).toMatchObject({ kind: 'refused', response: { status: 488 } });
    const late = seat.call.invite({ ack: () => ({ body: offer(seat.session.path), contentType: 'application/sdp' }) });
    const offered = await stage.run(late.outcome);
    expect(offered.kind === 'accepted' && describedIn(offered.response)).toMatchObject({ setup: 'actpass' });
  });

  it('vanishes without a word', async () => {
    const stage = await FocusStage.open();
    const [alice, seat] = await stage.joined('alice');
    await stage.run(alice.subscribe());
    const message = alice.compose({ content: 'v'.repeat(5000) });
    alice.sendChunk(message, { start: 0, end: 100, flag: '+' });
    await stage.settle();
    alice.vanish();
    await stage.settle();
    expect(seat.failures).toEqual([expect.stringContaining('reset')]);
    expect(await stage.run(alice.send(message).outcome)).toMatchObject({ reason: 'not-sent' });
    expect(await stage.run(alice.leave())).toMatchObject({ kind: 'unanswered' });
    await stage.run(alice.close());
    await stage.settle();
    expect(seat.ends).toEqual([]);
    const notified = await stage.run(stage.focus.notifiers.at(-1)?.notify() ?? Promise.reject(new Error('none')));
    expect(notified).toMatchObject({ kind: 'unanswered' });
  });

  it('comes again after it has vanished', async () => {
    const stage = await FocusStage.open();
    const [alice, seat] = await stage.joined('alice');
    alice.vanish();
    expect(await stage.run(alice.join())).toMatchObject({ kind: 'joined' });
    expect(stage.focus.seat).not.toBe(seat);
    await stage.run(alice.close());
    expect(stage.focus.seat.ends).toEqual(['by-peer']);
  });

  it('joins a second time and ends both stays', async () => {
    const stage = await FocusStage.open();
    const [alice, first] = await stage.joined('alice');
    await stage.run(alice.join());
    await stage.run(alice.close());
    expect([first.ends, stage.focus.seat.ends]).toEqual([['by-peer'], ['by-peer']]);
    expect(stage.focus.seats).toHaveLength(2);
  });
});

describe('closing', () => {
  it('leaves, unsubscribes, and leaves no timer', async () => {
    const stage = await FocusStage.open();
    const [alice, seat] = await stage.joined('alice');
    await stage.run(alice.subscribe());
    stage.focus.notify(roster(1, 'full', user('sip:alice@example.org', 'full')));
    await stage.settle();
    alice.stall();
    await stage.run(alice.close());
    expect(seat.ends).toEqual(['by-peer']);
    expect(stage.focus.notifiers[0]?.end).toMatchObject({ kind: 'terminated' });
    expect(await stage.run(alice.join())).toMatchObject({ kind: 'unanswered' });
    await stage.run(stage.focus.close());
    await stage.settle(1);
    expect(stage.clock.pending).toBe(0);
  });

  it('is bounded when the focus has gone dumb', async () => {
    const stage = await FocusStage.open();
    const [alice] = await stage.joined('alice');
    await stage.run(alice.subscribe());
    stage.focus.agent.abort();
    stage.focus.endpoint.abort();
    await stage.run(stage.focus.close());
    const before = stage.clock.now();
    await stage.run(alice.close());
    expect(stage.clock.now() - before).toBeLessThan(10_000);
    expect(stage.clock.pending).toBe(0);
  });

  it('may happen in the middle of a join, and before any start', async () => {
    const stage = await FocusStage.open();
    stage.focus.script = { ...stage.focus.script, invite: 'never' };
    const alice = stage.participant('alice');
    const joining = alice.join();
    await stage.settle();
    await stage.run(alice.close());
    expect(await stage.run(joining)).toMatchObject({ kind: 'unanswered' });
    const bob = stage.participant('bob');
    await stage.run(Promise.all([bob.close(), Promise.resolve()]).then(() => stage.clock.after(0, () => undefined)));
    expect(await bob.start()).toMatchObject({ ok: false });
  });
});

const user = (entity: string, state: string): string => `<user entity="${entity}" state="${state}"/>`;
const roster = (version: number, state: string, ...users: string[]): string =>
  `<?xml version="1.0"?><conference-info xmlns="urn:ietf:params:xml:ns:conference-info" entity="sip:room@example.org" state="${state}" version="${version}"><users state="${state}">${users.join('')}</users></conference-info>`;

describe('the roster', () => {
  it('follows the documents and asks for a full one when it has missed something', async () => {
    const stage = await FocusStage.open();
    const [alice] = await stage.joined('alice', { privacy: true });
    expect(alice.isSubscribed()).toBe(false);
    const seen: number[] = [];
    alice.onRoster = (state) => seen.push(state?.users.size ?? -1);
    const outcome = await stage.run(alice.subscribe({ headers: [['X-A', 'b']], expires: 600 }));
    expect(outcome).toMatchObject({ kind: 'answered', status: 200, request: { method: 'SUBSCRIBE' } });
    expect(alice.isSubscribed()).toBe(true);
    const request = stage.focus.subscribes[0]?.request;
    expect(request && ['Event', 'Expires', 'Accept', 'Privacy', 'X-A'].map((name) => header(request, name))).toEqual([
      'conference',
      '600',
      'application/conference-info+xml',
      'id',
      'b',
    ]);
    stage.focus.notify(roster(1, 'full', user('sip:a@x', 'full')));
    stage.focus.notify(roster(2, 'partial', user('sip:b@x', 'full')));
    stage.focus.notify('<broken');
    await stage.settle();
    expect(seen).toEqual([1, 2]);
    let refreshes = 0;
    const notifier = stage.focus.notifiers[0];
    if (notifier !== undefined) notifier.onRefresh = () => refreshes++;
    for (let version = 10; version < 20; version++) stage.focus.notify(roster(version, 'partial'));
    await stage.settle();
    expect(refreshes).toBe(3);
    expect([...(alice.roster()?.users.keys() ?? [])]).toEqual(['sip:a@x', 'sip:b@x']);
    expect(await stage.run(alice.unsubscribe())).toMatchObject({ status: 200 });
    await stage.settle();
    expect(alice.isSubscribed()).toBe(false);
  });
});

describe('SIP requests of any kind', () => {
  it('go outside and inside the dialog', async () => {
    const stage = await FocusStage.open();
    const [alice, seat] = await stage.joined('alice');
    expect(await stage.run(alice.sipRequest({ method: 'OPTIONS' }))).toMatchObject({ status: 200 });
    expect(await stage.run(alice.sipRequest({ method: 'FOO' }))).toMatchObject({ status: 501 });
    const info = alice.sipRequest({
      method: 'INFO',
      inDialog: true,
      body: Buffer.from('x'),
      headers: [['Content-Type', 'a/b']],
    });
    expect(await stage.run(info)).toMatchObject({ kind: 'answered', status: 405 });
    expect(await stage.run(alice.sipRequest({ method: 'BYE', inDialog: true }))).toMatchObject({ status: 200 });
    expect(seat.ends).toEqual(['by-peer']);
  });

  it('end the call that an INVITE makes', async () => {
    const stage = await FocusStage.open();
    const alice = stage.participant('alice');
    expect(await stage.run(alice.sipRequest({ method: 'INVITE' }))).toMatchObject({ status: 200 });
    await stage.settle();
    expect(stage.focus.invites.map(({ call }) => call.end)).toEqual(['by-peer']);
  });

  it('need a dialog to go inside one', async () => {
    const stage = await FocusStage.open();
    const alice = stage.participant('alice');
    const inside = alice.sipRequest({ method: 'INFO', inDialog: true });
    await stage.settle();
    expect(await inside).toMatchObject({ kind: 'unanswered', reason: 'there is no dialog' });
  });
});

describe('messages as composed', () => {
  it('has a CPIM part of the size it says', async () => {
    const stage = await FocusStage.open();
    const alice = stage.participant('alice');
    const message = alice.compose({ content: 'hello', furtherHeaders: ['Subject: x'], wrappedType: 'text/html' });
    expect(message.octets.subarray(message.cpimHeaderOctets).toString()).toBe('hello');
    const cpim = parseCpim(message.octets);
    expect(cpim.ok && cpim.value.defects).toEqual([]);
    expect(cpim.ok && cpim.value.headers.map(({ name }) => name)).toEqual(['To', 'From', 'Subject']);
    expect(message.contentType).toBe('message/cpim');
    const block = alice.compose({ content: '!', block: ['to: x'], contentType: 'Message/CPIM', messageId: 'm' });
    expect(block.octets.toString()).toBe('to: x\r\n\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n!');
    expect(block).toMatchObject({ messageId: 'm', contentType: 'Message/CPIM' });
    const bare = alice.compose({ content: 'plain', unwrapped: true });
    expect(bare).toMatchObject({ contentType: 'text/plain', cpimHeaderOctets: 0, octets: Buffer.from('plain') });
  });
});
