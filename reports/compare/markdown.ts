import type { Catalogue } from '../../harness/catalogue/catalogue.ts';
import { MAX_MARKDOWN } from '../markdown.ts';
import { code, fitting, plain } from '../markdown-text.ts';
import { type Comparison, regressionsOf, type ScenarioChange } from './comparison.ts';
import { became, sectionsOf, sumOf } from './sections.ts';

/** A comparison for a comment on a pull request. */
export function compareMarkdown(comparison: Comparison, catalogue: Catalogue): string {
  const { before, after, requirements, complaints, caveats } = comparison;
  const sections = sectionsOf(comparison);
  const share = Math.floor((MAX_MARKDOWN - 8000) / (sections.length + 1));
  const more = (count: number): string => `- and ${count} more`;
  const list = (title: string, lines: readonly string[]): string[] =>
    lines.length === 0 ? [] : [`### ${title} (${lines.length})`, fitting(lines, share, more).join('\n')];
  const blocks = [
    `## ${regressionsOf(comparison) === 0 ? '✅' : '❌'} ${sumOf(comparison)}`,
    `${code(before.sut.name, 100)} of ${plain(before.started, 30)} → ${code(after.sut.name, 100)} of ${plain(after.started, 30)}`,
    ...caveats.slice(0, 6).map((text) => `⚠️ ${code(text, 200)}`),
    ...fitting(
      complaints.map((text) => `- **${code(text, 200)}**`),
      4000,
      more,
    ),
    ...sections.flatMap(({ title, changes }) => list(title, changes.map(lineOf))),
    ...list(
      'Requirements',
      requirements.map((change) => {
        const summary = plain(catalogue.get(change.id)?.summary ?? '', 300);
        return `- **${plain(change.id, 80)}** ${became(change)}: ${summary}`;
      }),
    ),
  ];
  return `${blocks.join('\n\n')}\n`;
}

function lineOf(change: ScenarioChange): string {
  const { id, kind, fact } = change;
  const head = `- ${code(id, 200)} ${became(change)}`;
  if (fact === undefined || kind === 'fix' || kind === 'gone') return head;
  const { requirements, message, due, actual } = fact;
  const pair = [
    ...(due === undefined ? [] : [`expected ${code(due.text, 150)}`]),
    ...(actual === undefined ? [] : [`actual ${code(actual, 150)}`]),
  ].join(', ');
  return `${head}: ${[plain(requirements[0]?.id ?? '', 80), code(message, 200), pair].filter((one) => one !== '').join(' ')}`;
}
