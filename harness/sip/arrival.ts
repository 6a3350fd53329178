import { comparableName } from '../codec/sip/header-name.ts';
import { header, headerValues } from '../codec/sip/headers.ts';
import type { SipHeader, SipMessage, SipRequest } from '../codec/sip/message.ts';
import { parameterOf } from '../codec/sip/parameters.ts';
import { formatVia, noteSource, parseVia, rportOf, topVia, type Via } from '../codec/sip/via.ts';
import type { Defect } from '../codec/violation.ts';
import type { Address, Transport } from '../net/network.ts';
import { defaultPort, plainHost, type SipTarget } from './target.ts';

/** How octets get back the way they came. False: that way is closed. */
export type Flow = (octets: Buffer) => boolean;

/** A message as it came in. */
export interface Arrival {
  readonly message: SipMessage;
  readonly defects: readonly Defect[];
  readonly transport: Transport;
  readonly local: Address;
  readonly remote: Address;
  readonly flow: Flow;
}

/** Writes the source into the top Via (RFC 3261 §18.2.1, RFC 3581 §4); undefined: there is no Via to read. */
export function withSource(request: SipRequest, from: Address): SipRequest | undefined {
  const via = topVia(request);
  if (via === undefined || !via.ok) return undefined;
  const noted = formatVia(noteSource(via.value, from.host, from.port));
  let done = false;
  const headers = request.headers.flatMap((line): SipHeader[] => {
    if (done || comparableName(line.name) !== 'via') return [line];
    done = true;
    // The first line may hold several values; only the first is ours to change.
    const [, ...others] = headerValues({ headers: [line] }, 'via');
    return [{ name: line.name, value: [noted, ...others].join(', ') }];
  });
  return { ...request, headers };
}

/** Where a response goes by its top Via when the request's connection cannot take it (RFC 3261 §18.2.2, RFC 3581 §4). */
export function responseTarget(via: Via, transport: Transport, remote: Address): SipTarget {
  const port = via.port ?? defaultPort(transport);
  const maddr = parameterOf(via.parameters, 'maddr');
  if (maddr !== undefined && transport === 'udp') return { transport, address: { host: plainHost(maddr), port } };
  const rport = rportOf(via);
  const back = transport === 'udp' && rport !== undefined ? remote.port : port;
  return { transport, address: { host: remote.host, port: back } };
}

/** The topmost Via of a message whose Via is known to be readable. */
export function readableTopVia(message: SipMessage): Via | undefined {
  const first = header(message, 'via') === undefined ? undefined : headerValues(message, 'via')[0];
  const via = first === undefined ? undefined : parseVia(first);
  return via?.ok === true ? via.value : undefined;
}
