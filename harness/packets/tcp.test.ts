import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { flowEvents, type ScriptedSegment, ScriptedTcp, told } from './scripted-tcp.fixture.ts';
import { ACK, FIN, plus, RST, SYN } from './segment.ts';

const tell = (script: ScriptedTcp): string[] => told(flowEvents(script.segments));

/** The segments of a script without those at these positions. */
const without = (script: ScriptedTcp, ...lost: number[]): ScriptedSegment[] =>
  script.segments.filter((_, index) => !lost.includes(index));

describe('a connection', () => {
  test('is opened by the answer to its SYN, carries octets both ways, is ended by the first FIN', () => {
    const script = new ScriptedTcp().handshake().say('a', 'hello').ack('b').say('b', 'hi').ack('a').close('b');
    const events = flowEvents(script.segments);
    expect(told(events)).toEqual(['opened 40000', 'opener: hello', 'other: hi', 'ended by other']);
    expect(events.map(({ frame }) => frame)).toEqual([2, 4, 6, 9]);
    expect(events[0]?.flow).toEqual({
      id: 1,
      transport: 'tcp',
      opener: { host: '10.0.0.1', port: 40_000 },
      other: { host: '10.0.0.2', port: 2855 },
      comments: [],
    });
  });

  test('that was open before is joined; who sends first counts as its opener', () => {
    const script = new ScriptedTcp().ack('a').say('b', 'welcome').ack('a').say('a', 'thanks').close('a');
    expect(tell(script)).toEqual(['joined 2855', 'opener: welcome', 'other: thanks', 'ended by other']);
  });

  test('of which the SYN was not captured is opened all the same', () => {
    const script = new ScriptedTcp().handshake().say('b', 'welcome').close('a');
    expect(told(flowEvents(without(script, 0)))).toEqual(['opened 40000', 'other: welcome', 'ended by opener']);
  });

  test('of which the answer to the SYN was not captured is opened all the same', () => {
    const script = new ScriptedTcp().handshake().say('b', 'welcome').say('a', 'thanks');
    const all = ['opened 40000', 'other: welcome', 'opener: thanks', 'left: capture-over'];
    expect(told(flowEvents(without(script, 1)))).toEqual(all);
    expect(told(flowEvents(without(script, 1, 2)))).toEqual(all);
  });

  test('whose first octets of a direction were lost does not begin behind them', () => {
    const script = new ScriptedTcp().handshake().say('a', 'lost').say('a', 'found').ack('b').close('a');
    expect(told(flowEvents(without(script, 3)))).toEqual([
      'opened 40000',
      'opener gap 4',
      'opener: found',
      'ended by opener',
    ]);
  });

  test('that is refused', () => {
    const script = new ScriptedTcp();
    script.raw({ from: 'a', flags: SYN, sequence: 1000 });
    script.raw({ from: 'b', flags: RST | ACK, sequence: 0, acknowledgement: 1001 });
    expect(tell(script)).toEqual(['reset by other']);
  });

  test('that is refused and tried again is two', () => {
    const script = new ScriptedTcp();
    script.raw({ from: 'a', flags: SYN, sequence: 1000 });
    script.raw({ from: 'b', flags: RST | ACK, sequence: 0, acknowledgement: 1001 });
    script.handshake().say('a', 'hello');
    expect(tell(script)).toEqual(['reset by other', 'opened 40000', 'opener: hello', 'left: capture-over']);
  });

  test('that both open at the same time', () => {
    const script = new ScriptedTcp({ a: 1001, b: 5001 });
    script.raw({ from: 'a', flags: SYN, sequence: 1000, acknowledgement: 0 });
    script.raw({ from: 'b', flags: SYN, sequence: 5000, acknowledgement: 0 });
    script.raw({ from: 'a', flags: SYN | ACK, sequence: 1000, acknowledgement: 5001 });
    script.raw({ from: 'b', flags: SYN | ACK, sequence: 5000, acknowledgement: 1001 });
    script.say('b', 'hi').say('a', 'hello').close('a');
    expect(tell(script)).toEqual(['opened 40000', 'other: hi', 'opener: hello', 'ended by opener']);
  });

  test('whose SYN carries octets', () => {
    const script = new ScriptedTcp({ a: 1006, b: 5001 });
    script.raw({ from: 'a', flags: SYN, sequence: 1000, acknowledgement: 0, octets: Buffer.from('early') });
    script.raw({ from: 'b', flags: SYN | ACK, sequence: 5000, acknowledgement: 1001 });
    script.raw({ from: 'a', flags: ACK, sequence: 1001, acknowledgement: 5001, octets: Buffer.from('early') });
    script.say('a', ' late').close('a');
    expect(tell(script)).toEqual(['opened 40000', 'opener: early late', 'ended by opener']);
  });

  test('an answer to an earlier connection between the same ports is none to this SYN', () => {
    const script = new ScriptedTcp();
    script.raw({ from: 'a', flags: SYN, sequence: 1000 });
    script.raw({ from: 'b', flags: ACK, sequence: 777_777, acknowledgement: 3_000_000_000 });
    script.raw({ from: 'a', flags: RST, sequence: 3_000_000_000 });
    script.handshake().say('b', 'hi').say('a', 'hello').close('a');
    expect(tell(script)).toEqual(['opened 40000', 'other: hi', 'opener: hello', 'ended by opener']);
  });

  test('that is reset by either end', () => {
    const script = new ScriptedTcp().handshake().say('a', 'hello').reset('b').say('a', 'too late').reset('b');
    expect(tell(script)).toEqual(['opened 40000', 'opener: hello', 'reset by other']);
  });

  test('that is half closed goes on in the other direction', () => {
    const script = new ScriptedTcp().handshake().fin('a').say('b', 'still').say('b', ' here').fin('b').ack('a');
    expect(tell(script)).toEqual(['opened 40000', 'other: still here', 'ended by opener']);
  });

  test('whose end was not captured is left', () => {
    expect(tell(new ScriptedTcp().handshake().say('a', 'hello').fin('a'))).toEqual([
      'opened 40000',
      'opener: hello',
      'left: capture-over',
    ]);
  });

  test('between ports that were used before, whether that one was closed or not', () => {
    for (const end of ['closed', 'open'] as const) {
      const first = new ScriptedTcp().handshake().say('a', 'one');
      if (end === 'closed') first.close('a');
      const second = new ScriptedTcp({ a: 2_000_000, b: 9 }).handshake().say('a', 'two').close('b');
      const events = flowEvents([...first.segments, ...second.segments]);
      expect(told(events)).toEqual([
        'opened 40000',
        'opener: one',
        end === 'closed' ? 'ended by opener' : 'left: ports-reused',
        'opened 40000',
        'opener: two',
        'ended by other',
      ]);
      expect(new Set(events.map(({ flow }) => flow.id)).size).toBe(2);
    }
  });

  test('of which every packet was captured twice', () => {
    const script = new ScriptedTcp().handshake().say('a', 'hello').ack('b').say('b', 'hi').ack('a').close('a');
    const twice = script.segments.flatMap((segment) => [segment, segment]);
    expect(told(flowEvents(twice))).toEqual(['opened 40000', 'opener: hello', 'other: hi', 'ended by opener']);
  });

  test('of which one direction only was captured: what it acknowledges of the other is missing', () => {
    const script = new ScriptedTcp().handshake().say('a', 'one ').say('b', 'xyz').say('a', 'two').ack('b').ack('a');
    const of = (speaker: string) => told(flowEvents(script.segments.filter(({ from }) => from === speaker)));
    expect(of('a')).toEqual(['opened 40000', 'opener: one two', 'other gap 3', 'left: capture-over']);
    expect(of('b')).toEqual(['opened 40000', 'other: xyz', 'opener gap 7', 'left: capture-over']);
  });
});

describe('order', () => {
  test('sequence numbers wrap around', () => {
    const script = new ScriptedTcp({ a: 0xffff_fffd, b: 0xffff_ffff }).handshake();
    script.say('a', 'hello').say('b', 'hi').say('a', ' you').close('a');
    expect(tell(script)).toEqual(['opened 40000', 'opener: hello', 'other: hi', 'opener:  you', 'ended by opener']);
    const [, , , first, , second] = script.segments;
    if (first === undefined || second === undefined) throw new Error('the script is shorter');
    const swapped = [...script.segments.slice(0, 3), second, first, ...script.segments.slice(6)];
    expect(told(flowEvents(swapped))[1]).toBe('opener: hello you');
  });

  test('what overtook others waits, and tells which packets carried it', () => {
    const script = new ScriptedTcp().handshake().say('a', 'one ').say('a', 'two ').say('a', 'three');
    const [, , , one, two, three] = script.segments;
    if (one === undefined || two === undefined || three === undefined) throw new Error('the script is shorter');
    const events = flowEvents([...script.segments.slice(0, 3), three, two, one]);
    expect(told(events)).toEqual(['opened 40000', 'opener: one two three', 'left: capture-over']);
    const octets = events.filter((event) => event.type === 'octets');
    expect(octets.map(({ frame }) => frame)).toEqual([6, 6, 6]);
    expect(octets.map(({ packets }) => packets)).toEqual([[6], [5], [4]]);
  });

  test('of octets that came twice the first copy counts, in order or not', () => {
    const script = new ScriptedTcp().handshake();
    const at = script.next('a');
    const raw = (offset: number, text: string) =>
      script.raw({ from: 'a', flags: ACK, sequence: plus(at, offset), octets: Buffer.from(text) });
    raw(0, 'abc');
    raw(0, 'XXXde');
    raw(8, 'ij');
    raw(6, 'gXXXk');
    raw(5, 'fXhXX');
    expect(tell(script)).toEqual(['opened 40000', 'opener: abcdefgXijk', 'left: capture-over']);
  });

  test('old octets, and probes of a peer that is silent or has no room, add nothing', () => {
    const script = new ScriptedTcp().handshake().say('a', 'hello').ack('b');
    const next = script.next('a');
    script.raw({ from: 'a', flags: ACK, sequence: plus(next, -1), octets: Buffer.from([0]) });
    script.raw({ from: 'a', flags: ACK, sequence: plus(next, -1) });
    script.ack('b');
    script.raw({ from: 'a', flags: ACK, sequence: next, octets: Buffer.from('!') });
    script.raw({ from: 'b', flags: ACK, sequence: script.next('b') });
    script.raw({ from: 'a', flags: ACK, sequence: next, octets: Buffer.from('!') });
    script.say('a', '! you').ack('b').close('a');
    expect(tell(script)).toEqual(['opened 40000', 'opener: hello! you', 'ended by opener']);
  });

  test('a capture that begins with a probe', () => {
    const script = new ScriptedTcp();
    script.raw({ from: 'a', flags: ACK, sequence: plus(script.next('a'), -1), octets: Buffer.from([0]) });
    script.ack('b').say('a', 'hello').ack('b');
    expect(tell(script)).toEqual(['joined 40000', 'opener: hello', 'left: capture-over']);
  });

  test('a segment far from all others is none of this connection', () => {
    const script = new ScriptedTcp().handshake().say('a', 'hello');
    script.raw({ from: 'a', flags: ACK, sequence: plus(script.next('a'), 2 ** 30 + 10), octets: Buffer.from('far') });
    script.close('a');
    expect(tell(script)).toEqual(['opened 40000', 'opener: hello', 'ended by opener']);
  });

  test('a FIN that overtakes the last octets waits for them', () => {
    const script = new ScriptedTcp().handshake().say('a', 'last').fin('a').fin('b');
    const [syn, answer, ack, last, finA, finB] = script.segments;
    const order = [syn, answer, ack, finA, last, finB].flatMap((segment) => segment ?? []);
    expect(told(flowEvents(order))).toEqual(['opened 40000', 'opener: last', 'ended by opener']);
  });
});

describe('loss', () => {
  test('is told once the other end has received what is missing, and packets captured late have had their time', () => {
    const script = new ScriptedTcp().handshake().say('a', 'one').say('a', 'two').say('a', 'three').ack('b');
    script.raw({ from: 'a', flags: ACK, sequence: script.next('a'), after: 1000 });
    script.say('b', 'x');
    expect(told(flowEvents(without(script, 4)))).toEqual([
      'opened 40000',
      'opener: one',
      'opener gap 3',
      'opener: three',
      'other: x',
      'left: capture-over',
    ]);
  });

  test('a lost packet that is sent again is no loss, however late', () => {
    const script = new ScriptedTcp().handshake().say('a', 'one').say('a', 'two').say('a', 'three');
    const lost = script.segments[4];
    if (lost === undefined) throw new Error('the script is shorter');
    const acks: ScriptedSegment[] = Array.from({ length: 40 }, () => ({
      from: 'b',
      flags: ACK,
      sequence: script.next('b'),
      acknowledgement: lost.sequence,
      octets: Buffer.alloc(0),
      after: 1000,
    }));
    expect(told(flowEvents([...without(script, 4), ...acks, lost]))).toEqual([
      'opened 40000',
      'opener: onetwothree',
      'left: capture-over',
    ]);
  });

  test('of the last octets is told at the end', () => {
    const script = new ScriptedTcp().handshake().say('a', 'one').say('a', 'two').ack('b').close('a');
    expect(told(flowEvents(without(script, 4)))).toEqual(
      ['opened 40000', 'opener: one', 'opener gap 3', 'ended by opener'].slice(0, 4),
    );
  });

  test('of a FIN is no loss of octets', () => {
    const script = new ScriptedTcp().handshake().say('a', 'one').ack('b').close('a');
    expect(told(flowEvents(without(script, 5)))).toEqual(['opened 40000', 'opener: one', 'left: capture-over']);
  });

  test('where one direction only was captured is told when more and more follows', () => {
    const script = new ScriptedTcp().handshake().say('a', 'one').say('a', 'two');
    for (let count = 0; count < 70; count += 1) script.say('a', '.');
    const events = told(flowEvents(without(script, 1, 4)));
    expect(events).toEqual([
      'opened 40000',
      'opener: one',
      'opener gap 3',
      `opener: ${'.'.repeat(70)}`,
      'left: capture-over',
    ]);
  });

  test('of octets that the capture cut off', () => {
    const script = new ScriptedTcp().handshake();
    const sequence = script.next('a');
    script.raw({ from: 'a', flags: ACK, sequence, octets: Buffer.from('abcdef'), missing: 2 });
    script.raw({ from: 'a', flags: ACK | FIN, sequence: plus(sequence, 6), octets: Buffer.from('gh') });
    expect(tell(script)).toEqual(['opened 40000', 'opener: abcd', 'opener gap 2', 'opener: gh', 'left: capture-over']);
  });
});

describe('bounds', () => {
  test('too much behind a hole ends the wait for it', () => {
    const script = new ScriptedTcp().handshake().say('a', 'lost');
    for (let count = 0; count < 70; count += 1) script.say('a', Buffer.alloc(64 * 1024, 0x61));
    const events = flowEvents(without(script, 3));
    const gap = events.find(({ type }) => type === 'gap');
    expect(gap?.frame).toBeLessThan(70);
    const octets = events.flatMap((event) => (event.type === 'octets' ? event.octets.length : []));
    expect(octets.reduce((sum, length) => sum + length, 0)).toBe(70 * 64 * 1024);
  });

  test('of more flows than are followed those idle for longest are left, and what comes of them later is joined', () => {
    const flow = (host: string, first: number) => {
      const { segments } = new ScriptedTcp({ a: first, b: first }).handshake().say('a', host);
      return segments.map((segment) => ({ ...segment, host }));
    };
    const one = new ScriptedTcp().handshake().say('a', 'one');
    const flows = [one.segments, flow('10.0.0.3', 7), flow('10.0.0.4', 7), new ScriptedTcp().say('a', 'late').segments];
    expect(told(flowEvents(flows.flat(), { flows: 2 }))).toEqual([
      'opened 40000',
      'opener: one',
      'opened 40000',
      'opener: 10.0.0.3',
      'left: too-many',
      'opened 40000',
      'opener: 10.0.0.4',
      'left: too-many',
      'joined 40000',
      'opener: late',
      'left: capture-over',
      'left: capture-over',
    ]);
  });
});

describe('property', () => {
  const turn = fc.record({
    from: fc.constantFrom('a' as const, 'b' as const),
    text: fc.string({ minLength: 1, maxLength: 40 }),
  });

  const spoken = (events: readonly ReturnType<typeof flowEvents>[number][], from: 'opener' | 'other'): string =>
    Buffer.concat(
      events.flatMap((event) => (event.type === 'octets' && event.from === from ? [event.octets] : [])),
    ).toString('latin1');

  test('whatever the order, repetition and segmentation within the window, the octets are the same', () => {
    fc.assert(
      fc.property(
        fc.array(turn, { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 1, max: 9 }),
        fc.nat(0xffff_ffff),
        fc.array(fc.nat(6), { minLength: 1, maxLength: 40 }),
        fc.array(fc.nat(3), { minLength: 1, maxLength: 40 }),
        (turns, size, first, delays, copies) => {
          const script = new ScriptedTcp({ a: first, b: plus(first, 0x7fff_ffff) }).handshake();
          const all = { a: '', b: '' };
          for (const { from, text } of turns) {
            const octets = Buffer.from(text);
            all[from] += octets.toString('latin1');
            for (let at = 0; at < octets.length; at += size) script.say(from, octets.subarray(at, at + size));
            // The same once more in one segment, as a sender does that repeats itself.
            script.raw({ from, flags: ACK, sequence: plus(script.next(from), -octets.length), octets });
            script.ack(from === 'a' ? 'b' : 'a');
          }
          const head = script.segments.slice(0, 3);
          const body = script.segments.slice(3).flatMap((segment, index) => {
            const count = copies[index % copies.length] === 0 ? 2 : 1;
            const place = index + (delays[index % delays.length] ?? 0);
            return Array.from({ length: count }, (_, copy) => ({ segment, place: place + 2 * copy }));
          });
          body.sort((one, other) => one.place - other.place);
          const end = new ScriptedTcp({ a: script.next('a'), b: script.next('b') }).close('b').segments;
          const events = flowEvents([...head, ...body.map(({ segment }) => segment), ...end]);
          expect(spoken(events, 'opener')).toBe(all.a);
          expect(spoken(events, 'other')).toBe(all.b);
          expect(events.map(({ type }) => type).filter((type) => type !== 'octets')).toEqual(['opened', 'closed']);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('with loss, what is missing and what is there make up the whole', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ minLength: 1, maxLength: 20 }), { minLength: 1, maxLength: 60 }),
        fc.array(fc.boolean(), { minLength: 60, maxLength: 60 }),
        (texts, lost) => {
          const script = new ScriptedTcp().handshake();
          for (const text of texts) script.say('a', Buffer.from(text));
          script.ack('b').close('a');
          const segments = script.segments.filter(
            (_, index) => index < 3 || index >= 3 + texts.length || lost[index - 3] === false,
          );
          const events = flowEvents(segments);
          const whole = Buffer.concat(texts.map((text) => Buffer.from(text)));
          let at = 0;
          for (const event of events) {
            if (event.type === 'gap') at += event.missing;
            if (event.type !== 'octets') continue;
            expect(event.octets.equals(whole.subarray(at, at + event.octets.length))).toBe(true);
            at += event.octets.length;
          }
          expect(at).toBe(whole.length);
          expect(events.at(-1)?.type).toBe('closed');
        },
      ),
      { numRuns: 300 },
    );
  });

  test('segments without sense do no harm', () => {
    const anything = fc.record({
      from: fc.constantFrom('a' as const, 'b' as const),
      sequence: fc.oneof(fc.nat(20), fc.nat(0xffff_ffff)),
      acknowledgement: fc.oneof(fc.nat(20), fc.nat(0xffff_ffff)),
      flags: fc.nat(255),
      octets: fc.uint8Array({ maxLength: 12 }).map((octets) => Buffer.from(octets)),
      after: fc.integer({ min: -500, max: 500 }),
    });
    fc.assert(
      fc.property(fc.array(anything, { maxLength: 60 }), (segments) => {
        const ended = new Set<number>();
        for (const { flow, type } of flowEvents(segments)) {
          expect(ended.has(flow.id)).toBe(false);
          if (type === 'closed' || type === 'left') ended.add(flow.id);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
