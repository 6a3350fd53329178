import { describe, expect, it } from 'vitest';
import { formatDateTime, parseDateTime } from './date-time.ts';
import type { CpimHeader } from './message.ts';
import { wrappedType } from './mime.ts';
import {
  CPIM_NAMESPACE,
  cpimHeaders,
  formatNamespace,
  headersIn,
  IMDN_NAMESPACE,
  parseNamespace,
  resolveHeaders,
} from './namespace.ts';
import { nestedCpim } from './nesting.ts';

const header = (name: string, value: string): CpimHeader => ({ name, value });

describe('namespaces', () => {
  it('resolve any prefix below its declaration, and none above', () => {
    const headers = [
      header('q.Message-ID', 'above'),
      header('NS', `q <${IMDN_NAMESPACE}>`),
      header('q.Message-ID', 'below'),
      header('imdn.Message-ID', 'other'),
    ];
    expect(headersIn(headers, IMDN_NAMESPACE, 'Message-ID')).toEqual([header('q.Message-ID', 'below')]);
    expect(resolveHeaders(headers).map(({ namespace }) => namespace)).toEqual([
      undefined,
      CPIM_NAMESPACE,
      IMDN_NAMESPACE,
      undefined,
    ]);
  });

  it('know From under a prefix that stands for the standard namespace', () => {
    const headers = [header('NS', `std <${CPIM_NAMESPACE}>`), header('std.From', '<a:b>')];
    expect(cpimHeaders(headers, 'From')).toEqual([header('std.From', '<a:b>')]);
  });

  it('change and restore the default', () => {
    const headers = [
      header('From', 'first'),
      header('NS', '<urn:example:other>'),
      header('From', 'foreign'),
      header('NS', `<${CPIM_NAMESPACE}>`),
      header('To', 'last'),
    ];
    expect(cpimHeaders(headers, 'From').map(({ value }) => value)).toEqual(['first']);
    expect(cpimHeaders(headers, 'To').map(({ value }) => value)).toEqual(['last']);
  });

  it('match names with letter case', () => {
    expect(cpimHeaders([header('from', 'x'), header('FROM', 'y')], 'From')).toEqual([]);
  });

  it.each([{ prefix: 'p', uri: 'urn:x:y' }, { uri: 'urn:x:y' }])('are written and read: %o', (declaration) => {
    expect(parseNamespace(formatNamespace(declaration))).toEqual({ ok: true, value: declaration });
  });
});

describe('DateTime', () => {
  it.each([
    ['1970-01-01T00:00:00Z', 0],
    ['2030-01-01T00:00:00.123456789012Z', Date.UTC(2030, 0, 1, 0, 0, 0, 123)],
    ['2030-01-01T00:00:00-00:00', Date.UTC(2030, 0, 1)],
    ['2030-01-01T01:30:00+01:30', Date.UTC(2030, 0, 1)],
    ['2016-12-31T23:59:60Z', Date.UTC(2017, 0, 1)],
    ['2016-12-31T15:59:60-08:00', Date.UTC(2017, 0, 1)],
    ['2024-02-29T00:00:00z', Date.UTC(2024, 1, 29)],
    ['0000-02-29T00:00:00Z', Date.parse('0000-02-29T00:00:00Z')],
  ])('%s is read', (value, milliseconds) => {
    expect(parseDateTime(value)).toEqual({ ok: true, value: milliseconds });
  });

  it.each([
    '2030-01-01T00:00:00',
    '2030-01-01T00:00Z',
    '2030-01-01 00:00:00Z',
    '2030-13-01T00:00:00Z',
    '2030-02-29T00:00:00Z',
    '2030-01-01T24:00:00Z',
    '2030-01-01T00:00:60Z',
    '2030-01-01T00:00:00+24:00',
    '99999-01-01T00:00:00Z',
    'Tue, 6 May 2031 07:08:09 GMT',
  ])('%s is refused', (value) => {
    expect(parseDateTime(value).ok).toBe(false);
  });

  it('is written as it is read', () => {
    const instant = Date.UTC(2031, 4, 6, 7, 8, 9, 123);
    expect(formatDateTime(instant)).toBe('2031-05-06T07:08:09.123Z');
    expect(parseDateTime(formatDateTime(instant))).toEqual({ ok: true, value: instant });
  });
});

describe('wrapped content', () => {
  it('has the type of the MIME block, or in the compact form that among the metadata', () => {
    const compact = [header('Content-type', 'text/html')];
    expect(wrappedType({ headers: compact, mimeHeaders: [] })).toBe('text/html');
    expect(wrappedType({ headers: compact, mimeHeaders: [{ name: 'CONTENT-TYPE', value: 'a/b' }] })).toBe('a/b');
    expect(wrappedType({ headers: [], mimeHeaders: [] })).toBeUndefined();
  });

  const nested = (depth: number): Buffer =>
    Buffer.from(
      `${Array.from({ length: depth - 1 }, (_, level) => `From: <x:${level}>\r\n\r\nContent-Type: Message/CPIM;a=b\r\n\r\n`).join('')}From: <x:last>\r\n\r\nContent-Type: text/plain\r\n\r\nHi`,
    );

  it('is unwrapped level by level', () => {
    const levels = nestedCpim(nested(3));
    if (!levels.ok) throw new Error(levels.error);
    expect(levels.value.map(({ headers }) => headers[0]?.value)).toEqual(['<x:0>', '<x:1>', '<x:last>']);
    expect(levels.value.at(-1)?.content.toString()).toBe('Hi');
  });

  it('is not followed without bounds, nor into what is no CPIM', () => {
    expect(nestedCpim(nested(32)).ok).toBe(true);
    expect(nestedCpim(nested(33))).toEqual({ ok: false, error: 'more than 32 levels of message/cpim' });
    expect(nestedCpim(Buffer.from('A: b\r\n\r\nContent-Type: message/cpim\r\n\r\n')).ok).toBe(false);
  });
});
