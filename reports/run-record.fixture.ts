import { fileURLToPath } from 'node:url';
import { loadCatalogue } from '../harness/catalogue/catalogue.ts';
import type { FindingRecord, RunRecord, ScenarioResult } from '../harness/runner/record.ts';
import { flakyOf } from '../harness/runner/repeats.ts';
import { requirementResults } from '../harness/runner/requirements.ts';
import { summarise } from '../harness/runner/summary.ts';
import { refusedNickname } from './ladder/ladder.fixture.ts';
import type { Reported } from './reported.ts';

export const catalogue = loadCatalogue(fileURLToPath(new URL('../scenarios/requirements', import.meta.url)));

export const finding = (of: Partial<FindingRecord> = {}): FindingRecord => ({
  requirement: 'RFC7701-7.1-26',
  level: 'MUST',
  verdict: 'fail',
  message: 'bob asks for a nickname',
  expected: '425',
  actual: '424',
  step: '2: bob nickname',
  evidence: [2, 3],
  ...of,
});

/** With a finding of its verdict, unless `of` says otherwise. */
export const scenario = (
  id: string,
  verdict: ScenarioResult['verdict'],
  of: Partial<ScenarioResult> = {},
): ScenarioResult => ({
  id,
  title: `Title of ${id}`,
  verdict,
  durationMs: 5,
  covers: ['RFC7701-7.1-26'],
  findings: [finding({ verdict })],
  wireLog: 'wire/nickname.jsonl',
  ...of,
});

export const recordOf = (scenarios: readonly ScenarioResult[], of: Partial<RunRecord> = {}): RunRecord => ({
  format: 'msrpspec-run/1',
  tool: { name: 'msrpspec', version: '1.2.3' },
  started: '2026-11-01T10:00:00.000Z',
  durationMs: 1500,
  seed: 'a-seed',
  argv: [],
  sut: { name: 'my server', kind: 'address', role: 'focus', target: 'sip:room@host', capabilities: ['nickname'] },
  summary: summarise(scenarios),
  ...flakyOf(scenarios),
  scenarios: [...scenarios],
  requirements: requirementResults(catalogue, scenarios),
  ...of,
});

/** Every wire log is that of a nickname that is refused. */
export const reportedOf = (record: RunRecord): Reported => ({
  record,
  catalogue,
  folder: '/nowhere',
  logs: () => refusedNickname,
});

/** One scenario of each kind. */
export const mixedRun: RunRecord = recordOf([
  scenario('rfc7701/7-nicknames/taken', 'fail'),
  scenario('rfc7701/7-nicknames/collides', 'fail'),
  scenario('rfc7701/7-nicknames/free', 'pass'),
  scenario('rfc7701/6.3-reports/listed', 'fail', {
    known: 'fixed in 2.0',
    findings: [finding({ requirement: 'RFC7701-6.3-08', known: 'fixed in 2.0' })],
  }),
  scenario('rfc4975/odd', 'warn'),
  scenario('rfc4975/broken', 'error'),
  scenario('sip/unseen', 'inconclusive', { findings: [finding({ verdict: 'inconclusive', message: 'silence' })] }),
  scenario('sip/unclaimed', 'unsupported', { findings: [finding({ verdict: 'unsupported', message: 'no UDP' })] }),
  scenario('sip/now-and-then', 'fail', {
    repeats: [
      { verdict: 'pass', durationMs: 1, seed: 'a' },
      { verdict: 'fail', durationMs: 1, seed: 'b' },
    ],
  }),
]);
