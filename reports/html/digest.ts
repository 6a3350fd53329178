import type { Catalogue } from '../../harness/catalogue/catalogue.ts';
import type {
  FindingRecord,
  Repeat,
  RequirementResult,
  RunRecord,
  ScenarioResult,
} from '../../harness/runner/record.ts';
import { marksOf } from '../ladder/ladder.ts';
import { MAX_TEXT } from '../markup.ts';

/** What the page knows of a run; `page/data.js` names the same. Texts come as they are: the page makes them visible. */
export interface Digest {
  readonly sut: string;
  readonly requirements: readonly RequirementDigest[];
  readonly scenarios: readonly ScenarioDigest[];
  /** By rule: what it found kept, once for each different list. `requirements`: positions in `requirements`. */
  readonly kept: readonly { readonly rule: string; readonly requirements: readonly number[] }[];
}

export interface RequirementDigest {
  readonly id: string;
  readonly source: string;
  readonly level: string;
  readonly role: string;
  readonly summary: string;
  readonly stimulus: string;
  readonly judgement: string;
  readonly testable: string;
  readonly verdict: RequirementResult['verdict'];
  readonly why: string;
  /** Scenario or rule ids. */
  readonly by: readonly string[];
}

export interface ScenarioDigest {
  readonly id: string;
  readonly title: string;
  readonly verdict: ScenarioResult['verdict'];
  readonly ms: number;
  readonly covers: readonly string[];
  readonly known?: string;
  readonly facts: readonly FactDigest[];
  /** Positions in `kept` of the digest. */
  readonly kept: readonly number[];
  /** Whom in a capture it judges. */
  readonly party?: string;
  readonly log?: string;
  readonly capture?: string;
  readonly repeats?: readonly Repeat[];
  /** Position in the wire log of the first message that is not what was due. */
  readonly divergent?: number;
}

/** One thing that was judged, over all requirements that it touches. */
export interface FactDigest {
  readonly verdict: FindingRecord['verdict'];
  readonly requirements: readonly { readonly id: string; readonly level: string }[];
  readonly message: string;
  readonly expected?: string;
  readonly actual?: string;
  readonly step?: string;
  readonly rule?: string;
  readonly known?: string;
  /** It is held against what a capture shows, not against a requirement. */
  readonly captured?: true;
  readonly evidence: readonly number[];
}

export function digestOf(record: RunRecord, catalogue: Catalogue): Digest {
  const positions = new Map(record.requirements.map(({ id }, at) => [id, at]));
  const kept = new Map<string, { at: number; rule: string; requirements: number[] }>();
  const keptBy = (result: ScenarioResult): number[] =>
    Object.entries(result.kept ?? {}).map(([rule, ids]) => {
      const key = JSON.stringify([rule, ids]);
      const requirements = ids.flatMap((id) => positions.get(id) ?? []);
      const entry = kept.get(key) ?? { at: kept.size, rule, requirements };
      kept.set(key, entry);
      return entry.at;
    });
  const scenarios = record.scenarios.map((result) => scenarioDigest(result, keptBy(result)));
  return {
    sut: clip(record.sut.name),
    requirements: record.requirements.map((result) => requirementDigest(result, catalogue)),
    scenarios,
    kept: [...kept.values()].map(({ rule, requirements }) => ({ rule, requirements })),
  };
}

function requirementDigest(result: RequirementResult, catalogue: Catalogue): RequirementDigest {
  const { id, level, testable, verdict, why = '', by } = result;
  const known = catalogue.get(id);
  return {
    id,
    source: known === undefined ? '' : `RFC ${known.rfc} §${known.section}`,
    level,
    role: known?.role ?? '',
    summary: known?.summary.trim() ?? '',
    stimulus: known?.stimulus.trim() ?? '',
    judgement: known?.verdict.trim() ?? '',
    testable,
    verdict,
    why: clip(why),
    by,
  };
}

function scenarioDigest(result: ScenarioResult, kept: readonly number[]): ScenarioDigest {
  const { id, title, verdict, durationMs, covers, known, wireLog, capture, repeats, party } = result;
  const { divergent } = marksOf({ findings: [...result.findings, ...(result.compared ?? [])] });
  return {
    id,
    title: clip(title),
    verdict,
    ms: durationMs,
    covers,
    ...(known === undefined ? {} : { known: clip(known) }),
    facts: factDigests(result),
    kept,
    ...(party === undefined ? {} : { party: partyText(party) }),
    ...(wireLog === undefined ? {} : { log: wireLog }),
    ...(capture === undefined ? {} : { capture }),
    ...(repeats === undefined ? {} : { repeats }),
    ...(divergent === undefined ? {} : { divergent }),
  };
}

const partyText = ({ role, name, uri, at }: NonNullable<ScenarioResult['party']>): string =>
  clip(
    `the ${role} ${[name, ...(uri === undefined ? [] : [uri])].join(', ')}${at.length === 0 ? '' : ` at ${at.join(', ')}`}`,
  );

function factDigests({ findings, compared = [] }: ScenarioResult): FactDigest[] {
  const byIdentity = new Map<string, { fact: FactDigest; requirements: FactDigest['requirements'][number][] }>();
  for (const { requirement: id, level, ...rest } of findings) {
    const identity = JSON.stringify(rest);
    const known = byIdentity.get(identity);
    if (known !== undefined) known.requirements.push({ id, level });
    else byIdentity.set(identity, { fact: { ...clipped(rest), requirements: [] }, requirements: [{ id, level }] });
  }
  return [
    ...[...byIdentity.values()].map(({ fact, requirements }) => ({ ...fact, requirements })),
    ...compared.map((one) => ({ ...clipped(one), requirements: [], captured: true as const })),
  ];
}

type Told = Omit<FindingRecord, 'requirement' | 'level'>;

function clipped(told: Told): Omit<FactDigest, 'requirements'> {
  const texts = Object.entries(told).map(([name, value]) => [name, typeof value === 'string' ? clip(value) : value]);
  return Object.fromEntries(texts.filter(([, value]) => value !== undefined));
}

const clip = (text: string): string => (text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT - 1)}…` : text);
