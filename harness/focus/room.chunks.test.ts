import { describe, expect, test } from 'vitest';
import { ABLE, Rehearsal, ROOM, uriOf, wrapped } from './rehearsal.fixture.ts';

const alice = uriOf('alice');
const bob = uriOf('bob');
const cast = (...names: string[]): Rehearsal => {
  const stage = new Rehearsal();
  stage.joinAll(...names);
  return stage;
};

describe('chunks (RFC 7701 §6.1)', () => {
  test('are passed on before the message is complete, to the first recipients only', () => {
    const stage = cast('alice', 'bob', 'carol');
    const body = wrapped(alice, ROOM, 'x'.repeat(9000));
    expect(stage.chunk('alice', 'm1', body.subarray(0, 4096), { flag: '+' })).toBe(200);
    expect(stage.received('bob')).toMatchObject([{ end: 'open', chunks: [4096] }]);
    stage.play({ type: 'leave', session: 'carol' });
    stage.join('dave');
    expect(stage.chunk('alice', 'm1', body.subarray(4096, 8192), { start: 4097, flag: '+' })).toBe(200);
    expect(stage.chunk('alice', 'm1', body.subarray(8192), { start: 8193 })).toBe(200);
    expect(stage.texts('bob')).toEqual([body.toString()]);
    expect(stage.received('carol')).toMatchObject([{ end: 'open', chunks: [4096] }]);
    expect(stage.received('dave')).toEqual([]);
    expect(stage.send('bob', wrapped(bob, ROOM, 'new'))).toBe(200);
    expect(stage.texts('dave')).toHaveLength(1);
  });

  test('of a private message stay private', () => {
    const stage = cast('alice', 'bob', 'carol');
    const body = wrapped(alice, bob, 'x'.repeat(5000));
    stage.chunk('alice', 'm1', body.subarray(0, 3000), { flag: '+' });
    stage.chunk('alice', 'm1', body.subarray(3000), { start: 3001 });
    expect(stage.texts('bob')).toEqual([body.toString()]);
    expect(stage.received('carol')).toEqual([]);
  });

  test('small ones are put together, so that none but the last is below 2048 octets', () => {
    const stage = cast('alice', 'bob');
    const body = wrapped(alice, ROOM, 'x'.repeat(7000));
    for (let at = 0; at < body.length; at += 500)
      stage.chunk('alice', 'm1', body.subarray(at, at + 500), {
        start: at + 1,
        flag: at + 500 >= body.length ? '$' : '+',
      });
    const [message] = stage.received('bob');
    expect(message?.body).toEqual(body);
    expect(Math.min(...(message?.chunks.slice(0, -1) ?? []))).toBeGreaterThanOrEqual(2048);
    expect(message?.chunks.length).toBeGreaterThan(2);
  });

  test('one chunk of known size goes out as one', () => {
    const stage = cast('alice', 'bob');
    const body = wrapped(alice, ROOM, 'x'.repeat(9000));
    stage.send('alice', body);
    expect(stage.received('bob')).toMatchObject([{ chunks: [body.length] }]);
  });

  test('a long chunk is passed on while it comes', () => {
    const stage = cast('alice', 'bob');
    const body = wrapped(alice, ROOM, 'x'.repeat(9000));
    stage.head('alice', { 'Message-ID': 'm1', 'Byte-Range': `1-*/${body.length}` });
    stage.data('alice', body.subarray(0, 5000));
    expect(stage.received('bob')).toMatchObject([{ end: 'open', chunks: [5000] }]);
    stage.data('alice', body.subarray(5000));
    expect(stage.end('alice', '$')).toBe(200);
    expect(stage.texts('bob')).toEqual([body.toString()]);
  });

  test('wrapper headers may come in any number of chunks; nobody gets anything before they are complete', () => {
    const body = wrapped(alice, bob, 'secret');
    const stage = cast('alice', 'bob', 'carol');
    const line = body.indexOf('\r\n\r\n') + 2;
    expect(stage.chunk('alice', 'm1', body.subarray(0, line), { flag: '+' })).toBe(200);
    expect(stage.received('bob')).toEqual([]);
    expect(stage.chunk('alice', 'm1', body.subarray(line), { start: line + 1 })).toBe(200);
    expect(stage.texts('bob')).toEqual([body.toString()]);
    expect(stage.received('carol')).toEqual([]);
  });

  test('a second To in a later chunk is refused there', () => {
    const stage = cast('alice', 'bob', 'carol');
    const body = wrapped(alice, [bob, uriOf('carol')], 'x');
    const second = body.indexOf('To: ', body.indexOf('To: ') + 1);
    expect(stage.chunk('alice', 'm1', body.subarray(0, second), { flag: '+' })).toBe(200);
    expect(stage.chunk('alice', 'm1', body.subarray(second), { start: second + 1 })).toBe(403);
    for (const session of ['bob', 'carol']) expect(stage.received(session)).toEqual([]);
  });

  test('interleaved messages, even with one Message-ID at two senders, are kept apart', () => {
    const stage = cast('alice', 'bob', 'carol');
    const one = wrapped(alice, ROOM, 'a'.repeat(6000));
    const two = wrapped(alice, uriOf('carol'), 'b'.repeat(6000));
    const three = wrapped(bob, ROOM, 'c'.repeat(6000));
    stage.chunk('alice', 'm1', one.subarray(0, 3000), { flag: '+' });
    stage.chunk('alice', 'm2', two.subarray(0, 3000), { flag: '+' });
    stage.chunk('bob', 'm1', three.subarray(0, 3000), { flag: '+' });
    stage.chunk('alice', 'm1', one.subarray(3000), { start: 3001 });
    stage.chunk('bob', 'm1', three.subarray(3000), { start: 3001 });
    stage.chunk('alice', 'm2', two.subarray(3000), { start: 3001 });
    expect(stage.texts('carol').toSorted()).toEqual([one, two, three].map(String).toSorted());
    expect(stage.texts('bob')).toEqual([String(one)]);
    expect(stage.texts('alice')).toEqual([String(three)]);
  });

  test('out of order, overlapping and repeated chunks give one message in order', () => {
    const stage = cast('alice', 'bob');
    const body = wrapped(alice, ROOM, 'x'.repeat(3000) + 'y'.repeat(3000));
    const part = (from: number, to: number): Buffer => body.subarray(from, to);
    stage.chunk('alice', 'm1', part(4000, body.length), { start: 4001 });
    stage.chunk('alice', 'm1', part(2500, 4500), { start: 2501, flag: '+' });
    expect(stage.received('bob')).toEqual([]);
    stage.chunk('alice', 'm1', part(0, 2600), { flag: '+' });
    expect(stage.texts('bob')).toEqual([body.toString()]);
  });

  test('a zero-octet last chunk ends the message', () => {
    const stage = cast('alice', 'bob');
    const body = wrapped(alice, ROOM, 'x');
    stage.chunk('alice', 'm1', body, { flag: '+' });
    expect(stage.chunk('alice', 'm1', Buffer.alloc(0), { start: body.length + 1, total: body.length })).toBe(200);
    expect(stage.texts('bob')).toEqual([body.toString()]);
  });

  test('contradictory ends are refused and end nothing as complete', () => {
    const stage = cast('alice', 'bob');
    const body = wrapped(alice, ROOM, 'x'.repeat(5000));
    stage.chunk('alice', 'm1', body.subarray(0, 3000), { flag: '+' });
    expect(stage.chunk('alice', 'm1', body.subarray(0, 100))).toBe(400);
    expect(stage.received('bob')).toMatchObject([{ end: 'aborted' }]);
  });

  test('stray chunks of a finished message reach nobody', () => {
    const stage = cast('alice', 'bob');
    const body = wrapped(alice, ROOM, 'x');
    stage.chunk('alice', 'm1', body);
    expect(stage.chunk('alice', 'm1', Buffer.from('more'), { start: body.length + 1 })).toBe(200);
    expect(stage.texts('bob')).toEqual([body.toString()]);
  });

  test('a message that comes again is a duplicate for its receivers too', () => {
    const stage = cast('alice', 'bob');
    const body = wrapped(alice, ROOM, 'x');
    stage.chunk('alice', 'm1', body);
    expect(stage.chunk('alice', 'm1', body)).toBe(200);
    expect(stage.texts('bob')).toEqual([body.toString()]);
    stage.chunk('alice', 'm2', body);
    expect(stage.texts('bob')).toHaveLength(2);
  });

  test('later chunks of a refused message get the same status', () => {
    const stage = cast('alice', 'bob');
    expect(stage.chunk('alice', 'm1', Buffer.from('x'), { flag: '+', headers: { 'Content-Type': 'text/plain' } })).toBe(
      415,
    );
    expect(stage.chunk('alice', 'm1', Buffer.from('x'), { start: 2, headers: { 'Content-Type': 'text/plain' } })).toBe(
      415,
    );
    expect(stage.chunk('alice', 'm2', wrapped(bob, ROOM, 'x'.repeat(3000)), { flag: '+' })).toBe(403);
    expect(stage.chunk('alice', 'm2', Buffer.from('x'), { start: 4001 })).toBe(403);
  });
});

describe('messages that stay incomplete', () => {
  const begin = (): Rehearsal => {
    const stage = cast('alice', 'bob', 'carol');
    stage.chunk('alice', 'm1', wrapped(alice, ROOM, 'x'.repeat(5000)), { flag: '+' });
    return stage;
  };
  const timer = (stage: Rehearsal): string => {
    const [key] = stage.room.messages.keys();
    return `chunk ${key}`;
  };

  test('the timer is started with the policy delay, and again per chunk', () => {
    const stage = begin();
    const name = timer(stage);
    expect(stage.effects).toContainEqual({ type: 'start-timer', name, delayMs: 540_000 });
  });

  test('expiry aborts at the recipients; a late chunk continues nothing', () => {
    const stage = begin();
    stage.play({ type: 'timer', name: timer(stage) });
    expect(stage.received('bob')).toMatchObject([{ end: 'aborted' }]);
    expect(stage.chunk('alice', 'm1', Buffer.from('late'), { start: 5001 })).toBe(413);
    expect(stage.received('bob')).toHaveLength(1);
    const whole = wrapped(alice, ROOM, 'again');
    expect(stage.chunk('alice', 'm1', whole)).toBe(200);
    expect(stage.texts('bob')).toEqual([whole.toString()]);
  });

  test('a chunk that still comes is no silence', () => {
    const stage = cast('alice', 'bob');
    const body = wrapped(alice, ROOM, 'x'.repeat(5000));
    stage.head('alice', { 'Message-ID': 'm1', 'Byte-Range': '1-*/*' });
    stage.data('alice', body.subarray(0, 3000));
    const name = timer(stage);
    stage.play({ type: 'timer', name });
    expect(stage.effects).toContainEqual(expect.objectContaining({ type: 'start-timer', name }));
    stage.play({ type: 'timer', name });
    expect(stage.room.messages.size).toBe(0);
    stage.data('alice', body.subarray(3000));
    expect(stage.end('alice', '$')).toBe(413);
    expect(stage.texts('bob')).toEqual([]);
  });

  test('# from the sender is passed on', () => {
    const stage = begin();
    expect(stage.chunk('alice', 'm1', Buffer.from('x'), { start: 6001, flag: '#' })).toBe(200);
    expect(stage.received('bob')).toMatchObject([{ end: 'aborted' }]);
    expect(stage.effects).toContainEqual(expect.objectContaining({ type: 'stop-timer' }));
  });

  test.each(['leave', 'media-lost'] as const)('a sender that vanishes (%s) leaves no complete message', (type) => {
    const stage = begin();
    stage.play({ type, session: 'alice' });
    for (const session of ['bob', 'carol']) expect(stage.received(session)).toMatchObject([{ end: 'aborted' }]);
    expect(stage.room.messages.size + stage.room.chunks.size).toBe(0);
    expect(stage.send('bob', wrapped(bob, ROOM, 'still here'))).toBe(200);
  });

  test('what nobody has a part of needs no abort', () => {
    const stage = cast('alice', 'bob');
    stage.chunk('alice', 'm1', wrapped(alice, ROOM, 'x'), { flag: '+' });
    stage.play({ type: 'leave', session: 'alice' });
    expect(stage.received('bob')).toEqual([]);
  });

  test('a recipient that refuses its copy alone is spared the rest', () => {
    const stage = begin();
    const copyId = stage.received('bob')[0]?.copyId ?? '';
    stage.play({ type: 'copy-answered', session: 'bob', copyId, status: 413 });
    stage.play({ type: 'copy-answered', session: 'carol', copyId, status: 200 });
    expect(
      stage.chunk('alice', 'm1', Buffer.from('end'), { start: wrapped(alice, ROOM, 'x'.repeat(5000)).length + 1 }),
    ).toBe(200);
    expect(stage.received('bob')).toMatchObject([{ end: 'aborted' }]);
    expect(stage.received('carol')).toMatchObject([{ end: 'complete' }]);
  });

  test('one participant cannot keep any number of messages open', () => {
    const stage = cast('alice', 'bob');
    const statuses = Array.from({ length: 70 }, (_, i) =>
      stage.chunk('alice', `open${i}`, Buffer.from('From: '), { flag: '+' }),
    );
    expect(statuses.filter((status) => status === 413)).toHaveLength(6);
  });

  test('far too much out of order gets 413', () => {
    const stage = cast('alice', 'bob');
    const statuses = Array.from({ length: 20 }, (_, i) =>
      stage.chunk('alice', 'm1', Buffer.alloc(100_000), { start: 10 + i * 200_000, flag: '+' }),
    );
    expect(statuses).toContain(413);
    expect(stage.room.messages.size).toBe(0);
  });
});

describe('reports and responses (RFC 7701 §6.3)', () => {
  const reports = (stage: Rehearsal) => stage.effects.filter((effect) => effect.type === 'report');

  test.each([
    ['yes', 200],
    ['partial', undefined],
    ['no', undefined],
  ] as const)('Failure-Report %s', (value, status) => {
    const stage = cast('alice', 'bob');
    expect(stage.send('alice', wrapped(alice, ROOM, 'x'), { 'Failure-Report': value })).toBe(status);
    expect(stage.texts('bob')).toHaveLength(1);
    expect(reports(stage)).toEqual([]);
  });

  test('one success report for the whole, whoever receives it', () => {
    const stage = cast('alice', 'bob', 'carol', 'dave');
    const body = wrapped(alice, ROOM, 'x'.repeat(5990));
    const headers = { 'Success-Report': 'yes', 'Failure-Report': 'no' };
    stage.chunk('alice', 'm1', body.subarray(0, 3000), { flag: '+', headers });
    expect(reports(stage)).toEqual([]);
    stage.chunk('alice', 'm1', body.subarray(3000), { start: 3001, headers });
    expect(reports(stage)).toEqual([
      {
        type: 'report',
        session: 'alice',
        toPath: 'msrp://client.example.com:9000/c;tcp',
        messageId: 'm1',
        range: { start: 1, end: body.length, total: body.length },
        status: 200,
        body: undefined,
      },
    ]);
  });

  test('on a private message it carries From and To as they were', () => {
    const stage = cast('alice', 'bob');
    const body = Buffer.from(`To: "Bob B." <${bob}>\r\nFrom: Al <${alice}>\r\n\r\nContent-Type: text/plain\r\n\r\nx`);
    stage.send('alice', body, { 'Success-Report': 'yes' });
    const [report] = reports(stage);
    expect(report?.body?.toString()).toContain(`From: Al <${alice}>\r\n`);
    expect(report?.body?.toString()).toContain(`To: "Bob B." <${bob}>\r\n`);
  });

  test('what recipients report never comes to the sender', () => {
    const stage = cast('alice', 'bob');
    stage.send('alice', wrapped(alice, ROOM, 'x'));
    const copyId = stage.received('bob')[0]?.copyId ?? '';
    const head = { kind: 'request', transactionId: 'abcd', method: 'REPORT', headers: [] } as const;
    stage.play({ type: 'report-received', session: 'bob', copyId, status: 413, head });
    expect(stage.effects).toEqual([]);
  });

  test('the response stands before the copies', () => {
    const stage = cast('alice', 'bob');
    stage.send('alice', wrapped(alice, ROOM, 'x'));
    expect(stage.effects.map(({ type }) => type)).toEqual(['respond', 'copy', 'stop-timer']);
  });
});

describe('congestion (RFC 7701 §6.4)', () => {
  test('room messages to the congested are left out, others are not; afterwards it is told so', () => {
    const stage = cast('alice', 'bob', 'carol');
    stage.play({ type: 'congestion', session: 'carol', congested: true });
    expect(stage.send('alice', wrapped(alice, ROOM, 'one'))).toBe(200);
    expect(stage.send('alice', wrapped(alice, uriOf('carol'), 'private'))).toBe(200);
    expect(stage.texts('bob')).toHaveLength(1);
    expect(stage.texts('carol')).toHaveLength(1);
    stage.play({ type: 'congestion', session: 'carol', congested: false });
    expect(stage.texts('carol').at(-1)).toContain('1 messages were left out');
    expect(stage.texts('bob')).toHaveLength(1);
    stage.send('alice', wrapped(alice, ROOM, 'two'));
    expect(stage.texts('carol')).toHaveLength(3);
  });

  test('messages up to the size of the policy still go through', () => {
    const stage = new Rehearsal({ congestedMaxOctets: 500 });
    stage.joinAll('alice', 'bob');
    stage.play({ type: 'congestion', session: 'bob', congested: true });
    stage.send('alice', wrapped(alice, ROOM, 'small'));
    stage.send('alice', wrapped(alice, ROOM, 'x'.repeat(500)));
    expect(stage.texts('bob')).toHaveLength(1);
  });

  test('wrapped types and notices: none to whom cannot read them', () => {
    const stage = cast('alice');
    stage.join('bob', { ...ABLE, acceptWrappedTypes: ['image/png'] });
    stage.play({ type: 'congestion', session: 'bob', congested: true });
    stage.send('alice', wrapped(alice, ROOM, 'x', 'image/png'));
    stage.play({ type: 'congestion', session: 'bob', congested: false });
    expect(stage.received('bob')).toEqual([]);
  });
});
