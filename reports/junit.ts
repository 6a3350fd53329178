import pc from 'picocolors';
import type { RunRecord, ScenarioResult } from '../harness/runner/record.ts';
import { factsOf } from './causes.ts';
import { describeStored } from './findings.ts';
import { escapeMarkup, markup, shown, shownLines } from './markup.ts';
import { type Complaint, complaintsOf, flakiness, type Reported, type TestOutcome, testOutcome } from './reported.ts';
import { areasOf } from './tally.ts';

/** Of what one test has to tell, in characters. */
const MAX_DETAILS = 64 * 1024;

/**
 * JUnit XML as Jenkins (junit-10.xsd of its xUnit plugin) and GitLab read it: a suite for each folder of scenarios, a test for
 * each scenario. What the exit status does not count as a deviation is no failure: a warning passes, with its text in
 * `system-out`; known deviations, what is unsupported and what is inconclusive are skipped, with the reason.
 */
export function junit(reported: Reported): string {
  const { record } = reported;
  const suites = areasOf(record.scenarios, Number.POSITIVE_INFINITY).map(({ name, scenarios }) =>
    suite(
      name,
      record,
      scenarios.map((result) => testcase(name, result, reported)),
    ),
  );
  const complaints = complaintsOf(record);
  if (complaints.length > 0) suites.push(suite('run', record, complaints.map(complaintCase)));
  const all = suites.flatMap(({ cases }) => cases);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${markup(`msrpspec: ${record.sut.name}`, 200)}"${counts(all)} time="${seconds(record.durationMs)}">`,
    ...suites.map(({ xml }) => xml),
    '</testsuites>\n',
  ].join('\n');
}

interface Case {
  readonly outcome: TestOutcome['kind'];
  readonly durationMs: number;
  readonly xml: string;
}

function suite(name: string, record: RunRecord, cases: readonly Case[]): { xml: string; cases: readonly Case[] } {
  const time = cases.reduce((sum, { durationMs }) => sum + durationMs, 0);
  const skipped = cases.filter(({ outcome }) => outcome === 'skipped').length;
  const xml = [
    `  <testsuite name="${markup(name, 300)}"${counts(cases)} skipped="${skipped}" time="${seconds(time)}" timestamp="${markup(record.started.replace(/\.\d+Z$/, ''), 40)}">`,
    '    <properties>',
    ...properties(record).map(([key, value]) => `      <property name="${key}" value="${markup(value, 500)}"/>`),
    '    </properties>',
    ...cases.map((one) => one.xml),
    '  </testsuite>',
  ].join('\n');
  return { xml, cases };
}

const properties = ({ sut, seed, tool, reading = 'tolerant' }: RunRecord): [string, string][] => [
  ['sut', sut.name],
  ['target', sut.target],
  ['seed', seed],
  ['reading', reading],
  ['msrpspec', tool.version],
];

const counts = (cases: readonly Case[]): string => {
  const of = (kind: Case['outcome']): number => cases.filter(({ outcome }) => outcome === kind).length;
  return ` tests="${cases.length}" failures="${of('failed')}" errors="${of('error')}"`;
};

function testcase(area: string, result: ScenarioResult, { logs, catalogue }: Reported): Case {
  const { id, title, durationMs, verdict } = result;
  const outcome = testOutcome(result);
  const [worst] = factsOf(result);
  const colours = pc.createColors(false);
  const told = verdict === 'pass' ? [] : describeStored(result, logs, { catalogue, colours });
  const details = textOf([shown(title), ...told]);
  const type = markup(worst?.requirements[0]?.id ?? verdict, 80);
  const message = markup(messageOf(worst) || verdict, 1000);
  const inside = ((): string[] => {
    switch (outcome.kind) {
      case 'passed':
        return [];
      case 'failed':
        return [`<failure type="${type}" message="${message}">${details}</failure>`];
      case 'error':
        return [`<error type="${type}" message="${message}">${details}</error>`];
      case 'skipped':
        return [`<skipped message="${markup(outcome.why, 1000)}"/>`];
    }
  })();
  const notes = [flakiness(result) ?? '', verdict === 'pass' ? '' : `verdict: ${verdict}`].filter((one) => one !== '');
  const isTold = outcome.kind === 'failed' || outcome.kind === 'error';
  const out = [...notes, ...(isTold ? [] : told)];
  if (out.length > 0) inside.push(`<system-out>${textOf(out)}</system-out>`);
  return { outcome: outcome.kind, durationMs, xml: caseXml(area, id, durationMs, inside) };
}

function messageOf(fact: ReturnType<typeof factsOf>[number] | undefined): string {
  if (fact === undefined) return '';
  const { message, due, actual } = fact;
  const pair = [
    due === undefined ? '' : `${due.by === 'capture' ? 'captured' : 'expected'} ${due.text}`,
    actual === undefined ? '' : `actual ${actual}`,
  ].filter((one) => one !== '');
  return pair.length === 0 ? message : `${message}: ${pair.join(', ')}`;
}

function complaintCase({ name, kind, texts }: Complaint): Case {
  const tag = kind === 'failed' ? 'failure' : 'error';
  const inside = `<${tag} type="run" message="${markup(texts[0] ?? '', 1000)}">${textOf(texts)}</${tag}>`;
  return { outcome: kind, durationMs: 0, xml: caseXml('run', name, 0, [inside]) };
}

/** Jenkins takes what is before the last dot for a package: folders become packages, their dots do not. */
const className = (area: string): string => `msrpspec.${area.replaceAll('.', '_').replaceAll('/', '.')}`;

function caseXml(area: string, name: string, durationMs: number, inside: readonly string[]): string {
  const head = `    <testcase classname="${markup(className(area), 300)}" name="${markup(name, 300)}" time="${seconds(durationMs)}"`;
  return inside.length === 0 ? `${head}/>` : `${head}>\n      ${inside.join('\n      ')}\n    </testcase>`;
}

const textOf = (lines: readonly string[]): string => escapeMarkup(shownLines(lines.join('\n'), MAX_DETAILS));

const seconds = (ms: number): string => (Number.isFinite(ms) ? Math.max(0, ms) / 1000 : 0).toFixed(3);
