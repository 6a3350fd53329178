import type { Parameter, Parameters } from './parameters.ts';
import type { SipUri } from './uri.ts';

/** `open`: the two differ only by a `transport` that one of them lacks, on which RFC 3261 §19.1.4 contradicts itself. */
export type UriComparison = 'same' | 'different' | 'open';

/** Parameters that separate two URIs when only one has them (RFC 3261 §19.1.4); `transport` is the unclear case. */
const NEVER_IGNORED: ReadonlySet<string> = new Set(['user', 'ttl', 'method', 'maddr']);

/** Compares by RFC 3261 §19.1.4. The relation is not transitive. */
export function compareSipUris(a: SipUri, b: SipUri): UriComparison {
  const sameRest =
    a.scheme === b.scheme &&
    sameUserInfo(a, b) &&
    a.host.toLowerCase() === b.host.toLowerCase() &&
    a.port === b.port &&
    sameHeaders(a, b);
  return sameRest ? compareParameters(a.parameters, b.parameters) : 'different';
}

/**
 * Whether two URIs are the same for certain. A `transport` on one side only counts as a difference: that is what the rule
 * on default values and the example of RFC 3261 §19.1.4 say.
 */
export const sameSipUri = (a: SipUri, b: SipUri): boolean => compareSipUris(a, b) === 'same';

function sameUserInfo(a: SipUri, b: SipUri): boolean {
  return sameEscaped(a.user, b.user) && sameEscaped(a.password, b.password);
}

function sameEscaped(a: string | undefined, b: string | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return normalEscapes(a) === normalEscapes(b);
}

/** An escaped character equals itself unless it is a reserved one (RFC 3261 §19.1.4). */
export function normalEscapes(text: string): string {
  return text.replace(/%([0-9A-Fa-f]{2})/g, (escaped, hex: string) => {
    const character = String.fromCharCode(Number.parseInt(hex, 16));
    return /[!-~]/.test(character) && !/[;/?:@&=+$,%]/.test(character) ? character : escaped.toUpperCase();
  });
}

function compareParameters(a: Parameters, b: Parameters): UriComparison {
  const left = byName(a);
  const right = byName(b);
  let result: UriComparison = 'same';
  for (const name of new Set([...left.keys(), ...right.keys()])) {
    const mine = left.get(name);
    const theirs = right.get(name);
    if (mine !== undefined && theirs !== undefined) {
      if (mine !== theirs) return 'different';
    } else if (NEVER_IGNORED.has(name)) {
      return 'different';
    } else if (name === 'transport') {
      result = 'open';
    }
  }
  return result;
}

function byName(parameters: Parameters): Map<string, string> {
  return new Map(parameters.map((parameter) => [comparable(parameter.name), comparableValue(parameter)]));
}

const comparable = (text: string): string => normalEscapes(text).toLowerCase();

const comparableValue = ({ value }: Parameter): string => comparable(value ?? '');

/** Header parts are never ignored; their order does not matter. */
function sameHeaders(a: SipUri, b: SipUri): boolean {
  const line = ({ name, value }: SipUri['headers'][number]): string => `${comparable(name)}=${normalEscapes(value)}`;
  if (a.headers.length !== b.headers.length) return false;
  const left = a.headers.map(line).sort();
  const right = b.headers.map(line).sort();
  return left.every((entry, index) => entry === right[index]);
}
