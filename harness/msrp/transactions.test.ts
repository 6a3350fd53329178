import { describe, expect, it } from 'vitest';
import { delay } from '../net/clock.ts';
import { SimulatedClock } from '../net/simulated-clock.ts';
import { type RequestOutcome, Transactions } from './transactions.ts';

describe('transactions (RFC 4975 §7.1.1)', () => {
  const response = (transactionId: string) => ({ kind: 'response', transactionId, status: 200, headers: [] }) as const;

  it('starts the 30 s when the last octet is out', async () => {
    const clock = new SimulatedClock();
    const transactions = new Transactions(clock);
    const seen: [string, RequestOutcome['kind'], number][] = [];
    const open = (id: string, silence: 'timed-out' | 'unanswered') =>
      transactions.open(id, silence, (outcome) => seen.push([id, outcome.kind, clock.now()]));
    open('slow', 'timed-out');
    open('part', 'unanswered');
    open('good', 'timed-out');
    transactions.sent('part');
    transactions.sent('good');
    await clock.run(delay(clock, 10_000));
    transactions.sent('slow');
    expect(transactions.settle(response('good'))).toBe(true);
    await clock.run(delay(clock, 29_999));
    expect(seen.map(([id]) => id)).toEqual(['good', 'part']);
    await clock.run(delay(clock, 10));
    expect(seen).toEqual([
      ['good', 'response', 10_000],
      ['part', 'unanswered', 30_000],
      ['slow', 'timed-out', 40_000],
    ]);
    expect(transactions.settle(response('slow'))).toBe(false);
    expect(clock.pending).toBe(0);
  });

  it('keeps no deadlines of settled transactions', () => {
    const clock = new SimulatedClock();
    const transactions = new Transactions(clock);
    transactions.open('long', 'timed-out', () => undefined);
    transactions.sent('long');
    for (let i = 0; i < 10_000; i++) {
      transactions.open(`t${i}`, 'timed-out', () => undefined);
      transactions.sent(`t${i}`);
      transactions.settle(response(`t${i}`));
    }
    expect(transactions.size).toBe(1);
    expect(clock.pending).toBe(1);
    transactions.lose('over');
    expect(clock.pending).toBe(0);
  });
});
