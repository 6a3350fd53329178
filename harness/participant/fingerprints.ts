/** Ways to write a=fingerprint: `own` is right, `of-another` fits no certificate that is shown. */
export const fingerprintWords = ['own', 'of-another', 'malformed', 'of-unknown-hash'] as const;
export type FingerprintWord = (typeof fingerprintWords)[number];

/** The attributes for these words. `own`: SHA-256 of the certificate that is shown, as in RFC 8122 §5. */
export const fingerprintsFor = (
  own: string,
  words: readonly FingerprintWord[] = ['own'],
): readonly { readonly algorithm: string; readonly value: string }[] => words.map((word) => written(word, own));

function written(word: FingerprintWord, own: string): { readonly algorithm: string; readonly value: string } {
  switch (word) {
    case 'own':
      return { algorithm: 'sha-256', value: own };
    case 'of-another':
      return { algorithm: 'sha-256', value: own.replace(/..$/, (last) => (last === '00' ? 'FF' : '00')) };
    case 'malformed':
      return { algorithm: 'sha-256', value: own.replaceAll(':', '').slice(3) };
    case 'of-unknown-hash':
      return { algorithm: 'x-unheard-of', value: own };
  }
}
