import type { Catalogue } from '../catalogue/catalogue.ts';
import type { Finding } from '../rules/finding.ts';
import { type Reading, verdictFor } from './reading.ts';
import type { ComparedRecord, FindingRecord, RunRecord, ScenarioResult } from './record.ts';

/** A finding over several requirements becomes one record for each. */
export function findingRecords(
  catalogue: Catalogue,
  findings: readonly Finding[],
  reading: Reading = 'tolerant',
): FindingRecord[] {
  return findings.flatMap((finding) => {
    const { requirements, evidence, restsOn: _, others: __, ...rest } = finding;
    return requirements.map((requirement) => {
      const level = catalogue.get(requirement)?.level;
      if (level === undefined) throw new Error(`a finding cites ${requirement}, which is not in the catalogue`);
      const verdict = verdictFor(requirement, finding, catalogue, reading);
      return { requirement, level, ...rest, verdict, evidence: [...evidence] };
    });
  });
}

/** What cites no requirement is held against a capture alone. */
export function comparedRecords(findings: readonly Finding[]): ComparedRecord[] {
  return findings
    .filter(({ requirements }) => requirements.length === 0)
    .map(({ verdict, message, expected, actual, step, evidence }) => ({
      verdict,
      message,
      ...(expected === undefined ? {} : { expected }),
      ...(actual === undefined ? {} : { actual }),
      ...(step === undefined ? {} : { step }),
      evidence: [...evidence],
    }));
}

export function summarise(scenarios: readonly ScenarioResult[]): RunRecord['summary'] {
  const summary = {
    pass: 0,
    fail: 0,
    differs: 0,
    warn: 0,
    inconclusive: 0,
    unsupported: 0,
    error: 0,
    knownDeviation: 0,
    total: 0,
  };
  for (const { verdict, known } of scenarios) {
    summary.total += 1;
    if (known !== undefined && (verdict === 'fail' || verdict === 'warn')) summary.knownDeviation += 1;
    else summary[verdict] += 1;
  }
  const { differs, ...rest } = summary;
  return differs === 0 ? rest : { ...rest, differs };
}

/** 0 conforms, 1 deviates (from the RFCs, from a capture, or from what its profile says of it) or dies, 3 nothing was judged, 4 internal error. */
export function exitStatus({ summary, stopped, sut, shard, stale = [], deaths = [] }: RunRecord): 0 | 1 | 3 | 4 {
  if (summary.error > 0) return 4;
  // What one shard does not see any more another may see.
  const isStale = stale.length > 0 && shard === undefined;
  if (
    summary.fail > 0 ||
    (summary.differs ?? 0) > 0 ||
    deaths.length > 0 ||
    isStale ||
    (sut.notServed ?? []).length > 0
  )
    return 1;
  if (summary.pass + summary.warn + summary.knownDeviation === 0) return 3;
  return stopped === undefined ? 0 : 3;
}
