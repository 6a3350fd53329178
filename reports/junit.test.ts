import { type SaxesAttributeNS, SaxesParser } from 'saxes';
import { describe, expect, it } from 'vitest';
import { junit } from './junit.ts';
import { mixedRun, recordOf, reportedOf, scenario } from './run-record.fixture.ts';

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Element[];
  text: string;
}

function parsed(xml: string): Element {
  const root: Element = { name: '', attributes: {}, children: [], text: '' };
  const open = [root];
  const parser = new SaxesParser({ xmlns: true });
  parser.on('opentag', ({ name, attributes }) => {
    const values = Object.entries(attributes).map(([key, one]) => [key, (one as SaxesAttributeNS).value]);
    const element: Element = { name, attributes: Object.fromEntries(values), children: [], text: '' };
    open.at(-1)?.children.push(element);
    open.push(element);
  });
  parser.on('text', (text) => {
    const element = open.at(-1);
    if (element !== undefined) element.text += text;
  });
  parser.on('closetag', () => {
    open.pop();
  });
  parser.write(xml).close();
  const [top] = root.children;
  if (top === undefined) throw new Error('no root element');
  return top;
}

/** The structure of junit-10.xsd, by which the xUnit plugin of Jenkins checks. */
const STRUCTURE: Readonly<Record<string, { readonly may: string; readonly must: string; readonly children: string }>> =
  {
    testsuites: { must: '', may: 'name time tests failures errors', children: 'testsuite' },
    testsuite: {
      must: 'name tests failures errors',
      may: 'group time skipped timestamp hostname id package file log url',
      children: 'testsuite properties testcase system-out system-err',
    },
    properties: { must: '', may: '', children: 'property' },
    property: { must: 'name value', may: '', children: '' },
    testcase: { must: 'name', may: 'time classname group', children: 'skipped error failure system-out system-err' },
    failure: { must: '', may: 'type message', children: '' },
    error: { must: '', may: 'type message', children: '' },
    skipped: { must: '', may: 'type message', children: '' },
    'system-out': { must: '', may: '', children: '' },
  };
const TIME = /^(([0-9]{0,3},)*[0-9]{3}|[0-9]{0,3})*(\.[0-9]*)?$/;

function faultsOf(element: Element): string[] {
  const rule = STRUCTURE[element.name];
  if (rule === undefined) return [`unknown element ${element.name}`];
  const words = (text: string): string[] => text.split(' ').filter((one) => one !== '');
  const names = Object.keys(element.attributes);
  return [
    ...words(rule.must)
      .filter((name) => !names.includes(name))
      .map((name) => `${element.name} lacks ${name}`),
    ...names
      .filter((name) => !words(`${rule.must} ${rule.may}`).includes(name))
      .map((name) => `${element.name} has ${name}`),
    ...element.children
      .filter(({ name }) => !words(rule.children).includes(name))
      .map(({ name }) => `${name} in ${element.name}`),
    ...('time' in element.attributes && !TIME.test(element.attributes.time ?? '')
      ? [`time ${element.attributes.time}`]
      : []),
    ...element.children.flatMap(faultsOf),
  ];
}

const all = (element: Element, name: string): Element[] => [
  ...(element.name === name ? [element] : []),
  ...element.children.flatMap((child) => all(child, name)),
];

const report = parsed(junit(reportedOf(mixedRun)));
const testcase = (id: string): Element | undefined =>
  all(report, 'testcase').find(({ attributes }) => attributes.name === id);
const inside = (id: string): unknown => testcase(id)?.children.map(({ name }) => name);

describe('JUnit XML', () => {
  it('has the structure that Jenkins asks for', () => {
    expect(faultsOf(report)).toEqual([]);
    expect(faultsOf({ ...report, attributes: { colour: 'red' } })).toEqual(['testsuites has colour']);
  });

  it('has a suite for each folder, and a test for each scenario, named by its id', () => {
    const suites = all(report, 'testsuite').map(({ attributes }) => [attributes.name, attributes.tests]);
    expect(suites).toEqual([
      ['rfc7701/7-nicknames', '3'],
      ['rfc7701/6.3-reports', '1'],
      ['rfc4975', '2'],
      ['sip', '3'],
    ]);
    expect(testcase('rfc7701/6.3-reports/listed')?.attributes).toEqual({
      classname: 'msrpspec.rfc7701.6_3-reports',
      name: 'rfc7701/6.3-reports/listed',
      time: '0.005',
    });
  });

  it('counts what it holds, in each suite and in all', () => {
    const counted = (of: Element, name: string): string => String(all(of, name).length);
    for (const one of [report, ...all(report, 'testsuite')]) {
      const { tests, failures, errors, skipped } = one.attributes;
      expect([tests, failures, errors]).toEqual([
        counted(one, 'testcase'),
        counted(one, 'failure'),
        counted(one, 'error'),
      ]);
      if (one !== report) expect(skipped).toBe(counted(one, 'skipped'));
    }
    expect(report.attributes).toMatchObject({ tests: '9', failures: '3', errors: '1' });
  });

  it('fails what deviates, and skips with its reason what says nothing against the SUT', () => {
    expect(inside('rfc7701/7-nicknames/taken')).toEqual(['failure', 'system-out']);
    expect(inside('rfc7701/7-nicknames/free')).toEqual([]);
    expect(inside('rfc4975/broken')).toEqual(['error', 'system-out']);
    expect(inside('rfc4975/odd')).toEqual(['system-out']);
    const why = (id: string): unknown => testcase(id)?.children[0]?.attributes;
    expect(why('rfc7701/6.3-reports/listed')).toEqual({ message: 'known deviation: fixed in 2.0' });
    expect(why('sip/unseen')).toEqual({ message: 'inconclusive: silence' });
    expect(why('sip/unclaimed')).toEqual({ message: 'unsupported: no UDP' });
  });

  it('shows the requirement, what was due, what came and the messages', () => {
    const failure = testcase('rfc7701/7-nicknames/taken')?.children[0];
    expect(failure?.attributes).toEqual({
      type: 'RFC7701-7.1-26',
      message: 'bob asks for a nickname: expected 425, actual 424',
    });
    expect(failure?.text).toContain('RFC7701-7.1-26 MUST  A nickname in use by another user is answered with 425.');
    expect(failure?.text).toContain('bob ← MSRP 425 n1  #3, 30 ms');
    const out = testcase('sip/now-and-then')?.children[1]?.text;
    expect(out).toBe('flaky: 1 pass, 1 fail in 2\nverdict: fail');
  });

  it('has a test for what a run is to blame for beside its scenarios', () => {
    const died = recordOf([scenario('a/b', 'pass')], {
      deaths: [{ during: ['a/b'], how: 'killed' }],
      stopped: 'interrupted',
    });
    const run = parsed(junit(reportedOf(died)));
    expect(faultsOf(run)).toEqual([]);
    expect(all(run, 'failure').map(({ text }) => text)).toEqual(['It died during a/b: killed']);
    expect(all(run, 'error').map(({ text }) => text)).toEqual(['The run ended early: interrupted']);
  });
});
