import type { Catalogue } from '../harness/catalogue/catalogue.ts';
import type { RunRecord, ScenarioResult } from '../harness/runner/record.ts';
import { isFlaky } from '../harness/runner/repeats.ts';
import { shown } from './markup.ts';
import type { StoredLogs } from './stored-log.ts';
import { tallyText } from './tally.ts';

/** All that a report is made from. */
export interface Reported {
  readonly record: RunRecord;
  readonly catalogue: Catalogue;
  /** Where `run.json` lies. */
  readonly folder: string;
  readonly logs: StoredLogs;
}

/** What a verdict is where there are tests only. It agrees with the exit status: what makes no run fail fails no test. */
export type TestOutcome =
  | { readonly kind: 'passed' }
  | { readonly kind: 'failed' }
  | { readonly kind: 'error' }
  | { readonly kind: 'skipped'; readonly why: string };

export function testOutcome({ verdict, known, findings }: ScenarioResult): TestOutcome {
  if (known !== undefined) return { kind: 'skipped', why: `known deviation: ${shown(known)}` };
  const told = shown(findings.find((one) => one.verdict === verdict)?.message ?? '');
  switch (verdict) {
    case 'pass':
    case 'warn':
      return { kind: 'passed' };
    case 'fail':
    case 'differs':
      return { kind: 'failed' };
    case 'error':
      return { kind: 'error' };
    case 'inconclusive':
      return { kind: 'skipped', why: `inconclusive: ${told || 'it could not be seen'}` };
    case 'unsupported':
      return { kind: 'skipped', why: `unsupported: ${told || 'the SUT does not offer this'}` };
  }
}

/** E.g. `flaky: 2 pass, 1 fail in 3`. Undefined: it came out the same each time. */
export const flakiness = (result: ScenarioResult): string | undefined =>
  isFlaky(result)
    ? `flaky: ${tallyText((result.repeats ?? []).map(({ verdict }) => verdict))} in ${result.repeats?.length}`
    : undefined;

/** What a run can be blamed for beside its scenarios. Each is a line. */
export interface Complaint {
  readonly name: string;
  readonly kind: 'failed' | 'error';
  readonly texts: readonly string[];
}

/** Only those that there are. */
export function complaintsOf({ deaths = [], stale = [], shard, sut, stopped }: RunRecord): Complaint[] {
  const all: Complaint[] = [
    {
      name: 'the SUT stays alive',
      kind: 'failed',
      texts: deaths.map(({ during, how }) => shown(`It died during ${during.join(', ')}: ${how}`)),
    },
    {
      name: 'known deviations still occur',
      kind: 'failed',
      texts: (shard === undefined ? stale : []).map(({ requirement, scenario, reason }) => {
        const what = [requirement, scenario].filter((one) => one !== undefined).join(' in ');
        return shown(`Not so any more, take it off the profile: ${what} (${reason})`);
      }),
    },
    {
      name: 'what the profile claims is served',
      kind: 'failed',
      texts: (sut.notServed ?? []).map((name) => shown(`The profile claims ${name}, and the SUT does not show it`)),
    },
    {
      name: 'the run is complete',
      kind: 'error',
      texts: stopped === undefined ? [] : [shown(`The run ended early: ${stopped}`)],
    },
  ];
  return all.filter(({ texts }) => texts.length > 0);
}
