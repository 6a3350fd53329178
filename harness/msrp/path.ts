import { headerOf, type MsrpRequestHead } from '../codec/msrp/message.ts';
import { type MsrpUri, parseMsrpUri, splitPath } from '../codec/msrp/uri.ts';

/** The To-Path of a request as an endpoint reads it. */
export type ToPath =
  | { readonly kind: 'one'; readonly uri: MsrpUri; readonly text: string }
  | { readonly kind: 'several' }
  | { readonly kind: 'unreadable' };

/** An endpoint is the last hop, so exactly one URI is in order (RFC 4975 §7.3). */
export function readToPath(head: MsrpRequestHead): ToPath {
  const value = headerOf(head, 'To-Path');
  if (value === undefined) return { kind: 'unreadable' };
  const [text, ...others] = splitPath(value);
  if (text === undefined) return { kind: 'unreadable' };
  if (others.length > 0) return { kind: 'several' };
  const uri = parseMsrpUri(text);
  return uri.ok ? { kind: 'one', uri: uri.value, text } : { kind: 'unreadable' };
}

/** To-Path of a response: one hop back for SEND, the whole way for any other method (RFC 4975 §7.2). */
export function responsePath(method: string, fromPath: string): string {
  return method === 'SEND' ? (splitPath(fromPath)[0] ?? fromPath) : fromPath;
}
