import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import {
  BasicConstraintsExtension,
  type JsonGeneralName,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { fingerprintOf } from './fingerprint.ts';
import type { TlsIdentity } from './network.ts';

export interface Validity {
  /** Default: an hour ago, for clocks that differ a little. */
  readonly from?: Date;
  /** Default: thirty days from now. */
  readonly until?: Date;
}

const HOUR_MS = 3_600_000;
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/**
 * A new key with a certificate that vouches for itself, for tests. `names` are host names and IP addresses for the
 * subjectAltName; the first is the common name too. Reads the machine's date, not a simulated one.
 */
export async function selfSignedIdentity(names: readonly string[], validity: Validity = {}): Promise<TlsIdentity> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const alternatives = names.map((value): JsonGeneralName => ({ type: isIP(value) === 0 ? 'dns' : 'ip', value }));
  const now = Date.now();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [names[0] ?? 'msrpspec'] }],
    notBefore: validity.from ?? new Date(now - HOUR_MS),
    notAfter: validity.until ?? new Date(now + 30 * 24 * HOUR_MS),
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [
      new BasicConstraintsExtension(true, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature | KeyUsageFlags.keyCertSign, true),
      ...(alternatives.length > 0 ? [new SubjectAlternativeNameExtension(alternatives)] : []),
    ],
  });
  const fingerprint = fingerprintOf(Buffer.from(certificate.rawData), 'sha-256');
  if (fingerprint === undefined) throw new Error('SHA-256 is missing');
  return {
    certificate: certificate.toString('pem'),
    privateKey: PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY'),
    fingerprint,
  };
}
