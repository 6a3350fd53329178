import { err, ok, type Result } from '../../result.ts';
import { type HasHeaders, headerValues } from './headers.ts';
import { formatHostPort, parseHostPort } from './host-port.ts';
import {
  formatParameters,
  hasParameter,
  type Parameters,
  parameterOf,
  parseParameters,
  withParameter,
} from './parameters.ts';

/** One Via value (RFC 3261 §20.42). */
export interface Via {
  /** `SIP/2.0`. */
  readonly protocol: string;
  /** As written: UDP, TCP, TLS, ... */
  readonly transport: string;
  /** Host of sent-by; IPv6 in brackets. */
  readonly host: string;
  readonly port?: number;
  readonly parameters: Parameters;
}

/** Every branch of this protocol version begins so (RFC 3261 §8.1.1.7). */
export const MAGIC_COOKIE = 'z9hG4bK';

const SENT_PROTOCOL =
  /^([!%'*+\-.0-9A-Z_`a-z~]+)\s*\/\s*([!%'*+\-.0-9A-Z_`a-z~]+)\s*\/\s*([!%'*+\-.0-9A-Z_`a-z~]+)\s+([^\s;](?:[^;]*[^\s;])?)\s*(;.*)?$/s;

/** Reads one value; white space may stand around the slashes and the port's colon. Error: one line saying what is wrong. */
export function parseVia(value: string): Result<Via, string> {
  const match = SENT_PROTOCOL.exec(value.trim());
  if (match === null) return err('no sent-protocol and sent-by');
  const [, name = '', version = '', transport = '', sentBy = '', rest = ''] = match;
  const place = parseHostPort(joinColons(sentBy));
  if (!place.ok) return place;
  return ok({ protocol: `${name}/${version}`, transport, ...place.value, parameters: parseParameters(rest) });
}

/** Takes away white space around colons; a regular expression would take quadratic time on long runs of it. */
function joinColons(text: string): string {
  return text
    .split(':')
    .map((part) => part.trim())
    .join(':');
}

export function formatVia(via: Via): string {
  return `${via.protocol}/${via.transport} ${formatHostPort(via)}${formatParameters(via.parameters)}`;
}

/** The topmost Via; undefined when there is none. */
export function topVia(message: HasHeaders): Result<Via, string> | undefined {
  const [first] = headerValues(message, 'via');
  return first === undefined ? undefined : parseVia(first);
}

export const branchOf = (via: Via): string | undefined => parameterOf(via.parameters, 'branch');

/** Where the packet came from as the receiver noted it, IPv6 without brackets. */
export const receivedOf = (via: Via): string | undefined => parameterOf(via.parameters, 'received');

/** RFC 3581: `undefined` not asked for, `'asked'` without a value, else the port. */
export function rportOf(via: Via): number | 'asked' | undefined {
  const text = parameterOf(via.parameters, 'rport');
  if (text === undefined) return undefined;
  return /^[0-9]{1,5}$/.test(text) ? Number(text) : 'asked';
}

/**
 * Notes the source of a request in its top Via: `received` where sent-by is a name or another address (RFC 3261 §18.2.1),
 * or where the client asked for `rport` (RFC 3581 §4), whose value is then filled in.
 */
export function noteSource(via: Via, address: string, port: number): Via {
  const asked = hasParameter(via.parameters, 'rport');
  const same = via.host.replace(/^\[|\]$/g, '').toLowerCase() === address.toLowerCase();
  let { parameters } = via;
  if (asked) parameters = withParameter(parameters, 'rport', String(port));
  if (asked || !same) parameters = withParameter(parameters, 'received', address);
  return { ...via, parameters };
}
