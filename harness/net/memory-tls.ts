import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { acceptsFingerprint, fingerprintOf } from './fingerprint.ts';
import type { PeerCheck, Security, TlsIdentity } from './network.ts';

/** What the other side learns of whom it talks to. */
export function pretendedPeer(security: Security): { peerFingerprint?: string; peerCertificate?: Buffer } {
  if (security.kind === 'plain' || security.identity === undefined) return {};
  const peerCertificate = new X509Certificate(security.identity.certificate).raw;
  const peerFingerprint = fingerprintOf(peerCertificate, 'sha-256');
  return { peerCertificate, ...(peerFingerprint !== undefined && { peerFingerprint }) };
}

/**
 * Why the peer's certificate is refused; undefined: it is accepted. `name` is the host a server must prove to be;
 * undefined for a client, which may do without a certificate under the CA model (RFC 4975 §14.4). Dates are not
 * judged: simulated time has nothing to do with theirs.
 */
export function judgePeer(
  check: PeerCheck,
  shown: TlsIdentity | undefined,
  name: string | undefined,
): string | undefined {
  if (check.kind === 'none') return undefined;
  if (shown === undefined) {
    return check.kind === 'fingerprint' || name !== undefined ? 'the peer shows no certificate' : undefined;
  }
  const certificate = new X509Certificate(shown.certificate);
  if (check.kind === 'fingerprint') {
    return acceptsFingerprint(check.accepted, certificate.raw) ? undefined : 'the fingerprint does not match';
  }
  const anchors = (check.trusted ?? []).map((pem) => new X509Certificate(pem));
  const trusted = anchors.some(
    (anchor) =>
      certificate.raw.equals(anchor.raw) || (certificate.checkIssued(anchor) && certificate.verify(anchor.publicKey)),
  );
  if (!trusted) return 'the certificate has no trusted issuer';
  if (name === undefined) return undefined;
  const proven = isIP(name) === 0 ? certificate.checkHost(name) : certificate.checkIP(name);
  return proven === undefined ? `the certificate is not for ${name}` : undefined;
}
