import { isIP } from 'node:net';
import { parseNameAddress } from '../codec/sip/name-address.ts';
import { hasParameter, parameterOf } from '../codec/sip/parameters.ts';
import { parseSipUri, type SipUri } from '../codec/sip/uri.ts';
import type { Address, Transport } from '../net/network.ts';
import { err, ok, type Result } from '../result.ts';

/** Where a message goes next. */
export interface SipTarget {
  readonly transport: Transport;
  readonly address: Address;
}

const DEFAULT_PORT: Readonly<Record<Transport, number>> = { udp: 5060, tcp: 5060, tls: 5061 };

/** RFC 3261 §18.2.2, §19.1.2. */
export const defaultPort = (transport: Transport): number => DEFAULT_PORT[transport];

/** The name in a Via and in a `transport` parameter. */
function transportOf(name: string): Transport | undefined {
  switch (name.toLowerCase()) {
    case 'udp':
      return 'udp';
    case 'tcp':
      return 'tcp';
    case 'tls':
      return 'tls';
    default:
      return undefined;
  }
}

/** `[2001:db8::1]` becomes `2001:db8::1`. */
export const plainHost = (host: string): string => host.replace(/^\[(.*)\]$/, '$1');

/** `2001:db8::1` becomes `[2001:db8::1]`. */
export const uriHost = (host: string): string => (host.includes(':') && !host.startsWith('[') ? `[${host}]` : host);

export interface TargetDefaults {
  /** For a URI that names no transport (RFC 3263 §4.1 without DNS). */
  readonly transport: Transport;
  /** Serves all hosts that are names: DNS is not asked (RFC 3263). */
  readonly names?: SipTarget;
}

/** Where a request to this URI goes (RFC 3261 §8.1.2, RFC 3263 §4 without DNS). Error: one line. */
export function targetOfUri(text: string, defaults: TargetDefaults): Result<SipTarget, string> {
  const uri = parseSipUri(text);
  if (!uri.ok) {
    return defaults.names === undefined ? err(`no way to ${text.slice(0, 80)}: ${uri.error}`) : ok(defaults.names);
  }
  const host = plainHost(parameterOf(uri.value.parameters, 'maddr') || uri.value.host);
  if (isIP(host) === 0 && defaults.names !== undefined) return ok(defaults.names);
  const transport = transportOfUri(uri.value, defaults.transport);
  if (transport === undefined) return err(`unknown transport in ${text.slice(0, 80)}`);
  return ok({ transport, address: { host, port: uri.value.port ?? defaultPort(transport) } });
}

function transportOfUri(uri: SipUri, usual: Transport): Transport | undefined {
  const named = parameterOf(uri.parameters, 'transport');
  const transport = named === undefined ? usual : transportOf(named);
  // A sips URI goes over TLS, and its transport parameter tells what is below (RFC 5630 §3.1.3).
  return uri.scheme === 'sips' ? 'tls' : transport;
}

/** Whether a route is a loose router's (RFC 3261 §12.2.1.1, §16.12.1.1). */
export function isLooseRoute(route: string): boolean {
  const address = parseNameAddress(route);
  const uri = address.ok ? parseSipUri(address.value.uri) : address;
  return uri.ok && hasParameter(uri.value.parameters, 'lr');
}
