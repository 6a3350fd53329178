import type { ScenarioResult } from '../runner/record.ts';
import { catalogue } from '../runner/simulated-run.fixture.ts';
import { findingRecords } from '../runner/summary.ts';
import { type CaptureSource, checkCapture } from './check.ts';
import type { JudgedParty, PartiesWanted } from './judge-gathering.ts';

/** What the passive rules have found in a run: `rule requirement verdict`. */
export function liveVerdicts({ findings, kept = {} }: ScenarioResult): Set<string> {
  return new Set([
    ...findings.flatMap(({ rule, requirement, verdict }) =>
      rule === undefined ? [] : [`${rule} ${requirement} ${verdict}`],
    ),
    ...Object.entries(kept).flatMap(([rule, ids]) => ids.map((id) => `${rule} ${id} pass`)),
  ]);
}

/** What they find in a capture. */
export async function capturedVerdicts(
  source: CaptureSource,
  wanted: PartiesWanted,
  ofInterest: (judged: JudgedParty) => boolean = () => true,
): Promise<Set<string>> {
  const found = new Set<string>();
  await checkCapture(
    source,
    { catalogue, wanted },
    {
      judged(_log, parties) {
        for (const { rule, requirement, verdict } of parties
          .filter(ofInterest)
          .flatMap(({ findings }) => findingRecords(catalogue, findings)))
          found.add(`${rule} ${requirement} ${verdict}`);
      },
    },
  );
  return found;
}

export const isAccusation = (verdict: string): boolean => / (?:fail|warn)$/.test(verdict);

export const isOpen = (verdict: string): boolean => verdict.endsWith(' inconclusive');

/** What is in one and not in the other. */
export const beyond = (these: Iterable<string>, those: ReadonlySet<string>): string[] =>
  [...these].filter((one) => !those.has(one));
