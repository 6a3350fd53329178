import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MsrpCollector } from '../codec/msrp/collect.ts';
import { headerOf, type MsrpMessage } from '../codec/msrp/message.ts';
import type { Random } from '../net/random.ts';
import { seededRandom } from '../net/seeded-random.ts';
import { SimulatedClock } from '../net/simulated-clock.ts';
import { bodySource } from './body-source.ts';
import { pattern } from './endpoints.fixture.ts';
import { Identifiers } from './identifiers.ts';
import { type Chunking, MessageFlow } from './message-flow.ts';
import { Outlet } from './outlet.ts';
import { messagePlan, sendHeaders } from './send-plan.ts';
import { Transactions } from './transactions.ts';

function flowOf(pieces: readonly Buffer[], chunking: Chunking): MessageFlow {
  const source = bodySource(pieces);
  const plan = messagePlan(
    { source, start: 1n, total: BigInt(source.total ?? 0), lastFlag: '$', chunking },
    () => ({ to: 'msrp://a:1/x;tcp', from: 'msrp://b:1/y;tcp' }),
    sendHeaders('m1m1', {}),
    { failureReport: 'no', contentType: 'text/plain' },
    {},
  );
  return new MessageFlow({ octets: 0 }, plan);
}

const outletOf = (random: Random): Outlet =>
  new Outlet(new Identifiers(random), new Transactions(new SimulatedClock()));

/** Writes in steps, breaks where told, and reads the result back. */
function run(flow: MessageFlow, outlet: Outlet, step: () => number, breaks: () => boolean): MsrpMessage[] {
  const messages: MsrpMessage[] = [];
  const garbage: string[] = [];
  const collector = new MsrpCollector(
    (message) => messages.push(message),
    ({ reason }) => garbage.push(reason),
  );
  for (;;) {
    const done = flow.write(outlet, step()) === 'done';
    if (!done && flow.breakable && breaks()) flow.break(outlet);
    collector.feed(Buffer.concat(outlet.take().parts));
    if (done) break;
  }
  collector.end();
  expect(garbage).toEqual([]);
  return messages;
}

describe('message flow (RFC 4975 §7.1.1)', () => {
  it('yields chunks that make up the message, however it is cut', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 5 });
    const chunkings = fc.oneof(
      fc.constant<Chunking>({ kind: 'interruptible' }),
      sizes.map((list): Chunking => ({ kind: 'sizes', sizes: list })),
    );
    const lengths = fc.array(fc.nat(6000), { maxLength: 4 });
    fc.assert(
      fc.property(
        lengths,
        chunkings,
        fc.infiniteStream(fc.integer({ min: 1, max: 5000 })),
        (pieces, chunking, steps) => {
          const body = pattern(pieces.reduce((sum, length) => sum + length, 0));
          const parts: Buffer[] = [];
          for (const [i, length] of pieces.entries()) {
            const from = pieces.slice(0, i).reduce((sum, earlier) => sum + earlier, 0);
            parts.push(body.subarray(from, from + length));
          }
          const next = (): number => steps.next().value;
          const messages = run(flowOf(parts, chunking), outletOf(seededRandom(1)), next, () => next() % 3 === 0);
          let start = 1;
          for (const [i, message] of messages.entries()) {
            const octets = message.body ?? Buffer.alloc(0);
            const last = i === messages.length - 1;
            expect(message.flag).toBe(last ? '$' : '+');
            const range = headerOf(message, 'Byte-Range') ?? '';
            const end = range.includes('*') ? '*' : String(start + octets.length - 1);
            expect(range).toBe(`${start}-${end}/${body.length}`);
            if (octets.length > 2048) expect(end).toBe('*');
            if (!last && chunking.kind === 'interruptible') expect(octets.length).toBeGreaterThanOrEqual(2048);
            start += octets.length;
          }
          expect(Buffer.concat(messages.map((message) => message.body ?? Buffer.alloc(0))).equals(body)).toBe(true);
          expect(new Set(messages.map(({ transactionId }) => transactionId)).size).toBe(messages.length);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('never lets its own end-line stand in the body', () => {
    // The ids this seed will draw, written into the body beforehand.
    const ids = new Identifiers(seededRandom('known'));
    const drawn = Array.from({ length: 8 }, () => `\r\n-------${ids.transactionId()}$\r\n`);
    const small = Buffer.from(drawn.join('x'));
    const large = Buffer.concat([pattern(3000), Buffer.from(drawn.join('y')), pattern(3000)]);
    for (const body of [small, large]) {
      for (const step of [1, 7, 100_000]) {
        const flow = flowOf([body], { kind: 'interruptible' });
        const messages = run(
          flow,
          outletOf(seededRandom('known')),
          () => step,
          () => false,
        );
        expect(Buffer.concat(messages.map((message) => message.body ?? Buffer.alloc(0))).equals(body)).toBe(true);
      }
    }
  });

  it('sends an empty body as one chunk 1-0/0', () => {
    const messages = run(
      flowOf([], { kind: 'interruptible' }),
      outletOf(seededRandom(1)),
      () => 1,
      () => false,
    );
    expect(messages).toMatchObject([{ flag: '$', body: Buffer.alloc(0) }]);
    expect(messages.map((message) => headerOf(message, 'Byte-Range'))).toEqual(['1-0/0']);
  });
});
