import { tokenPattern } from './token.ts';

const quotedString = '"(?:[\\t !#-\\[\\]-~\\u0080-\\u{10ffff}]|\\\\["\\\\])*"';
const mediaType = new RegExp(
  `^${tokenPattern}/${tokenPattern}(?:;${tokenPattern}(?:=(?:${tokenPattern}|${quotedString}))?)*$`,
  'u',
);

/** Whether a Content-Type value keeps to the grammar of RFC 4975 §9, which has no blanks around the semicolons. */
export function isMediaType(value: string): boolean {
  return mediaType.test(value);
}
