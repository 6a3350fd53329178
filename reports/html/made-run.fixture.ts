import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Catalogue } from '../../harness/catalogue/catalogue.ts';
import { type RunRecord, runRecordSchema, type ScenarioResult } from '../../harness/runner/record.ts';

/** A run that nobody has played. */
export interface MadeRun {
  readonly folder: string;
  readonly record: RunRecord;
}

export interface MadeLine {
  readonly actor: string;
  readonly direction: 'sent' | 'received';
  readonly headline: string;
  readonly octets: Buffer;
  readonly protocol?: 'sip' | 'msrp' | 'unknown' | 'connection';
  readonly frames?: readonly number[];
}

/** Writes the wire logs below a new folder. A scenario without lines has no wire log. */
export function madeRun(
  scenarios: readonly {
    readonly result: Partial<ScenarioResult> & { id: string };
    readonly lines?: Iterable<MadeLine>;
  }[],
  rest: Partial<RunRecord> = {},
): MadeRun {
  const folder = mkdtempSync(join(tmpdir(), 'msrpspec-html-'));
  const results = scenarios.map(({ result, lines }) => {
    const wireLog = `wire/${result.id}.jsonl`;
    if (lines !== undefined) writeLog(join(folder, wireLog), lines);
    return {
      title: result.id,
      verdict: 'pass' as const,
      durationMs: 12,
      covers: [],
      findings: [],
      ...(lines === undefined ? {} : { wireLog }),
      ...result,
    };
  });
  const count = (verdict: ScenarioResult['verdict']): number =>
    results.filter((one) => one.verdict === verdict && one.known === undefined).length;
  const record = runRecordSchema.parse({
    format: 'msrpspec-run/1',
    tool: { name: 'msrpspec', version: '0.0.0' },
    started: '2026-01-02T03:04:05.000Z',
    durationMs: 1234,
    seed: 'seed',
    argv: ['run'],
    sut: { name: 'a room', kind: 'address', role: 'focus', target: 'sip:room@example.org', capabilities: ['nickname'] },
    summary: {
      pass: count('pass'),
      fail: count('fail'),
      warn: count('warn'),
      inconclusive: count('inconclusive'),
      unsupported: count('unsupported'),
      error: count('error'),
      knownDeviation: results.filter((one) => one.known !== undefined).length,
      total: results.length,
    },
    scenarios: results,
    requirements: [
      { id: 'RFC7701-6.2-16', level: 'MUST', testable: 'yes', verdict: 'fail', by: ['area/refused'] },
      { id: 'RFC7701-7.1-26', level: 'MUST', testable: 'yes', verdict: 'pass', by: ['area/kept', 'a-rule'] },
      { id: 'RFC4975-9-12', level: 'MUST', testable: 'no', verdict: 'untestable', by: [], why: 'nobody can see it' },
    ],
    ...rest,
  });
  return { folder, record };
}

/** Of three requirements, those that a made run knows. */
export const madeCatalogue: Catalogue = (() => {
  const requirements = (
    [
      ['RFC7701-6.2-16', 7701, '6.2', 'A private message to somebody without private messages is refused with 428.'],
      ['RFC7701-7.1-26', 7701, '7.1', 'A nickname in use by another user is answered with 425.'],
      ['RFC4975-9-12', 4975, '9', 'The grammar holds.'],
    ] as const
  ).map(([id, rfc, section, summary]) => ({
    id,
    rfc,
    section,
    level: 'MUST' as const,
    role: 'switch',
    summary,
    stimulus: 'A sends.',
    verdict: 'PASS when it is so.',
    testable: 'yes' as const,
  }));
  return { requirements, get: (id) => requirements.find((one) => one.id === id) };
})();

function writeLog(file: string, lines: Iterable<MadeLine>): void {
  mkdirSync(dirname(file), { recursive: true });
  const stored: string[] = [];
  for (const { actor, direction, headline, octets, protocol = 'msrp', frames } of lines) {
    const text = octets.toString('utf8');
    stored.push(
      JSON.stringify({
        index: stored.length,
        time: stored.length * 1.7,
        actor,
        direction,
        connection: `${actor}-1`,
        transport: 'tcp',
        local: '127.0.0.1:5000',
        remote: '127.0.0.1:2855',
        protocol,
        headline,
        ...(octets.length === 0
          ? {}
          : Buffer.from(text).equals(octets)
            ? { text }
            : { base64: octets.toString('base64') }),
        ...(frames === undefined ? {} : { frames }),
      }),
    );
  }
  writeFileSync(file, stored.map((line) => `${line}\n`).join(''));
}

/** A conversation of two participants, with ids of its own: `count` messages. */
export function* conversation(scenario: number, count: number): Generator<MadeLine> {
  const id = (at: number): string =>
    Buffer.from(`${scenario}.${at}.${(at * 7919) % 1000}`)
      .toString('hex')
      .slice(0, 20);
  for (let at = 0; at < count; at += 2) {
    const actor = at % 4 === 0 ? 'alice' : 'bob';
    const path = `msrp://10.0.0.1:2855/${id(scenario)};tcp`;
    const own = `msrp://10.0.0.2:${49_000 + scenario}/${id(at % 4)};tcp`;
    const body = `Content-Type: message/cpim\r\n\r\nTo: <sip:room@example.org>\r\n\r\nContent-Type: text/plain\r\n\r\nHello ${at}`;
    yield {
      actor,
      direction: 'sent',
      headline: `MSRP SEND ${id(at)}`,
      octets: Buffer.from(
        `MSRP ${id(at)} SEND\r\nTo-Path: ${path}\r\nFrom-Path: ${own}\r\nMessage-ID: ${id(at + 1)}\r\nByte-Range: 1-94/94\r\n${body}\r\n-------${id(at)}$\r\n`,
      ),
    };
    yield {
      actor,
      direction: 'received',
      headline: `MSRP 200 ${id(at)}`,
      octets: Buffer.from(`MSRP ${id(at)} 200 OK\r\nTo-Path: ${own}\r\nFrom-Path: ${path}\r\n-------${id(at)}$\r\n`),
    };
  }
}

/** Refused with 404 where 428 was due: messages 2 and 3 show it. */
export const refused = (): { result: Partial<ScenarioResult> & { id: string }; lines: Iterable<MadeLine> } => {
  const lines = [...conversation(1, 6)];
  const answer = lines[3];
  if (answer !== undefined) {
    const octets = Buffer.from(answer.octets.toString().replace(' 200 OK', ' 404 Nobody'));
    lines[3] = { ...answer, headline: answer.headline.replace('200', '404'), octets, frames: [17, 18] };
  }
  return {
    lines,
    result: {
      id: 'area/refused',
      title: 'Who has no private messages gets none',
      verdict: 'fail',
      covers: ['RFC7701-6.2-16'],
      findings: [
        {
          requirement: 'RFC7701-6.2-16',
          level: 'MUST',
          verdict: 'fail',
          message: 'alice sends',
          expected: '428',
          actual: '404',
          step: '1: alice send',
          evidence: [2, 3],
        },
      ],
    },
  };
};
