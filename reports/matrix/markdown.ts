import { MAX_MARKDOWN } from '../markdown.ts';
import { fitting, plain } from '../markdown-text.ts';
import { type AreaCell, type Matrix, type RequirementRow, sideBySide } from './matrix.ts';

/** Columns that a table can hold and still be read. */
const COLUMNS_SHOWN = 20;

/** The areas, and the requirements in which the implementations differ. */
export function matrixMarkdown(matrix: Matrix): string {
  const { areas, groups } = matrix;
  const columns = matrix.columns.slice(0, COLUMNS_SHOWN);
  const left = matrix.columns.length - columns.length;
  const head = (what: string): string[] => [
    `| ${what} | ${columns.map(({ name }) => plain(name, 80)).join(' | ')} |`,
    `|:--|${columns.map(() => '--:|').join('')}`,
  ];
  const areaLines = areas.map(
    ({ name, cells }) => `| ${plain(name, 80)} | ${cells.slice(0, COLUMNS_SHOWN).map(areaText).join(' | ')} |`,
  );
  const differing = groups.flatMap(({ rows }) => rows.filter((row) => row.differs)).map(requirementLine);
  const more = (count: number): string => `| and ${count} more |`;
  const table = (what: string, lines: readonly string[], room: number): string =>
    [...head(what), ...fitting(lines, room, more)].join('\n');
  const first = table('area', areaLines, 15_000);
  const blocks = [
    `## ${sideBySide(matrix)}`,
    ...(left === 0 ? [] : [`${left} more columns are on the HTML page.`]),
    first,
    `### Where they differ (${differing.length})`,
    ...(differing.length === 0 ? [] : [table('requirement', differing, MAX_MARKDOWN - first.length - 12_000)]),
  ];
  return `${blocks.join('\n\n')}\n`;
}

function areaText(cell: AreaCell | undefined): string {
  if (cell === undefined) return 'not run';
  const { good, of, bad } = cell;
  if (of === 0) return 'unsupported';
  return `${bad > 0 ? '❌ ' : good < of ? '⚠️ ' : ''}${good}/${of}`;
}

const requirementLine = ({ id, summary, cells }: RequirementRow): string =>
  `| **${plain(id, 60)}** ${plain(summary, 200)} | ${cells
    .slice(0, COLUMNS_SHOWN)
    .map((verdict) => (verdict === 'fail' ? '❌ fail' : (verdict ?? '')))
    .join(' | ')} |`;
