import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatCpimAddress, hasAddressGrammar, parseCpimAddress } from './address.ts';
import { escapeFaults, escapeText, quoteText, unescapeText } from './escape.ts';
import type { CpimMessage } from './message.ts';
import { parseCpim } from './parse.ts';
import { scanCpim } from './prefix.ts';
import { serializeCpim } from './serialize.ts';
import { validateCpim } from './validate.ts';

const letters = (characters: string) =>
  fc.string({ unit: fc.constantFrom(...characters), minLength: 1, maxLength: 12 });
const token = letters("abzAZ09!#$%&'*+-^_`|~");
const name = fc
  .tuple(fc.option(token), token)
  .map(([prefix, local]) => (prefix === null ? local : `${prefix}.${local}`))
  .filter((text) => text.toLowerCase() !== 'content-type');
const value = fc
  .string({ unit: 'grapheme', maxLength: 30 })
  .map((text) => text.replace(/[\x00-\x1f\x7f]/g, '').replace(/^[ ;]+| +$/g, ''))
  .filter((text) => text !== '');
const parameters = fc.option(
  token.map((text) => `;${text}="a b;\\""`),
  { nil: undefined },
);
const header = fc.tuple(name, parameters, value).map(([n, p, v]) => ({
  name: n,
  ...(p !== undefined && { parameters: p }),
  value: v,
}));
const mimeHeader = fc.tuple(letters('abzAZ-'), letters('abz/;=+')).map(([n, v]) => ({ name: `X${n}`, value: v }));
const message: fc.Arbitrary<CpimMessage> = fc.record({
  headers: fc.array(header, { minLength: 1, maxLength: 6 }),
  mimeHeaders: fc
    .array(mimeHeader, { maxLength: 4 })
    .map((headers) => [...headers, { name: 'Content-Type', value: 'text/plain' }]),
  content: fc.uint8Array({ maxLength: 60 }).map((octets) => Buffer.from(octets)),
});

describe('parse and serialize', () => {
  it('give back every message that keeps to the format', () => {
    fc.assert(
      fc.property(message, (sent) => {
        const octets = serializeCpim(sent);
        const read = parseCpim(octets);
        if (!read.ok) throw new Error(read.error);
        const { headers, mimeHeaders, content, defects } = read.value;
        expect({ headers, mimeHeaders, content }).toEqual(sent);
        expect(defects).toEqual([]);
        expect(serializeCpim(read.value).equals(octets)).toBe(true);
      }),
    );
  });

  it('represent or refuse whatever octets there are, and give back clean metadata exactly', () => {
    const piece = fc.constantFrom(
      'From',
      'a.b',
      ':',
      ' ',
      '\t',
      ';x=y',
      '\r\n',
      '\n',
      '\r',
      '\r\n\r\n',
      '<sip:a>',
      '"',
      '\\',
    );
    const junk = fc.array(fc.oneof(piece, fc.string({ maxLength: 4 })), { maxLength: 30 });
    fc.assert(
      fc.property(junk, (parts) => {
        const octets = Buffer.from(parts.join(''));
        const read = parseCpim(octets);
        if (!read.ok) return;
        const { headers, spans, defects } = read.value;
        expect(spans.length).toBe(headers.length);
        for (const { offset } of defects) expect(offset).toBeLessThanOrEqual(octets.length);
        validateCpim(read.value);
        const scan = scanCpim(octets);
        if (defects.length > 0 || scan.state !== 'mime-complete') return;
        const again = serializeCpim({ headers, mimeHeaders: [], content: Buffer.alloc(0) });
        expect(again.subarray(0, -2).equals(octets.subarray(0, scan.metadataEnd))).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it('leave the content where it is', () => {
    const octets = Buffer.from('From: <a:b>\r\n\r\nContent-Type: a/b\r\n\r\nxyz');
    const read = parseCpim(octets);
    if (!read.ok) throw new Error(read.error);
    expect(read.value.content.buffer).toBe(octets.buffer);
  });

  it.each([
    ['no octets', ''],
    ['plain text', 'Hello, world'],
    ['lines without colons', 'a\r\nb\r\n\r\nA: b\r\n\r\nc'],
  ])('refuse %s', (_, text) => {
    expect(parseCpim(Buffer.from(text)).ok).toBe(false);
  });

  it('join a line that is folded ten thousand times', () => {
    const read = parseCpim(Buffer.from(`Subject: a\r\n${' b\r\n'.repeat(10_000)}\r\n`));
    expect(read.ok && read.value.headers[0]?.value.length).toBe(20_001);
  });
});

describe('escapes', () => {
  const text = fc.string({ unit: 'binary' });

  it('give back any text and have no fault', () => {
    fc.assert(
      fc.property(text, (original) => {
        expect(unescapeText(escapeText(original))).toBe(original);
        expect(escapeText(original)).not.toMatch(/[\x00-\x1f\x7f]/);
        expect(escapeFaults(escapeText(original))).toEqual([]);
        expect(unescapeText(quoteText(original).slice(1, -1))).toBe(original);
      }),
    );
  });

  it.each([
    ['a\\\\b', 'a\\b'],
    ['\\"\\\'', '"\''],
    ['\\b\\t\\n\\r', '\b\t\n\r'],
    ['\\u00e9\\u00E9', 'éé'],
    ['\\ud83d\\ude00', '😀'],
    ['\\q', 'q'],
    ['\\u12', 'u12'],
    ['\\😀', '😀'],
    ['trailing\\', 'trailing'],
  ])('%s stands for what RFC 3862 §2.3 says', (written, meant) => {
    expect(unescapeText(written)).toBe(meant);
  });

  it('write controls the way RFC 3862 §2.3.1 wants them', () => {
    expect(escapeText('\\\b\t\n\r\u0007\u007fé😀"')).toBe('\\\\\\b\\t\\n\\r\\u0007\\u007fé😀"');
  });

  it('are found needless where a character needs none', () => {
    expect(escapeFaults('\\u0041\\q\\u0007\\"\\')).toEqual([
      { kind: 'needless', written: '\\u0041' },
      { kind: 'needless', written: '\\q' },
      { kind: 'lone-backslash' },
    ]);
  });
});

describe('addresses', () => {
  it('give back any name and keep to the grammar', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (text) => {
        const written = formatCpimAddress({ name: text, uri: 'sip:a@example.org' });
        expect(parseCpimAddress(written)).toEqual({ ok: true, value: { name: text, uri: 'sip:a@example.org' } });
        expect(hasAddressGrammar(written)).toBe(true);
      }),
    );
  });

  it.each([
    ['<sip:a@b>', undefined, true],
    ['Zoë 名前 J.R. <sip:a@b>', 'Zoë 名前 J.R.', true],
    ['"Smith, John" <sip:a@b>', 'Smith, John', true],
    ['"Smith, John"<sip:a@b>', 'Smith, John', true],
    ['"a<b> \\"c\\"" <sip:a@b>', 'a<b> "c"', true],
    ['"A\\qB" <sip:a@b>', 'AqB', true],
    ['"" <sip:a@b>', '', true],
    ['Alice<sip:a@b>', 'Alice', false],
    ['Smith, John <sip:a@b>', 'Smith, John', false],
  ])('reads %s', (written, expected, strict) => {
    const read = parseCpimAddress(written);
    expect(read).toEqual({ ok: true, value: { ...(expected !== undefined && { name: expected }), uri: 'sip:a@b' } });
    expect(hasAddressGrammar(written)).toBe(strict);
  });

  it.each([
    'sip:a@b',
    '',
    '<>',
    '<a>',
    '<sip:a@b',
    '<sip:a@b>;x',
    '<sip:a@b>, <sip:c@d>',
    '"a <sip:a@b>',
    '"a" x <sip:a@b>',
    '<sip:a b>',
  ])('refuses %s', (written) => {
    expect(parseCpimAddress(written).ok).toBe(false);
  });
});
