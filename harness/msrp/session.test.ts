import { beforeEach, describe, expect, it } from 'vitest';
import { headerOf } from '../codec/msrp/message.ts';
import { delay } from '../net/clock.ts';
import { bodilessSend, MemoryStage, never, Party, pattern } from './endpoints.fixture.ts';
import { answerAsDue } from './receiver.ts';

const TEXT = 'text/plain';

let stage: MemoryStage;

beforeEach(async () => {
  stage = await MemoryStage.open();
});

describe('sending (RFC 4975 §7.1.1)', () => {
  it('sends a large body through back-pressure, unchanged', async () => {
    const { alice, focus } = await stage.pair();
    const body = pattern(5_000_000);
    const message = alice.session.send({ contentType: TEXT, body, successReport: 'yes' });
    await stage.clock.run(message.done);
    await stage.settle();
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
    const { alice, focus } = await stage.pair();
    const [connection] = stage.room.connections;
    const release = connection?.hold();
    let pulled = 0;
    const source = async function* () {
      for (; pulled < 1000; pulled++) yield pattern(10_000);
    };
    const message = alice.session.send({ contentType: TEXT, body: source() });
    await stage.settle(1000);
    expect(pulled).toBeLessThan(100);
    expect(alice.session.congested).toBe(true);
    release?.();
    expect(await stage.clock.run(message.done)).toEqual({ kind: 'accepted' });
    expect(focus.messages[0]?.body.length).toBe(10_000_000);
    expect(alice.events).toContain('drained');
  });

  it('cuts into the sizes asked for and puts together out of order chunks', async () => {
    const { alice, focus } = await stage.pair();
    const message = alice.session.send({
      contentType: TEXT,
      body: Buffer.from('abcdefghij'),
      chunking: { kind: 'sizes', sizes: [1, 4] },
    });
    await stage.clock.run(message.done);
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
    await stage.clock.run(
      Promise.all([part(7n, 'ghi', '$'), part(1n, 'abc', '+'), part(4n, 'def', '+')].map((sent) => sent.done)),
    );
    expect(focus.texts).toEqual(['abcdefghij', 'abcdefghi']);
  });

  it('lets concurrent messages of several sessions take turns', async () => {
    const peers = [await stage.pair(), await stage.pair()];
    const messages = peers.map(({ alice }) => alice.session.send({ contentType: TEXT, body: pattern(300_000) }));
    await stage.settle(0);
    const short = peers[0]?.alice.session.send({ contentType: TEXT, body: Buffer.from('short') });
    await stage.clock.run(Promise.all([...messages, ...(short ? [short] : [])].map((message) => message.done)));
    for (const message of messages) expect(message.chunks.length).toBeGreaterThan(5);
    for (const { focus } of peers) expect(focus.messages.some(({ body }) => body.equals(pattern(300_000)))).toBe(true);
    expect(peers[0]?.focus.messages.map(({ body }) => body.length)).toEqual([5, 300_000]);
  });

  it('breaks a long chunk off for a response', async () => {
    const { alice, focus } = await stage.pair();
    const long = focus.session.send({ contentType: TEXT, body: pattern(2_000_000) });
    const quick = alice.session.send({ contentType: TEXT, body: Buffer.from('question') });
    expect(await stage.clock.run(quick.done)).toEqual({ kind: 'accepted' });
    expect(long.chunks.at(-1)?.flag).toBeUndefined();
    expect(long.chunks.length).toBeGreaterThan(1);
    await stage.clock.run(long.done);
    expect(alice.messages[0]?.body.equals(pattern(2_000_000))).toBe(true);
    const [first, second] = long.chunks;
    expect(first?.flag).toBe('+');
    expect(second?.range.start).toBe(BigInt(first?.octets ?? 0) + 1n);
  });

  it('gives up after 30 s without response, and for Failure-Report partial thinks nothing of it', async () => {
    const { alice, focus } = await stage.pair({
      answer: (chunk) => (chunk.request.hasBody ? undefined : answerAsDue(chunk)),
    });
    const started = stage.clock.now();
    const body = Buffer.from('x');
    const outcomes = ['yes', 'partial', 'no'] as const;
    const messages = outcomes.map((failureReport) => alice.session.send({ contentType: TEXT, body, failureReport }));
    expect(await stage.clock.run(Promise.all(messages.map((message) => message.done)))).toEqual([
      { kind: 'timed-out' },
      { kind: 'accepted' },
      { kind: 'accepted' },
    ]);
    expect(stage.clock.now() - started).toBe(30_000);
    expect(focus.messages).toHaveLength(3);
  });

  it('stops with `#` when told 413 in mid-chunk', async () => {
    const { alice, focus } = await stage.pair({ limits: { maxMessageOctets: 10_000 } });
    const message = alice.session.send({ contentType: TEXT, body: pattern(3_000_000) });
    expect(await stage.clock.run(message.done)).toMatchObject({ kind: 'refused', status: 413 });
    expect(message.chunks.at(-1)?.flag).toBe('#');
    expect(message.chunks.at(-1)?.octets).toBeLessThan(3_000_000);
    expect(focus.messages).toEqual([]);
    expect(focus.receiver.heldOctets).toBe(0);
  });

  it('ends with `#` when aborted, and sends nothing of what had not begun', async () => {
    const { alice, focus } = await stage.pair();
    const message = alice.session.send({ contentType: TEXT, body: never(Buffer.from('beginning')) });
    await stage.settle();
    message.abort();
    expect(await stage.clock.run(message.done)).toMatchObject({ kind: 'given-up' });
    expect(message.chunks.map(({ flag }) => flag)).toEqual(['#']);
    await stage.settle();
    expect([focus.messages.length, focus.receiver.openMessages]).toEqual([0, 0]);
    const unsent = new Party(stage.client, stage.clock).session.send({ contentType: TEXT, body: Buffer.from('x') });
    unsent.abort();
    expect(await stage.clock.run(unsent.done)).toMatchObject({ kind: 'given-up' });
    expect(unsent.chunks).toEqual([]);
  });

  it('does not let a source that waits block others', async () => {
    const { alice, focus } = await stage.pair();
    alice.session.send({ contentType: TEXT, body: never(pattern(10)) });
    await stage.settle();
    const other = alice.session.send({ contentType: TEXT, body: Buffer.from('other') });
    expect(await stage.clock.run(other.done)).toEqual({ kind: 'accepted' });
    expect(focus.texts).toEqual(['other']);
  });

  it('tells the total of a pulled body as soon as it is known', async () => {
    const { alice, focus } = await stage.pair();
    const source = async function* () {
      yield Buffer.from('abc');
      await delay(stage.clock, 1000);
      yield Buffer.from('def');
    };
    const chunking = { kind: 'sizes', sizes: [3] } as const;
    const message = alice.session.send({ contentType: TEXT, body: source(), chunking });
    expect(await stage.clock.run(message.done)).toEqual({ kind: 'accepted' });
    const ranges = message.chunks.map(({ range, flag }) => `${range.start}-${range.end}/${range.total}${flag}`);
    expect(ranges).toEqual(['1-*/*+', '4-*/*+', '7-6/6$']);
    expect(focus.texts).toEqual(['abcdef']);
  });

  it('gives a message up whose source breaks', async () => {
    const { alice } = await stage.pair();
    const broken = async function* () {
      yield pattern(5000);
      throw new Error('disk');
    };
    const message = alice.session.send({ contentType: TEXT, body: broken() });
    expect(await stage.clock.run(message.done)).toEqual({ kind: 'given-up', reason: 'disk' });
    expect(message.chunks.at(-1)?.flag).toBe('#');
  });

  it('sends requests and raw octets exactly as told', async () => {
    const { alice, focus } = await stage.pair();
    const sent = alice.session.sendRequest({
      method: 'SEND',
      transactionId: 'abc+',
      headers: [
        { name: 'message-id', value: 'm1m1' },
        { name: 'Content-Type', value: TEXT },
      ],
      body: Buffer.from('by hand'),
    });
    expect(await stage.clock.run(sent.outcome)).toMatchObject({
      kind: 'response',
      response: { status: 200, transactionId: 'abc+' },
    });
    expect(await stage.clock.run(alice.session.request('FOO', []))).toMatchObject({ response: { status: 501 } });
    const writer = alice.session.openRaw();
    const text = bodilessSend(focus.session.path, 'rawraw').join('\r\n');
    writer.write(Buffer.from(text.slice(0, 30)));
    const behind = alice.session.send({ contentType: TEXT, body: Buffer.from('behind') });
    await stage.settle();
    expect(behind.chunks).toEqual([]);
    writer.write(Buffer.from(`${text.slice(30)}\r\n`));
    writer.end();
    await stage.clock.run(behind.done);
    expect(focus.texts).toEqual(['by hand', 'behind']);
  });

  it('refuses to forward when too much waits for one that reads nothing', async () => {
    const { alice, focus } = await stage.pair();
    const [connection] = stage.client.connections;
    const release = connection?.hold();
    const body = [pattern(1_000_000)];
    const chunk = { range: { start: 1n, total: 1_000_000n }, contentType: TEXT, body, flag: '$' } as const;
    const forwardings = Array.from({ length: 30 }, (_, i) =>
      focus.session.forward({ ...chunk, messageId: `m${i}m${i}` }),
    );
    expect(forwardings[0]).toBe('congested');
    expect(forwardings.at(-1)).toBe('refused');
    expect(focus.session.queued).toBeLessThan(19_000_000);
    release?.();
    await stage.settle(5000);
    expect(alice.messages).toHaveLength(forwardings.filter((forwarding) => forwarding !== 'refused').length);
    expect(focus.session.queued).toBe(0);
    expect(focus.session.forward({ ...chunk, messageId: 'mxmx', body: [Buffer.from('x')] })).toBe('taken');
    focus.session.close();
    expect(focus.session.forward({ ...chunk, messageId: 'mymy' })).toBe('refused');
  });

  it('forwards one body to many without a copy', async () => {
    const parties = [await stage.pair(), await stage.pair(), await stage.pair()];
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
    await stage.settle();
    for (const { alice } of parties)
      expect(alice.messages[0]?.body.equals(Buffer.concat([octets, Buffer.from('end')]))).toBe(true);
  });

  it('keeps the pieces of a message in order while they take turns with those of others', async () => {
    const focus = new Party(stage.room, stage.clock);
    focus.session.accept(['msrp://bare:2000/bare1234567890;tcp']);
    const peer = await stage.bare();
    peer.write(...bodilessSend(focus.session.path, 'bind12345678'));
    await stage.settle();
    peer.stream.pause();
    const [pieceOctets, pieces] = [30_429, 4];
    for (let i = 0; i < pieces; i++) {
      for (const messageId of ['one1', 'two2']) {
        focus.session.forward({
          messageId,
          range: { start: BigInt(i * pieceOctets + 1), total: BigInt(pieces * pieceOctets) },
          contentType: TEXT,
          body: [pattern(pieceOctets)],
          flag: i === pieces - 1 ? '$' : '+',
          failureReport: 'no',
        });
      }
    }
    peer.stream.resume();
    await stage.settle(1000);
    const sends = peer.messages.flatMap((one) => (one.kind === 'request' && one.method === 'SEND' ? [one] : []));
    for (const messageId of ['one1', 'two2']) {
      let next = 1;
      for (const send of sends.filter((one) => headerOf(one, 'Message-ID') === messageId)) {
        expect(headerOf(send, 'Byte-Range')).toMatch(new RegExp(`^${next}-`));
        const octets = send.body?.length ?? 0;
        if (send.flag === '+') expect(octets).toBeGreaterThanOrEqual(2048);
        next += octets;
      }
      expect(next).toBe(pieces * pieceOctets + 1);
    }
    expect(focus.session.queued).toBe(0);
  });
});
