import type { Catalogue } from '../catalogue/catalogue.ts';
import { overall, type Verdict } from '../rules/finding.ts';
import { withKeptApart } from '../runner/judgements.ts';
import type { Reading } from '../runner/reading.ts';
import type { FindingRecord, RunRecord, ScenarioResult } from '../runner/record.ts';
import { requirementResults } from '../runner/requirements.ts';
import { findingRecords, summarise } from '../runner/summary.ts';
import type { JudgedParty } from './judge-gathering.ts';
import type { Basis, Gathering } from './parties.ts';

/** One result for each party of a gathering, in the form of those of scenarios. */
export function partyResult(
  { name, rooms, focusAt, basis }: Gathering,
  { party, findings }: JudgedParty,
  durationMs: number,
  catalogue: Catalogue,
  reading: Reading,
): ScenarioResult {
  const records = findingRecords(catalogue, findings, reading);
  const isFocus = party.role === 'focus';
  const who = isFocus ? 'focus' : party.participant.name;
  const signalled = basis.kind === 'signalling';
  const uri = !isFocus ? party.participant.identity : signalled ? `sip:${rooms[0] ?? name}` : undefined;
  const where = signalled ? rooms.join(', ') : `a connection with ${name}, without signalling`;
  return {
    id: `${fileName(name)}/${isFocus ? 'focus' : `client ${fileName(who)}`}`,
    title: titleOf(isFocus ? 'focus' : who, where, basis),
    verdict: verdictOver(records),
    durationMs: Math.round(durationMs),
    covers: [],
    party: {
      role: party.role,
      name: isFocus ? name : who,
      ...(uri === undefined ? {} : { uri }),
      at: isFocus ? [...focusAt] : [party.participant.place],
    },
    ...withKeptApart(records),
  };
}

function titleOf(who: string, where: string, basis: Basis): string {
  if (basis.kind === 'messages') return `${who === 'focus' ? 'The switch' : who}: ${where}`;
  return who === 'focus' ? `The focus of ${where}` : `${who}, a client of ${where}`;
}

/** A room of which nothing is said, and why. */
export function unjudgedResult(
  { name, rooms, focusAt }: Gathering,
  why: string,
  requirement: string,
  catalogue: Catalogue,
): ScenarioResult {
  const finding = { requirements: [requirement], verdict: 'inconclusive' as const, message: why, evidence: [] };
  return {
    id: `${fileName(name)}/focus`,
    title: `The focus of ${rooms.join(', ')}`,
    verdict: 'inconclusive',
    durationMs: 0,
    covers: [],
    party: { role: 'focus', name, uri: `sip:${name}`, at: [...focusAt] },
    findings: findingRecords(catalogue, [finding]),
  };
}

/** What was shown counts, whatever else was open: nobody has arranged for all of it to be shown. */
function verdictOver(records: readonly FindingRecord[]): Verdict {
  const verdicts = records.map(({ verdict }) => verdict);
  const decided = verdicts.filter((one) => one !== 'inconclusive');
  return overall(decided.length > 0 ? decided : verdicts);
}

/** A room may be called whatever its owner likes. */
const fileName = (name: string): string =>
  name
    .replace(/[^\p{L}\p{N}@._()+-]/gu, '_')
    .replace(/^\.+/, '_')
    .slice(0, 100);

export interface CheckedCapture {
  readonly path: string;
  readonly version: string;
  readonly started: Date;
  readonly durationMs: number;
  readonly argv: readonly string[];
  readonly reading: Reading;
  readonly role: 'focus' | 'participant';
  readonly stopped?: string;
}

/** The record of a capture: what a run leaves, without anything having been played. */
export function checkRecord(of: CheckedCapture, results: readonly ScenarioResult[], catalogue: Catalogue): RunRecord {
  const scenarios = apart(results);
  return {
    format: 'msrpspec-run/1',
    tool: { name: 'msrpspec', version: of.version },
    started: of.started.toISOString(),
    durationMs: Math.round(of.durationMs),
    seed: '',
    reading: of.reading,
    argv: [...of.argv],
    sut: { name: of.path, kind: 'capture', role: of.role, target: of.path, capabilities: [] },
    ...(of.stopped === undefined ? {} : { stopped: of.stopped }),
    summary: summarise(scenarios),
    scenarios,
    requirements: requirementResults(catalogue, scenarios, of.role),
  };
}

/** One room may have been used several times. */
function apart(results: readonly ScenarioResult[]): ScenarioResult[] {
  const times = new Map<string, number>();
  return results.map((result) => {
    const count = (times.get(result.id) ?? 0) + 1;
    times.set(result.id, count);
    return count === 1 ? result : { ...result, id: `${result.id} (${count})` };
  });
}
