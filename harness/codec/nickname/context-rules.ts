import { isTransparent, joinsFollowing, joinsPreceding } from './joining-type.ts';

/** A code point that is legal in some surroundings only (RFC 8264 §9.7, RFC 5892 Appendix A). */
export type ContextRule = 'context-j' | 'context-o';

/**
 * True when the code point at `index` of `text` (a code point array) stands in surroundings that its contextual rule
 * allows (RFC 5892 Appendix A.1 to A.9). Throws when the code point has no such rule.
 */
export function contextAllows(text: readonly number[], index: number): boolean {
  const codePoint = text[index];
  const before = text[index - 1];
  const after = text[index + 1];
  switch (codePoint) {
    case 0x200c:
      return isVirama(before) || joinsAcross(text, index);
    case 0x200d:
      return isVirama(before);
    case 0x00b7:
      return before === 0x6c && after === 0x6c;
    case 0x0375:
      return after !== undefined && /\p{Script=Greek}/u.test(String.fromCodePoint(after));
    case 0x05f3:
    case 0x05f4:
      return before !== undefined && /\p{Script=Hebrew}/u.test(String.fromCodePoint(before));
    case 0x30fb:
      return text.some(isJapanese);
  }
  if (codePoint !== undefined && isArabicIndicDigit(codePoint)) return !text.some(isExtendedArabicIndicDigit);
  if (codePoint !== undefined && isExtendedArabicIndicDigit(codePoint)) return !text.some(isArabicIndicDigit);
  throw new Error(`code point ${codePoint} has no contextual rule`);
}

/** True when the rule of a code point has one answer for the whole text, wherever in it the code point stands. */
export const looksAtWholeText = (codePoint: number): boolean =>
  codePoint === 0x30fb || isArabicIndicDigit(codePoint) || isExtendedArabicIndicDigit(codePoint);

const isJapanese = (codePoint: number): boolean =>
  /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u.test(String.fromCodePoint(codePoint));
export const isArabicIndicDigit = (codePoint: number): boolean => codePoint >= 0x660 && codePoint <= 0x669;
export const isExtendedArabicIndicDigit = (codePoint: number): boolean => codePoint >= 0x6f0 && codePoint <= 0x6f9;

/**
 * Canonical_Combining_Class Virama (9). JavaScript does not expose the property, but canonical ordering shows it: a
 * mark of class 9 moves behind U+3099 (class 8) and before U+05B0 (class 10).
 */
export function isVirama(codePoint: number | undefined): boolean {
  if (codePoint === undefined) return false;
  const mark = String.fromCodePoint(codePoint);
  return ordersBefore('\u3099', mark) && ordersBefore(mark, '\u05b0');
}

/** True when canonical ordering never leaves `second` in front of `first`. */
const ordersBefore = (first: string, second: string): boolean =>
  first !== second && (second + first).normalize('NFD') === first + second;

/** A letter that joins forward, transparent marks, ZWNJ, transparent marks, a letter that joins back. */
function joinsAcross(text: readonly number[], index: number): boolean {
  return (
    joinsFollowing.has(firstOpaque(text, index, -1) ?? -1) && joinsPreceding.has(firstOpaque(text, index, 1) ?? -1)
  );
}

function firstOpaque(text: readonly number[], index: number, step: 1 | -1): number | undefined {
  for (let at = index + step; ; at += step) {
    const codePoint = text[at];
    if (codePoint === undefined || !isTransparent(codePoint)) return codePoint;
  }
}
