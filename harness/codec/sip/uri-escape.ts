/** Octets behind every `%XX`, read as UTF-8 where they are; a broken escape stays as it is. */
export function unescapeUri(text: string): string {
  if (!text.includes('%')) return text;
  return text.replace(/(?:%[0-9A-Fa-f]{2})+/g, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8'));
}

/** Writes text as a user part (RFC 3261 §25.1 user): what cannot stand there is escaped. */
export const escapeUser = (text: string): string => escapeAllBut(text, /[^A-Za-z0-9\-_.!~*'()&=+$,;?/]/gu);

/** Writes text as a header value behind `?` (RFC 3261 §25.1 hvalue), e.g. a Replaces in a Refer-To. */
export const escapeUriHeader = (text: string): string => escapeAllBut(text, /[^A-Za-z0-9\-_.!~*'()[\]/?:+$]/gu);

function escapeAllBut(text: string, forbidden: RegExp): string {
  return text.replace(forbidden, (character) =>
    [...Buffer.from(character)].map((octet) => `%${octet.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  );
}
