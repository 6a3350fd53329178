import type { Catalogue } from '../../harness/catalogue/catalogue.ts';
import type { RequirementResult, RunRecord, ScenarioResult } from '../../harness/runner/record.ts';
import { areasOf } from '../tally.ts';

type Verdict = RequirementResult['verdict'];

/** A run, and where its own report is, seen from the page; absent: nowhere. */
export interface Contender {
  readonly record: RunRecord;
  readonly report?: string;
}

/** Implementations side by side. */
export interface Matrix {
  readonly columns: readonly Column[];
  readonly areas: readonly AreaRow[];
  /** Those that at least one run has judged, in the order of the catalogue. */
  readonly groups: readonly RequirementGroup[];
  /** Requirements that no run has judged. */
  readonly unjudged: number;
}

export interface Column {
  /** Unlike that of any other column. */
  readonly name: string;
  readonly record: RunRecord;
  readonly report?: string;
}

export interface AreaRow {
  readonly name: string;
  /** One for each column; absent: it has played nothing of it. */
  readonly cells: readonly (AreaCell | undefined)[];
}

export interface AreaCell {
  /** Passes and warnings, of what the SUT claims to support. */
  readonly good: number;
  readonly of: number;
  readonly bad: number;
}

export interface RequirementGroup {
  /** Absent: the catalogue does not know them. */
  readonly rfc?: number;
  readonly rows: readonly RequirementRow[];
}

export interface RequirementRow {
  readonly id: string;
  readonly section: string;
  readonly summary: string;
  readonly cells: readonly (Verdict | undefined)[];
  /** Not all who were judged came out alike. */
  readonly differs: boolean;
}

/** What stands above it. */
export const sideBySide = ({ columns: { length } }: Matrix): string =>
  `${length} run${length === 1 ? '' : 's'} side by side`;

/** Sets runs beside each other; each is a column. */
export function matrixOf(contenders: readonly Contender[], catalogue: Catalogue): Matrix {
  const names = distinctNames(contenders.map(({ record }) => record));
  const columns = contenders.map((one, at) => ({ ...one, name: names[at] ?? '' }));
  const rows = requirementRows(contenders, catalogue);
  const judged = rows.filter(({ cells }) => cells.some(isJudged));
  const groups = new Map<number | undefined, RequirementRow[]>();
  for (const row of judged) {
    const rfc = catalogue.get(row.id)?.rfc;
    groups.set(rfc, [...(groups.get(rfc) ?? []), row]);
  }
  return {
    columns,
    areas: areaRows(contenders),
    groups: [...groups].map(([rfc, each]) => ({ ...(rfc === undefined ? {} : { rfc }), rows: each })),
    unjudged: rows.length - judged.length,
  };
}

const isJudged = (verdict: Verdict | undefined): boolean =>
  verdict !== undefined && verdict !== 'untested' && verdict !== 'untestable';

/** Runs of the same SUT are told apart by their time, and at last by their number. */
function distinctNames(records: readonly RunRecord[]): string[] {
  const occurs = (names: readonly string[], name: string): number => names.filter((one) => one === name).length;
  const plain = records.map(({ sut }) => sut.name);
  const timed = records.map(({ sut, started }) =>
    occurs(plain, sut.name) === 1 ? sut.name : `${sut.name}, ${started.slice(0, 19).replace('T', ' ')}`,
  );
  return timed.map((name, at) =>
    occurs(timed, name) === 1 ? name : `${name}, no. ${occurs(timed.slice(0, at), name) + 1}`,
  );
}

function areaRows(contenders: readonly Contender[]): AreaRow[] {
  const areas = contenders.map(
    ({ record }) => new Map(areasOf(record.scenarios).map(({ name, scenarios }) => [name, scenarios])),
  );
  const names = [...new Set(areas.flatMap((one) => [...one.keys()]))].toSorted();
  return names.map((name) => ({ name, cells: areas.map((one) => areaCell(one.get(name))) }));
}

function areaCell(scenarios: readonly ScenarioResult[] | undefined): AreaCell | undefined {
  if (scenarios === undefined) return undefined;
  const claimed = scenarios.filter(({ verdict }) => verdict !== 'unsupported');
  return {
    good: claimed.filter(({ verdict }) => verdict === 'pass' || verdict === 'warn').length,
    of: claimed.length,
    bad: claimed.filter(({ verdict }) => verdict === 'fail' || verdict === 'differs' || verdict === 'error').length,
  };
}

function requirementRows(contenders: readonly Contender[], catalogue: Catalogue): RequirementRow[] {
  const verdicts = contenders.map(({ record }) => new Map(record.requirements.map(({ id, verdict }) => [id, verdict])));
  const known = catalogue.requirements.map(({ id }) => id);
  const ids = [...new Set([...known, ...verdicts.flatMap((one) => [...one.keys()])])];
  return ids.map((id) => {
    const cells = verdicts.map((one) => one.get(id));
    const requirement = catalogue.get(id);
    return {
      id,
      section: requirement?.section ?? '',
      summary: requirement?.summary ?? '',
      cells,
      differs: new Set(cells.filter(isJudged)).size > 1,
    };
  });
}
