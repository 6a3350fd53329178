import type { Catalogue } from '../../harness/catalogue/catalogue.ts';
import { type Colours, wrapped } from '../findings.ts';
import { shown } from '../markup.ts';
import { type Comparison, regressionsOf, type ScenarioChange } from './comparison.ts';
import { became, type Section, sectionsOf, sumOf } from './sections.ts';

const CHANGES_SHOWN = 40;

/** How a comparison is shown. */
export interface Showing {
  readonly catalogue: Catalogue;
  readonly colours: Colours;
  /** Of the terminal; absent where lines may be long. */
  readonly columns?: number;
}

/** A comparison for a terminal. */
export function compareText(comparison: Comparison, showing: Showing): string {
  const { before, after, requirements, complaints, caveats } = comparison;
  const { colours, catalogue } = showing;
  const name = ({ sut, started }: typeof before): string => `${shown(sut.name, 100)} (${shown(started, 30)})`;
  const lines = [
    ...broken(`${name(before)} → ${name(after)}`, 0, showing),
    ...caveats.flatMap((text) => broken(`Mind: ${shown(text, 500)}`, 0, showing).map(colours.yellow)),
    ...complaints.flatMap((text) => broken(shown(text, 1000), 0, showing).map(colours.red)),
    ...sectionsOf(comparison).flatMap((section) => sectionLines(section, showing)),
    ...(requirements.length === 0 ? [] : ['', colours.bold(`Requirements (${requirements.length})`)]),
    ...requirements.slice(0, CHANGES_SHOWN).flatMap((change) => {
      const summary = shown(catalogue.get(change.id)?.summary ?? '', 300);
      const head = `${shown(change.id, 80)} ${became(change)}  ${summary}`;
      return coloured(change.kind, broken(head, 2, showing), colours);
    }),
    ...rest(requirements.length - CHANGES_SHOWN),
    '',
    ...broken(sumOf(comparison), 0, showing).map(regressionsOf(comparison) === 0 ? colours.green : colours.red),
  ];
  return `${lines.join('\n')}\n`;
}

function sectionLines({ kind, title, changes }: Section, showing: Showing): string[] {
  const { colours } = showing;
  return [
    '',
    colours.bold(`${title} (${changes.length})`),
    ...changes
      .slice(0, CHANGES_SHOWN)
      .flatMap((change) => [
        ...coloured(kind, broken(`${shown(change.id, 300)}  ${became(change)}`, 2, showing), colours),
        ...factLines(change, showing),
      ]),
    ...rest(changes.length - CHANGES_SHOWN),
  ];
}

/** Of what is fixed or gone there is nothing to tell. */
function factLines({ kind, fact }: ScenarioChange, showing: Showing): string[] {
  if (fact === undefined || kind === 'fix' || kind === 'gone') return [];
  const { requirements, message, due, actual } = fact;
  const pair = [due === undefined ? '' : `expected ${due.text}`, actual === undefined ? '' : `actual ${actual}`];
  const told = [requirements[0]?.id ?? '', message, ...pair].filter((one) => one !== '').join('  ');
  return broken(shown(told, 400), 6, showing).map(showing.colours.dim);
}

const rest = (count: number): string[] => (count <= 0 ? [] : [`  and ${count} more`]);

const broken = (text: string, indent: number, { columns }: Showing): string[] =>
  wrapped(text, columns === undefined ? undefined : columns - indent).map((line) => ' '.repeat(indent) + line);

function coloured(kind: ScenarioChange['kind'], lines: readonly string[], colours: Colours): string[] {
  switch (kind) {
    case 'regression':
      return lines.map(colours.red);
    case 'fix':
      return lines.map(colours.green);
    case 'changed':
    case 'flaky':
      return lines.map(colours.yellow);
    case 'new':
    case 'gone':
      return [...lines];
  }
}
