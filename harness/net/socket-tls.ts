import { isIP } from 'node:net';
import {
  type ConnectionOptions,
  createSecureContext,
  type SecureContext,
  type SecureContextOptions,
  type TLSSocket,
  type TlsOptions,
} from 'node:tls';
import { err, ok, type Result } from '../result.ts';
import { acceptsFingerprint } from './fingerprint.ts';
import type { Address, PeerCheck, Security } from './network.ts';

type Tls = Security & { readonly kind: 'tls' };

/** RFC 8996 forbids what is older. */
const OLDEST_TLS = 'TLSv1.2';

/** Judging is left to `peerFault`, so that a self-signed certificate gets as far as its fingerprint. */
export function clientTlsOptions(to: Address, security: Tls): Result<ConnectionOptions, string> {
  const name = security.serverName ?? to.host;
  const context = contextOf(security);
  if (!context.ok) return context;
  return ok({
    host: name,
    secureContext: context.value,
    rejectUnauthorized: false,
    ...(isIP(name) === 0 && { servername: name }), // SNI holds names only (RFC 6066 §3)
  });
}

/** Asks every client for a certificate: its fingerprint may be signalled (RFC 4975 §14.4). */
export function serverTlsOptions(security: Tls): Result<TlsOptions, string> {
  if (security.identity === undefined) return err('a TLS listener needs an identity');
  const context = contextOf(security);
  return context.ok ? ok({ ...contextOptions(security), requestCert: true, rejectUnauthorized: false }) : context;
}

function contextOptions({ identity, peer }: Tls): SecureContextOptions {
  return {
    minVersion: OLDEST_TLS,
    ...(identity !== undefined && { cert: identity.certificate, key: identity.privateKey }),
    ...(peer.kind === 'certificate-authority' && peer.trusted !== undefined && { ca: [...peer.trusted] }),
  };
}

function contextOf(security: Tls): Result<SecureContext, string> {
  try {
    return ok(createSecureContext(contextOptions(security)));
  } catch (error) {
    return err(error instanceof Error ? error.message : String(error));
  }
}

/**
 * Why the peer of a finished handshake is refused; undefined: it is accepted. Under the CA model a client may do
 * without a certificate, a server not.
 */
export function peerFault(check: PeerCheck, socket: TLSSocket, peer: 'client' | 'server'): string | undefined {
  const certificate = socket.getPeerCertificate().raw as Buffer | undefined;
  switch (check.kind) {
    case 'none':
      return undefined;
    case 'fingerprint':
      if (certificate === undefined) return 'the peer shows no certificate';
      return acceptsFingerprint(check.accepted, certificate) ? undefined : 'the fingerprint does not match';
    case 'certificate-authority': {
      if (certificate === undefined && peer === 'client') return undefined;
      if (certificate === undefined) return 'the peer shows no certificate';
      return socket.authorized ? undefined : String(socket.authorizationError ?? 'the certificate is not trusted');
    }
  }
}
