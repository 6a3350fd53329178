import { header, headerValues } from '../codec/sip/headers.ts';
import type { SipRequest } from '../codec/sip/message.ts';
import { parameterOf, parseParameters } from '../codec/sip/parameters.ts';
import { parseSipUri } from '../codec/sip/uri.ts';
import type { HeaderList } from './compose.ts';
import { tagIn } from './dialog-state.ts';

/** What a user agent server is able to do. */
export interface Abilities {
  readonly methods: readonly string[];
  /** Option tags. */
  readonly extensions: readonly string[];
  /** Body types, lower case; `*` stands for any. */
  readonly contentTypes: readonly string[];
  /** Event packages of which it is notifier. */
  readonly packages: readonly string[];
  /** Whether a Request-URI is one of its own; without: every one is. */
  readonly serves?: (uri: string) => boolean;
}

/** An answer without a request to go with: status and the headers that belong to it. */
export interface Refusal {
  readonly status: number;
  readonly reason?: string;
  readonly headers: HeaderList;
}

/** Methods of the RFCs; any other is not recognised at all (RFC 3261 §21.5.2). */
const KNOWN_METHODS: ReadonlySet<string> = new Set([
  'ACK',
  'BYE',
  'CANCEL',
  'INFO',
  'INVITE',
  'MESSAGE',
  'NOTIFY',
  'OPTIONS',
  'PRACK',
  'PUBLISH',
  'REFER',
  'REGISTER',
  'SUBSCRIBE',
  'UPDATE',
]);

/**
 * The inspections of RFC 3261 §8.2 in their order: method, Request-URI, Require, content. Undefined: the request may be
 * worked on. ACK is never refused; CANCEL does not come here.
 */
export function screen(request: SipRequest, abilities: Abilities): Refusal | undefined {
  if (request.method === 'ACK') return undefined;
  return (
    screenMethod(request, abilities) ??
    screenUri(request, abilities) ??
    screenRequire(request, abilities) ??
    screenContent(request, abilities)
  );
}

/** RFC 3261 §8.2.1, §21.5.2. */
function screenMethod({ method }: SipRequest, { methods }: Abilities): Refusal | undefined {
  if (methods.includes(method)) return undefined;
  return { status: KNOWN_METHODS.has(method) ? 405 : 501, headers: [['Allow', methods.join(', ')]] };
}

/** RFC 3261 §8.2.2.1. Inside a dialog the Request-URI is our Contact and not looked at. */
function screenUri(request: SipRequest, { serves }: Abilities): Refusal | undefined {
  if (!/^sips?:/i.test(request.uri)) return { status: 416, headers: [] };
  if (!parseSipUri(request.uri).ok) return { status: 400, reason: 'Malformed Request-URI', headers: [] };
  const inside = tagIn(header(request, 'to') ?? '') !== '';
  return inside || serves === undefined || serves(request.uri) ? undefined : { status: 404, headers: [] };
}

/** RFC 3261 §8.2.2.3. */
function screenRequire(request: SipRequest, { extensions }: Abilities): Refusal | undefined {
  const known = new Set(extensions.map((tag) => tag.toLowerCase()));
  const unknown = headerValues(request, 'require').filter((tag) => tag !== '' && !known.has(tag.toLowerCase()));
  return unknown.length === 0 ? undefined : { status: 420, headers: [['Unsupported', unknown.join(', ')]] };
}

/** RFC 3261 §8.2.3. A body that is marked optional may be anything. */
function screenContent(request: SipRequest, { contentTypes }: Abilities): Refusal | undefined {
  // The body of a NOTIFY is the business of its subscription (RFC 6665 §4.1.3).
  if (request.body.length === 0 || request.method === 'NOTIFY') return undefined;
  const disposition = header(request, 'content-disposition') ?? '';
  if (parameterOf(parseParameters(disposition).slice(1), 'handling')?.toLowerCase() === 'optional') return undefined;
  const encoding = headerValues(request, 'content-encoding').find((name) => name.toLowerCase() !== 'identity');
  if (encoding !== undefined) return { status: 415, headers: [['Accept-Encoding', 'identity']] };
  const type = (header(request, 'content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (type === '') return { status: 400, reason: 'Missing Content-Type', headers: [] };
  if (contentTypes.includes('*') || contentTypes.includes(type)) return undefined;
  return { status: 415, headers: [['Accept', contentTypes.join(', ')]] };
}
