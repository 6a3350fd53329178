import pc from 'picocolors';
import { describe, expect, it } from 'vitest';
import { catalogue, finding, recordOf, scenario } from '../run-record.fixture.ts';
import { compareRuns, regressionsOf } from './comparison.ts';
import { compareText } from './console.ts';
import { compareHtml } from './html.ts';
import { compareMarkdown } from './markdown.ts';
import { sumOf } from './sections.ts';

const known = { known: 'why', findings: [finding({ known: 'why' })] };
const twice = (first: 'pass' | 'fail', second: 'pass' | 'fail') => ({
  repeats: [first, second].map((verdict) => ({ verdict, durationMs: 1, seed: 's' })),
});
const kinds = (before: ReturnType<typeof scenario>[], after: ReturnType<typeof scenario>[]): unknown =>
  compareRuns(recordOf(before), recordOf(after)).scenarios.map(({ kind, id }) => [kind, id]);

const before = recordOf([
  scenario('a/worse', 'pass'),
  scenario('a/better', 'fail', { findings: [finding({ requirement: 'RFC7701-6.3-08' })] }),
  scenario('a/other', 'pass'),
  scenario('a/gone', 'pass'),
  scenario('a/same', 'fail', { findings: [finding({ requirement: 'RFC7701-6.2-16' })] }),
  scenario('a/flaky', 'pass'),
]);
const after = recordOf([
  scenario('a/worse', 'fail'),
  scenario('a/better', 'pass', { findings: [finding({ requirement: 'RFC7701-6.3-08', verdict: 'pass' })] }),
  scenario('a/other', 'warn'),
  scenario('a/new', 'fail'),
  scenario('a/same', 'fail', { findings: [finding({ requirement: 'RFC7701-6.2-16' })] }),
  scenario('a/flaky', 'fail', twice('pass', 'fail')),
]);
const comparison = compareRuns(before, after);

describe('a comparison of two runs', () => {
  it('says what has become of each scenario', () => {
    expect(comparison.scenarios.map(({ kind, id }) => [kind, id])).toEqual([
      ['regression', 'a/worse'],
      ['fix', 'a/better'],
      ['changed', 'a/other'],
      ['gone', 'a/gone'],
      ['flaky', 'a/flaky'],
      ['new', 'a/new'],
    ]);
    expect(comparison.unchanged).toBe(1);
    expect(sumOf(comparison)).toBe(
      '2 regressions; 1 fixed, 1 changed, 1 flaky, 1 newly run, 1 no longer run, 1 unchanged',
    );
  });

  it('says what has become of the requirements in what both have played', () => {
    expect(comparison.requirements).toEqual([
      { kind: 'regression', id: 'RFC7701-7.1-26', before: 'pass', after: 'fail' },
      { kind: 'fix', id: 'RFC7701-6.3-08', before: 'fail', after: 'pass' },
    ]);
  });

  it('finds no regression in what is newly run, gone or flaky in either run', () => {
    const fails = scenario('a/x', 'fail');
    expect(regressionsOf(compareRuns(recordOf([]), recordOf([fails])))).toBe(0);
    expect(regressionsOf(compareRuns(recordOf([scenario('a/x', 'pass')]), recordOf([])))).toBe(0);
    const flaky = scenario('a/x', 'fail', twice('fail', 'pass'));
    expect(regressionsOf(compareRuns(recordOf([scenario('a/x', 'pass')]), recordOf([flaky])))).toBe(0);
    expect(regressionsOf(compareRuns(recordOf([{ ...flaky, verdict: 'pass' }]), recordOf([fails])))).toBe(0);
  });

  it('takes no known deviation for a regression', () => {
    expect(kinds([scenario('a/x', 'pass')], [scenario('a/x', 'fail', known)])).toEqual([['changed', 'a/x']]);
    expect(kinds([scenario('a/x', 'fail', known)], [scenario('a/x', 'fail')])).toEqual([['changed', 'a/x']]);
    expect(kinds([scenario('a/x', 'fail', known)], [scenario('a/x', 'pass')])).toEqual([['fix', 'a/x']]);
    expect(
      regressionsOf(compareRuns(recordOf([scenario('a/x', 'pass')]), recordOf([scenario('a/x', 'fail', known)]))),
    ).toBe(0);
  });

  it('takes a first failure of what could not be seen for a regression', () => {
    expect(kinds([scenario('a/x', 'inconclusive')], [scenario('a/x', 'fail')])).toEqual([['regression', 'a/x']]);
  });

  it('sees that the same scenario fails for one requirement more', () => {
    const one = scenario('a/x', 'fail', {
      findings: [finding(), finding({ requirement: 'RFC7701-6.2-16', verdict: 'pass' })],
    });
    const two = scenario('a/x', 'fail', { findings: [finding(), finding({ requirement: 'RFC7701-6.2-16' })] });
    const found = compareRuns(recordOf([one]), recordOf([two]));
    expect(found.requirements).toEqual([{ kind: 'regression', id: 'RFC7701-6.2-16', before: 'pass', after: 'fail' }]);
    expect(regressionsOf(found)).toBe(1);
  });

  it('counts that the SUT dies now', () => {
    const deaths = [{ during: ['a/x'], how: 'killed' }];
    const [well, died] = [recordOf([scenario('a/x', 'pass')]), recordOf([scenario('a/x', 'pass')], { deaths })];
    expect(regressionsOf(compareRuns(well, died))).toBe(1);
    expect(regressionsOf(compareRuns(died, died))).toBe(0);
  });

  it('warns of runs that are hard to compare', () => {
    const strict = recordOf([], { reading: 'strict', stopped: 'interrupted' });
    expect(compareRuns(recordOf([]), strict).caveats).toEqual([
      'the reading is another: tolerant, then strict',
      'the later run ended early: interrupted',
    ]);
  });
});

describe('a comparison shown', () => {
  const colours = pc.createColors(false);

  it('on the console', () => {
    const text = compareText(comparison, { catalogue, colours });
    expect(text).toContain(
      'Regressions (1)\n  a/worse  pass → fail\n      RFC7701-7.1-26 bob asks for a nickname expected 425 actual 424\n',
    );
    expect(text).toContain('Newly run (1)\n  a/new  not run → fail\n');
    expect(text).toContain('  RFC7701-7.1-26 pass → fail  A nickname in use by another user is answered with 425.\n');
    for (const line of compareText(comparison, { catalogue, colours, columns: 50 }).split('\n'))
      expect(line.length, line).toBeLessThanOrEqual(50);
  });

  it('as Markdown', () => {
    const text = compareMarkdown(comparison, catalogue);
    expect(text).toMatch(/^## ❌ 2 regressions; /);
    expect(text).toContain('### Regressions (1)\n\n- <code>a/worse</code> pass → fail: RFC7701-7.1-26 ');
    expect(compareMarkdown(compareRuns(before, before), catalogue)).toMatch(/^## ✅ No regressions; 6 unchanged\n/);
  });

  it('as HTML', () => {
    const text = compareHtml(comparison, catalogue);
    expect(text).toContain('<h2>Regressions <span class="note">1</span></h2>');
    expect(text).toContain('<span class="v" data-v="fail">fail</span>');
    expect(text).not.toMatch(/<script|https?:/);
  });
});
