import { describe, expect, test } from 'vitest';
import { referenceDecisions } from './reference-decisions.ts';
import { ABLE, Rehearsal, ROOM, uriOf, wrapped } from './rehearsal.fixture.ts';

const alice = uriOf('alice');
const bob = uriOf('bob');

describe('room messages (RFC 7701 §6.1)', () => {
  test('reach everybody but the session they came from, unchanged', () => {
    const stage = new Rehearsal();
    stage.joinAll('alice1', 'alice2', 'bob', 'carol');
    const body = wrapped(alice, ROOM, Buffer.from('a\0b\r\n\r\n\n-------x$'));
    expect(stage.send('alice1', body)).toBe(200);
    for (const session of ['alice2', 'bob', 'carol']) expect(stage.texts(session)).toEqual([body.toString()]);
    expect(stage.received('alice1')).toEqual([]);
  });

  test('get a Message-ID of their own', () => {
    const stage = new Rehearsal();
    stage.joinAll('alice', 'bob');
    stage.chunk('alice', 'samesame', wrapped(alice, ROOM, 'one'));
    stage.chunk('bob', 'samesame', wrapped(bob, ROOM, 'two'));
    const [copy] = stage.received('bob');
    expect(copy?.copyId).toMatch(/^[a-z0-9][a-z0-9.+%=-]{3,31}$/i);
    expect(stage.received('alice')[0]?.copyId).not.toBe(copy?.copyId);
  });

  test('are accepted though nobody else is there', () => {
    const stage = new Rehearsal();
    stage.join('alice');
    expect(stage.send('alice', wrapped(alice, ROOM, 'hello?'))).toBe(200);
  });

  test('may be addressed to a further URI of the room', () => {
    const stage = new Rehearsal();
    stage.joinAll('alice', 'bob');
    stage.room = { ...stage.room, aliases: [`${ROOM};transport=tcp`] };
    expect(stage.send('alice', wrapped(alice, `${ROOM};transport=tcp`, 'x'))).toBe(200);
    expect(stage.texts('bob')).toHaveLength(1);
  });

  test('from a participant unaware of rooms are distributed all the same (§11)', () => {
    const stage = new Rehearsal();
    stage.joinAll('bob');
    stage.join('lee', { acceptTypes: ['message/cpim'] });
    expect(stage.send('lee', wrapped(uriOf('lee'), ROOM, 'x'))).toBe(200);
    expect(stage.texts('bob')).toHaveLength(1);
  });

  test('a SEND without body is answered and goes nowhere', () => {
    const stage = new Rehearsal();
    stage.joinAll('alice', 'bob');
    stage.head('alice', { 'Message-ID': 'bind1' }, false);
    expect(stage.end('alice', '$')).toBe(200);
    expect(stage.received('bob')).toEqual([]);
  });

  test('respect the wrapped types of each recipient alone', () => {
    const stage = new Rehearsal();
    stage.joinAll('alice', 'carol');
    stage.join('bob', { ...ABLE, acceptWrappedTypes: ['text/plain'] });
    expect(stage.send('alice', wrapped(alice, ROOM, 'x', 'image/png'))).toBe(200);
    expect(stage.send('alice', wrapped(alice, ROOM, 'y', 'Text/Plain;charset=utf-8'))).toBe(200);
    expect(stage.texts('bob')).toHaveLength(1);
    expect(stage.texts('carol')).toHaveLength(2);
  });

  test('of a type that the room does not list get 415', () => {
    const stage = new Rehearsal({ wrappedTypes: ['text/*'] });
    stage.joinAll('alice', 'bob');
    expect(stage.send('alice', wrapped(alice, ROOM, 'x', 'image/png'))).toBe(415);
    expect(stage.send('alice', wrapped(alice, ROOM, 'x', 'text/html'))).toBe(200);
    expect(stage.texts('bob')).toHaveLength(1);
  });

  test('larger than a recipient wants are spared it', () => {
    const stage = new Rehearsal();
    stage.joinAll('alice', 'carol');
    stage.join('bob', { ...ABLE, maxSize: 100n });
    stage.send('alice', wrapped(alice, ROOM, 'x'.repeat(200)));
    expect(stage.texts('bob')).toHaveLength(0);
    expect(stage.texts('carol')).toHaveLength(1);
  });

  test('in the compact form of the examples are passed on unchanged', () => {
    const stage = new Rehearsal();
    stage.joinAll('alice');
    stage.join('bob', { ...ABLE, acceptWrappedTypes: ['text/html'] });
    const body = Buffer.from(`From: <${alice}>\r\nTo: <${ROOM}>\r\nContent-Type: text/html\r\n\r\nhi`);
    expect(stage.send('alice', body)).toBe(200);
    expect(stage.texts('bob')).toEqual([body.toString()]);
  });
});

describe('refusals', () => {
  const cases: readonly (readonly [string, Buffer, Record<string, string>, number])[] = [
    ['bare text', Buffer.from('hello'), { 'Content-Type': 'text/plain' }, 415],
    ['multipart', Buffer.from('hello'), { 'Content-Type': 'multipart/mixed;boundary=x' }, 415],
    ["another's From", wrapped(bob, ROOM, 'x'), {}, 403],
    ["a stranger's From", wrapped('sip:eve@example.com', ROOM, 'x'), {}, 403],
    ['no From', Buffer.from(`To: <${ROOM}>\r\n\r\nContent-Type: text/plain\r\n\r\nx`), {}, 403],
    [
      'two From',
      Buffer.from(`From: <${alice}>\r\nFrom: <${bob}>\r\nTo: <${ROOM}>\r\n\r\nContent-Type: text/plain\r\n\r\nx`),
      {},
      403,
    ],
    ['room and participant in To', wrapped(alice, [ROOM, bob], 'x'), {}, 403],
    ['two participants in To', wrapped(alice, [bob, uriOf('carol')], 'x'), {}, 403],
    ['several To, one of them unknown', wrapped(alice, [bob, 'sip:nobody@example.com'], 'x'), {}, 403],
    ['a false From before several To', wrapped(bob, [bob, ROOM], 'x'), {}, 403],
    ['unknown To', wrapped(alice, 'sip:nobody@example.com', 'x'), {}, 404],
    ['To that is no URI', Buffer.from(`From: <${alice}>\r\nTo: bob\r\n\r\nContent-Type: text/plain\r\n\r\nx`), {}, 404],
    ['a nickname in To', wrapped(alice, 'Bobby', 'x'), {}, 404],
    ['no To', Buffer.from(`From: <${alice}>\r\n\r\nContent-Type: text/plain\r\n\r\nx`), {}, 400],
    ['no CPIM at all', Buffer.from('\x01\x02\x03'), {}, 400],
    ['nothing in the wrapper', Buffer.alloc(0), {}, 400],
    ['To without the private-messages token', wrapped(alice, uriOf('pat'), 'x'), {}, 428],
    ['To without chatroom attribute', wrapped(alice, uriOf('lee'), 'x'), {}, 428],
    ['a broken Byte-Range', wrapped(alice, ROOM, 'x'), { 'Byte-Range': 'one-two' }, 400],
  ];
  const cast = (): Rehearsal => {
    const stage = new Rehearsal();
    stage.joinAll('alice', 'bob', 'carol');
    stage.nickname('bob', '"Bobby"');
    stage.join('pat', { ...ABLE, chatroom: [] });
    stage.join('lee', { acceptTypes: ['message/cpim'], acceptWrappedTypes: ['image/png'] });
    return stage;
  };

  test.each(cases)('%s', (_name, body, headers, status) => {
    for (const [failureReport, wanted] of [
      ['yes', status],
      ['partial', status],
      ['no', undefined],
    ] as const) {
      const stage = cast();
      expect(stage.send('alice', body, { ...headers, 'Failure-Report': failureReport })).toBe(wanted);
      for (const session of ['alice', 'bob', 'carol', 'pat', 'lee']) expect(stage.received(session)).toEqual([]);
    }
  });

  test('From is judged before To', () => {
    const stage = cast();
    expect(stage.send('alice', wrapped(bob, 'sip:nobody@example.com', 'x'))).toBe(403);
    expect(stage.send('alice', wrapped(bob, uriOf('pat'), 'x'))).toBe(403);
  });

  test('a message above the limit gets 413 at once and only once', () => {
    const stage = new Rehearsal({ maxMessageOctets: 8000 });
    stage.joinAll('alice', 'bob');
    stage.head('alice', { 'Message-ID': 'big1', 'Byte-Range': '1-*/*' });
    stage.data('alice', wrapped(alice, ROOM, 'x'.repeat(4000)));
    stage.data('alice', Buffer.alloc(2000));
    expect(stage.received('bob')).toMatchObject([{ end: 'open' }]);
    stage.data('alice', Buffer.alloc(3000));
    expect(stage.effects).toContainEqual(expect.objectContaining({ type: 'respond', status: 413 }));
    expect(stage.end('alice', '+')).toBeUndefined();
    expect(stage.received('bob').map(({ end }) => end)).toEqual(['aborted']);
    expect(stage.chunk('alice', 'big1', Buffer.alloc(10), { start: 7001 })).toBe(413);
    expect(stage.chunk('alice', 'big2', Buffer.alloc(10), { total: 8001 })).toBe(413);
    expect(stage.chunk('alice', 'big3', Buffer.alloc(10), { start: 9_000_000_000_000_000 })).toBe(413);
  });

  test('header blocks without end get 413 instead of being kept', () => {
    const stage = new Rehearsal();
    stage.joinAll('alice', 'bob');
    stage.head('alice', { 'Message-ID': 'endless', 'Byte-Range': '1-*/*' });
    let answered = false;
    for (let i = 0; i < 300 && !answered; i++) {
      stage.data('alice', Buffer.from('X: '.padEnd(1022, 'x').concat('\r\n')));
      answered = stage.effects.some((effect) => effect.type === 'respond' && effect.status === 413);
    }
    expect(answered).toBe(true);
  });
});

describe('private messages (RFC 7701 §6.2)', () => {
  test('reach every able session of the recipient and nobody else', () => {
    const stage = new Rehearsal();
    stage.joinAll('alice1', 'alice2', 'bob1', 'bob2', 'carol');
    stage.join('bob3', { ...ABLE, chatroom: ['nickname'] });
    const body = wrapped(alice, bob, 'psst');
    expect(stage.send('alice1', body)).toBe(200);
    expect(stage.texts('bob1')).toEqual([body.toString()]);
    expect(stage.texts('bob2')).toEqual([body.toString()]);
    for (const other of ['alice1', 'alice2', 'bob3', 'carol']) expect(stage.received(other)).toEqual([]);
  });

  test('follow the latest offer', () => {
    const stage = new Rehearsal();
    stage.joinAll('alice', 'bob');
    const send = (): number | undefined => stage.send('alice', wrapped(alice, bob, 'x'));
    const { chatroom: _none, ...unaware } = ABLE;
    for (const [media, status] of [
      [unaware, 428],
      [{ ...ABLE, chatroom: [] }, 428],
      [{ ...ABLE, chatroom: ['com.example.x', 'private-messages'] }, 200],
      [{ ...ABLE, chatroom: ['private-messages2'] }, 428],
    ] as const) {
      stage.play({ type: 'media-changed', session: 'bob', media });
      expect(send()).toBe(status);
      expect(stage.send('alice', wrapped(alice, ROOM, 'x'))).toBe(200);
    }
    expect(stage.texts('bob')).toHaveLength(5);
  });

  test('are refused where the room forbids them, yet an unknown recipient stays unknown', () => {
    const stage = new Rehearsal({ privateMessages: 'forbidden' });
    stage.joinAll('alice', 'bob');
    expect(stage.send('alice', wrapped(alice, bob, 'x'))).toBe(403);
    expect(stage.send('alice', wrapped(alice, 'sip:nobody@example.com', 'x'))).toBe(404);
    expect(stage.received('bob')).toEqual([]);
  });

  test('cannot reach somebody who has left, or whose connection is lost', () => {
    const stage = new Rehearsal();
    stage.joinAll('alice', 'bob', 'carol');
    stage.play({ type: 'leave', session: 'bob' });
    stage.play({ type: 'media-lost', session: 'carol' });
    expect(stage.send('alice', wrapped(alice, bob, 'x'))).toBe(404);
    expect(stage.send('alice', wrapped(alice, uriOf('carol'), 'x'))).toBe(404);
    stage.play({ type: 'media-changed', session: 'carol', media: ABLE });
    expect(stage.send('alice', wrapped(alice, uriOf('carol'), 'x'))).toBe(200);
  });

  test('do not cross into a neighbouring room', () => {
    const stage = new Rehearsal();
    const other = new Rehearsal();
    stage.join('alice');
    other.join('bob');
    stage.neighbours = () => [other.room];
    expect(stage.send('alice', wrapped(alice, bob, 'x'))).toBe(404);
  });
});

describe('decisions', () => {
  test('a replaced entry counts where others ask it', () => {
    const stage = new Rehearsal({}, { ...referenceDecisions, takesPrivateMessages: () => true });
    stage.joinAll('alice');
    stage.join('lee', { acceptTypes: ['message/cpim'] });
    expect(stage.send('alice', wrapped(alice, uriOf('lee'), 'x'))).toBe(200);
    expect(stage.texts('lee').at(-1)).toContain('x');
  });

  test('a wrong judgement may answer an error and let the message through', () => {
    const stage = new Rehearsal(
      {},
      {
        ...referenceDecisions,
        judge(wrapper, sender, room, neighbours) {
          const route = referenceDecisions.judge.call(this, wrapper, sender, room, neighbours);
          return route.kind === 'refused' ? { ...route, reaches: ['bob'] } : route;
        },
      },
    );
    stage.joinAll('alice', 'bob');
    const body = wrapped(bob, ROOM, 'x');
    expect(stage.send('alice', body)).toBe(403);
    expect(stage.texts('bob')).toEqual([body.toString()]);
  });
});
