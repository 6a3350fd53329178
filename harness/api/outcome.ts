import pc from 'picocolors';
import { describeMisses } from '../../reports/findings.ts';
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { Judged } from './session.ts';

/** What a scenario is to a test framework. */
export type Outcome =
  | { readonly kind: 'passed'; readonly note?: string }
  | { readonly kind: 'skipped'; readonly note: string }
  | { readonly kind: 'failed'; readonly message: string };

/** What a verdict is to a test. */
export function outcomeOf({ result, entries }: Judged, catalogue: Catalogue): Outcome {
  const text = (): string => describeMisses(result, entries, { catalogue, colours: pc.createColors(false) }).join('\n');
  if (result.known !== undefined) return { kind: 'passed', note: `known deviation: ${result.known}\n${text()}` };
  switch (result.verdict) {
    case 'pass':
      return { kind: 'passed' };
    case 'warn':
      return { kind: 'passed', note: text() };
    case 'unsupported':
      return { kind: 'skipped', note: result.findings[0]?.message ?? 'the SUT does not offer this' };
    case 'fail':
    case 'differs':
    case 'inconclusive':
    case 'error':
      return { kind: 'failed', message: `${result.id}\n${text()}` };
  }
}
