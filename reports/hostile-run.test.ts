import { validate } from 'ctrf';
import pc from 'picocolors';
import { SaxesParser } from 'saxes';
import { describe, expect, it } from 'vitest';
import { badge } from './badge.ts';
import { compareRuns } from './compare/comparison.ts';
import { compareText } from './compare/console.ts';
import { compareHtml } from './compare/html.ts';
import { compareMarkdown } from './compare/markdown.ts';
import { ConsoleReporter } from './console.ts';
import { ctrf } from './ctrf.ts';
import { endingLines } from './ending.ts';
import { hostileLog, hostileRecord, hostileRun } from './hostile-run.fixture.ts';
import { junit } from './junit.ts';
import { ladderOf, marksOf } from './ladder/ladder.ts';
import { ladderMermaid } from './ladder/mermaid.ts';
import { ladderSvg } from './ladder/svg.ts';
import { ladderText } from './ladder/text.ts';
import { markdown } from './markdown.ts';
import { matrixHtml } from './matrix/html.ts';
import { matrixMarkdown } from './matrix/markdown.ts';
import { matrixOf } from './matrix/matrix.ts';

const { catalogue, logs } = hostileRun;
const colours = pc.createColors(false);
const ending = { catalogue, logs, colours, verbosity: 'verbose', planned: 12 } as const;
const [worst] = hostileRecord.scenarios;
const ladder = ladderOf(hostileLog, marksOf(worst ?? { findings: [] }), hostileRecord.sut.name);
const better = {
  ...hostileRecord,
  scenarios: hostileRecord.scenarios.slice(2).map((one) => ({ ...one, findings: [] })),
};
const passed = { ...better, scenarios: better.scenarios.map((one) => ({ ...one, verdict: 'pass' as const })) };
const comparison = compareRuns(passed, hostileRecord);
const matrix = matrixOf(
  [{ record: hostileRecord, report: 'a/report.html' }, { record: passed }, { record: hostileRecord }],
  catalogue,
);

function progress(): string {
  const written: string[] = [];
  const terminal = { write: (text: string) => written.push(text), isTty: false, colours: false, columns: 80 };
  const reporter = new ConsoleReporter(terminal, catalogue, 'verbose');
  reporter.started(hostileRecord.sut.capabilities, hostileRecord.scenarios.length);
  for (const result of hostileRecord.scenarios) {
    reporter.scenarioStarted(result.id);
    reporter.scenarioEnded(result, []);
  }
  reporter.finished(hostileRecord, undefined);
  return written.join('');
}

/** What each renderer makes of a run in which every text is hostile; the most that it may take, in characters. */
const rendered: readonly (readonly [name: string, text: string, most: number])[] = [
  ['console', progress(), 500_000],
  ['ending', `${endingLines(hostileRecord, ending).join('\n')}\n`, 500_000],
  ['ending on a narrow terminal', `${endingLines(hostileRecord, { ...ending, columns: 40 }).join('\n')}\n`, 500_000],
  ['junit', junit(hostileRun), 2_000_000],
  ['ctrf', ctrf(hostileRun), 2_000_000],
  ['markdown', markdown(hostileRun), 65_536],
  ['badge', badge(hostileRecord), 10_000],
  ['svg', ladderSvg(ladder, worst?.title ?? ''), 50_000],
  ['mermaid', ladderMermaid(ladder), 50_000],
  ['ladder as text', ladderText(ladder), 10_000],
  ['comparison on the console', compareText(comparison, { catalogue, colours }), 100_000],
  ['comparison as Markdown', compareMarkdown(comparison, catalogue), 65_536],
  ['comparison as HTML', compareHtml(comparison, catalogue), 500_000],
  ['matrix as Markdown', matrixMarkdown(matrix), 65_536],
  ['matrix as HTML', matrixHtml(matrix), 2_000_000],
];

const of = (name: string): string => rendered.find(([one]) => one === name)?.[1] ?? '';

describe('a run in which every text is hostile', () => {
  it.each(rendered)(
    'as %s has nothing that a terminal obeys, that reorders text or that is no character',
    (_, text) => {
      const unsafe =
        /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff\p{Cs}]/u;
      expect(unsafe.exec(text)).toBeNull();
      expect(text.length).toBeGreaterThan(100);
    },
  );

  it.each(rendered)('as %s stays within bounds', (_, text, most) => {
    expect(text.length).toBeLessThanOrEqual(most);
  });

  it.each(['junit', 'badge', 'svg'])('as %s is well-formed XML', (name) => {
    const elements = new Set<string>();
    const parser = new SaxesParser({ xmlns: true });
    parser.on('opentag', (tag) => elements.add(tag.name));
    parser.write(of(name)).close();
    expect([...elements]).not.toEqual(expect.arrayContaining(['script']));
    expect([...elements]).not.toEqual(expect.arrayContaining(['img']));
  });

  it('as CTRF is valid', () => {
    expect(validate(JSON.parse(of('ctrf')))).toEqual({ valid: true, errors: [] });
  });

  it.each(['comparison as HTML', 'matrix as HTML'])('as %s has no element that it has not made', (name) => {
    const names = [...of(name).matchAll(/<([a-z]+\d?)/gi)].map(([, tag = '']) => tag.toLowerCase());
    const own =
      'html head meta title style body main h1 h2 p b span br ul li div table thead tbody tr th td a code details summary';
    expect(names.filter((tag) => !own.split(' ').includes(tag))).toEqual([]);
    expect(of(name)).not.toMatch(/<[^>]*\son\w+=/i);
  });

  it.each(['markdown', 'comparison as Markdown', 'matrix as Markdown'])('as %s has no markup of theirs', (name) => {
    // Outside of fences, in which nothing is markup.
    const text = of(name).replace(/^(`{3,}).*\n[\s\S]*?^\1$/gm, '');
    const tags = [...text.matchAll(/<\/?([a-z]+)/gi)].map(([, tag = '']) => tag);
    expect(tags.filter((tag) => !['code', 'details', 'summary', 'b', 'i', 'sub'].includes(tag))).toEqual([]);
    expect(text).not.toMatch(/@everyone|\]\(|https?:\/\/|`|^# /m);
    const opened = (tag: string): number => text.split(`<${tag}>`).length - text.split(`</${tag}>`).length;
    expect([opened('code'), opened('details'), opened('summary')]).toEqual([0, 0, 0]);
  });

  it('as Mermaid has one statement a line and no comment or directive', () => {
    const statement =
      /^(sequenceDiagram| {2}(actor|participant) p\d+ as .+| {2}p\d+->>p\d+: .+| {2}Note over p\d+(,p\d+)?: .+| {2}rect rgba\([\d., ]+\)| {2}end)$/;
    const lines = of('mermaid').trimEnd().split('\n');
    expect(lines.filter((line) => !statement.test(line))).toEqual([]);
    expect(of('mermaid')).not.toMatch(/%%|;(?<!#\d+;)/);
  });

  it('says where a wire log cannot be read, and goes on', () => {
    const strange = { ...hostileRun, logs: () => [] };
    expect(() => junit(strange)).not.toThrow();
  });
});
