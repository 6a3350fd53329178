import { describe, expect, it } from 'vitest';
import { catalogue, finding, recordOf, scenario } from '../run-record.fixture.ts';
import { matrixHtml } from './html.ts';
import { matrixMarkdown } from './markdown.ts';
import { matrixOf } from './matrix.ts';

const sut = (name: string) => ({ sut: { ...recordOf([]).sut, name } });
const a = recordOf(
  [scenario('rfc7701/x', 'pass'), scenario('rfc7701/y', 'unsupported'), scenario('sip/z', 'pass')],
  sut('A'),
);
const b = recordOf(
  [
    scenario('rfc7701/x', 'fail'),
    scenario('rfc7701/y', 'warn', { findings: [finding({ requirement: 'RFC7701-6.2-16', verdict: 'warn' })] }),
  ],
  sut('B'),
);
const matrix = matrixOf([{ record: a, report: 'runs/a/report.html' }, { record: b }], catalogue);

describe('a matrix of implementations', () => {
  it('has areas and requirements as rows, SUTs as columns', () => {
    expect(matrix.columns.map(({ name }) => name)).toEqual(['A', 'B']);
    expect(matrix.areas).toEqual([
      {
        name: 'rfc7701',
        cells: [
          { good: 1, of: 1, bad: 0 },
          { good: 1, of: 2, bad: 1 },
        ],
      },
      { name: 'sip', cells: [{ good: 1, of: 1, bad: 0 }, undefined] },
    ]);
    const rows = matrix.groups.flatMap((group) => group.rows);
    expect(matrix.groups.map(({ rfc }) => rfc)).toEqual([7701]);
    expect(rows.map(({ id, cells, differs }) => [id, ...cells, differs])).toEqual([
      ['RFC7701-6.2-16', 'untested', 'warn', false],
      ['RFC7701-7.1-26', 'pass', 'fail', true],
    ]);
    expect(rows.length + matrix.unjudged).toBe(catalogue.requirements.length);
  });

  it('gives runs of the same SUT names of their own', () => {
    const later = { ...a, started: '2026-11-02T10:00:00.000Z' };
    const names = (...records: (typeof a)[]): string[] =>
      matrixOf(
        records.map((record) => ({ record })),
        catalogue,
      ).columns.map(({ name }) => name);
    expect(names(a, b, later)).toEqual(['A, 2026-11-01 10:00:00', 'B', 'A, 2026-11-02 10:00:00']);
    expect(names(a, a)).toEqual(['A, 2026-11-01 10:00:00, no. 1', 'A, 2026-11-01 10:00:00, no. 2']);
  });

  it('leads from each cell into the report of its run', () => {
    const html = matrixHtml(matrix);
    expect(html).toContain('<a class="v" data-v="pass" href="runs/a/report.html#r/RFC7701-7.1-26">pass</a>');
    expect(html).toContain('<span class="v" data-v="fail">fail</span>');
    expect(html).toContain('<h2>Where they differ <span class="note">1</span></h2>');
    expect(html).not.toMatch(/<script|https?:/);
  });

  it('shows areas and differences in Markdown', () => {
    const text = matrixMarkdown(matrix);
    expect(text).toContain('| area | A | B |\n|:--|--:|--:|\n| rfc7701 | 1/1 | ❌ 1/2 |\n| sip | 1/1 | not run |');
    expect(text).toContain('### Where they differ (1)');
    expect(text).toMatch(/\| \*\*RFC7701-7\.1-26\*\* A nickname .* \| pass \| ❌ fail \|/);
  });
});
