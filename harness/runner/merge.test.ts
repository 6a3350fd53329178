import { describe, expect, it } from 'vitest';
import type { Alteration } from '../focus/alteration.ts';
import { type MergedRun, mergeRuns } from './merge.ts';
import { type RunRecord, runRecordSchema } from './record.ts';
import { shardOf } from './shard.ts';
import { simulatedRun, suiteBelow } from './simulated-run.fixture.ts';
import { exitStatus } from './summary.ts';

const scenarios = suiteBelow('rfc7701/9-examples');
const [whole, ...shards] = await Promise.all([
  simulatedRun(scenarios),
  ...[1, 2, 3].map((index) =>
    simulatedRun(shardOf(scenarios, { index, of: 3 }), { shard: { index, of: 3, selected: scenarios.length } }),
  ),
]);

function merged(records: readonly (RunRecord | undefined)[]): RunRecord | string {
  const [first, ...others] = records.flatMap((record, index): MergedRun[] =>
    record === undefined ? [] : [{ name: `run ${index + 1}`, record }],
  );
  if (first === undefined) throw new Error('nothing to merge');
  const result = mergeRuns([first, ...others], ['merge']);
  return result.ok ? result.value : result.error;
}

function mergedRecord(...records: readonly (RunRecord | undefined)[]): RunRecord {
  const result = merged(records);
  if (typeof result === 'string') throw new Error(result);
  return result;
}

const sorted = ({ requirements }: RunRecord) => requirements.map((one) => ({ ...one, by: one.by.toSorted() }));

describe('the shards of a run', () => {
  it.each([[[0, 1, 2]], [[2, 0, 1]]])('in the order %j judge what the whole run judges', (order) => {
    const record = mergedRecord(...order.map((index) => shards[index]));
    expect(record.scenarios.map(({ id }) => id)).toEqual(scenarios.map(({ id }) => id));
    expect(record.scenarios).toEqual(whole.scenarios);
    expect(sorted(record)).toEqual(sorted(whole));
    expect(record.summary).toEqual(whole.summary);
    expect(exitStatus(record)).toBe(0);
    expect(record.merged?.map(({ shard }) => shard?.index)).toEqual(order.map((index) => index + 1));
    expect(runRecordSchema.parse(record)).toEqual(record);
  });

  it('do not conform when one is missing', () => {
    const record = mergedRecord(shards[0], shards[2]);
    expect(record.stopped).toBe('shard 2/3 is missing');
    expect(exitStatus(record)).toBe(3);
  });

  it('may be merged in steps', () => {
    const record = mergedRecord(mergedRecord(shards[0], shards[1]), shards[2]);
    expect(record.stopped).toBeUndefined();
    expect(record.merged).toHaveLength(3);
    expect(sorted(record)).toEqual(sorted(whole));
  });

  it('do not fit when they are parts of other selections', () => {
    const [first, second] = shards;
    if (second?.shard === undefined) throw new Error('no shard');
    const other = { ...second, shard: { ...second.shard, selected: 7 } };
    expect(merged([first, other])).toBe('run 2 is a part of 7 scenarios, run 1 of 6');
  });
});

describe('runs of the same scenarios', () => {
  it('are repeats, and what differs is flaky', async () => {
    const wrong: Alteration = {
      decisions: (reference) => ({
        roomRecipients: (sender, room, neighbours) => [
          ...reference.roomRecipients(sender, room, neighbours),
          sender.id,
        ],
      }),
    };
    const failing = await simulatedRun(scenarios, { seed: 'other' }, wrong);
    const record = mergedRecord(whole, failing, whole);
    const failed = failing.scenarios.filter(({ verdict }) => verdict === 'fail');
    expect(failed.length).toBeGreaterThan(0);
    expect(record.flaky).toEqual(failed.map(({ id }) => id));
    expect(record.summary.fail).toBe(failed.length);
    expect(exitStatus(record)).toBe(1);
    expect(record.seed).toBe('seed, other');
    const [id] = record.flaky ?? [];
    const { repeats, findings } = record.scenarios.find((one) => one.id === id) ?? {};
    expect(repeats?.map(({ verdict, seed }) => [verdict, seed])).toEqual([
      ['pass', 'seed'],
      ['fail', 'other'],
      ['pass', 'seed'],
    ]);
    expect(findings).toEqual(failed[0]?.findings);
    expect(record.requirements.find((one) => one.id === 'RFC7701-6.1-16')?.verdict).toBe('fail');
    expect(mergedRecord(record, whole).scenarios.find((one) => one.id === id)?.repeats).toHaveLength(4);
  });
});

describe('records that do not fit together', () => {
  it.each<[string, Partial<RunRecord>]>([
    ['run 2 has another version of msrpspec than run 1: 9, not 0', { tool: { name: 'msrpspec', version: '9' } }],
    ['run 2 has another SUT than run 1: other, not focus', { sut: { ...whole.sut, name: 'other' } }],
    ['run 2 has another kind of SUT than run 1: command, not built-in', { sut: { ...whole.sut, kind: 'command' } }],
    ['run 2 has another reading than run 1: strict, not tolerant', { reading: 'strict' }],
  ])('%s', (error, difference) => {
    expect(merged([whole, { ...whole, ...difference }])).toBe(error);
  });
});

describe('what else a merged record tells', () => {
  it('gathers deaths, and why runs ended early', () => {
    const stopped = { ...whole, stopped: 'interrupted', deaths: [{ during: ['a/b'], how: 'exit 1' }] };
    const record = mergedRecord(whole, stopped);
    expect([record.stopped, record.deaths]).toEqual(['interrupted', stopped.deaths]);
    expect(exitStatus({ ...record, deaths: [] })).toBe(3);
  });

  it('adds up what was put on the SUT; of connections open at the same time the most counts', () => {
    const load = (rooms: number, connections: number, peakConnections: number, messages: number) => ({
      load: { rooms, connections, peakConnections, messages },
    });
    const { load: _, ...older } = whole;
    const [one, other] = [
      { ...whole, ...load(2, 30, 9, 400) },
      { ...whole, ...load(3, 20, 12, 100) },
    ];
    expect(mergedRecord(one, older, other)).toMatchObject(load(5, 50, 12, 500));
    expect(mergedRecord(mergedRecord(one, other), one)).toMatchObject(load(7, 80, 12, 900));
    expect(mergedRecord(older, older).load).toBeUndefined();
  });

  it('takes a known deviation for stale only if no run shows it any more', () => {
    const stale = [{ requirement: 'RFC7701-6.1-16', reason: 'as planned' }];
    const gone = { ...whole, stale };
    const shown: RunRecord = {
      ...whole,
      scenarios: whole.scenarios.map((one) => ({
        ...one,
        verdict: 'fail',
        known: 'as planned',
        findings: one.findings.map((finding) => ({ ...finding, requirement: 'RFC7701-6.1-16', verdict: 'fail' })),
      })),
    };
    expect(mergedRecord(gone, whole).stale).toEqual(stale);
    expect(mergedRecord(gone, shown).stale).toBeUndefined();
  });

  it('leaves it to the whole to call a deviation stale', () => {
    const stale = [{ requirement: 'RFC7701-6.1-16', reason: 'as planned' }];
    expect(exitStatus({ ...whole, stale })).toBe(1);
    expect(exitStatus({ ...whole, stale, shard: { index: 1, of: 2, selected: 6 } })).toBe(0);
  });
});
