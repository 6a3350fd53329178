import { formatSipUri, parseSipUri, type SipUri } from '../codec/sip/uri.ts';
import { localAddressTowards } from '../net/local-address.ts';
import type { Transport } from '../net/network.ts';
import { err, ok, type Result } from '../result.ts';
import { FixedRooms } from './fixed-rooms.ts';
import type { ParticipantTls, Sut } from './sut.ts';

/** What a SIP URI says about where a SUT is and which room is meant. */
export interface AddressTarget {
  readonly transport: Transport;
  readonly host: string;
  readonly port: number;
  /** The room as it is dialled: without parameters, which only say how to get there. */
  readonly room: string;
}

/** `sip:room@host:5060;transport=tcp`. UDP where nothing else is said (RFC 3263 §4.1), TLS for `sips`. */
export function parseAddressTarget(text: string): Result<AddressTarget, string> {
  const parsed = parseSipUri(text);
  if (!parsed.ok) return err(`"${text}" is no SIP URI: ${parsed.error}`);
  const uri = parsed.value;
  if (uri.user === undefined) return err(`"${text}" names no room: sip:ROOM@host is due`);
  const transport = transportOf(uri);
  if (transport === undefined) return err(`"${text}" asks for a transport that is none of udp, tcp, tls`);
  const host = uri.host.replace(/^\[|\]$/g, '');
  const port = uri.port ?? (transport === 'tls' ? 5061 : 5060);
  return ok({ transport, host, port, room: formatSipUri({ ...uri, parameters: [], headers: [] }) });
}

function transportOf({ scheme, parameters }: SipUri): Transport | undefined {
  const named = parameters.find((one) => one.name.toLowerCase() === 'transport')?.value?.toLowerCase();
  if (named === undefined) return scheme === 'sips' ? 'tls' : 'udp';
  if (named === 'tcp') return scheme === 'sips' ? 'tls' : 'tcp';
  return named === 'udp' || named === 'tls' ? named : undefined;
}

/** A SUT that somebody else runs. The rooms are those given, or the one in the target. */
export async function addressSut(
  text: string,
  target: AddressTarget,
  rooms: readonly string[],
  tls?: ParticipantTls,
): Promise<Result<Sut, string>> {
  const localHost = await localAddressTowards(target.host);
  if (!localHost.ok) return localHost;
  const uris = rooms.length === 0 ? [target.room] : rooms;
  const domain = parseSipUri(uris[0] ?? target.room);
  return ok({
    name: text,
    kind: 'address',
    target: text,
    sip: { transport: target.transport, address: { host: target.host, port: target.port } },
    domain: domain.ok ? domain.value.host : target.host,
    localHost: localHost.value,
    ...(tls === undefined ? {} : { tls }),
    rooms: new FixedRooms(uris),
    onExit: () => {},
    stop: async () => {},
  });
}
