import type { FindingRecord, RunRecord, ScenarioResult } from '../harness/runner/record.ts';
import { summarise } from '../harness/runner/summary.ts';
import type { Reported } from './reported.ts';
import { catalogue } from './run-record.fixture.ts';
import { logsBelow, type StoredLine } from './stored-log.ts';

/** What must be seen of it in no report as it is: markup, what terminals obey, what turns text round, half characters. */
export const HOSTILE = [
  '<script>alert(1)</script><img src=x onerror=alert(1)>&amp;"\'`',
  ']]><!-- --></style></title></svg></code></details>',
  '\u001b[31mred\u001b]0;title\u0007\u009b2J',
  '\u202egnp.exe\u2066\u2069\u061c\u200f',
  '\u0000\u0008\ufffe\ud800\udc00\ud800',
  '| a | b |\n\n# head\n```\n````\n[x](javascript:alert(1)) @everyone #1 https://evil.example <a href=x>',
  '%%{init: {}}%%; end\nloop x',
].join(' ');

const LONG = `${HOSTILE}${'<\u001b'.repeat(500_000)}`;

const finding = (of: Partial<FindingRecord> = {}): FindingRecord => ({
  requirement: 'RFC7701-7.1-26',
  level: 'MUST',
  verdict: 'fail',
  message: HOSTILE,
  expected: LONG,
  actual: HOSTILE,
  step: HOSTILE,
  evidence: [0, 1],
  ...of,
});

const scenario = (id: string, of: Partial<ScenarioResult> = {}): ScenarioResult => ({
  id: `${HOSTILE}/${id}`,
  title: LONG,
  verdict: 'fail',
  durationMs: Number.MAX_VALUE,
  covers: [HOSTILE, 'RFC7701-7.1-26'],
  findings: [finding()],
  wireLog: 'wire/hostile.jsonl',
  ...of,
});

const scenarios: readonly ScenarioResult[] = [
  scenario('fails'),
  scenario('by-rule', { findings: [finding({ rule: HOSTILE, requirement: HOSTILE, message: LONG })] }),
  scenario('known', { known: LONG, findings: [finding({ known: LONG })] }),
  scenario('warns', { verdict: 'warn', findings: [finding({ verdict: 'warn' })] }),
  scenario('differs', {
    verdict: 'differs',
    findings: [],
    compared: [{ verdict: 'differs', message: HOSTILE, expected: HOSTILE, actual: LONG, evidence: [2] }],
  }),
  scenario('inconclusive', { verdict: 'inconclusive', findings: [finding({ verdict: 'inconclusive' })] }),
  scenario('unsupported', { verdict: 'unsupported', findings: [finding({ verdict: 'unsupported' })] }),
  scenario('error', { verdict: 'error', findings: [finding({ verdict: 'error' })] }),
  scenario('nothing-told', { findings: [] }),
  scenario('strange-log', { wireLog: HOSTILE }),
  scenario('flaky', {
    repeats: [
      { verdict: 'pass', durationMs: 1, seed: HOSTILE },
      { verdict: 'fail', durationMs: 1, seed: HOSTILE },
    ],
  }),
  scenario('passes', { verdict: 'pass', findings: [finding({ verdict: 'pass' })] }),
];

export const hostileRecord: RunRecord = {
  format: 'msrpspec-run/1',
  tool: { name: 'msrpspec', version: HOSTILE },
  started: HOSTILE,
  durationMs: 1,
  seed: HOSTILE,
  argv: [HOSTILE],
  sut: {
    name: LONG,
    kind: 'address',
    role: 'focus',
    target: HOSTILE,
    capabilities: [HOSTILE],
    notServed: [LONG],
  },
  stopped: LONG,
  deaths: [{ during: [HOSTILE, LONG], how: LONG }],
  stale: [{ requirement: HOSTILE, scenario: HOSTILE, reason: LONG }],
  flaky: [HOSTILE],
  summary: summarise(scenarios),
  scenarios: [...scenarios],
  requirements: [
    { id: 'RFC7701-7.1-26', level: 'MUST', testable: 'yes', verdict: 'fail', by: [HOSTILE] },
    { id: HOSTILE, level: HOSTILE, testable: 'yes', verdict: 'fail', by: [LONG], why: LONG },
  ],
};

const line = (index: number, of: Partial<StoredLine>): StoredLine => ({
  index,
  time: index,
  actor: HOSTILE,
  direction: 'sent',
  connection: HOSTILE,
  transport: 'tcp',
  local: HOSTILE,
  remote: HOSTILE,
  protocol: 'msrp',
  headline: LONG,
  octets: Buffer.from(LONG),
  ...of,
});

export const hostileLog: readonly StoredLine[] = [
  line(0, {}),
  line(1, {
    direction: 'received',
    octets: Buffer.from([0xff, 0xfe, 0, 0x1b, 0x5b, 0x33, 0xc3, 0x28, 0xed, 0xa0, 0x80]),
  }),
  line(2, { actor: 'bob', protocol: 'unknown' }),
  line(3, { protocol: 'connection', octets: Buffer.alloc(0) }),
];

/** A run of which every text is hostile. `strange-log` cannot be read. */
export const hostileRun: Reported = {
  record: hostileRecord,
  catalogue,
  folder: '/nowhere',
  logs: (path) => (path === 'wire/hostile.jsonl' ? hostileLog : logsBelow('/nowhere')(path)),
};
