import { formatMsrpUri, type MsrpUri, parseMsrpUri } from '../codec/msrp/uri.ts';
import type { Address, Security } from '../net/network.ts';
import { err, ok, type Result } from '../result.ts';
import type { ConnectOptions } from './outgoing.ts';

/** Where the active side connects to, and how. */
export interface ConnectTarget {
  readonly address: Address;
  readonly security: Security;
  /** Same host, port, scheme and way of judging the peer: the connection may be shared (RFC 4975 §5.4). */
  readonly key: string;
}

/** RFC 4975 §8.1: the first path URI says where to connect, and its scheme how. */
export function connectTarget(options: ConnectOptions): Result<ConnectTarget, string> {
  const [first] = options.peerPath;
  if (first === undefined) return err('the path of the peer is empty');
  const uri = parseMsrpUri(first);
  if (!uri.ok) return err(`the path of the peer is no MSRP URI: ${uri.error}`);
  const { scheme, host, port, transport } = uri.value;
  if (options.target === undefined && port === undefined) return err(`no port in ${formatMsrpUri(uri.value)}`);
  const name = host.replace(/^\[(.*)\]$/, '$1');
  const address = options.target ?? { host: name, port: port ?? 0 };
  const security = securityFor(scheme, name, options.security);
  if (security === undefined) return err(`no way given to judge the TLS peer of ${formatMsrpUri(uri.value)}`);
  const judged = security.kind === 'tls' ? { peer: security.peer, identity: security.identity?.fingerprint } : {};
  const key = JSON.stringify([scheme, host.toLowerCase(), port, transport.toLowerCase(), address, judged]);
  return ok({ address, security, key });
}

/** RFC 4975 §14.2: SNI with the host of the URI, when it is a name. */
function securityFor(scheme: MsrpUri['scheme'], host: string, given: Security | undefined): Security | undefined {
  if (scheme === 'msrp') return { kind: 'plain' };
  if (given?.kind !== 'tls') return undefined;
  const numeric = host.includes(':') || /^[0-9.]+$/.test(host);
  return given.serverName !== undefined || numeric ? given : { ...given, serverName: host };
}
