import { describe, expect, it } from 'vitest';
import type { Alteration } from '../focus/alteration.ts';
import { roomPatterns } from '../sut/own-rooms.ts';
import type { ScenarioResult } from './record.ts';
import { combined, isFlaky } from './repeats.ts';
import { simulatedRun, suiteBelow } from './simulated-run.fixture.ts';
import { focusArena } from './simulation.ts';

const result = (verdict: ScenarioResult['verdict'], more: Partial<ScenarioResult> = {}): ScenarioResult => ({
  id: 'a/b',
  title: 'b',
  verdict,
  durationMs: 1,
  covers: [],
  findings: [],
  ...more,
});

describe('several playings of one scenario', () => {
  it('count as the worst, and each is listed', () => {
    const playings = [
      { result: result('pass', { durationMs: 1, wireLog: 'wire/a/b.jsonl' }), seed: 's' },
      { result: result('fail', { durationMs: 2, wireLog: 'wire-2/a/b.jsonl' }), seed: 's/2' },
      { result: result('warn', { durationMs: 3 }), seed: 's/3' },
    ];
    expect(combined(playings)).toEqual({
      ...result('fail', { durationMs: 2, wireLog: 'wire-2/a/b.jsonl' }),
      repeats: [
        { verdict: 'pass', durationMs: 1, seed: 's', wireLog: 'wire/a/b.jsonl' },
        { verdict: 'fail', durationMs: 2, seed: 's/2', wireLog: 'wire-2/a/b.jsonl' },
        { verdict: 'warn', durationMs: 3, seed: 's/3' },
      ],
    });
  });

  it('count as what is not known, where one of two failures is known', () => {
    const known = { result: result('fail', { known: 'as planned' }), seed: 'a' };
    expect(combined([known, { result: result('fail'), seed: 'b' }])?.known).toBeUndefined();
    expect(combined([known, { result: result('pass'), seed: 'b' }])?.known).toBe('as planned');
  });

  it('are no repeats if there is but one, and nothing if there is none', () => {
    const only = result('pass');
    expect(combined([{ result: only, seed: 's' }])).toEqual(only);
    expect(combined([])).toBeUndefined();
  });

  it('are flaky only if they differ', () => {
    const repeat = (verdict: ScenarioResult['verdict']) => ({ verdict, durationMs: 1, seed: '' });
    expect(isFlaky({ repeats: [repeat('fail'), repeat('fail')] })).toBe(false);
    expect(isFlaky({ repeats: [repeat('fail'), repeat('pass')] })).toBe(true);
    expect(isFlaky({})).toBe(false);
  });
});

/** Echoes to the sender only in the `nth` world; the first one is that of the preflight. */
function echoesIn(nth: number): Alteration {
  let worlds = 0;
  return {
    decisions: (reference) => {
      worlds += 1;
      if (worlds !== nth) return {};
      return {
        roomRecipients: (sender, room, neighbours) => [
          ...reference.roomRecipients(sender, room, neighbours),
          sender.id,
        ],
      };
    },
  };
}

const scenarios = suiteBelow('rfc7701/9-examples');

describe('a run of several rounds', () => {
  it('lists each, and finds what fails only sometimes', async () => {
    const flaky = scenarios.findIndex(({ id }) => id.endsWith('/room-message'));
    const alteration = echoesIn(1 + scenarios.length + flaky + 1);
    const rounds: string[] = [];
    const record = await simulatedRun(scenarios, { rounds: 3 }, alteration, {
      started: (_capabilities, total, times) => void rounds.push(`${total} scenarios, ${times} times`),
      scenarioEnded(one, _entries, round) {
        rounds.push(`${round} ${one.id}`);
        return one;
      },
    });
    const inEachRound = [1, 2, 3].flatMap((round) => scenarios.map(({ id }) => `${round} ${id}`));
    expect(rounds).toEqual([`${scenarios.length} scenarios, 3 times`, ...inEachRound]);
    expect(record.flaky).toEqual(['rfc7701/9-examples/room-message']);
    const { verdict, repeats, findings } = record.scenarios[flaky] ?? { repeats: [] };
    expect(verdict).toBe('fail');
    expect(findings?.some((one) => one.verdict === 'fail')).toBe(true);
    expect(repeats?.map((one) => [one.verdict, one.seed])).toEqual([
      ['pass', 'seed'],
      ['fail', 'seed/2'],
      ['pass', 'seed/3'],
    ]);
    expect(record.summary).toMatchObject({ fail: 1, pass: scenarios.length - 1, total: scenarios.length });
    expect(record.requirements.find(({ id }) => id === 'RFC7701-6.1-16')?.verdict).toBe('fail');
  });

  it('can repeat one of its rounds alone', async () => {
    const seen: string[] = [];
    const noted = (from: number) => ({
      scenarioEnded(one: ScenarioResult, entries: readonly { octets: Buffer }[], round: number) {
        if (round >= from) seen.push(entries.map(({ octets }) => octets.toString('latin1')).join(''));
        return one;
      },
    });
    const one = scenarios.slice(0, 1);
    await simulatedRun(one, { rounds: 2 }, {}, noted(2));
    await simulatedRun(one, { seed: 'seed/2' }, {}, noted(1));
    await simulatedRun(one, {}, {}, noted(1));
    expect(seen[0]).toBe(seen[1]);
    expect(seen[0]).not.toBe(seen[2]);
  });

  it('counts as flaky nothing that comes out the same each time', async () => {
    const record = await simulatedRun(scenarios.slice(0, 2), { rounds: 2 });
    expect(record.flaky).toBeUndefined();
    expect(record.scenarios.map(({ repeats }) => repeats?.length)).toEqual([2, 2]);
  });
});

describe('jobs', () => {
  it.each([
    [1, 8, 1],
    [3, 8, 3],
    [8, 2, 2],
  ])('%i where the SUT has rooms for %i: %i scenarios at the same time', async (jobs, concurrency, most) => {
    let playing = 0;
    let mostAtOnce = 0;
    const arena = { ...focusArena(roomPatterns([]), 'focus'), concurrency };
    await simulatedRun(scenarios, { jobs, arena }, undefined, {
      scenarioStarted: () => {
        playing += 1;
        mostAtOnce = Math.max(mostAtOnce, playing);
      },
      scenarioEnded: (one) => {
        playing -= 1;
        return one;
      },
    });
    expect(mostAtOnce).toBe(most);
  });
});
