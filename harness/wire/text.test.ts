import { describe, expect, it } from 'vitest';
import { printable, printableLines } from './text.ts';

describe('octets shown to a person', () => {
  it('keeps ordinary text and escapes what a terminal would obey', () => {
    expect(printable('Grüße\t\u001b[31mred\u0007 \u202egnp.exe')).toBe('Grüße\t\\x1b[31mred\\x07 \\u{202e}gnp.exe');
  });

  it('escapes every mark that reorders, and half characters', () => {
    expect(printable('\u061c\u200f\u2067a\ud800b\uffff\u{1f600}')).toBe(
      '\\u{61c}\\u{200f}\\u{2067}a\\u{d800}b\\u{ffff}\u{1f600}',
    );
  });

  it('shows lines without their ends and says that there is more', () => {
    expect(printableLines(Buffer.from('a\r\nb\r\nc\r\n'), 2)).toEqual(['a', 'b', '… (9 octets)']);
    expect(printableLines(Buffer.from('a\r\nb\r\n'), 2)).toEqual(['a', 'b']);
  });

  it('clips long lines', () => {
    expect(printableLines(Buffer.from('x'.repeat(500)), 1, 10)[0]).toBe(`${'x'.repeat(9)}…`);
  });
});
