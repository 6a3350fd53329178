import { SaxesParser } from 'saxes';
import { describe, expect, it } from 'vitest';
import { line, refusedNickname } from './ladder.fixture.ts';
import { DEFAULT_BOUNDS, type Ladder, ladderOf, marksOf, type Row } from './ladder.ts';
import { ladderMermaid } from './mermaid.ts';
import { ladderSvg } from './svg.ts';
import { ladderText } from './text.ts';

const marks = { divergent: 3, evidence: new Set([2, 3]) };
const ladder: Ladder = ladderOf(refusedNickname, marks, 'my server');
const busy = (count: number): Ladder =>
  ladderOf(
    Array.from({ length: count }, (_, index) => line(index, index % 2 === 0 ? 'alice>' : 'alice<', `MSRP ${index}`)),
    { divergent: 60, evidence: new Set([60, 20]) },
    'SUT',
    { lifelines: 3, rows: 10 },
  );

describe('a ladder', () => {
  it('has a lifeline for each participant in the order of appearance, the SUT on the right', () => {
    expect(ladder.lifelines).toEqual([
      { name: 'alice', kind: 'participant' },
      { name: 'bob', kind: 'participant' },
      { name: 'my server', kind: 'sut' },
    ]);
    const between = (row: Row | undefined): unknown => row?.kind === 'message' && [row.from, row.to, row.mark];
    expect(ladder.rows[0]).toMatchObject({ kind: 'connection', at: 0, headline: 'connection opened', mark: 'none' });
    expect(ladder.rows.slice(1).map(between)).toEqual([
      [0, 2, 'none'],
      [1, 2, 'evidence'],
      [2, 1, 'divergent'],
    ]);
    expect(ladder.rows[1]).toMatchObject({ size: 6, time: 10 });
  });

  it('skips what is far from any mark, and keeps no more rows than it may', () => {
    const { rows } = busy(100);
    const kept = rows.flatMap((row) => (row.kind === 'skipped' ? [] : [row.index]));
    expect(kept).toHaveLength(10);
    expect(kept).toEqual(expect.arrayContaining([0, 20, 59, 60, 61, 99]));
    const skipped = rows.flatMap((row) => (row.kind === 'skipped' ? [row] : []));
    expect(skipped.reduce((sum, { count }) => sum + count, 0)).toBe(90);
    expect(skipped[0]).toMatchObject({ first: 1, count: (skipped[0]?.last ?? 0) - (skipped[0]?.first ?? 0) + 1 });
  });

  it('keeps the divergent message when there are more marks than rows', () => {
    const all = Array.from({ length: 50 }, (_, index) => line(index, 'a>', 'MSRP'));
    const { rows } = ladderOf(all, { divergent: 40, evidence: new Set(all.keys()) }, 'SUT', { lifelines: 2, rows: 3 });
    expect(rows).toContainEqual(expect.objectContaining({ index: 40, mark: 'divergent' }));
  });

  it('gives the participants beyond its bounds one lifeline', () => {
    const crowd = Array.from({ length: 40 }, (_, index) => line(index, `p${index}>`, 'INVITE'));
    const { lifelines, rows } = ladderOf(crowd, marksOf({ findings: [] }), 'SUT');
    expect(lifelines).toHaveLength(DEFAULT_BOUNDS.lifelines + 1);
    expect(lifelines.slice(-2)).toEqual([
      { name: '29 others', kind: 'others' },
      { name: 'SUT', kind: 'sut' },
    ]);
    expect(rows.at(-1)).toMatchObject({ from: 11, to: 12 });
  });
});

describe('the first divergent message', () => {
  const found = (verdict: 'pass' | 'warn' | 'fail' | 'inconclusive', evidence: number[]) => ({ verdict, evidence });

  it('is the earliest answer of the worst verdict', () => {
    const findings = [found('pass', [1, 2]), found('warn', [3]), found('fail', [8, 9]), found('fail', [4, 7])];
    expect(marksOf({ findings })).toEqual({ divergent: 7, evidence: new Set([3, 8, 9, 4, 7]) });
  });

  it('is nowhere in a scenario that passes, or without evidence', () => {
    expect(marksOf({ findings: [found('pass', [1])] })).toEqual({ evidence: new Set() });
    expect(marksOf({ findings: [found('inconclusive', [])] })).toEqual({ evidence: new Set() });
  });
});

describe('a ladder in plain text', () => {
  it('has one lane each', () => {
    expect(ladderText(ladder, 100)).toBe(
      [
        '                           alice                       bob                     my server',
        ' #0        0 ms              * connection opened        |                          |',
        ' #1       10 ms              |--------------- INVITE sip:room@host --------------->|',
        '?#2       20 ms              |                          |---- MSRP NICKNAME n1 --->|',
        '!#3       30 ms              |                          |<----- MSRP 425 n1 -------|',
        '',
      ].join('\n'),
    );
  });

  it.each([20, 40, 60, 80, 200])('is at most %d columns wide', (columns) => {
    for (const each of [ladder, busy(100)])
      for (const text of ladderText(each, columns).split('\n')) expect(text.length).toBeLessThanOrEqual(columns);
  });

  it('becomes a list where lanes have no room', () => {
    expect(ladderText(ladder, 50)).toContain(
      '?#2       20 ms bob → MSRP NICKNAME n1\n!#3       30 ms bob ← MSRP 425 n1\n',
    );
  });
});

describe('a ladder in Mermaid', () => {
  it('marks what proves and what diverges first', () => {
    expect(ladderMermaid(ladder)).toBe(`sequenceDiagram
  actor p0 as alice
  actor p1 as bob
  participant p2 as my server
  Note over p0: #35;0 alice-1: connection opened
  p0->>p2: #35;1 INVITE sip:room@host
  rect rgba(224, 160, 32, 0.2)
  p1->>p2: #35;2 MSRP NICKNAME n1
  end
  rect rgba(214, 40, 57, 0.25)
  p2->>p1: #35;3 MSRP 425 n1
  Note over p1,p2: first divergence
  end
`);
  });

  it('stays below what Mermaid takes', () => {
    const long = Array.from({ length: 2000 }, (_, index) => line(index, 'alice>', `MSRP ${'<'.repeat(100)}`));
    const text = ladderMermaid(ladderOf(long, { evidence: new Set() }, 'SUT', { lifelines: 3, rows: 2000 }));
    expect(text.length).toBeLessThan(50_000);
    expect(text).toMatch(/… \d+ more rows\n$/);
  });
});

describe('a ladder in SVG', () => {
  it('is well-formed and draws every row', () => {
    const svg = ladderSvg(ladder, 'A & B');
    const indexes: string[] = [];
    const parser = new SaxesParser({ xmlns: true });
    parser.on('opentag', ({ attributes }) => {
      const index = attributes['data-index'];
      if (index !== undefined) indexes.push(index.value);
    });
    parser.write(svg).close();
    expect(indexes).toEqual(['0', '1', '2', '3']);
    expect(svg).toContain('class="message msrp divergent" data-index="3"');
    expect(svg).toContain('A &#38; B');
  });
});
