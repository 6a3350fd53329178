import type { FindingRecord, ScenarioResult } from './record.ts';

/** That something judged a requirement, and how. */
export interface Judgement {
  readonly requirement: string;
  readonly verdict: FindingRecord['verdict'];
  /** Rule, or scenario. */
  readonly by: string;
}

/** All that a scenario judged: its findings, and what the rules found kept. */
export function judgementsIn({ id, findings, kept = {} }: ScenarioResult): Judgement[] {
  return [
    ...findings.map(({ requirement, verdict, rule }) => ({ requirement, verdict, by: rule ?? id })),
    ...Object.entries(kept).flatMap(([by, requirements]) =>
      requirements.map((requirement): Judgement => ({ requirement, verdict: 'pass', by })),
    ),
  ];
}

/** In every scenario most rules find most requirements kept, and all there is to say of it is that. */
export function withKeptApart(findings: readonly FindingRecord[]): Pick<ScenarioResult, 'findings' | 'kept'> {
  const told: FindingRecord[] = [];
  const kept = new Map<string, string[]>();
  for (const finding of findings) {
    const { rule, verdict, requirement } = finding;
    if (rule === undefined || verdict !== 'pass') {
      told.push(finding);
      continue;
    }
    const known = kept.get(rule);
    if (known === undefined) kept.set(rule, [requirement]);
    else if (!known.includes(requirement)) known.push(requirement);
  }
  return kept.size === 0 ? { findings: told } : { findings: told, kept: Object.fromEntries(kept) };
}
