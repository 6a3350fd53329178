import pc from 'picocolors';
import type { RunRecord, ScenarioResult } from '../harness/runner/record.ts';
import { isFlaky } from '../harness/runner/repeats.ts';
import { type Cause, causesOf, type Fact } from './causes.ts';
import { conclusionOf } from './ending.ts';
import { evidenceOf } from './evidence.ts';
import { describeMessage, placeOf } from './findings.ts';
import { code, fenced, fitting, plain } from './markdown-text.ts';
import { shown } from './markup.ts';
import { complaintsOf, type Reported } from './reported.ts';
import { areasOf, tally, tallyText, VERDICTS } from './tally.ts';

/** In characters. A comment on GitHub takes 65,536, a job summary a mebibyte. */
export const MAX_MARKDOWN = 60_000;
/** Scenarios that are named for one cause. */
const SCENARIOS_SHOWN = 25;

const HEADS: Readonly<Record<ReturnType<typeof conclusionOf>, string>> = {
  conforms: '✅ Conforms',
  deviates: '❌ Deviates',
  incomplete: '⚠️ Incomplete',
  'nothing judged': '⚠️ Nothing judged',
  error: '❌ Error',
};

/** For the summary of a CI job or a comment on a pull request: the verdict, the areas, then what did not pass, by cause. */
export function markdown(reported: Reported): string {
  const { record } = reported;
  const causes = causesOf(record);
  const open = causes.filter(({ fact }) => fact.known === undefined);
  const list = (title: string, lines: readonly string[], room: number): string[] =>
    lines.length === 0 ? [] : [`${title}${fitting(lines, room, (count) => `- and ${count} more`).join('\n')}`];
  const head = [
    headOf(record),
    areaTable(record),
    ...list(
      '',
      complaintsOf(record).flatMap(({ texts }) => texts.map((text) => `- **${plain(text, 500)}**`)),
      6000,
    ),
  ];
  const tail = [
    ...list('### Known deviations\n\n', knownOf(causes), 6000),
    ...list('### Flaky\n\n', flakyOf(record), 6000),
  ];
  const room = MAX_MARKDOWN - [...head, ...tail].reduce((sum, block) => sum + block.length + 2, 0) - 200;
  const told =
    open.length === 0
      ? []
      : [
          `### What did not pass, by cause (${open.length})`,
          ...fitting(
            open.map((cause) => causeBlock(cause, reported)),
            room,
            (count) => `… and ${count} more causes: the other reports have them.`,
          ),
        ];
  return `${[...head, ...told, ...tail].join('\n\n')}\n`;
}

function headOf(record: RunRecord): string {
  const { sut, scenarios, durationMs, seed, shard, reading, tool } = record;
  const part = shard === undefined ? '' : `, shard ${shard.index}/${shard.of}`;
  return [
    `## ${HEADS[conclusionOf(record)]}: ${code(sut.name, 200)}`,
    '',
    `${scenarios.length} scenarios in ${(durationMs / 1000).toFixed(1)} s: **${tallyText(scenarios.map(({ verdict }) => verdict)) || 'nothing judged'}**${part}`,
    '',
    `<sub>msrpspec ${plain(tool.version, 40)}${seed === '' ? '' : `, seed ${code(seed, 100)}`}, ${reading ?? 'tolerant'} reading</sub>`,
  ].join('\n');
}

function areaTable({ scenarios }: RunRecord): string {
  const columns = VERDICTS.filter((verdict) => scenarios.some((one) => one.verdict === verdict));
  const areas = areasOf(scenarios).slice(0, 50);
  return [
    `| area | ${columns.join(' | ')} |`,
    `|:--|${columns.map(() => '--:|').join('')}`,
    ...areas.map(({ name, scenarios: each }) => {
      const counts = new Map(tally(each.map(({ verdict }) => verdict)).map((one) => [one.verdict, one.count]));
      return `| ${plain(name, 60)} | ${columns.map((verdict) => counts.get(verdict) ?? '').join(' | ')} |`;
    }),
  ].join('\n');
}

function causeBlock({ fact, scenarios }: Cause, { catalogue, logs }: Reported): string {
  const [example] = scenarios;
  const [first, ...others] = fact.requirements;
  const summaryOf = (id: string): string => plain(catalogue.get(id)?.summary ?? '', 600);
  const head = first === undefined ? '' : ` ${plain(first.id, 60)} ${first.level}: ${summaryOf(first.id)}`;
  const evidence = evidenceOf([fact], example, logs);
  const wording = { catalogue, colours: pc.createColors(false), columns: 120 };
  const messages = evidence.ok
    ? [...evidence.value.values()].flatMap((line) => describeMessage(line, wording, ''))
    : [shown(evidence.error)];
  return [
    `<details><summary><b>${fact.verdict.toUpperCase()}</b>${head} <i>(${scenarios.length} scenario${scenarios.length === 1 ? '' : 's'})</i></summary>`,
    '',
    ...others.slice(0, 5).map(({ id, level }) => `- ${plain(id, 60)} ${level}: ${summaryOf(id)}`),
    `- ${code(example.id, 300)}, ${code(placeOf(fact), 300)}: ${code(fact.message, 600)}`,
    ...pairOf(fact),
    '',
    ...(messages.length === 0 ? [] : [fenced(messages.join('\n')), '']),
    scenarioList(scenarios),
    '',
    '</details>',
  ].join('\n');
}

const pairOf = ({ due, actual }: Fact): string[] => [
  ...(due === undefined ? [] : [`- ${due.by === 'capture' ? 'captured' : 'expected'} ${code(due.text, 600)}`]),
  ...(actual === undefined ? [] : [`- actual ${code(actual, 600)}`]),
];

function scenarioList(scenarios: readonly ScenarioResult[]): string {
  const ids = scenarios.slice(0, SCENARIOS_SHOWN).map(({ id }) => code(id, 200));
  const more = scenarios.length - ids.length;
  return `Scenarios: ${ids.join(', ')}${more === 0 ? '' : ` and ${more} more`}`;
}

const knownOf = (causes: readonly Cause[]): string[] =>
  causes.flatMap(({ fact, scenarios }) => {
    if (fact.known === undefined) return [];
    const where = `${scenarios.length} scenario${scenarios.length === 1 ? '' : 's'}`;
    return [`- ${plain(fact.requirements[0]?.id ?? '', 60)} in ${where}: ${code(fact.known, 300)}`];
  });

const flakyOf = ({ scenarios }: RunRecord): string[] =>
  scenarios.filter(isFlaky).map(({ id, repeats = [] }) => {
    const times = tallyText(repeats.map(({ verdict }) => verdict));
    return `- ${code(id, 200)}: ${times} in ${repeats.length}`;
  });
