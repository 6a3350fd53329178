import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ByteRange, formatByteRange, parseByteRange } from './byte-range.ts';
import { containsEndLine } from './end-line.ts';
import { isIdent } from './ident.ts';
import { isMediaType } from './media-type.ts';
import { formatUseNickname, parseUseNickname } from './nickname.ts';
import { formatStatus, parseStatus } from './status.ts';

describe('Byte-Range', () => {
  test.each<[string, ByteRange]>([
    ['1-25/25', { start: 1n, end: 25n, total: 25n }],
    ['1-*/25', { start: 1n, end: '*', total: 25n }],
    ['1-*/*', { start: 1n, end: '*', total: '*' }],
    ['11-10/10', { start: 11n, end: 10n, total: 10n }],
    ['18446744073709551617-*/*', { start: 18446744073709551617n, end: '*', total: '*' }],
  ])('%s', (text, range) => {
    expect(parseByteRange(text)).toEqual({ ok: true, value: range });
    expect(formatByteRange(range)).toBe(text);
  });

  // T102
  test.each([
    '-5/10',
    '1-/10',
    '1-10',
    '*-10/10',
    '1-10/10/10',
    '0x1-5/5',
    '1-5/5 ',
    ' 1-5/5',
    '1 -5/5',
    '',
    '1-5/',
    '١-5/5',
  ])('%j is none', (text) => expect(parseByteRange(text).ok).toBe(false));

  test('an absurd number of digits is refused without computing', () => {
    expect(parseByteRange(`1-*/${'9'.repeat(200_000)}`).ok).toBe(false);
  });
});

describe('Status', () => {
  test.each([
    ['000 200', { namespace: '000', code: 200 }],
    ['000 200 ', { namespace: '000', code: 200, comment: '' }],
    ['001 408  late', { namespace: '001', code: 408, comment: ' late' }],
  ])('%j', (text, status) => {
    expect(parseStatus(text)).toEqual({ ok: true, value: status });
    expect(formatStatus(status)).toBe(text);
  });

  test.each(['200 OK', '000  200', '000 2000', '00 200', '000 200OK', '', '0000 200'])('%j is none', (text) => {
    expect(parseStatus(text).ok).toBe(false);
  });
});

describe('Use-Nickname', () => {
  test.each([
    ['"Alice the great"', 'Alice the great'],
    ['""', ''],
    ['" "', ' '],
    ['"\\"\\\\"', '"\\'],
    ['"größe 名"', 'größe 名'],
    ['"a\tb"', 'a\tb'],
    [`"${'x'.repeat(1023)}"`, 'x'.repeat(1023)],
    [`"${'名'.repeat(341)}"`, '名'.repeat(341)],
    [`"${'\\"'.repeat(1023)}"`, '"'.repeat(1023)],
  ])('%j', (value, text) => {
    expect(parseUseNickname(value)).toEqual({ ok: true, value: text });
    expect(formatUseNickname(text)).toBe(value);
  });

  test.each([
    ['', 'no value'],
    ['Alice', 'not enclosed'],
    ['"', 'not enclosed'],
    ['"Alice', 'not enclosed'],
    ["'Alice'", 'not enclosed'],
    ['"Alice" ', 'not enclosed'],
    ['"a"b"', 'not escaped'],
    ['"a\\b"', 'needless escape'],
    ['"a\\"', 'not escaped'],
    ['"a\0b"', 'control character'],
    ['"a\x7fb"', 'control character'],
    ['"a\rb"', 'control character'],
    [`"${'x'.repeat(1024)}"`, '1024 octets'],
    [`"${'名'.repeat(342)}"`, '1026 octets'],
    [`"${'x'.repeat(1_000_000)}"`, '1000002 characters'],
  ])('%j is malformed', (value, reason) => {
    const result = parseUseNickname(value);
    expect(result.ok ? 'no fault' : result.error).toContain(reason);
  });

  test('any printable text survives quoting', () => {
    const unit = fc.constantFrom(...'ab"\\ \té名', '\u{1f600}');
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 200 }), (text) => {
        expect(parseUseNickname(formatUseNickname(text))).toEqual({ ok: true, value: text });
      }),
    );
  });
});

test.each([
  ['abcd', true],
  ['9'.repeat(32), true],
  ['a+%=.-', true],
  ['abc', false],
  ['9'.repeat(33), false],
  ['.abc', false],
  ['-abc', false],
  ['ab_cd', false],
  ['abcd\n', false],
  ['äbcd', false],
])('isIdent(%j) is %s', (text, expected) => expect(isIdent(text)).toBe(expected));

test.each([
  ['text/plain', true],
  ['message/cpim', true],
  ['text/plain;charset=utf-8', true],
  ['text/plain;charset="a;\\"b";x', true],
  ['text/plain; charset=utf-8', false],
  ['text/', false],
  ['/plain', false],
  ['text', false],
  ['', false],
  ['text/plain;', false],
  ['text/plain;a="b', false],
  ['text/pl(ain', false],
])('isMediaType(%j) is %s', (text, expected) => expect(isMediaType(text)).toBe(expected));

test.each([
  ['x\r\n-------abcd$\r\ny', true],
  ['-------abcd+', true],
  ['x-------abcd#x', true],
  ['--------abcd$', true],
  ['-------abcd', false],
  ['-------abcde$', false],
  ['------abcd$', false],
  ['-------abcd!-------abcd$', true],
  ['-------abcd-------abcd', false],
])('containsEndLine(%j) is %s', (body, expected) => expect(containsEndLine(Buffer.from(body), 'abcd')).toBe(expected));
