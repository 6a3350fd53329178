import { comparableName } from './header-name.ts';
import type { SipHeader, SipMessage } from './message.ts';

type Headers = readonly SipHeader[];

/** Puts one header in place of all of that name, at the place of the first; without any, at the end. */
export function setHeader(headers: Headers, name: string, value: string): SipHeader[] {
  const wanted = comparableName(name);
  const first = headers.findIndex((header) => comparableName(header.name) === wanted);
  if (first === -1) return [...headers, { name, value }];
  return headers.flatMap((header, index) => {
    if (index === first) return [{ name: header.name, value }];
    return comparableName(header.name) === wanted ? [] : [header];
  });
}

export function appendHeader(headers: Headers, name: string, value: string): SipHeader[] {
  return [...headers, { name, value }];
}

/** Puts a header above all others, as Via and Record-Route are added by those on the path. */
export function prependHeader(headers: Headers, name: string, value: string): SipHeader[] {
  return [{ name, value }, ...headers];
}

export function removeHeader(headers: Headers, name: string): SipHeader[] {
  const wanted = comparableName(name);
  return headers.filter((header) => comparableName(header.name) !== wanted);
}

/** The lines of that name as they stand, e.g. to copy Via and Record-Route into a response (RFC 3261 §8.2.6.2). */
export function copyHeaders(headers: Headers, name: string): SipHeader[] {
  const wanted = comparableName(name);
  return headers.filter((header) => comparableName(header.name) === wanted);
}

/** The message with a Content-Length that tells the truth (RFC 3261 §20.14). */
export function withContentLength<M extends SipMessage>(message: M): M {
  return { ...message, headers: setHeader(message.headers, 'Content-Length', String(message.body.length)) };
}
