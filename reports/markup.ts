import { printable } from '../harness/wire/text.ts';

/** Of one text in a report, in characters: what is longer is clipped. */
export const MAX_TEXT = 4000;

/** A text from anywhere, on one line, safe to print and not longer than `max` characters. */
export const shown = (text: string, max: number = MAX_TEXT): string =>
  bounded(printable(text.slice(0, max).replace(/\s+/g, ' ').trim()), max, text.length > max);

/** Several lines of text, each safe to print; tabs stay. At most `max` characters in all. */
export const shownLines = (text: string, max: number = MAX_TEXT): string =>
  bounded(text.slice(0, max).split('\n').map(printedLine).join('\n'), max, text.length > max);

const printedLine = (line: string): string => printable(line.replace(/\r$/, ''));

/** Never with half a character at the end. */
const bounded = (text: string, max: number, isCut: boolean): string =>
  isCut || text.length > max ? `${text.slice(0, max - 1).replace(/\p{Cs}$/u, '')}…` : text;

/** Text for XML and HTML, between tags and in attributes. */
export const escapeMarkup = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);

/** What anybody has written, as text of an XML or HTML document. */
export const markup = (text: string, max: number = MAX_TEXT): string => escapeMarkup(shown(text, max));
