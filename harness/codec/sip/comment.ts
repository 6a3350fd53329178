/** A value with an optional comment in parentheses behind it (RFC 3261 §25.1); comments nest and know quoted pairs. */
export interface Commented {
  readonly main: string;
  /** Without its outer parentheses. */
  readonly comment?: string;
  /** What follows the comment, or the first semicolon onwards. */
  readonly rest: string;
}

export function parseCommented(value: string): Commented {
  const cut = value.search(/[(;]/);
  if (cut === -1) return { main: value.trim(), rest: '' };
  const main = value.slice(0, cut).trim();
  if (value[cut] === ';') return { main, rest: value.slice(cut) };
  const end = commentEnd(value, cut);
  return { main, comment: value.slice(cut + 1, end - 1), rest: value.slice(end).trim() };
}

function commentEnd(text: string, open: number): number {
  let depth = 0;
  for (let index = open; index < text.length; index += 1) {
    const character = text[index];
    if (character === '\\') index += 1;
    else if (character === '(') depth += 1;
    else if (character === ')') {
      depth -= 1;
      if (depth === 0) return index + 1;
    }
  }
  return text.length + 1;
}
