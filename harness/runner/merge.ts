import { err, ok, type Result } from '../result.ts';
import { stillShown } from './known.ts';
import type { RequirementResult, RunRecord, ScenarioResult } from './record.ts';
import { combined, flakyOf, type Playing } from './repeats.ts';
import { requirementVerdict } from './requirements.ts';
import { summarise } from './summary.ts';

/** A record and how it is called in errors. */
export interface MergedRun {
  readonly name: string;
  readonly record: RunRecord;
}

/**
 * Puts the records of several runs into one: shards of one run, or runs of the same scenarios, which are then repeats.
 * Everything that follows from the verdicts is worked out anew. Error: one line that says why they do not fit together.
 */
export function mergeRuns(
  runs: readonly [MergedRun, ...MergedRun[]],
  argv: readonly string[],
): Result<RunRecord, string> {
  const misfit = misfitOf(runs);
  if (misfit !== undefined) return err(misfit);
  const records = runs.map(({ record }) => record);
  const [{ record: first }] = runs;
  const scenarios = mergedScenarios(records);
  const stale = mergedStale(records, scenarios);
  const parts = records.flatMap(partsOf);
  const stopped = distinct([...parts.flatMap((one) => one.stopped ?? []), ...missingShards(parts)]);
  const deaths = records.flatMap((one) => one.deaths ?? []);
  const leftOut = distinct(records.flatMap((one) => one.leftOut ?? [])).toSorted();
  const notServed = distinct(records.flatMap(({ sut }) => sut.notServed ?? []));
  return ok({
    format: first.format,
    tool: first.tool,
    started: records.map(({ started }) => started).toSorted()[0] ?? first.started,
    durationMs: records.reduce((sum, { durationMs }) => sum + durationMs, 0),
    seed: distinct(records.map(({ seed }) => seed)).join(', '),
    ...(first.reading === undefined ? {} : { reading: first.reading }),
    argv: [...argv],
    merged: parts,
    sut: {
      ...first.sut,
      target: distinct(records.map(({ sut }) => sut.target)).join(', '),
      capabilities: distinct(records.flatMap(({ sut }) => sut.capabilities)),
      ...(notServed.length === 0 ? {} : { notServed }),
    },
    ...(stopped.length === 0 ? {} : { stopped: stopped.join('; ') }),
    ...(deaths.length === 0 ? {} : { deaths }),
    ...(leftOut.length === 0 ? {} : { leftOut }),
    ...(stale.length === 0 ? {} : { stale }),
    ...flakyOf(scenarios),
    ...mergedLoad(records),
    summary: summarise(scenarios),
    scenarios,
    requirements: mergedRequirements(records),
  });
}

/** Runs of different tools, SUTs or readings say nothing together. */
function misfitOf([first, ...others]: readonly [MergedRun, ...MergedRun[]]): string | undefined {
  const aspects: readonly (readonly [what: string, of: (record: RunRecord) => string])[] = [
    ['version of msrpspec', ({ tool }) => tool.version],
    ['SUT', ({ sut }) => sut.name],
    ['kind of SUT', ({ sut }) => sut.kind],
    ['role of the SUT', ({ sut }) => sut.role],
    ['reading', ({ reading = 'tolerant' }) => reading],
  ];
  for (const { name, record } of others)
    for (const [what, of] of aspects)
      if (of(record) !== of(first.record))
        return `${name} has another ${what} than ${first.name}: ${of(record)}, not ${of(first.record)}`;
  const sizes = new Map<number, { readonly name: string; readonly selected: number }>();
  for (const { name, record } of [first, ...others])
    for (const { shard } of partsOf(record)) {
      if (shard === undefined) continue;
      const known = sizes.get(shard.of) ?? { name, selected: shard.selected };
      sizes.set(shard.of, known);
      if (known.selected !== shard.selected)
        return `${name} is a part of ${shard.selected} scenarios, ${known.name} of ${known.selected}`;
    }
  return undefined;
}

type Part = NonNullable<RunRecord['merged']>[number];

/** A record that is merged already stands for all that it was put together from. */
function partsOf({ started, durationMs, seed, sut, argv, shard, stopped, merged }: RunRecord): readonly Part[] {
  const part = { started, durationMs, seed, target: sut.target, argv };
  return (
    merged ?? [{ ...part, ...(shard === undefined ? {} : { shard }), ...(stopped === undefined ? {} : { stopped }) }]
  );
}

/** A shard that is not there must not pass for one that conforms. */
function missingShards(parts: readonly Part[]): string[] {
  const shards = parts.flatMap(({ shard }) => shard ?? []);
  return distinct(shards.map(({ of }) => of)).flatMap((of) => {
    const there = new Set(shards.filter((shard) => shard.of === of).map(({ index }) => index));
    const missing = Array.from({ length: of }, (_, n) => n + 1).filter((index) => !there.has(index));
    return missing.map((index) => `shard ${index}/${of} is missing`);
  });
}

/** In the order of their ids; records do not know the order of the suite. */
function mergedScenarios(records: readonly RunRecord[]): ScenarioResult[] {
  const playings = new Map<string, Playing[]>();
  for (const { seed, scenarios } of records)
    for (const result of scenarios) playings.set(result.id, [...(playings.get(result.id) ?? []), { result, seed }]);
  return [...playings].toSorted(([a], [b]) => (a < b ? -1 : 1)).flatMap(([, each]) => combined(each) ?? []);
}

type Stale = NonNullable<RunRecord['stale']>[number];

/** A known deviation is stale when it is so for one run and no other still shows it. */
function mergedStale(records: readonly RunRecord[], scenarios: readonly ScenarioResult[]): Stale[] {
  const stale = new Map(records.flatMap((one) => one.stale ?? []).map((one) => [JSON.stringify(one), one]));
  return [...stale.values()].filter((one) => !stillShown(one, scenarios));
}

function mergedRequirements(records: readonly RunRecord[]): RequirementResult[] {
  const results = new Map<string, RequirementResult[]>();
  for (const { requirements } of records)
    for (const result of requirements) results.set(result.id, [...(results.get(result.id) ?? []), result]);
  return [...results.values()].flatMap((each) => {
    const judged = each.filter(({ by }) => by.length > 0);
    const [first] = judged;
    if (first === undefined) return each.slice(0, 1);
    const by = distinct(judged.flatMap((one) => one.by));
    return [{ ...first, verdict: requirementVerdict(judged.map(({ verdict }) => verdict)), by }];
  });
}

/** The runs need not have been at the same time: no more connections than in one of them are known to have been open. */
function mergedLoad(records: readonly RunRecord[]): Pick<RunRecord, 'load'> {
  const loads = records.flatMap(({ load }) => load ?? []);
  if (loads.length === 0) return {};
  const sum = (of: 'rooms' | 'connections' | 'messages'): number => loads.reduce((all, load) => all + load[of], 0);
  return {
    load: {
      rooms: sum('rooms'),
      connections: sum('connections'),
      peakConnections: Math.max(...loads.map(({ peakConnections }) => peakConnections)),
      messages: sum('messages'),
    },
  };
}

const distinct = <T>(values: readonly T[]): T[] => [...new Set(values)];
