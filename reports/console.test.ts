import { describe, expect, it } from 'vitest';
import type { RunRecord, ScenarioResult } from '../harness/runner/record.ts';
import { catalogue } from '../harness/runner/simulated-run.fixture.ts';
import { ConsoleReporter, type Verbosity } from './console.ts';

const result = (verdict: ScenarioResult['verdict'], message: string): ScenarioResult => ({
  id: 'a/b',
  title: 'Title of b',
  verdict,
  durationMs: 5,
  covers: [],
  findings: [{ requirement: 'RFC7701-6.1-16', level: 'MUST', verdict, message, step: '1: alice send', evidence: [] }],
});
const record = (scenarios: ScenarioResult[]): RunRecord => ({
  format: 'msrpspec-run/1',
  tool: { name: 'msrpspec', version: '0' },
  started: '',
  durationMs: 1500,
  seed: 's',
  argv: [],
  sut: { name: 'the SUT', kind: 'address', role: 'focus', target: '', capabilities: [] },
  summary: { pass: 0, fail: 0, warn: 0, inconclusive: 0, unsupported: 0, error: 0, knownDeviation: 0, total: 0 },
  scenarios,
  requirements: [],
});

function reporter(verbosity: Verbosity, terminal: 'terminal' | 'file'): { reporter: ConsoleReporter; text(): string } {
  const written: string[] = [];
  const isTty = terminal === 'terminal';
  const write = (text: string): number => written.push(text);
  return {
    reporter: new ConsoleReporter({ write, isTty, colours: false, columns: 80 }, catalogue, verbosity),
    text: () => written.join(''),
  };
}

describe('a run of several rounds on the terminal', () => {
  it('shows a flaky scenario with all its verdicts and the worst of what was found', () => {
    const { reporter: shown, text } = reporter('normal', 'file');
    shown.started([], 1, 5);
    const rounds = [
      result('pass', 'p'),
      result('warn', 'oddity'),
      result('fail', 'first'),
      result('fail', 'second'),
      result('warn', 'oddity'),
    ];
    rounds.forEach((one, index) => {
      shown.scenarioEnded(one, [], index + 1);
    });
    const repeats = rounds.map(({ verdict, durationMs }) => ({ verdict, durationMs, seed: 's' }));
    shown.finished(record([{ ...result('fail', 'first'), repeats }]), undefined);
    expect(text()).toContain('1 scenarios, 5 times.');
    expect(text()).toContain(
      'Flaky, which counts as the worst of their verdicts\n  a/b: 1 pass, 2 fail, 2 warn in 5\n',
    );
    expect(text()).toContain('\n      a/b, step 1: alice send: first\n');
    expect(text()).not.toMatch(/second|oddity|Record/);
    expect(text()).toContain('1 of 1 scenarios against the SUT in 1.5 s: 1 fail');
  });

  it('tells the round while it lasts', () => {
    const { reporter: shown, text } = reporter('normal', 'terminal');
    shown.started([], 1, 2);
    shown.scenarioStarted('a/b');
    shown.scenarioEnded(result('pass', ''), [], 1);
    shown.scenarioStarted('a/b');
    expect(text()).toContain('0/2, round 1 of 2  a/b');
    expect(text()).toContain('1/2, round 2 of 2  a/b');
  });

  it('shows no rounds where there is but one', () => {
    const { reporter: shown, text } = reporter('verbose', 'terminal');
    shown.started([], 1);
    shown.scenarioStarted('a/b');
    shown.scenarioEnded(result('pass', ''), []);
    shown.finished(record([result('pass', '')]), 'run.json');
    expect(text()).toContain('PASS  a/b 5 ms\n');
    expect(text()).not.toMatch(/round|times|Flaky/);
  });
});

describe('a shard on the terminal', () => {
  it('says what it is a part of, and calls nothing stale', () => {
    const stale = [{ requirement: 'RFC7701-6.1-16', reason: 'as planned' }];
    const lines = (of: RunRecord): string => {
      const { reporter: shown, text } = reporter('normal', 'file');
      shown.started([], 1);
      shown.finished(of, undefined);
      return text();
    };
    const whole = { ...record([result('pass', '')]), stale };
    expect(lines(whole)).toContain('Not so any more');
    const part = lines({ ...whole, shard: { index: 2, of: 3, selected: 3 } });
    expect(part).toContain('1 of 1 scenarios (shard 2/3 of 3) against');
    expect(part).not.toContain('Not so any more');
  });
});
