import { err, ok, type Result } from '../../result.ts';
import { formatHostPort, parseHostPort } from './host-port.ts';
import { formatParameters, type Parameters } from './parameters.ts';
import { unescapeUri } from './uri-escape.ts';

export { compareSipUris, normalEscapes, sameSipUri } from './uri-compare.ts';
export { escapeUriHeader, escapeUser, unescapeUri } from './uri-escape.ts';

/** RFC 3261 §19.1.1. Text parts are as written, escapes included. */
export interface SipUri {
  readonly scheme: 'sip' | 'sips';
  readonly user?: string;
  readonly password?: string;
  /** IPv6 in brackets. */
  readonly host: string;
  readonly port?: number;
  readonly parameters: Parameters;
  /** The part behind `?`. */
  readonly headers: readonly { readonly name: string; readonly value: string }[];
}

const BROKEN_ESCAPE = /%(?![0-9A-Fa-f]{2})/;

/** Reads a SIP or SIPS URI without angle brackets. Error: one line saying what is wrong; other schemes are errors too. */
export function parseSipUri(text: string): Result<SipUri, string> {
  const match = /^(sips?):([^\s<>"]+)$/i.exec(text);
  if (match === null) return err('no sip or sips URI');
  const [, written = '', body = ''] = match;
  if (BROKEN_ESCAPE.test(body)) return err('a percent sign without two hexadecimal digits');
  const scheme = written.toLowerCase() === 'sips' ? 'sips' : 'sip';
  const at = body.indexOf('@');
  const userInfo = at === -1 ? undefined : readUserInfo(body.slice(0, at));
  if (userInfo !== undefined && userInfo.user === '') return err('empty user part');
  // The user part may have ";" and "?" of its own (RFC 3261 §19.1.1), hence the cut at "@" first.
  const rest = body.slice(at + 1);
  const question = rest.indexOf('?');
  const [place = '', ...parameters] = (question === -1 ? rest : rest.slice(0, question)).split(';');
  const hostPort = parseHostPort(place);
  if (!hostPort.ok) return hostPort;
  return ok({
    scheme,
    ...userInfo,
    ...hostPort.value,
    parameters: parameters.filter((parameter) => parameter !== '').map(readPair),
    headers: question === -1 ? [] : readHeaders(rest.slice(question + 1)),
  });
}

function readUserInfo(text: string): { readonly user: string; readonly password?: string } {
  const colon = text.indexOf(':');
  return colon === -1 ? { user: text } : { user: text.slice(0, colon), password: text.slice(colon + 1) };
}

function readPair(text: string): { readonly name: string; readonly value?: string } {
  const equals = text.indexOf('=');
  return equals === -1 ? { name: text } : { name: text.slice(0, equals), value: text.slice(equals + 1) };
}

function readHeaders(text: string): SipUri['headers'] {
  return text
    .split('&')
    .filter((piece) => piece !== '')
    .map((piece) => ({ value: '', ...readPair(piece) }));
}

export function formatSipUri(uri: SipUri): string {
  const password = uri.password === undefined ? '' : `:${uri.password}`;
  const user = uri.user === undefined ? '' : `${uri.user}${password}@`;
  const headers = uri.headers.map(({ name, value }) => `${name}=${value}`).join('&');
  const query = headers === '' ? '' : `?${headers}`;
  return `${uri.scheme}:${user}${formatHostPort(uri)}${formatParameters(uri.parameters)}${query}`;
}

/** Value of a header in the `?` part, unescaped, e.g. `Replaces` of a Refer-To (RFC 3891). */
export function uriHeader(uri: SipUri, name: string): string | undefined {
  const wanted = name.toLowerCase();
  const found = uri.headers.find((candidate) => unescapeUri(candidate.name).toLowerCase() === wanted);
  return found === undefined ? undefined : unescapeUri(found.value);
}
