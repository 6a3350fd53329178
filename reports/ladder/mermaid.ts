import { shown } from '../markup.ts';
import type { Ladder, Row } from './ladder.ts';

/** Of one label, in characters. */
const MAX_LABEL = 80;

/** Mermaid refuses what is longer than 50,000 characters. */
const MAX_DIAGRAM = 45_000;

/** The diagram as Mermaid text, as GitHub and GitLab draw it in Markdown. */
export function ladderMermaid({ lifelines, rows }: Ladder): string {
  const lines = [
    'sequenceDiagram',
    ...lifelines.map(
      ({ name, kind }, at) => `  ${kind === 'sut' ? 'participant' : 'actor'} ${idOf(at)} as ${label(name, 40)}`,
    ),
  ];
  let length = lines.join('\n').length;
  for (const [at, row] of rows.entries()) {
    const drawn = statements(row, lifelines.length - 1);
    length += drawn.join('\n').length + 3;
    if (length > MAX_DIAGRAM) {
      lines.push(`  ${noteOver(0, lifelines.length - 1, `… ${rows.length - at} more rows`)}`);
      break;
    }
    lines.push(...drawn.map((line) => `  ${line}`));
  }
  return `${lines.join('\n')}\n`;
}

function statements(row: Row, last: number): string[] {
  switch (row.kind) {
    case 'message': {
      const arrow = `${idOf(row.from)}->>${idOf(row.to)}: ${label(`#${row.index} ${row.headline}`)}`;
      switch (row.mark) {
        case 'none':
          return [arrow];
        case 'evidence':
          return ['rect rgba(224, 160, 32, 0.2)', arrow, 'end'];
        case 'divergent':
          return ['rect rgba(214, 40, 57, 0.25)', arrow, noteOver(row.from, row.to, 'first divergence'), 'end'];
      }
      break;
    }
    case 'connection':
      return [noteOver(row.at, row.at, `#${row.index} ${row.connection}: ${row.headline}`)];
    case 'skipped':
      return [noteOver(0, last, `… ${row.count} more (#${row.first} to #${row.last})`)];
  }
}

const idOf = (at: number): string => `p${at}`;

const noteOver = (a: number, b: number, text: string): string =>
  `Note over ${a === b ? idOf(a) : `${idOf(Math.min(a, b))},${idOf(Math.max(a, b))}`}: ${label(text)}`;

/** Whatever Mermaid, or the HTML that it makes, could take for its own is written as a number. */
const label = (text: string, max = MAX_LABEL): string =>
  shown(text, max).replace(/[^\p{L}\p{N} .,:/@()*+?=_…-]/gu, (character) => `#${character.codePointAt(0)};`) || '-';
