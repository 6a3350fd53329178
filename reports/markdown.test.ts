import { describe, expect, it } from 'vitest';
import { badge } from './badge.ts';
import { MAX_MARKDOWN, markdown } from './markdown.ts';
import { finding, mixedRun, recordOf, reportedOf, scenario } from './run-record.fixture.ts';

describe('Markdown', () => {
  const text = markdown(reportedOf(mixedRun));

  it('begins with the verdict, then the areas', () => {
    expect(text).toMatch(/^## ❌ Error: <code>my server<\/code>\n/);
    expect(text).toContain('**1 pass, 4 fail, 1 warn, 1 inconclusive, 1 unsupported, 1 error**');
    expect(text).toContain('| rfc7701 | 1 | 3 |  |  |  |  |');
  });

  it('tells failures by cause, with the requirement, the pair, the messages and the scenarios', () => {
    const block = text.split('<details>').find((one) => one.includes('<b>FAIL</b>')) ?? '';
    expect(block).toContain(
      'RFC7701-7.1-26 MUST: A nickname in use by another user is answered with 425. <i>(3 scenarios)</i>',
    );
    expect(block).toContain('- expected <code>425</code>\n- actual <code>424</code>');
    expect(block).toContain('```\nbob → MSRP NICKNAME n1  #2, 20 ms\nbob ← MSRP 425 n1  #3, 30 ms\n```');
    expect(block).toContain('<code>rfc7701/7-nicknames/taken</code>, <code>rfc7701/7-nicknames/collides</code>');
  });

  it('lists known deviations and what is flaky', () => {
    expect(text).toContain('### Known deviations\n\n- RFC7701-6.3-08 in 1 scenario: <code>fixed in 2.0</code>');
    expect(text).toContain('### Flaky\n\n- <code>sip/now-and-then</code>: 1 pass, 1 fail in 2');
  });

  it('stays within what a comment takes, and says how many causes there are more', () => {
    const many = Array.from({ length: 400 }, (_, at) =>
      scenario(`a/${at}`, 'fail', {
        findings: [finding({ expected: `${'x'.repeat(at)}!`, message: 'y'.repeat(500) })],
      }),
    );
    const long = markdown(reportedOf(recordOf(many)));
    expect(long.length).toBeLessThanOrEqual(MAX_MARKDOWN);
    expect(long.length).toBeGreaterThan(MAX_MARKDOWN / 2);
    const told = long.match(/<details>/g)?.length ?? 0;
    expect(long).toContain(`… and ${400 - told} more causes`);
  });

  it('is short where all is well', () => {
    const well = markdown(reportedOf(recordOf([scenario('a/b', 'pass')])));
    expect(well).toMatch(/^## ✅ Conforms/);
    expect(well).not.toMatch(/cause|Known|Flaky/);
  });
});

describe('the badge', () => {
  it.each([
    ['pass', '1/1', '#1a7f37'],
    ['fail', '0/1', '#b42318'],
    ['inconclusive', 'nothing judged', '#5f6b7a'],
  ] as const)('of a run with one %s says %s in its colour', (verdict, value, colour) => {
    const svg = badge(recordOf([scenario('a/b', verdict)]));
    expect(svg).toContain(`>${value}</text>`);
    expect(svg).toContain(`fill="${colour}"`);
  });

  it('counts nothing that the SUT does not claim', () => {
    expect(badge(recordOf([scenario('a/b', 'pass'), scenario('a/c', 'unsupported')]))).toContain('>1/1</text>');
  });
});
