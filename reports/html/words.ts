import type { RequirementResult, RunRecord, ScenarioResult } from '../../harness/runner/record.ts';

export type ScenarioVerdict = ScenarioResult['verdict'];
export type RequirementVerdict = RequirementResult['verdict'];

/** What is worst comes first. */
export const SCENARIO_VERDICTS: readonly ScenarioVerdict[] = [
  'error',
  'fail',
  'differs',
  'inconclusive',
  'warn',
  'unsupported',
  'pass',
];

export const REQUIREMENT_VERDICTS: readonly RequirementVerdict[] = [
  'fail',
  'inconclusive',
  'warn',
  'pass',
  'unsupported',
  'untested',
  'untestable',
];

export function requirementWord(verdict: RequirementVerdict): string {
  switch (verdict) {
    case 'pass':
      return 'proved';
    case 'fail':
      return 'violated';
    case 'warn':
      return 'warned';
    case 'inconclusive':
    case 'unsupported':
    case 'untested':
    case 'untestable':
      return verdict;
  }
}

/** Short names of what the catalogue is about. */
const RFCS: Readonly<Record<number, string>> = {
  3261: 'SIP',
  3264: 'Offer and answer',
  3323: 'Privacy',
  3325: 'Asserted identity',
  3515: 'REFER',
  3840: 'Capabilities of user agents',
  3862: 'CPIM',
  3994: 'Composing a message',
  4353: 'Conferencing framework',
  4575: 'Conference event package',
  4579: 'Conference control',
  4975: 'MSRP',
  4976: 'MSRP relays',
  5366: 'Lists of participants',
  5438: 'Disposition notifications',
  6135: 'Connection model of MSRP',
  6501: 'Conference data model',
  6502: 'Framework for centralized conferencing',
  6665: 'Event notification',
  6714: 'MSRP and media anchoring',
  7701: 'Chat rooms',
  7977: 'MSRP over WebSocket',
  8266: 'Nicknames as strings',
  8866: 'SDP',
};

export const rfcName = (rfc: number): string => RFCS[rfc] ?? '';

/** Scenarios are shown together by this: a folder of RFC 7701, the top folder of the rest. */
const areaOf = (scenario: string): string =>
  scenario
    .split('/')
    .slice(0, scenario.startsWith('rfc7701/') || scenario.startsWith('participant/') ? 2 : 1)
    .join('/');

/** The scenarios by area, those of RFC 7701 itself first. */
export function areasOf(scenarios: readonly ScenarioResult[]): Map<string, ScenarioResult[]> {
  const areas = new Map<string, ScenarioResult[]>();
  const isMain = ({ id }: ScenarioResult): boolean => id.startsWith('rfc7701/');
  const byNumber = new Intl.Collator('en', { numeric: true });
  const ordered = scenarios.toSorted(
    (a, b) => Number(isMain(b)) - Number(isMain(a)) || byNumber.compare(areaOf(a.id), areaOf(b.id)),
  );
  for (const one of ordered) {
    const area = areas.get(areaOf(one.id));
    if (area === undefined) areas.set(areaOf(one.id), [one]);
    else area.push(one);
  }
  return areas;
}

/** An area as people say it: `RFC 7701 §7 Nicknames`. */
export function areaName(area: string): string {
  const [top = '', folder] = area.split('/');
  const rfc = /^rfc(\d+)$/.exec(top)?.[1];
  const title = rfc === undefined ? capital(top) : `RFC ${rfc}`;
  const section = /^([\d.]+)-(.+)$/.exec(folder ?? '');
  if (section !== null) return `${title} §${section[1]} ${capital(section[2] ?? '')}`;
  if (folder !== undefined) return `${title}: ${folder.replaceAll('-', ' ')}`;
  return rfc === undefined ? (top === 'sip' ? 'SIP and SDP' : title) : `${title} ${rfcName(Number(rfc))}`.trim();
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1).replaceAll('-', ' ');

export const many = (count: number, one: string, more = `${one}s`): string =>
  `${count.toLocaleString('en')} ${count === 1 ? one : more}`;

export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 100_000) return `${(ms / 1000).toFixed(1).replace('.0', '')} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;
}

/** The run as one word for its colour, one sentence, and what else there is to say of the scenarios. */
export function conclusion(record: RunRecord): Conclusion {
  const { summary, sut, stopped, stale = [] } = record;
  const name =
    sut.kind === 'capture'
      ? `What ${sut.name.split(/[/\\]/).at(-1)} shows`
      : sut.name.charAt(0).toUpperCase() + sut.name.slice(1);
  const judged = summary.total - summary.unsupported;
  const differs = summary.differs ?? 0;
  const detail = detailOf(record);
  if (summary.fail > 0) return { verdict: 'fail', sentence: `${name} does not conform`, detail };
  if (differs > 0) return { verdict: 'differs', sentence: `${name} behaves otherwise than captured`, detail };
  if (summary.error > 0) return { verdict: 'error', sentence: `Whether ${name} conforms is not known`, detail };
  if (judged === 0) return { verdict: 'inconclusive', sentence: 'Nothing was judged', detail };
  if (stopped !== undefined || summary.inconclusive > 0)
    return { verdict: 'inconclusive', sentence: `${name} is not shown to conform`, detail };
  if (summary.warn > 0) return { verdict: 'warn', sentence: `${name} conforms, with warnings`, detail };
  if (stale.length > 0) return { verdict: 'warn', sentence: `${name} conforms better than its profile says`, detail };
  if (summary.knownDeviation > 0)
    return { verdict: 'pass', sentence: `${name} conforms apart from known deviations`, detail };
  return { verdict: 'pass', sentence: `${name} conforms`, detail };
}

export interface Conclusion {
  readonly verdict: ScenarioVerdict;
  readonly sentence: string;
  readonly detail: string;
}

function detailOf({ summary, scenarios, requirements }: RunRecord): string {
  const judged = summary.total - summary.unsupported;
  const violated = new Set(
    scenarios
      .flatMap((one) => one.findings)
      .flatMap(({ verdict, known, requirement }) => (verdict === 'fail' && known === undefined ? [requirement] : [])),
  ).size;
  const proved = requirements.filter(({ verdict }) => verdict === 'pass').length;
  const parts = [
    summary.fail === 0
      ? ''
      : `${summary.fail} of ${many(judged, 'judged scenario')} ${summary.fail === 1 ? 'fails' : 'fail'}${violated === 0 ? '' : ` and ${many(violated, 'requirement is', 'requirements are')} violated`}`,
    summary.fail > 0 || judged === 0
      ? ''
      : `${many(judged, 'scenario was', 'scenarios were')} judged and none fails; ${many(proved, 'requirement is', 'requirements are')} proved`,
    summary.differs === undefined || summary.differs === 0
      ? ''
      : `${many(summary.differs, 'captured scenario comes', 'captured scenarios come')} out otherwise`,
    summary.error === 0 ? '' : `${many(summary.error, 'scenario')} could not be played`,
    summary.inconclusive === 0 ? '' : `${many(summary.inconclusive, 'scenario')} could not be judged`,
    summary.warn === 0
      ? ''
      : `${many(summary.warn, 'scenario shows', 'scenarios show')} a deviation that weighs only a warning`,
    summary.knownDeviation === 0
      ? ''
      : `${many(summary.knownDeviation, 'scenario deviates', 'scenarios deviate')} as the profile has announced`,
    summary.unsupported === 0
      ? ''
      : `${many(summary.unsupported, 'scenario needs', 'scenarios need')} what the SUT does not offer`,
  ];
  return parts
    .filter((one) => one !== '')
    .map((one) => `${one}.`)
    .join(' ');
}
