import type { Catalogue } from '../../harness/catalogue/catalogue.ts';
import type { RunRecord } from '../../harness/runner/record.ts';
import { markup } from '../markup.ts';
import { staticPage, verdictMark } from '../page.ts';
import type { Comparison, RequirementChange, ScenarioChange } from './comparison.ts';
import { type Section, sectionsOf, sumOf } from './sections.ts';

const CHANGES_SHOWN = 2000;

/** A comparison as a page of its own. */
export function compareHtml(comparison: Comparison, catalogue: Catalogue): string {
  const { before, after, complaints, caveats, requirements } = comparison;
  const body = [
    `<h1>${markup(sumOf(comparison))}</h1>`,
    `<p>${runOf(before)} → ${runOf(after)}</p>`,
    ...caveats.map((text) => `<p class="note">Mind: ${markup(text, 500)}</p>`),
    ...(complaints.length === 0
      ? []
      : [
          `<ul>${complaints
            .slice(0, 100)
            .map((text) => `<li>${verdictMark('fail')} ${markup(text, 1000)}</li>`)
            .join('')}</ul>`,
        ]),
    ...sectionsOf(comparison).map(section),
    ...(requirements.length === 0 ? [] : [requirementTable(requirements, catalogue)]),
  ];
  return staticPage(`${after.sut.name}: ${sumOf(comparison)}`, body.join('\n'));
}

const runOf = ({ sut, started }: RunRecord): string =>
  `<b>${markup(sut.name, 200)}</b> <span class="note">${markup(started, 40)}</span>`;

function section({ title, changes }: Section): string {
  return [
    `<h2>${markup(title)} <span class="note">${changes.length}</span></h2>`,
    '<div class="scroll"><table><thead><tr><th scope="col">Scenario</th><th scope="col">Before</th><th scope="col">After</th><th scope="col">Finding</th></tr></thead><tbody>',
    ...changes.slice(0, CHANGES_SHOWN).map(scenarioRow),
    '</tbody></table></div>',
    ...more(changes.length),
  ].join('\n');
}

function scenarioRow(change: ScenarioChange): string {
  const { id, title, before = 'not run', after = 'not run' } = change;
  const name = `<span class="id">${markup(id, 300)}</span><br><span class="note">${markup(title, 300)}</span>`;
  return `<tr><th scope="row">${name}</th><td>${verdictMark(before)}</td><td>${verdictMark(after)}</td><td>${finding(change)}</td></tr>`;
}

function finding({ kind, fact }: ScenarioChange): string {
  if (fact === undefined || kind === 'fix' || kind === 'gone') return '';
  const { requirements, message, due, actual } = fact;
  return [
    `<span class="id">${markup(requirements[0]?.id ?? '', 80)}</span> ${markup(message, 500)}`,
    ...(due === undefined ? [] : [`expected <code>${markup(due.text, 500)}</code>`]),
    ...(actual === undefined ? [] : [`actual <code>${markup(actual, 500)}</code>`]),
  ].join('<br>');
}

function requirementTable(changes: readonly RequirementChange[], catalogue: Catalogue): string {
  const row = ({ id, before, after }: RequirementChange): string =>
    `<tr><th scope="row" class="id">${markup(id, 80)}</th><td>${verdictMark(before)}</td><td>${verdictMark(after)}</td><td>${markup(catalogue.get(id)?.summary ?? '', 500)}</td></tr>`;
  return [
    `<h2>Requirements <span class="note">${changes.length}</span></h2>`,
    '<div class="scroll"><table><thead><tr><th scope="col">Requirement</th><th scope="col">Before</th><th scope="col">After</th><th scope="col">Text</th></tr></thead><tbody>',
    ...changes.slice(0, CHANGES_SHOWN).map(row),
    '</tbody></table></div>',
    ...more(changes.length),
  ].join('\n');
}

const more = (count: number): string[] =>
  count <= CHANGES_SHOWN ? [] : [`<p class="note">and ${count - CHANGES_SHOWN} more</p>`];
