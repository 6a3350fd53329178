import {
  type ContextRule,
  contextAllows,
  isArabicIndicDigit,
  isExtendedArabicIndicDigit,
  looksAtWholeText,
} from './context-rules.ts';

/** Why a code point is not in the FreeformClass; the names follow the tests of RFC 8264 §8. */
export type ForbiddenReason =
  | 'exception'
  | 'unassigned'
  | 'old-hangul-jamo'
  | 'ignorable'
  | 'control'
  | ContextRule
  | 'no-category';

export type FreeformStanding =
  | { readonly kind: 'valid' }
  | { readonly kind: 'contextual'; readonly rule: ContextRule }
  | { readonly kind: 'forbidden'; readonly reason: Exclude<ForbiddenReason, ContextRule> };

export interface ForbiddenCodePoint {
  readonly codePoint: number;
  /** Counted in code points from the start of the text. */
  readonly index: number;
  /** A contextual reason means that the surroundings do not fit. */
  readonly reason: ForbiddenReason;
}

const valid: FreeformStanding = { kind: 'valid' };
const contextO: FreeformStanding = { kind: 'contextual', rule: 'context-o' };
const contextJ: FreeformStanding = { kind: 'contextual', rule: 'context-j' };
const forbidden = (reason: Exclude<ForbiddenReason, ContextRule>): FreeformStanding => ({ kind: 'forbidden', reason });

/**
 * Where a code point stands in the PRECIS FreeformClass, by the order of tests of RFC 8264 §8 (BackwardCompatible is
 * empty). Categories come from the Unicode version of the running JavaScript engine.
 */
export function freeformStanding(codePoint: number): FreeformStanding {
  const exception = exceptions(codePoint);
  if (exception !== undefined) return exception;
  if (codePoint >= 0x21 && codePoint <= 0x7e) return valid;
  const character = String.fromCodePoint(codePoint);
  if (/\p{Cn}/u.test(character) && !/\p{Noncharacter_Code_Point}/u.test(character)) return forbidden('unassigned');
  if (/\p{Join_Control}/u.test(character)) return contextJ;
  if (isOldHangulJamo(codePoint)) return forbidden('old-hangul-jamo');
  if (isPrecisIgnorable(codePoint)) return forbidden('ignorable');
  if (/\p{Cc}/u.test(character)) return forbidden('control');
  if (character.normalize('NFKC') !== character) return valid;
  return /[\p{L}\p{M}\p{N}\p{Zs}\p{S}\p{P}]/u.test(character) ? valid : forbidden('no-category');
}

/** Every code point of the text that the FreeformClass does not allow there, in order. */
export function* forbiddenCodePoints(text: string): Generator<ForbiddenCodePoint> {
  const codePoints = Array.from(text, (character) => character.codePointAt(0) ?? 0);
  // One answer serves every occurrence of a rule that looks at the whole text, which keeps hostile texts linear.
  const wholeTextRules = new Map<number, boolean>();
  for (const [index, codePoint] of codePoints.entries()) {
    const standing = freeformStanding(codePoint);
    switch (standing.kind) {
      case 'valid':
        break;
      case 'forbidden':
        yield { codePoint, index, reason: standing.reason };
        break;
      case 'contextual': {
        const known = wholeTextRules.get(codePoint);
        const allowed = known ?? contextAllows(codePoints, index);
        if (looksAtWholeText(codePoint)) wholeTextRules.set(codePoint, allowed);
        if (!allowed) yield { codePoint, index, reason: standing.rule };
        break;
      }
    }
  }
}

/** Default-ignorable code points and noncharacters (RFC 8264 §9.13). */
export function isPrecisIgnorable(codePoint: number): boolean {
  return /[\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]/u.test(String.fromCodePoint(codePoint));
}

/** Conjoining jamo: Hangul_Syllable_Type L, V or T (RFC 8264 §9.9). JavaScript does not expose the property. */
function isOldHangulJamo(codePoint: number): boolean {
  return (
    (codePoint >= 0x1100 && codePoint <= 0x11ff) ||
    (codePoint >= 0xa960 && codePoint <= 0xa97c) ||
    (codePoint >= 0xd7b0 && codePoint <= 0xd7c6) ||
    (codePoint >= 0xd7cb && codePoint <= 0xd7fb)
  );
}

/** RFC 8264 §9.6 (the table of RFC 5892 §2.6). */
function exceptions(codePoint: number): FreeformStanding | undefined {
  switch (codePoint) {
    case 0x00df:
    case 0x03c2:
    case 0x06fd:
    case 0x06fe:
    case 0x0f0b:
    case 0x3007:
      return valid;
    case 0x00b7:
    case 0x0375:
    case 0x05f3:
    case 0x05f4:
    case 0x30fb:
      return contextO;
    case 0x0640:
    case 0x07fa:
    case 0x302e:
    case 0x302f:
    case 0x3031:
    case 0x3032:
    case 0x3033:
    case 0x3034:
    case 0x3035:
    case 0x303b:
      return forbidden('exception');
  }
  return isArabicIndicDigit(codePoint) || isExtendedArabicIndicDigit(codePoint) ? contextO : undefined;
}
