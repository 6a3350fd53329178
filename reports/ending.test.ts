import pc from 'picocolors';
import { describe, expect, it } from 'vitest';
import { conclusionOf, endingLines, type Verbosity } from './ending.ts';
import { catalogue, finding, mixedRun, recordOf, reportedOf, scenario } from './run-record.fixture.ts';
import { logsBelow } from './stored-log.ts';

const lines = (record = mixedRun, verbosity: Verbosity = 'normal', columns?: number): string[] =>
  endingLines(record, {
    catalogue,
    logs: reportedOf(record).logs,
    colours: pc.createColors(false),
    verbosity,
    planned: record.scenarios.length,
    ...(columns === undefined ? {} : { columns }),
  });
const many = (count: number): ReturnType<typeof scenario>[] =>
  Array.from({ length: count }, (_, at) => scenario(`a/${at}`, 'fail'));

describe('the end of a run on the terminal', () => {
  it('tells what did not pass by cause: the requirement, one scenario with its messages, the others by name', () => {
    const text = lines().join('\n');
    expect(text).toContain(
      `FAIL  RFC7701-7.1-26 MUST  A nickname in use by another user is answered with 425.
      rfc7701/7-nicknames/taken, step 2: bob nickname: bob asks for a nickname
        expected  425
        actual    424
        bob → MSRP NICKNAME n1  #2, 20 ms
        bob ← MSRP 425 n1  #3, 30 ms
      So too in 2 more: rfc7701/7-nicknames/collides, sip/now-and-then`,
    );
    expect(text.match(/^FAIL/gm)).toHaveLength(1);
  });

  it('says what is known, what is flaky, and how the areas did, RFC by RFC', () => {
    const text = lines().join('\n');
    expect(text).toContain('Known deviations\n  RFC7701-6.3-08 in rfc7701/6.3-reports/listed: fixed in 2.0');
    expect(text).toContain('\n  sip/now-and-then: 1 pass, 1 fail in 2\n');
    expect(text).toContain('\n  rfc7701  1 pass, 3 fail\n  rfc4975  1 warn, 1 error\n');
    expect(text).toContain('Verdict: error (4 causes)');
  });

  it('shows folders, every scenario and every cause when verbose only', () => {
    const run = recordOf(many(30));
    expect(lines(run).join('\n')).toContain('and 21 others');
    expect(lines(run, 'verbose').join('\n')).not.toContain('others');
    expect(lines(mixedRun, 'verbose').join('\n')).toContain('\n  rfc7701/7-nicknames  1 pass, 2 fail\n');
    const causes = recordOf(
      many(60).map((one, at) => ({ ...one, findings: [finding({ requirement: `RFC1-${at}` })] })),
    );
    expect(lines(causes).join('\n')).toContain('And 20 more causes');
    expect(lines(causes, 'verbose').join('\n').match(/^FAIL/gm)).toHaveLength(60);
  });

  it('leaves the areas out when quiet', () => {
    expect(lines(mixedRun, 'quiet').join('\n')).not.toMatch(/^ {2}rfc7701 {2}/m);
    expect(lines(mixedRun, 'quiet').join('\n')).toContain('against my server');
  });

  it.each([40, 60, 80, 132])('fits a terminal of %d columns', (columns) => {
    const run = recordOf([...mixedRun.scenarios, ...many(30)], { stopped: `because ${'of this '.repeat(30)}` });
    for (const line of lines(run, 'normal', columns)) expect(line.length, line).toBeLessThanOrEqual(columns);
  });

  it('says why there are no messages to be seen', () => {
    const [first = ''] = endingLines(recordOf(many(1)), {
      catalogue,
      logs: logsBelow('/nowhere'),
      colours: pc.createColors(false),
      verbosity: 'normal',
      planned: 1,
    }).filter((line) => line.includes('ENOENT'));
    expect(first).toMatch(/^ {8}\(\/nowhere\/wire\/nickname\.jsonl: ENOENT/);
  });
});

describe('the verdict in a word', () => {
  it.each([
    ['conforms', recordOf([scenario('a/b', 'pass')])],
    ['deviates', recordOf([scenario('a/b', 'fail')])],
    ['deviates', recordOf([scenario('a/b', 'pass')], { deaths: [{ during: ['a/b'], how: 'killed' }] })],
    ['nothing judged', recordOf([scenario('a/b', 'unsupported')])],
    ['incomplete', recordOf([scenario('a/b', 'pass')], { stopped: 'interrupted' })],
    ['error', recordOf([scenario('a/b', 'error')])],
  ])('%s', (word, record) => {
    expect(conclusionOf(record)).toBe(word);
  });
});
