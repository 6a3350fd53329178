/** The case mappings on which readings of the nickname profile differ. All are the default ones, never of a language. */

/** Unicode toLowerCase with its contextual rule for final sigma (RFC 8266 §2.1). */
export const lowerCase = (text: string): string => text.toLowerCase();

/**
 * Simple lower case, one code point at a time: no final sigma, and U+0130, the only code point whose full mapping is
 * longer than its simple one, becomes a plain `i`.
 */
export const lowerCaseByLetter = (text: string): string =>
  mapEach(text, (character) => (character === '\u0130' ? 'i' : character.toLowerCase()));

/** Unicode default case folding, full (statuses C and F of CaseFolding.txt), as RFC 7700 §2.1 asks for. */
export const foldCase = (text: string): string => mapEach(text, foldCharacter);

/**
 * Folding is lower case of upper case of lower case, letter by letter (the first step serves U+1E9E, the second
 * ligatures, U+00DF and variants of small letters), save for dotless i, which folds to itself, and Cherokee, which
 * folds to capitals.
 */
function foldCharacter(character: string): string {
  if (character === '\u0131') return character;
  if (/\p{Script=Cherokee}/u.test(character)) return character.toUpperCase();
  return lowerEach(character.toLowerCase().toUpperCase());
}

const lowerEach = (text: string): string => mapEach(text, (character) => character.toLowerCase());

function mapEach(text: string, map: (character: string) => string): string {
  let mapped = '';
  for (const character of text) mapped += map(character);
  return mapped;
}
