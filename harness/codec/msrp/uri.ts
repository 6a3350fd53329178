import { isIPv4, isIPv6 } from 'node:net';
import { err, ok, type Result } from '../../result.ts';
import { tokenPattern } from './token.ts';

/** An MSRP URI (RFC 4975 §6). Letter case is kept except in the scheme. */
export interface MsrpUri {
  readonly scheme: 'msrp' | 'msrps';
  readonly userinfo?: string;
  /** As written; an IPv6 address stands in brackets. */
  readonly host: string;
  readonly port?: number;
  readonly sessionId?: string;
  readonly transport: string;
  readonly parameters: readonly MsrpUriParameter[];
}

export interface MsrpUriParameter {
  readonly name: string;
  readonly value?: string;
}

export type MsrpUriPart = 'characters' | 'scheme' | 'authority' | 'session-id' | 'transport' | 'parameter';

export interface MsrpUriProblem {
  readonly part: MsrpUriPart;
  readonly reason: string;
}

const authorityPattern = /^(?:([^@]*)@)?(\[[^\]]*\]|[^:@[\]]+)(?::([0-9]+))?$/;
const userinfoPattern = /^(?:[A-Za-z0-9\-._~!$&'()*+,;=:]|%[0-9A-Fa-f]{2})*$/;
const namePattern = /^(?:[A-Za-z0-9\-._~!$&'()*+,=]|%[0-9A-Fa-f]{2})+$/;
const sessionIdPattern = /^[A-Za-z0-9\-._~+=/]+$/;
const transportPattern = /^[A-Za-z0-9]+$/;
const parameterPattern = new RegExp(`^(${tokenPattern})(?:=(${tokenPattern}))?$`);

export function parseMsrpUri(text: string): Result<MsrpUri, string> {
  const result = readMsrpUri(text);
  return result.ok ? result : err(result.error.reason);
}

/** Like `parseMsrpUri`, but says which part is wrong. The authority ends at the first `/` or `;` (RFC 4975 §9). */
export function readMsrpUri(text: string): Result<MsrpUri, MsrpUriProblem> {
  if (/[^\x21-\x7e]/.test(text)) return problem('characters', 'a character that is not printable ASCII');
  const [prefix, scheme] = /^(msrps?):\/\//i.exec(text) ?? [];
  if (prefix === undefined || scheme === undefined) return problem('scheme', 'neither msrp:// nor msrps://');
  const authorityEnd = indexOfAny(text, prefix.length);
  const authority = readAuthority(text.slice(prefix.length, authorityEnd));
  if (!authority.ok) return authority;
  const [path = '', transport, ...parameters] = text.slice(authorityEnd).split(';');
  if (path !== '' && !sessionIdPattern.test(path.slice(1))) {
    return problem('session-id', 'a session-id that is empty or has a character it may not have');
  }
  if (transport === undefined) return problem('transport', 'no transport such as ;tcp');
  if (!transportPattern.test(transport)) return problem('transport', 'a transport that is not letters and digits');
  const read: MsrpUriParameter[] = [];
  for (const parameter of parameters) {
    const [, name, value] = parameterPattern.exec(parameter) ?? [];
    if (name === undefined) return problem('parameter', 'a parameter that is not token or token=token');
    read.push(value === undefined ? { name } : { name, value });
  }
  return ok({
    scheme: scheme.toLowerCase() === 'msrps' ? 'msrps' : 'msrp',
    ...authority.value,
    ...(path === '' ? {} : { sessionId: path.slice(1) }),
    transport,
    parameters: read,
  });
}

export function formatMsrpUri(uri: MsrpUri): string {
  let text = `${uri.scheme}://`;
  if (uri.userinfo !== undefined) text += `${uri.userinfo}@`;
  text += uri.host;
  if (uri.port !== undefined) text += `:${uri.port}`;
  if (uri.sessionId !== undefined) text += `/${uri.sessionId}`;
  text += `;${uri.transport}`;
  for (const { name, value } of uri.parameters) text += value === undefined ? `;${name}` : `;${name}=${value}`;
  return text;
}

/** RFC 4975 §6.1. Userinfo and parameters behind the transport do not count; a port never equals a missing one. */
export function sameMsrpUri(a: MsrpUri, b: MsrpUri): boolean {
  return (
    a.scheme === b.scheme &&
    a.port === b.port &&
    a.sessionId === b.sessionId &&
    a.transport.toLowerCase() === b.transport.toLowerCase() &&
    comparableHost(a.host) === comparableHost(b.host)
  );
}

/** Whether the host is a numeric address, which demands a port (RFC 4975 §6). */
export function hasNumericHost(uri: MsrpUri): boolean {
  return uri.host.startsWith('[') || isIPv4(uri.host);
}

/** The URIs of a path header, leftmost first. More than one blank between them is let pass. */
export function splitPath(value: string): string[] {
  return value.split(/[ \t]+/).filter((uri) => uri !== '');
}

function readAuthority(text: string): Result<Pick<MsrpUri, 'userinfo' | 'host' | 'port'>, MsrpUriProblem> {
  const [, userinfo, host, port] = authorityPattern.exec(text) ?? [];
  if (host === undefined) return problem('authority', 'an authority that is not [userinfo@]host[:port]');
  if (userinfo !== undefined && !userinfoPattern.test(userinfo)) return problem('authority', 'a malformed userinfo');
  const numeric = host.startsWith('[');
  if (numeric ? !isIPv6(host.slice(1, -1)) || host.includes('%') : !namePattern.test(host)) {
    return problem('authority', 'a malformed host');
  }
  if (port !== undefined && Number(port) > 65535) return problem('authority', 'a port above 65535');
  return ok({
    ...(userinfo === undefined ? {} : { userinfo }),
    host,
    ...(port === undefined ? {} : { port: Number(port) }),
  });
}

/** Numeric addresses by value, names in lower case with unreserved characters decoded. */
function comparableHost(host: string): string {
  if (host.startsWith('[')) return new URL(`http://${host}`).hostname;
  return host
    .replaceAll(/%[0-9A-Fa-f]{2}/g, (escaped) => {
      const character = String.fromCharCode(Number.parseInt(escaped.slice(1), 16));
      return /[A-Za-z0-9\-._~]/.test(character) ? character : escaped;
    })
    .toLowerCase();
}

function indexOfAny(text: string, from: number): number {
  const rest = text.slice(from).search(/[/;]/);
  return rest < 0 ? text.length : from + rest;
}

function problem(part: MsrpUriPart, reason: string): { readonly ok: false; readonly error: MsrpUriProblem } {
  return err({ part, reason });
}
