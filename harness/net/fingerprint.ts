import { createHash } from 'node:crypto';

/** Hash names of RFC 8122 §5 that still mean something, and what OpenSSL calls them. */
const HASHES: ReadonlyMap<string, string> = new Map([
  ['sha-1', 'sha1'],
  ['sha-224', 'sha224'],
  ['sha-256', 'sha256'],
  ['sha-384', 'sha384'],
  ['sha-512', 'sha512'],
]);

/** Hash of a DER certificate as in `a=fingerprint` (RFC 8122 §5): upper-case hex pairs; undefined: hash not known. */
export function fingerprintOf(certificate: Buffer, algorithm: string): string | undefined {
  const hash = HASHES.get(algorithm.toLowerCase());
  if (hash === undefined) return undefined;
  const hex = createHash(hash).update(certificate).digest('hex').toUpperCase();
  return hex.match(/../g)?.join(':');
}

/** Whether one of the signalled fingerprints is the certificate's. Unknown hashes and malformed values match nothing. */
export function acceptsFingerprint(
  accepted: readonly { readonly algorithm: string; readonly value: string }[],
  certificate: Buffer,
): boolean {
  return accepted.some(({ algorithm, value }) => fingerprintOf(certificate, algorithm) === value.toUpperCase());
}
