import { err, ok, type Result } from '../../result.ts';

/** RFC 7701 §7.1: a nickname may not be longer. */
export const longestNicknameOctets = 1023;

const quoted = /^"((?:[\t !#-[\]-~\u0080-\u{10ffff}]|\\["\\])*)"$/su;

export interface NicknameProblem {
  /** `form`: no proper quoted string. `escape`: a quote or backslash inside that is not escaped as it has to be. */
  readonly kind: 'form' | 'escape' | 'length';
  readonly reason: string;
}

/**
 * Text of a Use-Nickname value (RFC 7701 §7.1, quoted as in RFC 4975 §9). The empty text means removal (§7.3).
 * Fails where a switch answers 424: bad quoting, control characters, more than 1023 octets.
 */
export function parseUseNickname(value: string): Result<string, string> {
  const nickname = readUseNickname(value);
  return nickname.ok ? nickname : err(nickname.error.reason);
}

/** Like `parseUseNickname`, but says what kind of fault it is. */
export function readUseNickname(value: string): Result<string, NicknameProblem> {
  // Each octet may be escaped, so beyond this no reading can be short enough.
  if (value.length > 2 * longestNicknameOctets + 2) return tooLong(`a value of ${value.length} characters`);
  const content = quoted.exec(value)?.[1];
  if (content === undefined) return err(problemOf(value));
  const text = content.replaceAll(/\\(["\\])/g, '$1');
  const length = Buffer.byteLength(text);
  return length > longestNicknameOctets ? tooLong(`a nickname of ${length} octets`) : ok(text);
}

/** Quotes a nickname; the empty text gives the removal `""`. Length and characters are the caller's to choose. */
export function formatUseNickname(text: string): string {
  return `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
}

function problemOf(value: string): NicknameProblem {
  if (value === '') return { kind: 'form', reason: 'no value, not even an empty quoted string' };
  if (value.length < 2 || !value.startsWith('"') || !value.endsWith('"')) {
    return { kind: 'form', reason: 'a value that is not enclosed in double quotes' };
  }
  if (/[\0-\x08\x0a-\x1f\x7f]/.test(value)) return { kind: 'form', reason: 'a control character inside the quotes' };
  return { kind: 'escape', reason: 'a double quote or backslash that is not escaped, or a needless escape' };
}

function tooLong(reason: string): { readonly ok: false; readonly error: NicknameProblem } {
  return err({ kind: 'length', reason });
}
