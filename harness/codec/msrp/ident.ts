const ident = /^[A-Za-z0-9][A-Za-z0-9.+%=-]{3,31}$/;

/** Whether a text is a transaction identifier or Message-ID by the grammar of RFC 4975 §9: 4 to 32 characters. */
export function isIdent(text: string): boolean {
  return ident.test(text);
}
