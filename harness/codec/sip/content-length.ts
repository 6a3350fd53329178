import { type HasHeaders, headerLines } from './headers.ts';

export type ContentLength =
  | { readonly kind: 'absent' }
  | { readonly kind: 'octets'; readonly value: number }
  | { readonly kind: 'malformed'; readonly text: string }
  | { readonly kind: 'conflicting'; readonly text: string };

/** Reads Content-Length (RFC 3261 §20.14). Repeated lines are taken when they agree. */
export function readContentLength(message: HasHeaders): ContentLength {
  const lines = headerLines(message, 'content-length');
  const [first] = lines;
  if (first === undefined) return { kind: 'absent' };
  const malformed = lines.find((line) => !/^[0-9]+$/.test(line));
  if (malformed !== undefined) return { kind: 'malformed', text: malformed.slice(0, 40) };
  const value = Number(first);
  const other = lines.find((line) => Number(line) !== value);
  return other === undefined
    ? { kind: 'octets', value }
    : { kind: 'conflicting', text: `${first.slice(0, 40)} and ${other.slice(0, 40)}` };
}
