import { comparableName } from '../codec/sip/header-name.ts';
import { header, headerLines } from '../codec/sip/headers.ts';
import type { SipHeader, SipRequest, SipResponse } from '../codec/sip/message.ts';
import { copyHeaders } from '../codec/sip/message-build.ts';
import { parseNameAddress, tagOf } from '../codec/sip/name-address.ts';
import { reasonPhrase } from './reason-phrase.ts';

export type HeaderList = readonly (readonly [name: string, value: string])[];

/** What a caller may say about any message; it wins over everything the user agent would write by itself. */
export interface MessageOptions {
  /** Each name replaces all headers of that name, at their place; a new name stands before the content headers. */
  readonly headers?: HeaderList;
  /** Headers that are left out. */
  readonly without?: readonly string[];
  readonly body?: Buffer | string;
  readonly contentType?: string;
}

export interface RequestParts {
  readonly method: string;
  readonly uri: string;
  readonly via: string;
  readonly maxForwards: number;
  readonly routes: readonly string[];
  /** Value with tag. */
  readonly from: string;
  readonly to: string;
  readonly callId: string;
  readonly cseq: number;
  readonly contact?: string;
  /** In the order in which they will stand. */
  readonly headers: HeaderList;
}

/** The one place where requests come into being. */
export function composeRequest(parts: RequestParts, options: MessageOptions): SipRequest {
  const headers: [string, string][] = [
    ['Via', parts.via],
    ['Max-Forwards', String(parts.maxForwards)],
    ...parts.routes.map((route): [string, string] => ['Route', route]),
    ['From', parts.from],
    ['To', parts.to],
    ['Call-ID', parts.callId],
    ['CSeq', `${parts.cseq} ${parts.method}`],
  ];
  if (parts.contact !== undefined) headers.push(['Contact', parts.contact]);
  headers.push(...parts.headers.map(([name, value]): [string, string] => [name, value]));
  const { method, uri } = parts;
  return { kind: 'request', method, uri, version: 'SIP/2.0', ...withContent(headers, options) };
}

export interface ResponseOptions extends MessageOptions {
  readonly reason?: string;
}

/** The one place where responses come into being (RFC 3261 §8.2.6.2). `toTag` is added where To has none. */
export function composeResponse(
  request: SipRequest,
  status: number,
  toTag: string | undefined,
  headers: HeaderList,
  options: ResponseOptions,
): SipResponse {
  const copied = ['Via', 'From', 'To', 'Call-ID', 'CSeq'].flatMap((name) => copyHeaders(request.headers, name));
  const first = copied.map(({ name, value }): [string, string] => [
    name,
    comparableName(name) === 'to' && toTag !== undefined ? withTag(value, toTag) : value,
  ]);
  // Timestamp is returned as it came (RFC 3261 §8.2.6.1).
  const timestamp = status === 100 ? header(request, 'timestamp') : undefined;
  if (timestamp !== undefined) first.push(['Timestamp', timestamp]);
  const all = [...first, ...headers.map(([name, value]): [string, string] => [name, value])];
  const reason = options.reason ?? reasonPhrase(status);
  return { kind: 'response', version: 'SIP/2.0', status, reason, ...withContent(all, options) };
}

/** Adds a tag to a From or To value that has none. */
export function withTag(value: string, tag: string): string {
  const address = parseNameAddress(value);
  return address.ok && tagOf(address.value) !== undefined ? value : `${value};tag=${tag}`;
}

/** ACK of a 300-699 response, part of the INVITE transaction (RFC 3261 §17.1.1.3). */
export function composeFailureAck(invite: SipRequest, response: SipResponse): SipRequest {
  return follow(invite, 'ACK', header(response, 'to') ?? header(invite, 'to') ?? '', []);
}

/** CANCEL of a request (RFC 3261 §9.1). */
export function composeCancel(request: SipRequest, options: MessageOptions): SipRequest {
  const cancel = follow(request, 'CANCEL', header(request, 'to') ?? '', ['authorization', 'proxy-authorization']);
  const generated = cancel.headers.filter(({ name }) => comparableName(name) !== 'content-length');
  return {
    ...cancel,
    ...withContent(
      generated.map(({ name, value }): [string, string] => [name, value]),
      options,
    ),
  };
}

function follow(request: SipRequest, method: string, to: string, further: readonly string[]): SipRequest {
  const [via = ''] = headerLines(request, 'via');
  const number = (header(request, 'cseq') ?? '0').trim().split(/\s/)[0] ?? '0';
  const copies = (name: string): SipHeader[] => copyHeaders(request.headers, name);
  const headers: SipHeader[] = [
    { name: 'Via', value: via },
    { name: 'Max-Forwards', value: header(request, 'max-forwards') ?? '70' },
    ...copies('route'),
    ...copies('from'),
    { name: 'To', value: to },
    ...copies('call-id'),
    { name: 'CSeq', value: `${number} ${method}` },
    ...further.flatMap(copies),
    { name: 'Content-Length', value: '0' },
  ];
  return { kind: 'request', method, uri: request.uri, version: request.version, headers, body: Buffer.alloc(0) };
}

function withContent(
  generated: readonly (readonly [string, string])[],
  options: MessageOptions,
): { readonly headers: readonly SipHeader[]; readonly body: Buffer } {
  const body = typeof options.body === 'string' ? Buffer.from(options.body) : (options.body ?? Buffer.alloc(0));
  const content: [string, string][] = [];
  if (options.contentType !== undefined) content.push(['Content-Type', options.contentType]);
  content.push(['Content-Length', String(body.length)]);
  return { headers: altered([...generated, ...content], generated.length, options), body };
}

/** `contentAt`: index of the first content header, before which new names go. */
function altered(
  generated: readonly (readonly [string, string])[],
  contentAt: number,
  { headers = [], without = [] }: MessageOptions,
): SipHeader[] {
  const removed = new Set(without.map(comparableName));
  const given = new Map<string, SipHeader[]>();
  for (const [name, value] of headers) {
    const key = comparableName(name);
    const lines = given.get(key);
    if (lines === undefined) given.set(key, [{ name, value }]);
    else lines.push({ name, value });
  }
  const known = new Set(generated.map(([name]) => comparableName(name)));
  const added = [...given].flatMap(([key, lines]) => (known.has(key) ? [] : lines));
  const done = new Set<string>();
  const result: SipHeader[] = [];
  generated.forEach(([name, value], index) => {
    if (index === contentAt) result.push(...added);
    const key = comparableName(name);
    const replacement = given.get(key);
    if (removed.has(key) || done.has(key)) return;
    if (replacement === undefined) {
      result.push({ name, value });
      return;
    }
    done.add(key);
    result.push(...replacement);
  });
  return result;
}
