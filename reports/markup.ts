import { printable } from '../harness/wire/text.ts';

/** Of one text in a report, in characters: what is longer is clipped. */
export const MAX_TEXT = 4000;

/** A text from anywhere, on one line, safe to print and not longer than `max` characters. */
export function shown(text: string, max: number = MAX_TEXT): string {
  const start = text.length > max ? text.slice(0, max) : text;
  const safe = printable(start.replace(/\s+/g, ' ').trim());
  return safe.length > max || start !== text ? `${safe.slice(0, max - 1)}…` : safe;
}

/** Several lines of text, each safe to print; tabs stay. At most `max` characters in all. */
export function shownLines(text: string, max: number = MAX_TEXT): string {
  const start = text.length > max ? text.slice(0, max) : text;
  const lines = start.split('\n').map((line) => printable(line.replace(/\r$/, '')));
  const safe = lines.join('\n');
  return safe.length > max || start !== text ? `${safe.slice(0, max - 1)}…` : safe;
}

/** Text for XML and HTML, between tags and in attributes. */
export const escapeMarkup = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);

/** What anybody has written, as text of an XML or HTML document. */
export const markup = (text: string, max: number = MAX_TEXT): string => escapeMarkup(shown(text, max));
