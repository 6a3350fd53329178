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
export const areaOf = (scenario: string): string =>
  scenario
    .split('/')
    .slice(0, scenario.startsWith('rfc7701/') || scenario.startsWith('participant/') ? 2 : 1)
    .join('/');

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
  if (ms < 100_000) return `${(ms / 1000).toFixed(1)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;
}

/** The run as one word for its colour, and one sentence. */
export function conclusion(record: RunRecord): { readonly verdict: ScenarioVerdict; readonly sentence: string } {
  const { summary, scenarios, sut, stopped, stale = [] } = record;
  const judged = summary.total - summary.unsupported;
  const violated = new Set(
    scenarios
      .flatMap((one) => one.findings)
      .flatMap(({ verdict, known, requirement }) => (verdict === 'fail' && known === undefined ? [requirement] : [])),
  ).size;
  const broken = summary.fail + (summary.differs ?? 0);
  if (summary.fail > 0) {
    const which = violated === 0 ? '' : ` It violates ${many(violated, 'requirement')}.`;
    return { verdict: 'fail', sentence: `${sut.name} does not conform: ${many(summary.fail, 'scenario fails', 'scenarios fail')}.${which}` };
  }
  if (broken > 0)
    return { verdict: 'differs', sentence: `${many(broken, 'captured scenario comes', 'captured scenarios come')} out otherwise.` };
  if (summary.error > 0)
    return { verdict: 'error', sentence: `${many(summary.error, 'scenario', 'scenarios')} could not be played: the run says nothing sure of ${sut.name}.` };
  if (stopped !== undefined)
    return { verdict: 'inconclusive', sentence: 'The run ended early, so it does not show that the SUT conforms.' };
  if (judged === 0) return { verdict: 'inconclusive', sentence: 'Nothing was judged.' };
  if (summary.inconclusive > 0)
    return { verdict: 'inconclusive', sentence: `${many(summary.inconclusive, 'scenario')} could not be judged; no other shows that ${sut.name} deviates.` };
  const known = summary.knownDeviation > 0 ? `, apart from ${many(summary.knownDeviation, 'known deviation')}` : '';
  if (summary.warn > 0)
    return { verdict: 'warn', sentence: `${sut.name} conforms, with ${many(summary.warn, 'warning')}${known}.` };
  if (stale.length > 0)
    return { verdict: 'warn', sentence: `${sut.name} conforms better than its profile says.` };
  return { verdict: 'pass', sentence: `${sut.name} conforms${known}.` };
}
