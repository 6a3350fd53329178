import { requirementLink } from '../html/links.ts';
import { escapeMarkup, markup } from '../markup.ts';
import { staticPage } from '../page.ts';
import {
  type AreaCell,
  type AreaRow,
  type Column,
  type Matrix,
  type RequirementGroup,
  type RequirementRow,
  sideBySide,
} from './matrix.ts';

/** The matrix as a page; each cell leads into the report of its run, where there is one. */
export function matrixHtml(matrix: Matrix): string {
  const { columns, areas, groups, unjudged } = matrix;
  const rows = groups.flatMap((group) => group.rows);
  const differing = rows.filter((row) => row.differs);
  const body = [
    `<h1>${sideBySide(matrix)}</h1>`,
    `<p class="note">Scenarios that pass, of those that the SUT claims to support; requirements as each run has judged them.</p>`,
    '<h2>Areas</h2>',
    table(
      'Area',
      columns,
      areas.map((row) => areaRow(row, columns)),
    ),
    `<h2>Where they differ <span class="note">${differing.length}</span></h2>`,
    ...(differing.length === 0 ? [] : [requirementTable(columns, differing)]),
    `<h2>All requirements <span class="note">${rows.length} judged, ${unjudged} by nobody</span></h2>`,
    ...groups.map((group) => groupOf(group, columns)),
  ];
  return staticPage(`${columns.map(({ name }) => name).join(', ')} – msrpspec`, body.join('\n'));
}

function groupOf({ rfc, rows }: RequirementGroup, columns: readonly Column[]): string {
  const violated = columns.map((_, at) => rows.filter(({ cells }) => cells[at] === 'fail').length);
  const title = rfc === undefined ? 'Others' : `RFC ${rfc}`;
  const told = violated.some((count) => count > 0) ? `, violated ${violated.join(' / ')}` : '';
  return `<details><summary>${title} <span class="note">${rows.length} requirement${rows.length === 1 ? '' : 's'}${told}</span></summary>\n${requirementTable(columns, rows)}\n</details>`;
}

const requirementTable = (columns: readonly Column[], rows: readonly RequirementRow[]): string =>
  table(
    'Requirement',
    columns,
    rows.map((row) => requirementRow(row, columns)),
  );

function table(what: string, columns: readonly Column[], rows: readonly string[]): string {
  const heads = columns.map((column) => `<th scope="col">${linked(column, '', markup(column.name, 120))}</th>`);
  return `<div class="scroll"><table><thead><tr><th scope="col">${what}</th>${heads.join('')}</tr></thead><tbody>\n${rows.join('\n')}\n</tbody></table></div>`;
}

function areaRow({ name, cells }: AreaRow, columns: readonly Column[]): string {
  const each = cells.map((cell, at) => `<td>${areaMark(cell, columns[at])}</td>`);
  return `<tr><th scope="row">${markup(name, 120)}</th>${each.join('')}</tr>`;
}

function areaMark(cell: AreaCell | undefined, column: Column | undefined): string {
  if (cell === undefined) return mark('unsupported', 'not run', undefined, '');
  const { good, of, bad } = cell;
  const verdict = of === 0 ? 'unsupported' : bad > 0 ? 'fail' : good < of ? 'warn' : 'pass';
  return mark(verdict, of === 0 ? 'unsupported' : `${good} of ${of}`, column, '#scenarios');
}

function requirementRow({ id, section, summary, cells }: RequirementRow, columns: readonly Column[]): string {
  const where = section === '' ? '' : ` <span class="note">§${markup(section, 40)}</span>`;
  const each = cells.map((verdict, at) =>
    verdict === undefined ? '<td></td>' : `<td>${mark(verdict, verdict, columns[at], requirementLink(id))}</td>`,
  );
  return `<tr><th scope="row"><span class="id">${markup(id, 80)}</span>${where}<br><span class="note">${markup(summary, 400)}</span></th>${each.join('')}</tr>`;
}

function mark(verdict: string, text: string, column: Column | undefined, fragment: string): string {
  const href = hrefOf(column, fragment);
  const words = markup(text, 40);
  return href === undefined
    ? `<span class="v" data-v="${markup(verdict, 40)}">${words}</span>`
    : `<a class="v" data-v="${markup(verdict, 40)}" href="${href}">${words}</a>`;
}

function linked(column: Column, fragment: string, inside: string): string {
  const href = hrefOf(column, fragment);
  return href === undefined ? inside : `<a href="${href}">${inside}</a>`;
}

const hrefOf = (column: Column | undefined, fragment: string): string | undefined =>
  column?.report === undefined ? undefined : escapeMarkup(column.report + fragment);
