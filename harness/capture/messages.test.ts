import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FlowEvent } from '../packets/flow.ts';
import { flowEvents, type ScriptedSegment, ScriptedTcp } from '../packets/scripted-tcp.fixture.ts';
import type { CaptureItem } from './item.ts';
import { answer, found, itemsOf, itemsOfSegments, send, sip } from './scripted-capture.fixture.ts';

/** A connection in which `a` says these segments, each acknowledged; without those at these positions. */
function saying(texts: readonly string[], ...lost: number[]): ScriptedSegment[] {
  const script = new ScriptedTcp().handshake();
  for (const text of texts) script.say('a', Buffer.from(text, 'latin1'));
  script.ack('b').close('a');
  return script.segments.filter((_, index) => !lost.includes(index - 3));
}

const read = (texts: readonly string[], ...lost: number[]): string[] => found(itemsOfSegments(saying(texts, ...lost)));

/** The same of a connection that was open before the capture began. */
function joined(texts: readonly string[]): string[] {
  const script = new ScriptedTcp();
  for (const text of texts) script.say('a', Buffer.from(text, 'latin1'));
  return found(itemsOfSegments(script.segments));
}

const cut = (text: string, ...at: number[]): string[] =>
  [0, ...at].map((start, index) => text.slice(start, at[index] ?? text.length));

describe('flows by what they carry', () => {
  test('MSRP and its answers, with the packets that carried them', () => {
    const [head, middle, end] = cut(send({ id: 'abcd1', body: 'hello' }), 60, 120);
    const script = new ScriptedTcp()
      .handshake()
      .say('a', head ?? '')
      .say('a', middle ?? '')
      .say('a', end ?? '');
    script.say('b', answer('abcd1')).close('b');
    const items = itemsOfSegments(script.segments);
    expect(found(items)).toEqual(['opened', 'opener: abcd1 SEND', 'other: abcd1 200', 'ended by other']);
    expect(items.map(({ frames }) => frames)).toEqual([[2], [4, 5, 6], [7], [9]]);
    expect(items.map(({ time }) => time)).toEqual([2, 6, 7, 9]);
  });

  test('octets and body outlive the packets', () => {
    const [, item] = itemsOfSegments(saying([send({ id: 'abcd1', body: 'hello' })]));
    if (item?.type !== 'message' || item.content.protocol !== 'msrp') throw new Error('no message');
    expect(item.octets.toString()).toBe(send({ id: 'abcd1', body: 'hello' }));
    expect(item.content.message.body?.toString()).toBe('hello');
  });

  test('several messages in one packet, one of them going on in the next', () => {
    const all = send({ id: 'one1', body: '1' }) + send({ id: 'two2', body: '2' }) + send({ id: 'three', body: '3' });
    const items = itemsOfSegments(saying(cut(all, all.length - 30)));
    expect(found(items).slice(1, 4)).toEqual(['opener: one1 SEND', 'opener: two2 SEND', 'opener: three SEND']);
    expect(items.slice(1, 4).map(({ frames }) => frames)).toEqual([[4], [4], [4, 5]]);
  });

  test('SIP, and no word of its keep-alives', () => {
    expect(read([sip('OPTIONS'), '\r\n\r\n', '\r\n', sip('MESSAGE', 'hi')])).toEqual([
      'opened',
      'opener: OPTIONS',
      'opener: MESSAGE',
      'ended by opener',
    ]);
  });

  test('a start line that comes octet by octet', () => {
    expect(read([...'\r\nMSRP abcd1 SE', send({ id: 'abcd1', body: 'x' }).slice(13)]).slice(-2)).toEqual([
      'opener: abcd1 SEND',
      'ended by opener',
    ]);
    expect(read([...sip('OPTIONS')])).toEqual(['opened', 'opener: OPTIONS', 'ended by opener']);
  });

  test('others are counted and nothing is told of them, even where they quote messages', () => {
    const script = new ScriptedTcp().handshake().say('a', 'GET /log HTTP/1.1\r\n\r\n');
    script.say('b', `HTTP/1.1 200 OK\r\n\r\n${send({ id: 'abcd1', body: 'quoted' })}${sip('OPTIONS')}`).close('b');
    expect(itemsOf(flowEvents(script.segments))).toEqual({ items: [], others: 1 });
    const tls = new ScriptedTcp().handshake().say('a', Buffer.from('1603010200', 'hex')).close('a');
    expect(itemsOf(flowEvents(tls.segments))).toEqual({ items: [], others: 1 });
  });

  test('one end that talks nonsense does not hide what the other says', () => {
    const script = new ScriptedTcp()
      .handshake()
      .say('b', 'welcome!\r\n')
      .say('a', send({ id: 'abcd1', body: 'x' }));
    expect(found(itemsOfSegments(script.segments))).toEqual([
      'opened',
      'other: 10 octets, no start line of MSRP',
      'opener: abcd1 SEND',
    ]);
  });

  test('much of nothing known is not looked at any longer', () => {
    const script = new ScriptedTcp().handshake();
    for (let count = 0; count < 70; count += 1) script.say('a', 'x'.repeat(1000));
    script.say('b', send({ id: 'abcd1', body: 'late' })).close('a');
    expect(itemsOf(flowEvents(script.segments))).toEqual({ items: [], others: 1 });
  });
});

describe('a capture that begins inside a connection', () => {
  test('starts with the next message', () => {
    const all = send({ id: 'one1', body: 'first' }) + send({ id: 'two2', body: 'second' });
    const [, ...rest] = cut(all, 40, 100);
    expect(joined(rest)).toEqual([
      'joined',
      `opener: ${send({ id: 'one1', body: 'first' }).length - 40} octets, the capture begins inside a message`,
      'opener: two2 SEND',
    ]);
  });

  test('at the beginning of a message misses nothing', () => {
    expect(joined([send({ id: 'one1', body: 'first' }), sip('OPTIONS')]).slice(0, 2)).toEqual([
      'joined',
      'opener: one1 SEND',
    ]);
    expect(joined([sip('OPTIONS'), sip('BYE')])).toEqual(['joined', 'opener: OPTIONS', 'opener: BYE']);
  });

  test('inside a file that takes long', () => {
    const file = Array.from({ length: 100 }, () => 'x'.repeat(1000));
    expect(joined([...file, `\r\n-------one1$\r\n`, send({ id: 'two2', body: 'second' })])).toEqual([
      'joined',
      'opener: two2 SEND',
    ]);
  });

  test('a status line in a body starts no message', () => {
    const notify = sip('NOTIFY', 'SIP/2.0 200 OK\r\nTo: <sip:bob@example.com>\r\n\r\n');
    expect(joined([notify.slice(30), sip('BYE')])).toEqual([
      'joined',
      `opener: ${notify.length - 30} octets, the capture begins inside a message`,
      'opener: BYE',
    ]);
  });
});

describe('gaps', () => {
  const next = send({ id: 'next', body: 'after' });

  test('inside a body: the message is unreadable, and its end-line shows where the next starts', () => {
    const all = send({ id: 'abcd1', body: 'x'.repeat(200) });
    const at = all.indexOf('xxx') + 50;
    expect(read([...cut(all, at, at + 70), next], 1)).toEqual([
      'opened',
      `opener: ${at} octets, octets are missing inside a body`,
      'opener: gap 70',
      `opener: ${all.length - at - 70} octets, follows octets that the capture has not got`,
      'opener: next SEND',
      'ended by opener',
    ]);
  });

  test('inside a body that quotes messages: they are not taken for messages', () => {
    for (const end of [undefined, '*']) {
      const quoted = answer('quoted') + sip('OPTIONS');
      const body = `${'x'.repeat(100)}\r\n${quoted}`;
      const all = send(end === undefined ? { id: 'abcd1', body } : { id: 'abcd1', body, end });
      const at = all.indexOf('xxx') + 20;
      const lines = read([...cut(all, at, at + 30), next], 1);
      expect(lines.filter((line) => line.endsWith('SEND'))).toEqual(['opener: next SEND']);
      // Without a length the quotation cannot be told from a message: its own end-line comes first, then the outer one.
      if (end === undefined) expect(lines).toHaveLength(6);
    }
  });

  test('inside a body, with its end-line', () => {
    const all = send({ id: 'abcd1', body: 'x'.repeat(200) });
    const at = all.indexOf('xxx') + 50;
    expect(read([...cut(all, at), next], 1).slice(1)).toEqual([
      `opener: ${at} octets, octets are missing inside a body`,
      `opener: gap ${all.length - at}`,
      'opener: next SEND',
      'ended by opener',
    ]);
  });

  test('inside a head, and in the first message', () => {
    const all = send({ id: 'abcd1', body: 'short' });
    expect(read([...cut(all, 30, 60), next], 1)).toEqual([
      'opened',
      'opener: 30 octets, octets are missing inside a head',
      'opener: gap 30',
      `opener: ${all.length - 60} octets, follows octets that the capture has not got`,
      'opener: next SEND',
      'ended by opener',
    ]);
    expect(read([...cut(all, 30), next], 0).slice(-3)).toEqual([
      `opener: ${all.length - 30} octets, follows octets that the capture has not got`,
      'opener: next SEND',
      'ended by opener',
    ]);
  });

  test('of whole messages leave the others as they are', () => {
    const lost = send({ id: 'lost', body: 'lost' });
    expect(read([send({ id: 'abcd1', body: 'x' }), lost, next], 1)).toEqual([
      'opened',
      'opener: abcd1 SEND',
      `opener: gap ${lost.length}`,
      'opener: next SEND',
      'ended by opener',
    ]);
  });

  test('inside the body of a SIP message: Content-Length tells where the next starts', () => {
    const all = sip('MESSAGE', `${'x'.repeat(100)}\r\n${sip('REGISTER')}`);
    const at = all.indexOf('xxx') + 10;
    expect(read([...cut(all, at, at + 40), sip('BYE')], 1)).toEqual([
      'opened',
      `opener: ${at} octets, octets are missing inside a message`,
      'opener: gap 40',
      `opener: ${all.length - at - 40} octets, follows octets that the capture has not got`,
      'opener: BYE',
      'ended by opener',
    ]);
  });

  test('beyond the end of a SIP message', () => {
    const all = sip('MESSAGE', 'x'.repeat(100)) + sip('INFO');
    const at = all.indexOf('xxx') + 10;
    expect(read([...cut(all, at, at + 140), sip('BYE')], 1).slice(-2)).toEqual(['opener: BYE', 'ended by opener']);
  });

  test('SIP that cannot be framed is passed over up to the next message', () => {
    const broken = sip('MESSAGE', 'some text\r\n', 'eleven');
    expect(read([broken, sip('BYE')])).toEqual([
      'opened',
      `opener: ${broken.length - 11} octets, malformed Content-Length: eleven`,
      'opener: 11 octets, follows octets that cannot be framed',
      'opener: BYE',
      'ended by opener',
    ]);
  });

  test('what the end of the capture cuts off', () => {
    const [part] = cut(send({ id: 'abcd1', body: 'hello' }), 100);
    const script = new ScriptedTcp().handshake().say('a', part ?? '');
    expect(found(itemsOfSegments(script.segments))).toEqual([
      'opened',
      'opener: 100 octets, the capture ends inside a head',
    ]);
  });

  /** What is found where 80 MB of these octets follow. */
  function followedByMuch(beginning: string, octet: number): CaptureItem[] {
    const events = flowEvents(new ScriptedTcp().handshake().say('a', beginning).segments);
    const octets = Buffer.alloc(1024 * 1024, octet);
    const more = Array.from({ length: 80 }, (): FlowEvent[] =>
      events.flatMap((event) => (event.type === 'octets' ? { ...event, octets } : [])),
    );
    const last = events.flatMap((event) => (event.type === 'octets' ? { ...event, octets: Buffer.from(next) } : []));
    return itemsOf([...events.slice(0, -1), ...more.flat(), ...last, ...events.slice(-1)]).items;
  }

  test('a message that is never finished is given up', () => {
    const items = followedByMuch(send({ id: 'abcd1', body: 'x'.repeat(20) }).slice(0, -25), 0x78);
    expect(found(items)).toEqual([
      'opened',
      `opener: ${64 * 1024 * 1024} octets, the message is longer than the limit`,
    ]);
  });

  test('of much that cannot be read the beginning is shown', () => {
    const items = followedByMuch('MSRP abcd1 SEND\r\n\r\n\r\n-------abcd1$\r\njunk', 0x0a);
    expect(found(items).slice(0, 2)).toEqual(['opened', 'opener: abcd1 SEND']);
    expect(found(items).at(-1)).toBe('opener: next SEND');
    const shown = items.flatMap((item) => (item.type === 'unreadable' ? item.octets.length : []));
    expect(shown.reduce((sum, length) => sum + length, 0)).toBeLessThan(1.2 * 1024 * 1024);
  });
});

test('with any loss the messages are the same, without those that lost octets', () => {
  const message = fc.record({
    body: fc.string({ maxLength: 80 }),
    isAnswer: fc.boolean(),
    end: fc.constantFrom('*', undefined),
  });
  fc.assert(
    fc.property(
      fc.array(message, { minLength: 1, maxLength: 12 }),
      fc.integer({ min: 20, max: 300 }),
      fc.array(fc.nat(5), { minLength: 200, maxLength: 200 }),
      (messages, size, fates) => {
        const texts = messages.map(({ body, isAnswer, end }, index) => {
          const id = `id${String(index).padStart(3, '0')}`;
          if (isAnswer) return answer(id);
          return send(end === undefined ? { id, body } : { id, body, end });
        });
        const all = Buffer.from(texts.join(''), 'latin1');
        const segments = Array.from({ length: Math.ceil(all.length / size) }, (_, index) =>
          all.toString('latin1', index * size, (index + 1) * size),
        );
        const lost = segments.flatMap((_, index) => (fates[index] === 0 ? [index] : []));
        let start = 0;
        const whole = texts.flatMap((text, index) => {
          const [first, last] = [Math.floor(start / size), Math.floor((start + text.length - 1) / size)];
          start += text.length;
          return lost.some((place) => place >= first && place <= last) ? [] : [`id${String(index).padStart(3, '0')}`];
        });
        const items = itemsOfSegments(saying(segments, ...lost));
        expect(items.flatMap(idOf)).toEqual(whole);
      },
    ),
    { numRuns: 500 },
  );
});

const idOf = (item: CaptureItem): string[] =>
  item.type === 'message' && item.content.protocol === 'msrp' ? [item.content.message.transactionId] : [];
