import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldCase } from './case-mapping.ts';
import { codePointSet } from './code-point-set.ts';
import { admission, collision } from './collision.ts';
import { isVirama } from './context-rules.ts';
import { compareKey, enforceNickname, nicknameReadings, prepareNickname } from './nickname.ts';
import { forbiddenCodePoints, freeformStanding } from './precis.ts';
import { unicode7 } from './unicode-7.ts';

const everyCodePoint = Array.from({ length: 0x110000 }, (_, codePoint) => codePoint);
const scalarsOfUnicode7 = everyCodePoint.filter((point) => unicode7.has(point) && (point < 0xd800 || point > 0xdfff));
const text = fc.string({ unit: 'binary', maxLength: 40 });

describe('FreeformClass', () => {
  it.each([
    ['PVALID exception', 0x00df, { kind: 'valid' }],
    ['DISALLOWED exception', 0x07fa, { kind: 'forbidden', reason: 'exception' }],
    ['space', 0x20, { kind: 'valid' }],
    ['tilde', 0x7e, { kind: 'valid' }],
    ['DEL', 0x7f, { kind: 'forbidden', reason: 'control' }],
    ['join control', 0x200d, { kind: 'contextual', rule: 'context-j' }],
    ['jamo filler', 0x115f, { kind: 'forbidden', reason: 'old-hangul-jamo' }],
    ['tag letter', 0xe0041, { kind: 'forbidden', reason: 'ignorable' }],
    ['last noncharacter', 0x10ffff, { kind: 'forbidden', reason: 'ignorable' }],
    ['never assigned', 0xe0fff, { kind: 'forbidden', reason: 'unassigned' }],
    ['lone surrogate', 0xd800, { kind: 'forbidden', reason: 'no-category' }],
    ['Arabic number sign, a format character', 0x600, { kind: 'forbidden', reason: 'no-category' }],
    ['enclosing mark', 0x20dd, { kind: 'valid' }],
  ])('%s', (_, codePoint, standing) => {
    expect(freeformStanding(codePoint)).toEqual(standing);
  });

  it('refuses lone surrogates and counts the index in code points', () => {
    expect([...forbiddenCodePoints('😀\ud800')]).toEqual([{ codePoint: 0xd800, index: 1, reason: 'no-category' }]);
  });

  it('lists every forbidden code point', () => {
    expect([...forbiddenCodePoints('\u0000a\u00ad')].map(({ reason }) => reason)).toEqual(['control', 'ignorable']);
  });

  it('finds 185 legal code points whose NFKC form is not legal by itself', () => {
    const turning = scalarsOfUnicode7.filter((point) => {
      const character = String.fromCodePoint(point);
      const mapped = character.normalize('NFKC');
      if (mapped === character || freeformStanding(point).kind !== 'valid') return false;
      return Array.from(mapped).some((part) => freeformStanding(part.codePointAt(0) ?? 0).kind !== 'valid');
    });
    expect(turning).toHaveLength(185);
    expect(turning).toEqual(expect.arrayContaining([0x13f, 0x140, 0x387, 0x314b]));
  });
});

describe('contextual rules', () => {
  it.each([
    ['ZWNJ between dual-joining letters, marks between', '\u0628\u064e\u200c\u064e\u0628', true],
    ['ZWNJ after a letter that does not join forward', '\u0627\u200c\u0628', false],
    ['ZWNJ before a letter that does not join back', '\u0628\u200cA', false],
    ['ZWNJ at the end', '\u0628\u200c', false],
    ['ZWNJ after a virama', '\u0915\u094d\u200c\u0937', true],
    ['ZWJ at the start', '\u200da', false],
    ['middle dot at the end', 'l\u00b7', false],
    ['keraia before Greek', '\u0375\u03b1', true],
    ['keraia before Latin', '\u0375a', false],
    ['geresh after Hebrew', '\u05d0\u05f3', true],
    ['gershayim at the start', '\u05f4\u05d0', false],
    ['katakana middle dot with Han anywhere', 'a\u30fbb\u6f22', true],
    ['extended digits alone', '\u06f1\u06f2', true],
    ['extended digits among Arabic-Indic ones', '\u06f1\u0662', false],
  ])('%s', (_, nickname, legal) => {
    expect(prepareNickname(nickname).ok).toBe(legal);
  });

  it('tells viramas from other marks', () => {
    expect([0x94d, 0x1039, 0xa806, 0x11046].map(isVirama)).toEqual([true, true, true, true]);
    expect([0x3099, 0x5b0, 0x301, 0x41, 0x93c, undefined].map(isVirama)).toEqual(Array(6).fill(false));
  });

  it('stays linear when every code point has a rule', () => {
    const hostile = '\u30fb'.repeat(20_000) + '\u0661'.repeat(20_000) + '\u0628\u200c'.repeat(20_000);
    expect([...forbiddenCodePoints(hostile)].filter(({ codePoint }) => codePoint === 0x30fb)).toHaveLength(20_000);
  });
});

describe('case folding', () => {
  // The engine's own case-insensitive matching follows the simple entries (C and S) of CaseFolding.txt.
  it('agrees with simple folding wherever the full form is one code point', () => {
    const differing = scalarsOfUnicode7.filter((point) => {
      const character = String.fromCodePoint(point);
      const folded = foldCase(character);
      if (folded === character || Array.from(folded).length > 1) return false;
      return !new RegExp(`^\\u{${folded.codePointAt(0)?.toString(16)}}$`, 'iu').test(character);
    });
    expect(differing).toEqual([]);
  });

  it('is idempotent for every code point', () => {
    const unsettled = scalarsOfUnicode7.filter((point) => {
      const folded = foldCase(String.fromCodePoint(point));
      return foldCase(folded) !== folded;
    });
    expect(unsettled).toEqual([]);
  });

  it.each([
    ['ß', 'ss'],
    ['ẞ', 'ss'],
    ['ς', 'σ'],
    ['ı', 'ı'],
    ['İ', 'i\u0307'],
    ['ŉ', '\u02bcn'],
    ['ﬄ', 'ffl'],
    ['ᾳ', 'αι'],
    ['ᾼ', 'αι'],
    ['\u0345', 'ι'],
    ['ꭰ', 'Ꭰ'],
    ['ᏸ', 'Ᏸ'],
    ['ΐ', 'ι\u0308\u0301'],
  ])('%s to %s', (character, folded) => {
    expect(foldCase(character)).toBe(folded);
  });
});

describe('forms', () => {
  it('settle: enforcement and comparison change nothing more', () => {
    fc.assert(
      fc.property(text, (nickname) => {
        const enforced = enforceNickname(nickname);
        const key = compareKey(nickname);
        if (enforced.ok && prepareNickname(enforced.value).ok)
          expect(enforceNickname(enforced.value)).toEqual(enforced);
        if (key.ok && prepareNickname(key.value).ok) expect(compareKey(key.value)).toEqual(key);
      }),
    );
  });

  it('need no third pass for any code point of Unicode 7', () => {
    const unstable = scalarsOfUnicode7.filter((point) => {
      const key = compareKey(String.fromCodePoint(point));
      return !key.ok && key.error.kind === 'unstable';
    });
    expect(unstable).toEqual([]);
  });
});

describe('collision', () => {
  it('is symmetric, and no text differs from itself', () => {
    fc.assert(
      fc.property(text, text, (held, asked) => {
        expect(collision(held, asked)).toBe(collision(asked, held));
        expect(collision(held, held)).not.toBe('free');
      }),
    );
  });

  it('demands 425 or 200 only where every reading has that outcome', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'aAßsSΣσςiIİı™ Ⅳ\u0307') }), fc.string(), (held, asked) => {
        const verdict = collision(held, asked);
        fc.pre(verdict === 'collide' || verdict === 'free');
        for (const reading of nicknameReadings) {
          const [first, second] = [compareKey(held, reading), compareKey(asked, reading)];
          expect(first.ok && second.ok && (first.value === second.value) === (verdict === 'collide')).toBe(true);
        }
      }),
    );
  });

  it('leaves a code point newer than Unicode 7 open, unless another one is illegal for all', () => {
    expect(admission('\u{1F98A}')).toBe('either');
    expect(admission('\u{1F98A}\u00ad')).toBe('malformed-expected');
    expect(admission('\u0378')).toBe('either');
    expect(admission('\u{E0FFF}')).toBe('malformed-expected');
    expect(collision('\u{1F98A}', 'fox')).toBe('either');
  });
});

describe('code point sets', () => {
  it('hold both ends of a range and single code points', () => {
    const set = codePointSet('41-43 61');
    expect([0x40, 0x41, 0x43, 0x44, 0x60, 0x61, 0x62].map((point) => set.has(point))).toEqual([
      false,
      true,
      true,
      false,
      false,
      true,
      false,
    ]);
  });

  it.each(['43-41', '41 41', '61 41', '4g', ''])('refuse "%s"', (ranges) => {
    expect(() => codePointSet(ranges)).toThrow();
  });
});
