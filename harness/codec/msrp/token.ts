/** `token` of RFC 4975 §9, the core of MIME and header names, as the source of a regular expression. */
export const tokenPattern = "[!#-'*+\\-.0-9A-Z^-~]+";

/** `utf8text` of RFC 4975 §9 for a decoded string: tab, printable ASCII, anything beyond ASCII. */
const text = /^[\t\x20-\x7e\u0080-\u{10ffff}]*$/u;

export function isUtf8Text(value: string): boolean {
  return text.test(value);
}
