import { describe, expect, it } from 'vitest';
import { parseScenarios } from '../scenario/load.ts';
import { roomPatterns } from '../sut/own-rooms.ts';
import { Load } from '../wire/load.ts';
import type { RunObserver } from './run.ts';
import { catalogue, simulatedRun, suiteBelow } from './simulated-run.fixture.ts';
import { focusArena } from './simulation.ts';

const casts = (from: number, to: number): ReturnType<typeof suiteBelow> =>
  suiteBelow('rfc7701/6')
    .filter(({ cast }) => cast.size >= from && cast.size <= to)
    .slice(0, 6);
const some = [...casts(1, 3), ...casts(5, 9)];

describe('the load of a run', () => {
  it('is counted', async () => {
    const { load } = await simulatedRun(some);
    expect(load?.connections).toBeGreaterThan(10);
    expect(load?.peakConnections).toBeLessThan(load?.connections ?? 0);
    expect(load?.messages).toBeGreaterThan(100);
    expect(load?.rooms).toBeGreaterThan(0);
  });

  it('stays within its limit: what needs more is unsupported, and nothing is stuck', async () => {
    const free = await simulatedRun(some);
    const { scenarios, summary, load } = await simulatedRun(some, { load: new Load({ connections: 9 }) });
    expect(load?.peakConnections).toBeLessThanOrEqual(9);
    expect(summary.unsupported).toBeGreaterThan(free.summary.unsupported);
    expect(summary.pass + summary.unsupported).toBe(summary.total);
    const reasons = scenarios.flatMap(({ findings }) => findings.map(({ message }) => message));
    expect(reasons.some((text) => /^this needs up to \d+ connections, and the profile allows 9$/.test(text))).toBe(
      true,
    );
  });

  it('may be so slow that it takes long, and comes out the same', async () => {
    const free = await simulatedRun(some);
    const most: number[] = [];
    const observer: RunObserver = {
      scenarioEnded(result, entries) {
        // The twin begins its log anew.
        const times = entries.flatMap(({ direction, content, time }) =>
          direction === 'sent' && 'message' in content && content.message.kind === 'request' ? [time] : [],
        );
        const rewound = times.findIndex((time, i) => time < (times[i - 1] ?? 0));
        const main = rewound === -1 ? times : times.slice(0, rewound);
        most.push(...main.map((time) => main.filter((other) => other >= time && other < time + 1000).length));
        return result;
      },
    };
    const paced = await simulatedRun(some, { load: new Load({ messagesPerSecond: 20 }) }, undefined, observer);
    expect(paced.summary).toEqual(free.summary);
    expect(Math.max(...most)).toBeLessThanOrEqual(20);
    expect(Math.max(...most)).toBeGreaterThan(10);
  });
});

describe('what a scenario would send to somebody who has nothing to do with it', () => {
  it('is not sent, and makes it inconclusive', async () => {
    const parsed = parseScenarios(
      'stray',
      'stray.yaml',
      `title: A mistake of the scenario itself
covers: [RFC7701-6.1-15]
cast: [alice]
steps:
  - alice: { request: { method: SEND, to-path: "msrp://10.9.9.9:2855/abc;tcp", on: fresh } }
    expect: 200
`,
      catalogue,
    );
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
    const { scenarios } = await simulatedRun(parsed.value, { arena: focusArena(roomPatterns([{}]), 'focus') });
    expect(scenarios.map(({ verdict }) => verdict)).toEqual(['inconclusive']);
    const messages = scenarios.flatMap(({ findings }) => findings.map(({ message }) => message));
    expect(messages).toContain(
      '10.9.9.9:2855: nothing is sent there, for it is neither the target nor advertised by it',
    );
  });
});
