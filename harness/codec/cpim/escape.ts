const LETTER_OF: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\r': '\\r',
};
const CHARACTER_OF: Readonly<Record<string, string>> = { b: '\b', t: '\t', n: '\n', r: '\r' };
const HEX = /^[0-9A-Fa-f]{4}$/;

/** An escape that its writer should not have used (RFC 3862 §2.3). */
export type EscapeFault =
  /** An escape for a character that needs none, or a letter that means nothing (§2.3.1). */
  | { readonly kind: 'needless'; readonly written: string }
  /** A backslash with nothing behind it. */
  | { readonly kind: 'lone-backslash' };

/** Text for a header value: backslash and controls escaped, nothing else (RFC 3862 §2.3.1). */
export function escapeText(text: string): string {
  return text.replace(/[\\\x00-\x1f\x7f]/g, (character) => LETTER_OF[character] ?? fourDigits(character));
}

/** Text as a double-quoted string, quotes included (RFC 3862 §2.3.1). */
export function quoteText(text: string): string {
  return `"${escapeText(text).replaceAll('"', '\\"')}"`;
}

/** The text a header value stands for. Reads every backslash as an escape and drops a lone last one (§2.3.1). */
export function unescapeText(value: string): string {
  let text = '';
  for (const piece of pieces(value)) text += piece.text;
  return text;
}

/** Escapes that a writer must not use (RFC 3862 §2.3.1); readers still understand them. */
export function escapeFaults(value: string): readonly EscapeFault[] {
  const faults: EscapeFault[] = [];
  for (const { written, text } of pieces(value)) {
    if (written === '\\') faults.push({ kind: 'lone-backslash' });
    else if (written !== undefined && !/^[\\"'\x00-\x1f\x7f]$/.test(text)) faults.push({ kind: 'needless', written });
  }
  return faults;
}

interface Piece {
  readonly text: string;
  /** The escape as written, when the piece is one. */
  readonly written?: string;
}

function* pieces(value: string): Generator<Piece> {
  let position = 0;
  while (position < value.length) {
    const backslash = value.indexOf('\\', position);
    if (backslash === -1) {
      yield { text: value.slice(position) };
      return;
    }
    if (backslash > position) yield { text: value.slice(position, backslash) };
    const piece = escapeAt(value, backslash);
    yield piece;
    position = backslash + piece.written.length;
  }
}

function escapeAt(value: string, backslash: number): Required<Piece> {
  const digits = value.slice(backslash + 2, backslash + 6);
  if (value[backslash + 1] === 'u' && HEX.test(digits))
    return { written: `\\u${digits}`, text: String.fromCharCode(Number.parseInt(digits, 16)) };
  const code = value.codePointAt(backslash + 1);
  if (code === undefined) return { written: '\\', text: '' };
  const letter = String.fromCodePoint(code);
  return { written: `\\${letter}`, text: CHARACTER_OF[letter] ?? letter };
}

const fourDigits = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
