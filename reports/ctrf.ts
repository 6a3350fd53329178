import pc from 'picocolors';
import type { RunRecord, ScenarioResult } from '../harness/runner/record.ts';
import { isFlaky } from '../harness/runner/repeats.ts';
import { factsOf } from './causes.ts';
import { describeStored } from './findings.ts';
import { shown, shownLines } from './markup.ts';
import { complaintsOf, flakiness, type Reported, type TestOutcome, testOutcome } from './reported.ts';
import { areasOf } from './tally.ts';

/** Of the Common Test Report Format (https://ctrf.io). */
const SPEC_VERSION = '1.0.0';
/** Of what one test has to tell, in characters. */
const MAX_TRACE = 64 * 1024;

type Status = 'passed' | 'failed' | 'skipped' | 'other';

interface Test {
  readonly name: string;
  readonly status: Status;
  readonly duration: number;
  readonly [key: string]: unknown;
}

/** A report for the tools that read CTRF: a test for each scenario, with its verdict as `rawStatus`. */
export function ctrf(reported: Reported): string {
  const { record } = reported;
  const tests: Test[] = [
    ...record.scenarios.map((result) => testOf(result, reported)),
    ...complaintsOf(record).map(
      ({ name, kind, texts }): Test => ({
        name,
        status: kind === 'failed' ? 'failed' : 'other',
        duration: 0,
        suite: ['run'],
        message: texts[0],
        trace: texts.join('\n'),
      }),
    ),
  ];
  const start = Date.parse(record.started);
  const begun = Number.isNaN(start) ? 0 : start;
  return `${JSON.stringify(
    {
      reportFormat: 'CTRF',
      specVersion: SPEC_VERSION,
      generatedBy: 'msrpspec',
      ...(Number.isNaN(start) ? {} : { timestamp: new Date(start).toISOString() }),
      results: {
        tool: { name: record.tool.name, version: shown(record.tool.version, 100) },
        summary: summaryOf(tests, record, begun),
        tests,
        environment: {
          appName: shown(record.sut.name, 300),
          testEnvironment: shown(record.sut.target, 1000),
          extra: { seed: shown(record.seed, 200), reading: record.reading ?? 'tolerant', role: record.sut.role },
        },
      },
    },
    undefined,
    1,
  )}\n`;
}

function summaryOf(tests: readonly Test[], record: RunRecord, start: number): Record<string, unknown> {
  const of = (status: Status): number => tests.filter((one) => one.status === status).length;
  const duration = milliseconds(record.durationMs);
  return {
    tests: tests.length,
    passed: of('passed'),
    failed: of('failed'),
    skipped: of('skipped'),
    pending: 0,
    other: of('other'),
    flaky: record.scenarios.filter(isFlaky).length,
    suites: areasOf(record.scenarios, Number.POSITIVE_INFINITY).length,
    start,
    stop: start + duration,
    duration,
  };
}

function testOf(result: ScenarioResult, { logs, catalogue }: Reported): Test {
  const { id, title, verdict, durationMs, wireLog } = result;
  const outcome = testOutcome(result);
  const [worst] = factsOf(result);
  const told = verdict === 'pass' ? [] : describeStored(result, logs, { catalogue, colours: pc.createColors(false) });
  const message = outcome.kind === 'skipped' ? outcome.why : worst?.message;
  const flaky = flakiness(result);
  return {
    name: shown(id, 300),
    status: statusOf(outcome),
    duration: milliseconds(durationMs),
    suite: id
      .split('/')
      .slice(0, -1)
      .map((part) => shown(part, 100))
      .concat(id.includes('/') ? [] : ['scenarios']),
    rawStatus: verdict,
    type: 'conformance',
    tags: result.covers.slice(0, 100).map((requirement) => shown(requirement, 80)),
    ...(message === undefined ? {} : { message: shown(message) }),
    ...(told.length === 0 ? {} : { trace: shownLines(told.join('\n'), MAX_TRACE) }),
    ...(flaky === undefined ? {} : { flaky: true }),
    ...(wireLog === undefined
      ? {}
      : { attachments: [{ name: 'wire log', contentType: 'application/jsonl', path: shown(wireLog, 1000) }] }),
    extra: { title: shown(title, 1000), ...(flaky === undefined ? {} : { flaky }) },
  };
}

function statusOf({ kind }: TestOutcome): Status {
  switch (kind) {
    case 'passed':
    case 'failed':
    case 'skipped':
      return kind;
    case 'error':
      return 'other';
  }
}

const milliseconds = (ms: number): number => (Number.isFinite(ms) ? Math.max(0, Math.round(ms)) : 0);
