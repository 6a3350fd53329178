import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadCatalogue } from '../catalogue/catalogue.ts';
import type { Decisions } from '../focus/decisions.ts';
import { referenceDecisions } from '../focus/reference-decisions.ts';
import { realClock } from '../net/real-clock.ts';
import { Recording } from '../packets/recording.ts';
import { type LoadedScenario, loadScenarios } from '../scenario/load.ts';
import { DEFAULT_PATIENCE } from '../scenario/stage.ts';
import { roomPatterns } from '../sut/own-rooms.ts';
import type { WireEntry } from '../wire/entry.ts';
import type { RunRecord } from './record.ts';
import { run } from './run.ts';
import { roleOf } from './select.ts';
import { focusArena } from './simulation.ts';

const folder = fileURLToPath(new URL('../../scenarios', import.meta.url));
const catalogue = loadCatalogue(`${folder}/requirements`);
const loaded = loadScenarios(folder, catalogue);
if (!loaded.ok) throw new Error(JSON.stringify(loaded.error));
const suite = loaded.value.filter((one) => roleOf(one) === 'focus');

interface Simulated {
  readonly record: RunRecord;
  /** Everything that passed the wire, as one text. */
  readonly wire: string;
  /** A hash of all captures. */
  readonly captures: string;
}

async function simulate(scenarios: readonly LoadedScenario[], seed: string, decisions?: Decisions): Promise<Simulated> {
  const patterns = roomPatterns(scenarios.map(({ scenario }) => scenario.room ?? {}));
  const arena = focusArena(patterns, 'focus', decisions === undefined ? {} : { decisions: () => decisions });
  const wire: string[] = [];
  const captures = createHash('sha256');
  const line = ({ time, actor, direction, octets }: WireEntry): string =>
    `${time} ${actor} ${direction} ${octets.toString('latin1')}`;
  const outcome = await run(
    {
      scenarios,
      arena,
      catalogue,
      patience: DEFAULT_PATIENCE,
      reading: 'tolerant',
      seed,
      jobs: 1,
      argv: [],
      version: '0',
      date: () => realClock.date(),
      now: () => realClock.now(),
      signal: new AbortController().signal,
      newRecording: (clock) => new Recording(clock),
    },
    {
      scenarioEnded(result, entries, _round, recording) {
        wire.push(...entries.map(line));
        if (recording !== undefined) captures.update(recording.write('pcapng', 'msrpspec 0', result.id));
        return result;
      },
    },
  );
  if (outcome.kind !== 'judged') throw new Error(outcome.reason);
  return { record: outcome.record, wire: wire.join('\n'), captures: captures.digest('hex') };
}

const notPassed = ({ scenarios }: RunRecord): [string, string][] =>
  scenarios.filter(({ verdict }) => verdict !== 'pass').map(({ id, verdict }) => [id, verdict]);

/** All of them are played by `.ci/same-octets`. */
const sample = suite.filter((_, at) => at % 10 === 0);

describe('the suite in memory', () => {
  it('passes the reference focus, and gives the same octets for the same seed', async () => {
    const first = await simulate(sample, 'seed');
    expect(notPassed(first.record)).toEqual([]);
    const second = await simulate(sample, 'seed');
    expect(second.wire === first.wire).toBe(true);
    expect(second.captures).toBe(first.captures);
    expect(first.wire.length).toBeGreaterThan(1_000_000);
    const other = await simulate(sample.slice(0, 5), 'another seed');
    expect(other.wire).not.toBe('');
    expect(first.wire.startsWith(other.wire)).toBe(false);
    expect(other.captures).not.toBe((await simulate(sample.slice(0, 5), 'seed')).captures);
  });
});

describe('a focus that decides wrongly', () => {
  it.each<[string, Partial<Decisions>, string]>([
    [
      'sends room messages back to their sender',
      {
        roomRecipients: (sender, room, neighbours) => [
          ...referenceDecisions.roomRecipients(sender, room, neighbours),
          sender.id,
        ],
      },
      'RFC7701-6.1-16',
    ],
    ['grants any nickname to anybody', { isTaken: () => false }, 'RFC7701-7.1-26'],
    [
      'answers 404 where 428 is due, and the other way round',
      {
        judge: (wrapper, sender, room, neighbours) => {
          const route = referenceDecisions.judge(wrapper, sender, room, neighbours);
          if (route.kind !== 'refused') return route;
          const status = route.status === 404 ? 428 : route.status === 428 ? 404 : route.status;
          return { ...route, status };
        },
      },
      'RFC7701-6.2-16',
    ],
    [
      'distributes private messages to the whole room',
      {
        privateSessions: (_able, sender, room) => referenceDecisions.roomRecipients(sender, room, () => []),
      },
      'RFC7701-6.2-23',
    ],
    [
      'alters the content',
      { relayedContent: (octets) => Buffer.from(octets.toString('latin1').toUpperCase(), 'latin1') },
      'RFC7701-6.1-17',
    ],
    ['answers despite Failure-Report no', { responds: () => true }, 'RFC7701-6.3-04'],
  ])('%s is convicted of that', async (_what, wrong, requirement) => {
    const { record } = await simulate(
      suite.filter(({ scenario }) => scenario.covers.includes(requirement)).slice(0, 20),
      'seed',
      { ...referenceDecisions, ...wrong },
    );
    const failed = record.requirements.filter(({ verdict }) => verdict === 'fail').map(({ id }) => id);
    expect(failed).toContain(requirement);
  });
});
