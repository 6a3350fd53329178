/**
 * Splits at a separator that stands neither in a quoted string nor between angle brackets (RFC 3261 §7.3.1, §25.1). Pieces
 * are trimmed and empty ones left out, as the grammar of lists commands. What is never closed reaches to the end.
 */
export function splitOutside(text: string, separator: ',' | ';'): string[] {
  const pieces: string[] = [];
  let start = 0;
  let index = 0;
  while (index < text.length) {
    const character = text[index];
    if (character === '"') index = quotedEnd(text, index) ?? text.length;
    else if (character === '<') index = after(text, '>', index);
    else {
      if (character === separator) {
        pieces.push(text.slice(start, index).trim());
        start = index + 1;
      }
      index += 1;
    }
  }
  pieces.push(text.slice(start).trim());
  return pieces.filter((piece) => piece !== '');
}

/** Index behind the quoted string that begins at `open`; undefined when it is not closed. */
export function quotedEnd(text: string, open: number): number | undefined {
  for (let index = open + 1; index < text.length; index += 1) {
    const character = text[index];
    if (character === '\\') index += 1;
    else if (character === '"') return index + 1;
  }
  return undefined;
}

function after(text: string, character: string, from: number): number {
  const found = text.indexOf(character, from);
  return found === -1 ? text.length : found + 1;
}
