import { beforeEach, describe, expect, it } from 'vitest';
import { headerOf } from '../codec/msrp/message.ts';
import { delay } from '../net/clock.ts';
import { MemoryNetwork } from '../net/memory.ts';
import { SimulatedClock } from '../net/simulated-clock.ts';
import type { MsrpEndpoint } from './endpoint.ts';
import { BarePeer, endpointAt, Party, pattern } from './fixture.ts';
import { answerAsDue, type ReceiverOptions } from './receiver.ts';

const TEXT = 'text/plain';

let clock: SimulatedClock;
let network: MemoryNetwork;
let room: MsrpEndpoint;
let client: MsrpEndpoint;

beforeEach(async () => {
  clock = new SimulatedClock();
  network = new MemoryNetwork(clock);
  room = endpointAt('room', clock, network.host('room'));
  client = endpointAt('client', clock, network.host('client'));
  await clock.run(room.listen({ host: 'room', port: 2855 }));
});

/** A session from client to room, bound. */
async function pair(options: Partial<ReceiverOptions> = {}): Promise<{ readonly alice: Party; readonly focus: Party }> {
  const alice = new Party(client, clock);
  const focus = new Party(room, clock, options);
  focus.session.accept([alice.session.path]);
  const connected = await clock.run(alice.session.connect({ peerPath: [focus.session.path] }));
  if (!connected.ok) throw new Error(connected.error.message);
  await clock.run(connected.value.done);
  return { alice, focus };
}

/** A pair whose focus answers the first SEND and then keeps silent. */
async function silentPair(): Promise<{ readonly alice: Party; readonly focus: Party }> {
  return pair({ answer: (chunk) => (chunk.request.hasBody ? undefined : answerAsDue(chunk)) });
}

async function bare(): Promise<BarePeer> {
  const stream = await clock.run(network.host('bare').connect({ host: 'room', port: 2855 }, { kind: 'plain' }, 1000));
  if (!stream.ok) throw new Error(stream.error.message);
  return new BarePeer(stream.value);
}

const settle = (ms = 100): Promise<void> => clock.run(delay(clock, ms));

describe('sessions and connections (RFC 4975 §5.4)', () => {
  it('binds with the first SEND and keeps the passive side silent until then', async () => {
    const alice = new Party(client, clock);
    const focus = new Party(room, clock);
    focus.session.accept([alice.session.path]);
    const early = focus.session.send({ contentType: TEXT, body: Buffer.from('welcome') });
    await settle(5000);
    expect(early.chunks).toEqual([]);
    expect(focus.session.congested).toBe(true);
    await clock.run(alice.session.connect({ peerPath: [focus.session.path] }));
    expect(await clock.run(early.done)).toEqual({ kind: 'accepted' });
    expect(alice.texts).toEqual(['welcome']);
    expect([alice.events, focus.events]).toEqual([['bound'], ['bound']]);
    expect(focus.messages).toEqual([]);
  });

  it('can bind with content', async () => {
    const alice = new Party(client, clock);
    const focus = new Party(room, clock);
    focus.session.accept([alice.session.path]);
    const first = { contentType: TEXT, body: Buffer.from('hi') };
    const waiting = alice.session.send({ contentType: TEXT, body: Buffer.from('second') });
    const connected = await clock.run(alice.session.connect({ peerPath: [focus.session.path], first }));
    if (!connected.ok) throw new Error(connected.error.message);
    await clock.run(waiting.done);
    expect(focus.texts).toEqual(['hi', 'second']);
  });

  it('shares one connection between sessions with the same host, port and scheme', async () => {
    const first = await pair();
    const second = await pair();
    expect([client.connections.size, room.connections.size]).toEqual([1, 1]);
    second.alice.session.send({ contentType: TEXT, body: Buffer.from('two') });
    first.alice.session.send({ contentType: TEXT, body: Buffer.from('one') });
    await settle();
    expect([first.focus.texts, second.focus.texts]).toEqual([['one'], ['two']]);
    first.alice.session.close();
    await settle();
    expect(room.connections.size).toBe(1);
    second.alice.session.close();
    await settle();
    expect([client.connections.size, room.connections.size]).toEqual([0, 0]);
    expect(second.focus.events.at(-1)).toBe('failed: closed by the peer');
  });

  it('shares a connection that is still being made, and opens one of its own when told to', async () => {
    const parties = ['shared', 'shared', 'own'] as const;
    const connects = parties.map((connection) => {
      const alice = new Party(client, clock);
      const focus = new Party(room, clock);
      focus.session.accept([alice.session.path]);
      return alice.session.connect({ peerPath: [focus.session.path], connection });
    });
    await clock.run(Promise.all(connects));
    expect(client.connections.size).toBe(2);
  });

  it('fails every session of a lost connection, and their URIs are unknown afterwards', async () => {
    const first = await pair();
    const second = await pair();
    const waiting = first.alice.session.send({ contentType: TEXT, body: never() });
    room.abort();
    expect(await clock.run(waiting.done)).toMatchObject({ kind: 'lost' });
    for (const party of [first.alice, second.alice, first.focus, second.focus]) {
      expect(party.events.at(-1)).toMatch(/^failed: /);
    }
    const late = first.alice.session.send({ contentType: TEXT, body: Buffer.from('late') });
    expect(await clock.run(late.done)).toMatchObject({ kind: 'lost' });
    const peer = await bare();
    peer.write(...send(first.focus.session.path, 'aaaa1111'));
    await settle();
    expect(peer.summary).toEqual(['481']);
  });

  it('refuses with 481 and 506, and says nothing to Failure-Report no or to REPORT', async () => {
    const { alice, focus } = await pair();
    const peer = await bare();
    const wrongCase = focus.session.path.toUpperCase().replace('MSRP://ROOM', 'msrp://room').replace(';TCP', ';tcp');
    peer.write(...send(focus.session.path, 'aaaa1111'));
    peer.write(...send('msrp://room:2855/unknown;tcp', 'aaaa2222'));
    peer.write(...send(`${focus.session.path} ${focus.session.path}`, 'aaaa3333'));
    peer.write(...send('sip:x@y', 'aaaa4444'));
    peer.write(...send('msrp://room:2855/unknown;tcp', 'aaaa5555', 'Failure-Report: no'));
    peer.write(...send('msrp://room:2855/unknown;tcp', 'aaaa6666').map((line) => line.replace('SEND', 'REPORT')));
    peer.write(...send('msrp://room:2855/unknown;tcp', 'aaaa7777').map((line) => line.replace('SEND', 'FOO')));
    peer.write(...send(wrongCase, 'aaaa8888'));
    await settle();
    expect(
      peer.messages.map((message) => [message.transactionId, message.kind === 'response' && message.status]),
    ).toEqual([
      ['aaaa1111', 506],
      ['aaaa2222', 481],
      ['aaaa3333', 481],
      ['aaaa4444', 400],
      ['aaaa7777', 481],
      ['aaaa8888', 481],
    ]);
    const message = alice.session.send({ contentType: TEXT, body: Buffer.from('unharmed') });
    expect(await clock.run(message.done)).toEqual({ kind: 'accepted' });
  });

  it('compares URIs by RFC 4975 §6.1 and answers to the leftmost From-Path URI', async () => {
    const focus = new Party(room, clock);
    focus.session.accept(['msrp://bare:9/b;tcp']);
    const peer = await bare();
    const path = focus.session.path.replace('msrp://room', 'MSRP://user@ROOM').replace(';tcp', ';TCP');
    peer.write(
      ...send(path, 'aaaa1111').map((line) => (line.startsWith('From') ? `${line} msrp://far:9/c;tcp` : line)),
    );
    await settle();
    expect(peer.summary).toEqual(['200']);
    expect(headerOf(peer.messages[0] ?? { headers: [] }, 'To-Path')).toBe('msrp://bare:9/b;tcp');
  });

  it('does not bind by a REPORT and serves the SEND that follows', async () => {
    const focus = new Party(room, clock);
    focus.session.accept(['msrp://bare:9/b;tcp']);
    const peer = await bare();
    peer.write(...send(focus.session.path, 'aaaa1111').map((line) => line.replace('SEND', 'REPORT')));
    await settle();
    expect([peer.summary, focus.events]).toEqual([[], []]);
    peer.write(...send(focus.session.path, 'aaaa2222'));
    await settle();
    expect([peer.summary, focus.events]).toEqual([['200'], ['bound']]);
  });

  it('closes connections that never carry a session, and nothing is left after close', async () => {
    const peer = await bare();
    await settle(61_000);
    expect(peer.closed).toBe(true);
    await pair();
    await clock.run(Promise.all([room.close(), client.close()]));
    expect([room.connections.size, client.connections.size, room.sessionCount, client.sessionCount]).toEqual([
      0, 0, 0, 0,
    ]);
    expect(clock.pending).toBe(0);
  });

  it('tells a session that the connection could not be made', async () => {
    const alice = new Party(client, clock);
    const result = await clock.run(alice.session.connect({ peerPath: ['msrp://nowhere:1/x;tcp'] }));
    expect(result.ok).toBe(false);
    expect(alice.events[0]).toMatch(/^failed: /);
    expect((await clock.run(alice.session.connect({ peerPath: ['msrps://room:2855/x;tcp'] }))).ok).toBe(false);
  });
});

describe('sending (RFC 4975 §7.1.1)', () => {
  it('sends a large body through back-pressure, unchanged', async () => {
    const { alice, focus } = await pair();
    const body = pattern(5_000_000);
    const message = alice.session.send({ contentType: TEXT, body, successReport: 'yes' });
    await clock.run(message.done);
    await settle();
    expect(focus.messages[0]?.body.equals(body)).toBe(true);
    expect(message.chunks).toHaveLength(1);
    expect(message.chunks[0]?.range).toEqual({ start: 1n, end: '*', total: 5_000_000n });
    expect(message.reports).toEqual([
      {
        messageId: message.messageId,
        status: 200,
        comment: 'OK',
        range: { start: 1n, end: 5_000_000n, total: 5_000_000n },
      },
    ]);
  });

  it('pulls from a source no faster than the peer reads', async () => {
    const { alice, focus } = await pair();
    const [connection] = room.connections;
    const release = connection?.hold();
    let pulled = 0;
    const source = async function* () {
      for (; pulled < 1000; pulled++) yield pattern(10_000);
    };
    const message = alice.session.send({ contentType: TEXT, body: source() });
    await settle(1000);
    expect(pulled).toBeLessThan(100);
    expect(alice.session.congested).toBe(true);
    release?.();
    expect(await clock.run(message.done)).toEqual({ kind: 'accepted' });
    expect(focus.messages[0]?.body.length).toBe(10_000_000);
    expect(alice.events).toContain('drained');
  });

  it('cuts into the sizes asked for and puts together out of order chunks', async () => {
    const { alice, focus } = await pair();
    const message = alice.session.send({
      contentType: TEXT,
      body: Buffer.from('abcdefghij'),
      chunking: { kind: 'sizes', sizes: [1, 4] },
    });
    await clock.run(message.done);
    expect(message.chunks.map(({ range, flag }) => `${range.start}-${range.end}/${range.total}${flag}`)).toEqual([
      '1-1/10+',
      '2-5/10+',
      '6-9/10+',
      '10-10/10$',
    ]);
    const part = (start: bigint, text: string, lastFlag: '+' | '$') =>
      alice.session.send({
        messageId: 'outoforder',
        contentType: TEXT,
        body: Buffer.from(text),
        start,
        total: 9n,
        lastFlag,
      });
    await clock.run(
      Promise.all([part(7n, 'ghi', '$'), part(1n, 'abc', '+'), part(4n, 'def', '+')].map((sent) => sent.done)),
    );
    expect(focus.texts).toEqual(['abcdefghij', 'abcdefghi']);
  });

  it('lets concurrent messages of several sessions take turns', async () => {
    const peers = [await pair(), await pair()];
    const messages = peers.map(({ alice }) => alice.session.send({ contentType: TEXT, body: pattern(300_000) }));
    await settle(0);
    const short = peers[0]?.alice.session.send({ contentType: TEXT, body: Buffer.from('short') });
    await clock.run(Promise.all([...messages, ...(short ? [short] : [])].map((message) => message.done)));
    for (const message of messages) expect(message.chunks.length).toBeGreaterThan(5);
    for (const { focus } of peers) expect(focus.messages.some(({ body }) => body.equals(pattern(300_000)))).toBe(true);
    expect(peers[0]?.focus.messages.map(({ body }) => body.length)).toEqual([5, 300_000]);
  });

  it('breaks a long chunk off for a response', async () => {
    const { alice, focus } = await pair();
    const long = focus.session.send({ contentType: TEXT, body: pattern(2_000_000) });
    const quick = alice.session.send({ contentType: TEXT, body: Buffer.from('question') });
    expect(await clock.run(quick.done)).toEqual({ kind: 'accepted' });
    expect(long.chunks.at(-1)?.flag).toBeUndefined();
    expect(long.chunks.length).toBeGreaterThan(1);
    await clock.run(long.done);
    expect(alice.messages[0]?.body.equals(pattern(2_000_000))).toBe(true);
    const [first, second] = long.chunks;
    expect(first?.flag).toBe('+');
    expect(second?.range.start).toBe(BigInt(first?.octets ?? 0) + 1n);
  });

  it('gives up after 30 s without response, and for Failure-Report partial thinks nothing of it', async () => {
    const { alice, focus } = await silentPair();
    const started = clock.now();
    const body = Buffer.from('x');
    const outcomes = ['yes', 'partial', 'no'] as const;
    const messages = outcomes.map((failureReport) => alice.session.send({ contentType: TEXT, body, failureReport }));
    expect(await clock.run(Promise.all(messages.map((message) => message.done)))).toEqual([
      { kind: 'timed-out' },
      { kind: 'accepted' },
      { kind: 'accepted' },
    ]);
    expect(clock.now() - started).toBe(30_000);
    expect(focus.messages).toHaveLength(3);
  });

  it('stops with `#` when told 413 in mid-chunk', async () => {
    const { alice, focus } = await pair({ limits: { maxMessageOctets: 10_000 } });
    const message = alice.session.send({ contentType: TEXT, body: pattern(3_000_000) });
    expect(await clock.run(message.done)).toMatchObject({ kind: 'refused', status: 413 });
    expect(message.chunks.at(-1)?.flag).toBe('#');
    expect(message.chunks.at(-1)?.octets).toBeLessThan(3_000_000);
    expect(focus.messages).toEqual([]);
    expect(focus.receiver.heldOctets).toBe(0);
  });

  it('ends with `#` when aborted, and sends nothing of what had not begun', async () => {
    const { alice, focus } = await pair();
    const message = alice.session.send({ contentType: TEXT, body: never(Buffer.from('beginning')) });
    await settle();
    message.abort();
    expect(await clock.run(message.done)).toMatchObject({ kind: 'given-up' });
    expect(message.chunks.map(({ flag }) => flag)).toEqual(['#']);
    await settle();
    expect([focus.messages.length, focus.receiver.openMessages]).toEqual([0, 0]);
    const unsent = new Party(client, clock).session.send({ contentType: TEXT, body: Buffer.from('x') });
    unsent.abort();
    expect(await clock.run(unsent.done)).toMatchObject({ kind: 'lost' });
    expect(unsent.chunks).toEqual([]);
  });

  it('does not let a source that waits block others', async () => {
    const { alice, focus } = await pair();
    alice.session.send({ contentType: TEXT, body: never(pattern(10)) });
    await settle();
    const other = alice.session.send({ contentType: TEXT, body: Buffer.from('other') });
    expect(await clock.run(other.done)).toEqual({ kind: 'accepted' });
    expect(focus.texts).toEqual(['other']);
  });

  it('gives a message up whose source breaks', async () => {
    const { alice } = await pair();
    const broken = async function* () {
      yield pattern(5000);
      throw new Error('disk');
    };
    const message = alice.session.send({ contentType: TEXT, body: broken() });
    expect(await clock.run(message.done)).toEqual({ kind: 'given-up', reason: 'disk' });
    expect(message.chunks.at(-1)?.flag).toBe('#');
  });

  it('sends requests and raw octets exactly as told', async () => {
    const { alice, focus } = await pair();
    const sent = alice.session.sendRequest({
      method: 'SEND',
      transactionId: 'abc+',
      headers: [
        { name: 'message-id', value: 'm1m1' },
        { name: 'Content-Type', value: TEXT },
      ],
      body: Buffer.from('by hand'),
    });
    expect(await clock.run(sent.outcome)).toMatchObject({
      kind: 'response',
      response: { status: 200, transactionId: 'abc+' },
    });
    expect(await clock.run(alice.session.request('FOO', []))).toMatchObject({ response: { status: 501 } });
    const writer = alice.session.openRaw();
    const text = send(focus.session.path, 'rawraw').join('\r\n');
    writer.write(Buffer.from(text.slice(0, 30)));
    const behind = alice.session.send({ contentType: TEXT, body: Buffer.from('behind') });
    await settle();
    expect(behind.chunks).toEqual([]);
    writer.write(Buffer.from(`${text.slice(30)}\r\n`));
    writer.end();
    await clock.run(behind.done);
    expect(focus.texts).toEqual(['by hand', 'behind']);
  });

  it('forwards one body to many without a copy', async () => {
    const parties = [await pair(), await pair(), await pair()];
    const octets = pattern(5000);
    for (const { focus } of parties) {
      focus.session.forward({
        messageId: 'm1m1',
        range: { start: 1n, total: 5003n },
        contentType: TEXT,
        body: [octets.subarray(0, 2000), octets.subarray(2000)],
        flag: '+',
        failureReport: 'no',
      });
      focus.session.forward({
        messageId: 'm1m1',
        range: { start: 5001n, total: 5003n },
        contentType: TEXT,
        body: [Buffer.from('end')],
        flag: '$',
      });
    }
    await settle();
    for (const { alice } of parties)
      expect(alice.messages[0]?.body.equals(Buffer.concat([octets, Buffer.from('end')]))).toBe(true);
  });
});

describe('receiving (RFC 4975 §7.3)', () => {
  it('ignores stray responses, second responses, and REPORTs of no use', async () => {
    const { alice, focus } = await pair();
    const [connection] = room.connections;
    const says = (...lines: string[]) => focus.session.sendRaw(Buffer.from(`${lines.join('\r\n')}\r\n`));
    const paths = [`To-Path: ${alice.session.path}`, `From-Path: ${focus.session.path}`];
    says('MSRP nobody12 200 OK', ...paths, '-------nobody12$');
    says('MSRP report11 REPORT', ...paths, 'Message-ID: unknown', 'Status: 000 200 OK', '-------report11$');
    says('MSRP report22 REPORT', ...paths, 'Status: 200 OK', '-------report22$');
    says(
      'MSRP report33 REPORT',
      ...paths,
      'Message-ID: xxxx',
      'Status: 001 200',
      'Failure-Report: yes',
      '-------report33+',
    );
    await settle();
    expect(alice.reports.map(({ report, message }) => [report?.status, message])).toEqual([
      [200, undefined],
      [undefined, undefined],
      [undefined, undefined],
    ]);
    expect(connection?.transactions.size).toBe(0);
    const message = alice.session.send({ contentType: TEXT, body: Buffer.from('in step') });
    expect(await clock.run(message.done)).toEqual({ kind: 'accepted' });
  });

  it('answers by Failure-Report and reports by Success-Report', async () => {
    const { alice, focus } = await pair();
    const body = Buffer.from('x');
    for (const failureReport of ['yes', 'partial', 'no'] as const) {
      const message = alice.session.send({ contentType: TEXT, body, failureReport, successReport: 'yes' });
      await settle();
      expect(message.chunks[0]?.outcome?.kind).toBe(
        { yes: 'response', partial: undefined, no: 'unanswered' }[failureReport],
      );
      expect(message.reports).toHaveLength(1);
    }
    expect(focus.messages).toHaveLength(3);
  });

  it('answers duplicates and reports them again, but delivers once', async () => {
    const { alice, focus } = await pair();
    const options = { contentType: TEXT, body: Buffer.from('x'), messageId: 'same', successReport: 'yes' } as const;
    for (let i = 0; i < 2; i++) {
      const message = alice.session.send(options);
      expect(await clock.run(message.done)).toEqual({ kind: 'accepted' });
      await settle();
      expect(message.reports).toHaveLength(1);
    }
    expect(focus.texts).toEqual(['x']);
  });

  it('leaves the answer to the tester', async () => {
    const { alice } = await pair({
      answer: (chunk) => {
        if (chunk.request.hasBody) clock.after(3000, () => chunk.request.respond(403, 'No'));
        else answerAsDue(chunk);
      },
    });
    const started = clock.now();
    const message = alice.session.send({ contentType: TEXT, body: Buffer.from('x') });
    expect(await clock.run(message.done)).toEqual({ kind: 'refused', status: 403, comment: 'No' });
    expect(clock.now() - started).toBeGreaterThanOrEqual(3000);
  });

  it('reports a failure found later', async () => {
    const { alice } = await pair({ deliver: () => ({ kind: 'fail-later', status: 403, comment: 'No' }) });
    const message = alice.session.send({ contentType: TEXT, body: Buffer.from('xyz') });
    await settle();
    expect(message.chunks[0]?.outcome).toMatchObject({ kind: 'response', response: { status: 200 } });
    expect(message.reports).toEqual([
      { messageId: message.messageId, status: 403, comment: 'No', range: { start: 1n, end: 3n, total: 3n } },
    ]);
  });

  it('answers 400 to heads without sense and stays in step', async () => {
    const focus = new Party(room, clock);
    focus.session.accept(['msrp://bare:9/b;tcp']);
    const peer = await bare();
    const content = (tid: string, ...headers: string[]) => [
      ...send(focus.session.path, tid, ...headers).slice(0, -1),
      '',
      'body',
      `-------${tid}$`,
    ];
    peer.write(...send(focus.session.path, 'bind1111'));
    peer.write(...content('aaaa1111', 'Content-Type: text/plain'));
    peer.write(...content('aaaa2222', 'Message-ID: m2m2', 'Byte-Range: 0-3/4', 'Content-Type: text/plain'));
    peer.write(...content('aaaa3333', 'Message-ID: m3m3'));
    peer.write(...content('aaaa4444', 'Message-ID: m4m4', 'Content-Type: text/plain'));
    peer.write('GET / HTTP/1.1', '', '');
    peer.write(...send(focus.session.path, 'aaaa5555'));
    await settle();
    expect(peer.summary).toEqual(['200', '400', '400', '400', '200', '200']);
    expect(focus.texts).toEqual(['body']);
  });

  it('delivers nothing of a body that is cut by a reset', async () => {
    const focus = new Party(room, clock);
    focus.session.accept(['msrp://bare:9/b;tcp']);
    const peer = await bare();
    const head = send(focus.session.path, 'aaaa1111', 'Message-ID: m1m1', 'Content-Type: text/plain').slice(0, -1);
    peer.write(...head, '', 'half');
    await settle();
    peer.stream.reset();
    await settle();
    expect(focus.messages).toEqual([]);
    expect(focus.events.at(-1)).toMatch(/^failed: /);
  });

  it('stops reading from a peer that asks and never reads', async () => {
    const focus = new Party(room, clock);
    focus.session.accept(['msrp://bare:9/b;tcp']);
    const peer = await bare();
    peer.write(...send(focus.session.path, 'bind1111'));
    await settle();
    peer.stream.pause();
    const flood = Buffer.from(`${send(focus.session.path, 'aaaa1111').join('\r\n')}\r\n`.repeat(1000));
    for (let i = 0; i < 100; i++) {
      peer.stream.write(flood);
      await settle(10);
    }
    const [connection] = room.connections;
    expect(connection?.queued).toBeLessThan(1_000_000);
    expect(peer.stream.queued).toBeGreaterThan(1_000_000);
    peer.stream.resume();
    await settle(1000);
    expect(peer.messages).toHaveLength(100_001);
  });

  it('answers 1000 requests that come at once, in few writes', async () => {
    const focus = new Party(room, clock);
    focus.session.accept(['msrp://bare:9/b;tcp']);
    const peer = await bare();
    const all = Array.from(
      { length: 1000 },
      (_, i) => `${send(focus.session.path, `tid${1000 + i}`).join('\r\n')}\r\n`,
    );
    peer.stream.write(Buffer.from(all.join('')));
    await settle();
    expect(peer.messages.map(({ transactionId }) => transactionId)).toEqual(all.map((_, i) => `tid${1000 + i}`));
  });
});

/** A bodiless SEND, line by line. */
function send(toPath: string, transactionId: string, ...headers: string[]): string[] {
  return [
    `MSRP ${transactionId} SEND`,
    `To-Path: ${toPath}`,
    'From-Path: msrp://bare:9/b;tcp',
    ...headers,
    `-------${transactionId}$`,
  ];
}

async function* never(first?: Buffer): AsyncGenerator<Buffer> {
  if (first !== undefined) yield first;
  await new Promise<never>(() => undefined);
}
