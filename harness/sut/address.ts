import { formatSipUri, parseSipUri, type SipUri } from '../codec/sip/uri.ts';
import type { Transport } from '../net/network.ts';
import { err, ok, type Result } from '../result.ts';

/** Where SIP requests go. */
export interface ServerAddress {
  readonly transport: Transport;
  /** IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
}

/** What a SIP URI says about where a SUT is and which room is meant. */
export interface AddressTarget extends ServerAddress {
  /** The room as it is dialled: without parameters, which only say how to get there. */
  readonly room: string;
}

/** `sip:room@host:5060;transport=tcp`: the server and a room on it. */
export function parseAddressTarget(text: string): Result<AddressTarget, string> {
  const server = parseServerUri(text);
  if (!server.ok) return server;
  const { uri, ...address } = server.value;
  if (uri.user === undefined) return err(`"${text}" names no room: sip:ROOM@host is due`);
  return ok({ ...address, room: formatSipUri({ ...uri, parameters: [], headers: [] }) });
}

/** `sip:host:5060;transport=tcp`. UDP where nothing else is said (RFC 3263 §4.1), TLS for `sips`. */
export function parseServerUri(text: string): Result<ServerAddress & { readonly uri: SipUri }, string> {
  const parsed = parseSipUri(text);
  if (!parsed.ok) return err(`"${text}" is no SIP URI: ${parsed.error}`);
  const uri = parsed.value;
  const transport = transportOf(uri);
  if (transport === undefined) return err(`"${text}" asks for a transport that is none of udp, tcp, tls`);
  const host = uri.host.replace(/^\[|\]$/g, '');
  return ok({ transport, host, port: uri.port ?? (transport === 'tls' ? 5061 : 5060), uri });
}

function transportOf({ scheme, parameters }: SipUri): Transport | undefined {
  const named = parameters.find((one) => one.name.toLowerCase() === 'transport')?.value?.toLowerCase();
  if (named === undefined) return scheme === 'sips' ? 'tls' : 'udp';
  if (named === 'tcp') return scheme === 'sips' ? 'tls' : 'tcp';
  return named === 'udp' || named === 'tls' ? named : undefined;
}
