import type { RunRecord, ScenarioResult } from '../harness/runner/record.ts';
import { isFlaky } from '../harness/runner/repeats.ts';
import { exitStatus } from '../harness/runner/summary.ts';
import { type Cause, causesOf } from './causes.ts';
import { evidenceOf } from './evidence.ts';
import {
  describeMessage,
  describePair,
  describeRequirements,
  paint,
  placeOf,
  verdictWord,
  type Wording,
  wrapped,
} from './findings.ts';
import { shown } from './markup.ts';
import type { StoredLogs } from './stored-log.ts';
import { areasOf, tallyText, VERDICTS } from './tally.ts';

export type Verbosity = 'quiet' | 'normal' | 'verbose';

/** Of a run that is over. */
export interface Ending extends Wording {
  readonly logs: StoredLogs;
  readonly verbosity: Verbosity;
  /** Scenarios that should have been played. */
  readonly planned: number;
}

/** Causes and scenarios of one cause that are listed, unless verbose. */
const CAUSES_SHOWN = 40;
const SCENARIOS_SHOWN = 8;

/** In characters: more of one text nobody reads. */
const MAX_ID = 300;
const MAX_WORDS = 1000;

/** What a run has shown: what did not pass by cause, what the profile says, the areas, the sum. */
export function endingLines(record: RunRecord, ending: Ending): string[] {
  const causes = causesOf(record);
  const open = causes.filter(({ fact }) => fact.known === undefined);
  const told = ending.verbosity === 'verbose' ? open : open.slice(0, CAUSES_SHOWN);
  const more = open.length - told.length;
  const { colours, verbosity } = ending;
  return [
    ...told.flatMap((cause) => causeLines(cause, ending)),
    ...(more === 0
      ? []
      : [
          '',
          ...wrapped(
            `And ${more} more cause${more === 1 ? '' : 's'}, which --verbose and the reports show.`,
            ending.columns,
          ).map(colours.bold),
        ]),
    ...said(record, causes, ending),
    ...(verbosity === 'quiet' ? [] : areaLines(record, ending)),
    ...sum(record, ending, open),
  ];
}

/** What the verdicts come to, in a word or two. */
export function conclusionOf(record: RunRecord): 'conforms' | 'deviates' | 'nothing judged' | 'incomplete' | 'error' {
  switch (exitStatus(record)) {
    case 0:
      return 'conforms';
    case 1:
      return 'deviates';
    case 3:
      return record.stopped === undefined ? 'nothing judged' : 'incomplete';
    case 4:
      return 'error';
  }
}

function causeLines({ fact, scenarios }: Cause, ending: Ending): string[] {
  const { colours, columns, logs } = ending;
  const [example, ...others] = scenarios;
  const within = (indent: number): Wording =>
    columns === undefined ? ending : { ...ending, columns: Math.max(20, columns - indent) };
  const word = verdictWord(fact.verdict, colours);
  const [first, ...rest] = describeRequirements(fact, within(Math.max(4, fact.verdict.length) + 2));
  const evidence = evidenceOf([fact], example, logs);
  const where = `${shown(example.id, MAX_ID)}, ${placeOf(fact)}: ${shown(fact.message, MAX_WORDS)}`;
  const [place = '', ...placeRest] = wrapped(where, within(first === undefined ? fact.verdict.length + 2 : 6).columns);
  return [
    '',
    ...(first === undefined ? [] : [`${word}  ${first}`, ...rest.map((line) => `      ${line}`)]),
    `${first === undefined ? `${word}  ` : '      '}${place.replace(/^[^ ,]+/, (id) => colours.bold(id))}`,
    ...placeRest.map((line) => `      ${line}`),
    ...describePair(fact, ending, ' '.repeat(8)),
    ...(evidence.ok
      ? [...evidence.value.values()].flatMap((line) => describeMessage(line, ending, ' '.repeat(8)))
      : wrapped(`(${shown(evidence.error)})`, within(8).columns).map((line) => colours.dim(`        ${line}`))),
    ...otherScenarios(others, ending).map((line) => `      ${line}`),
  ];
}

function otherScenarios(others: readonly ScenarioResult[], { verbosity, columns }: Ending): string[] {
  if (others.length === 0) return [];
  const told = verbosity === 'verbose' ? others : others.slice(0, SCENARIOS_SHOWN);
  const more = others.length - told.length;
  const ids = told.map(({ id }) => shown(id, MAX_ID)).join(', ');
  const text = `So too in ${others.length} more: ${ids}${more === 0 ? '' : ` and ${more} others`}`;
  return wrapped(text, columns === undefined ? undefined : columns - 6);
}

/** What the profile says of the SUT, beside what was seen. */
function said(record: RunRecord, causes: readonly Cause[], ending: Ending): string[] {
  const { scenarios, shard, stale = [], deaths = [], sut } = record;
  const { colours, columns } = ending;
  const known = causes.filter(({ fact }) => fact.known !== undefined);
  const red = (text: string): string[] => wrapped(text, columns).map(colours.red);
  const indented = (text: string): string[] =>
    wrapped(text, columns === undefined ? undefined : columns - 4).map(
      (line, at) => `${at === 0 ? '  ' : '    '}${line}`,
    );
  const flaky = scenarios.filter(isFlaky);
  return [
    ...deaths.flatMap(({ during, how }) =>
      red(`The SUT died during ${shown(during.join(', '), MAX_WORDS)}: ${shown(how, MAX_WORDS)}`),
    ),
    ...(known.length === 0 ? [] : ['', colours.bold('Known deviations')]),
    ...known.flatMap(({ fact, scenarios: shownBy }) => {
      const [first] = fact.requirements;
      const more = shownBy.length === 1 ? '' : ` and ${shownBy.length - 1} more`;
      return indented(
        `${shown(`${first?.id ?? ''} in ${shownBy[0].id}`)}${more}: ${shown(fact.known ?? '', MAX_WORDS)}`,
      );
    }),
    ...(flaky.length === 0
      ? []
      : ['', ...wrapped('Flaky, which counts as the worst of their verdicts', columns).map(colours.bold)]),
    ...flaky.flatMap(({ id, repeats = [] }) => {
      const times = tallyText(repeats.map(({ verdict }) => verdict));
      return indented(`${shown(id, MAX_ID)}: ${times} in ${repeats.length}`).map((line) => painted(line, ending));
    }),
    ...(shard === undefined ? stale : []).flatMap(({ requirement, scenario, reason }) => {
      const what = [requirement, scenario].filter((one) => one !== undefined).join(' in ');
      return red(`Not so any more, take it off the profile: ${shown(what, MAX_WORDS)} (${shown(reason, MAX_WORDS)})`);
    }),
    ...(sut.notServed ?? []).flatMap((name) =>
      red(`The profile claims ${shown(name, MAX_WORDS)}, and the SUT does not show it.`),
    ),
  ];
}

function areaLines({ scenarios }: RunRecord, ending: Ending): string[] {
  const areas = areasOf(scenarios, ending.verbosity === 'verbose' ? Number.POSITIVE_INFINITY : 1);
  const names = areas.map(({ name }) => shown(name, 120));
  const width = Math.max(...names.map((name) => name.length), 0);
  const lines = areas.map(({ scenarios: each }, at) => {
    const counts = tallyText(each.map(({ verdict }) => verdict));
    return `  ${(names[at] ?? '').padEnd(width)}  ${counts}`;
  });
  return ['', ...lines.flatMap((line) => wrapped(line, ending.columns)).map((line) => painted(line, ending))];
}

function sum(record: RunRecord, ending: Ending, open: readonly Cause[]): string[] {
  const { scenarios, sut, shard, durationMs, load, leftOut, stopped } = record;
  const { colours, columns, planned, verbosity } = ending;
  const part = shard === undefined ? '' : ` (shard ${shard.index}/${shard.of} of ${shard.selected})`;
  const against = `against ${shown(sut.name, MAX_WORDS)} in ${(durationMs / 1000).toFixed(1)} s`;
  const head = `${scenarios.length} of ${planned} scenarios${part} ${against}: ${tallyText(scenarios.map(({ verdict }) => verdict)) || 'nothing judged'}`;
  const dim = (text: string): string[] =>
    verbosity === 'quiet' ? [] : wrapped(text, columns).map((line) => colours.dim(line));
  const causes = open.length === 0 ? '' : ` (${open.length} cause${open.length === 1 ? '' : 's'})`;
  return [
    '',
    ...wrapped(head, columns).map((line) => painted(line, ending)),
    `Verdict: ${colours.bold(conclusionOf(record))}${causes}`,
    ...(load === undefined ? [] : dim(loadLine(load))),
    ...(leftOut === undefined ? [] : dim(`${leftOut.length} more need simulated time (--in-memory).`)),
    ...(stopped === undefined
      ? []
      : wrapped(`The run ended early: ${shown(stopped, MAX_WORDS)}`, columns).map((line) => colours.red(line))),
  ];
}

const TALLIED = new RegExp(`\\d+ (${VERDICTS.join('|')})\\b`, 'g');

/** The counts of a line in the colours of their verdicts. */
const painted = (line: string, { colours }: Wording): string =>
  line.replace(TALLIED, (count, word: string) => {
    const verdict = VERDICTS.find((one) => one === word);
    return verdict === undefined ? count : paint(verdict, count, colours);
  });

function loadLine({ rooms, connections, peakConnections, messages }: NonNullable<RunRecord['load']>): string {
  return `Put on the SUT: ${messages} requests over ${connections} connections, ${peakConnections} at most at the same time, in ${rooms} rooms.`;
}
