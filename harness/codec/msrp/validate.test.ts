import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { MsrpCollector } from './collect.ts';
import { msrpOddities } from './oddities.ts';
import { validateMsrp } from './validate.ts';

const paths = 'To-Path: msrp://b.example:9/s2;tcp\r\nFrom-Path: msrp://a.example:8/s1;tcp\r\n';

interface Judged {
  readonly violations: string[];
  readonly oddities: string[];
}

/** Requirements of the only message in a wire text. */
function judge(wire: string | Buffer): Judged {
  const judged: Judged[] = [];
  const collector = new MsrpCollector(
    (message, _octets, defects) =>
      judged.push({
        violations: validateMsrp(message, defects).map(({ requirement }) => requirement),
        oddities: msrpOddities(message).map(({ requirement }) => requirement),
      }),
    (garbage) => expect.fail(garbage.reason),
  );
  collector.feed(Buffer.from(wire));
  const [only, more] = judged;
  if (only === undefined || more !== undefined) throw new Error('not one message');
  return only;
}

const id = 'abcdefgh1234';

function bodiless(start: string, headers: readonly string[], flag = '$'): string {
  return `MSRP ${id} ${start}\r\n${paths}${headers.map((line) => `${line}\r\n`).join('')}-------${id}${flag}\r\n`;
}

function send(headers: readonly string[], body: string, flag = '$', method = 'SEND'): string {
  const lines = headers.map((line) => `${line}\r\n`).join('');
  return `MSRP ${id} ${method}\r\n${paths}${lines}\r\n${body}\r\n-------${id}${flag}\r\n`;
}

const content = (range: string) => ['Message-ID: m001', `Byte-Range: ${range}`, 'Content-Type: text/plain'];
const report = (...headers: string[]) => bodiless('REPORT', ['Message-ID: m001', ...headers]);
const nickname = (...headers: string[]) => bodiless('NICKNAME', headers);

describe('conforming messages', () => {
  test.each([
    ['a SEND', send(content('1-5/5'), 'hello')],
    ['an open range', send(content('1-*/*'), 'hello')],
    ['a chunk', send(content('1-*/9'), 'hello', '+')],
    ['the last chunk', send(content('6-9/9'), 'rest')],
    ['a chunk given up', send(content('1-*/9'), 'hello', '#')],
    ['a large interruptible chunk', send(content('1-*/4000'), 'x'.repeat(4000))],
    ['2048 octets', send(content('1-2048/2048'), 'x'.repeat(2048))],
    ['an empty body', send(['Message-ID: m001', 'Content-Type: text/plain'], '')],
    ['an empty body with a range', send(content('1-0/0'), '')],
    ['a closing chunk of zero octets', send(content('11-10/10'), '')],
    ['a SEND without body', bodiless('SEND', ['Message-ID: m001'])],
    ['a SEND without body, range 1-0/0', bodiless('SEND', ['Message-ID: m001', 'Byte-Range: 1-0/0'])],
    [
      'report headers in any letter case',
      send(['success-report: YES', 'Failure-Report: Partial', ...content('1-1/1')], 'x'),
    ],
    ['a response', bodiless('200 OK', [])],
    ['a response without comment', bodiless('200', [])],
    ['a response with more headers', bodiless('481 ', ['X-Foo: bär', 'Message-ID: m001'])],
    ['a success REPORT', report('Byte-Range: 1-5/5', 'Status: 000 200 OK')],
    ['a failure REPORT', report('Byte-Range: 1-5/5', 'Status: 000 408')],
    ['another namespace', report('Byte-Range: 1-5/5', 'Status: 007 123 x')],
    ['a nickname', nickname('Use-Nickname: "Alice \\"the great\\""')],
    ['its removal', nickname('Use-Nickname: ""')],
    ['an unknown method', bodiless('FOO', [])],
    ['unknown headers', bodiless('SEND', ['Message-ID: m001', 'X-Foo: bar'])],
  ])('%s', (_name, wire) => expect(judge(wire)).toEqual({ violations: [], oddities: [] }));
});

describe('violations', () => {
  const cases: [string, string | Buffer, string[]][] = [
    ['lower-case msrp', bodiless('SEND', ['Message-ID: m001']).replace('MSRP', 'msrp'), ['RFC4975-9-03']],
    ['two spaces in a response', bodiless(' 200 OK', []), ['RFC4975-7.2-03', 'RFC4975-9-04']],
    ['bare line feed in a header', bodiless('200', ['X: 1']).replace('X: 1\r', 'X: 1'), ['RFC4975-9-02']],
    ['bare line feed in an end-line', bodiless('200', []).replace('$\r', '$'), ['RFC4975-9-24']],
    [
      'bare line feed before a body',
      send(content('1-1/1'), 'x').replace('\r\n\r\nx\r\n-------abcdefgh1234$\r', '\r\n\nx\n-------abcdefgh1234$'),
      ['RFC4975-7.1-08', 'RFC4975-9-18', 'RFC4975-9-24'],
    ],
    ['no colon', bodiless('200', ['nonsense']), ['RFC4975-9-26']],
    ['no name', bodiless('200', [': x']), ['RFC4975-9-26']],
    ['a name that begins with a digit', bodiless('200', ['1X: x']), ['RFC4975-9-26']],
    ['folding', bodiless('200', ['X: 1', ' 2']), ['RFC4975-9-28']],
    ['blank before the colon', bodiless('200', ['X : 1']), ['RFC4975-9-12']],
    ['no blank behind the colon', bodiless('200', ['X:1']), ['RFC4975-9-12']],
    ['two blanks behind the colon', bodiless('200', ['Message-ID:  12345']), ['RFC4975-9-12']],
    ['text of an extension header that begins with a blank', bodiless('200', ['X:  1']), []],
    ['invalid UTF-8', Buffer.from(bodiless('200', ['X: \xff']), 'latin1'), ['RFC4975-9-01']],
    ['a control character in a header', bodiless('200', ['X: a\x1bb']), ['RFC4975-9-27']],
    ['a control character in a comment', bodiless('200 a\x00', []), ['RFC4975-9-27']],
    [
      'short empty body',
      send(content('1-0/0'), '').replace('\r\n\r\n\r\n', '\r\n\r\n'),
      ['RFC4975-7.1-16', 'RFC4975-9-18'],
    ],
    ['empty line without body', bodiless('SEND', ['Message-ID: m001', '']), ['RFC4975-7.1-12', 'RFC4975-7.1-13']],
    ['short identifier', bodiless('200', []).replaceAll(id, 'abc'), ['RFC4975-9-13']],
    ['short Message-ID', bodiless('SEND', ['Message-ID: m1']), ['RFC4975-9-13']],
    ['no paths', bodiless('200', []).replace(paths, ''), ['RFC4975-9-10', 'RFC4975-9-10']],
    [
      'From-Path first',
      bodiless('200', []).replace('To-Path', 'X').replace('From-Path', 'To-Path').replace('X', 'From-Path'),
      ['RFC4975-9-10', 'RFC4975-9-10'],
    ],
    ['To-Path twice', bodiless('200', ['To-Path: msrp://b.example:9/s2;tcp']), ['RFC4975-9-10']],
    [
      'two blanks in a path',
      bodiless('200', []).replace('s2;tcp', 's2;tcp  msrp://c.example:1/s;tcp'),
      ['RFC4975-9-10'],
    ],
    ['empty path', bodiless('200', []).replace('msrp://b.example:9/s2;tcp', ''), ['RFC4975-9-10']],
    ['sip URI', bodiless('200', []).replace('msrp://b.example:9/s2;tcp', 'sip:b@example.com'), ['RFC4975-9-07']],
    ['no transport', bodiless('200', []).replace('s2;tcp', 's2'), ['RFC4975-9-09']],
    ['escaped session-id', bodiless('200', []).replace('s2;tcp', '%41;tcp'), ['RFC4975-9-08']],
    ['non-ASCII URI', bodiless('200', []).replace('b.example', 'ü.example'), ['RFC4975-6-02']],
    ['numeric host without port', bodiless('200', []).replace('b.example:9', '10.0.0.1'), ['RFC4975-6-04']],
    ['password', bodiless('200', []).replace('b.example', 'u:p@b.example'), ['RFC4975-6-10']],
    ['lower-case method', bodiless('send', []), ['RFC4975-9-06']],
    ['lower-case nickname', bodiless('nickname', []), ['RFC4975-9-06', 'RFC7701-7.1-32']],
    ['method with a digit', bodiless('SEND2', []), ['RFC4975-9-06']],
    [
      'body without Content-Type',
      send(['Message-ID: m001', 'Byte-Range: 1-1/1'], 'x'),
      ['RFC4975-7.1-05', 'RFC4975-9-18'],
    ],
    ['Content-Type not last', send([...content('1-1/1'), 'X: 1'], 'x'), ['RFC4975-7.1-07', 'RFC4975-9-18']],
    ['Content-Type without body', bodiless('SEND', ['Message-ID: m001', 'Content-Type: a/b']), ['RFC4975-7.1-11']],
    ['own end-line in the body', send(content('1-*/*'), `a-------${id}$b`), ['RFC4975-7.1-20']],
    ['no Message-ID', send(content('1-1/1').slice(1), 'x'), ['RFC4975-7.1.1-04']],
    ['no Byte-Range', send(['Message-ID: m001', 'Content-Type: a/b'], 'x'), ['RFC4975-7.1.1-17']],
    [
      'Content-Type malformed',
      send(['Message-ID: m001', 'Byte-Range: 1-1/1', 'Content-Type: text'], 'x'),
      ['RFC4975-9-19'],
    ],
    ['transfer encoding', send(['Content-Transfer-Encoding: base64', ...content('1-1/1')], 'x'), ['RFC4975-7.1.1-40']],
    ['Success-Report', send(['Success-Report: partial', ...content('1-1/1')], 'x'), ['RFC4975-5.3-04', 'RFC4975-9-14']],
    ['Failure-Report', send(['Failure-Report: never', ...content('1-1/1')], 'x'), ['RFC4975-5.3-04', 'RFC4975-9-15']],
    ['Byte-Range malformed', send(content('1-/1'), 'x'), ['RFC4975-9-16']],
    ['Byte-Range from zero', send(content('0-0/1'), 'x'), ['RFC4975-7.1.1-16']],
    ['Byte-Range from zero, nothing there', send(content('0-0/0'), ''), ['RFC4975-7.1.1-26']],
    ['Byte-Range from two, no body', bodiless('SEND', ['Message-ID: m001', 'Byte-Range: 2-1/1']), ['RFC4975-7.1.1-26']],
    ['end too large', send(content('1-2/*'), 'x'), ['RFC4975-7.1.1-20']],
    ['end too small', send(content('1-2/*'), 'xyz'), ['RFC4975-7.1.1-20']],
    [
      'broken off before its end',
      send(content('1-5/9'), 'x', '+'),
      ['RFC4975-7.1.1-20', 'RFC4975-7.1.1-21', 'RFC4975-7.3.1-05'],
    ],
    ['too large to name its end', send(content('1-2049/*'), 'x'.repeat(2049)), ['RFC4975-5.1-04', 'RFC4975-7.1.1-27']],
    ['finished before its total', send(content('1-*/9'), 'x'), ['RFC4975-7.1.1-22']],
    ['beyond its total', send(content('1-*/2'), 'xyz', '+'), ['RFC4975-7.1.1-22']],
    ['chunked NICKNAME', nickname('Use-Nickname: "a"').replace('$\r', '+\r'), ['RFC4975-5.1-05', 'RFC4975-7.1-09']],
    ['long body of another method', send(['Content-Type: a/b'], 'x'.repeat(10_241), '$', 'FOO'), ['RFC4975-7.1-10']],
    ['chunked response', bodiless('200', [], '+'), ['RFC4975-7.2-08']],
    ['response with a body', send(['Content-Type: a/b'], 'x', '$', '200 OK'), ['RFC4975-9-02']],
    [
      'reports on a REPORT',
      report('Success-Report: no', 'Failure-Report: no', 'Status: 000 200', 'Byte-Range: 1-1/1'),
      ['RFC4975-7.1.2-01', 'RFC4975-7.1.2-01'],
    ],
    ['REPORT without Message-ID', bodiless('REPORT', ['Status: 000 200', 'Byte-Range: 1-1/1']), ['RFC4975-7.1.2-03']],
    ['REPORT without Status', report('Byte-Range: 1-1/1'), ['RFC4975-7.1.2-02']],
    ['REPORT with a malformed Status', report('Byte-Range: 1-1/1', 'Status: 200 OK'), ['RFC4975-9-17']],
    ['REPORT with another success', report('Byte-Range: 1-1/1', 'Status: 000 202'), ['RFC4975-7.1.3-07']],
    ['REPORT with no error', report('Byte-Range: 1-1/1', 'Status: 000 302'), ['RFC4975-7.1.4-08']],
    ['failure REPORT without range', report('Status: 000 408'), ['RFC4975-7.1.4-10']],
    ['failure REPORT with an open range', report('Byte-Range: 1-*/9', 'Status: 000 408'), ['RFC4975-7.1.4-11']],
    ['REPORT with a malformed range', report('Byte-Range: 1', 'Status: 000 200'), ['RFC4975-9-16']],
    [
      'chunked REPORT',
      report('Byte-Range: 1-1/1', 'Status: 000 200').replace('$\r', '+\r'),
      ['RFC4975-5.1-05', 'RFC4975-7.1-09', 'RFC4975-7.1.2-08'],
    ],
    ['no Use-Nickname', nickname(), ['RFC7701-7.1-04']],
    ['nothing in Use-Nickname', nickname('Use-Nickname: '), ['RFC7701-7.1-33']],
    ['unquoted nickname', nickname('Use-Nickname: Alice'), ['RFC7701-7.1-33']],
    ['wrong escape', nickname('Use-Nickname: "a\\b"'), ['RFC7701-7.1-34']],
    ['long nickname', nickname(`Use-Nickname: "${'a'.repeat(1024)}"`), ['RFC7701-7.1-06']],
    [
      'reports on NICKNAME',
      nickname('Use-Nickname: "a"', 'Success-Report: no', 'Failure-Report: no'),
      ['RFC7701-7.1-07', 'RFC7701-7.1-08'],
    ],
    ['Use-Nickname elsewhere', bodiless('SEND', ['Message-ID: m001', 'Use-Nickname: "a"']), ['RFC7701-7.1-30']],
  ];

  test.each(cases)('%s', (_name, wire, expected) => {
    expect(judge(wire).violations.sort()).toEqual(expected);
  });

  test('every cited requirement is in the catalogue, and is broken in some test here', () => {
    const folder = new URL('./', import.meta.url);
    const names = [
      'validate',
      'validate-byte-range',
      'validate-defect',
      'validate-nickname',
      'validate-path',
      'validate-report',
    ];
    const source = names.map((name) => readFileSync(new URL(`${name}.ts`, folder), 'utf8')).join('');
    const cited = new Set(source.match(/RFC[0-9]+-[0-9.]+-[0-9]+/g));
    const tested = new Set(cases.flatMap(([, , expected]) => expected));
    expect([...tested].sort()).toEqual([...cited].sort());
    const catalogue = new Set(
      ['rfc4975', 'rfc7701'].flatMap((name) => {
        const file = new URL(`../../../scenarios/requirements/${name}.yaml`, folder);
        const { requirements } = parse(readFileSync(file, 'utf8')) as { requirements: { id: string }[] };
        return requirements.map((requirement) => requirement.id);
      }),
    );
    expect([...cited].filter((requirement) => !catalogue.has(requirement))).toEqual([]);
  });

  test('a defect says where it is', () => {
    const defects = [{ kind: 'no-blank-after-colon', offset: 30, detail: 'X:1' }];
    const message = { kind: 'response', transactionId: 'abcd', status: 200, headers: [], flag: '$' } as const;
    expect(validateMsrp(message, defects)[0]).toMatchObject({
      requirement: 'RFC4975-9-12',
      at: { start: 30, end: 31 },
    });
    expect(() => validateMsrp(message, [{ kind: 'of-sip', offset: 0 }])).toThrow('of-sip');
  });
});

describe('oddities', () => {
  test.each([
    ['short identifier', bodiless('SEND', ['Message-ID: m001']).replaceAll(id, 'abcdefghij'), 'RFC4975-7.1-02'],
    ['no Message-ID without body', bodiless('SEND', []), 'RFC4975-7.1.1-04'],
    ['large chunk without range', send(['Message-ID: m001', 'Content-Type: a/b'], 'x'.repeat(2049)), 'RFC4975-5.1-04'],
    ['identity encoding', send(['Content-Transfer-Encoding: binary', ...content('1-1/1')], 'x'), 'RFC4975-7.1.1-40'],
    ['success REPORT without range', report('Status: 000 200'), 'RFC4975-7.1.3-01'],
    ['two nicknames', nickname('Use-Nickname: "a"', 'Use-Nickname: "b"'), 'RFC7701-7.1-04'],
    ['a 408', bodiless('408', []), 'RFC4975-10.4-01'],
  ])('%s', (_name, wire, requirement) => expect(judge(wire).oddities).toEqual([requirement]));

  test('a short identifier in a response is the doing of the other side', () => {
    expect(judge(bodiless('200', []).replaceAll(id, 'abcd')).oddities).toEqual([]);
  });
});
