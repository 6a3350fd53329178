import { shown } from '../markup.ts';

/** A text from anywhere for the static part of the page: one line, nothing in it that is not seen. */
export const safe = (text: string, max?: number): string => shown(text, max);
