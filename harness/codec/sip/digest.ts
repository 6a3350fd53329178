import { err, ok, type Result } from '../../result.ts';
import { parseDigestValue, requireParameters } from './auth-parameters.ts';
import { type DigestChallenge, isAnswerable } from './challenge.ts';
import { digestHash, digestResponse } from './digest-hash.ts';
import { parameterOf } from './parameters.ts';
import { quote } from './quoted.ts';

export { chooseChallenge, type DigestChallenge, formatChallenge, parseChallenge } from './challenge.ts';

/** Who answers a challenge, and for which request. */
export interface DigestAnswer {
  readonly username: string;
  readonly password: string;
  readonly method: string;
  /** The Request-URI (RFC 3261 §22.4). */
  readonly uri: string;
  readonly cnonce: string;
  /** How often this nonce has been used, this time included: 1, 2, ... */
  readonly nonceCount: number;
}

/** Value for Authorization or Proxy-Authorization. Error: unknown algorithm, or no qop that can be met. */
export function answerChallenge(challenge: DigestChallenge, answer: DigestAnswer): Result<string, string> {
  const { realm, nonce, opaque, algorithm } = challenge;
  const hash = digestHash(algorithm);
  if (hash === undefined) return err(`unknown algorithm ${algorithm}`);
  if (!isAnswerable(challenge)) return err(`no usable qop among ${challenge.qop.join(',')}`);
  const nc = answer.nonceCount.toString(16).padStart(8, '0');
  const withQop = challenge.qop.length > 0;
  const counted = withQop ? { qop: 'auth', nc } : {};
  const response = digestResponse(hash, { ...answer, realm, nonce, ...counted });
  const parts = [
    `username=${quote(answer.username)}`,
    `realm=${quote(realm)}`,
    `nonce=${quote(nonce)}`,
    `uri=${quote(answer.uri)}`,
    `response="${response}"`,
    `algorithm=${algorithm}`,
  ];
  if (withQop || hash.session) parts.push(`cnonce=${quote(answer.cnonce)}`);
  if (opaque !== undefined) parts.push(`opaque=${quote(opaque)}`);
  if (withQop) parts.push('qop=auth', `nc=${nc}`);
  return ok(`Digest ${parts.join(', ')}`);
}

/** Value of Authorization or Proxy-Authorization in the Digest scheme (RFC 3261 §20.7). */
export interface DigestCredentials {
  readonly username: string;
  readonly realm: string;
  readonly nonce: string;
  readonly uri: string;
  readonly response: string;
  /** As written, `MD5` when none is. */
  readonly algorithm: string;
  readonly cnonce?: string;
  readonly opaque?: string;
  /** Lower case. */
  readonly qop?: string;
  /** As written; eight hexadecimal digits if it is right. */
  readonly nc?: string;
}

/** Reads credentials. Error: another scheme, or a parameter that every answer has is missing. */
export function parseCredentials(value: string): Result<DigestCredentials, string> {
  const read = parseDigestValue(value);
  if (!read.ok) return read;
  const parameters = read.value;
  const needed = requireParameters(parameters, ['username', 'nonce', 'uri', 'response']);
  if (!needed.ok) return needed;
  const cnonce = parameterOf(parameters, 'cnonce');
  const opaque = parameterOf(parameters, 'opaque');
  const qop = parameterOf(parameters, 'qop')?.toLowerCase();
  const nc = parameterOf(parameters, 'nc');
  return ok({
    ...needed.value,
    realm: parameterOf(parameters, 'realm') ?? '',
    algorithm: parameterOf(parameters, 'algorithm') || 'MD5',
    ...(cnonce === undefined ? {} : { cnonce }),
    ...(opaque === undefined ? {} : { opaque }),
    ...(qop === undefined ? {} : { qop }),
    ...(nc === undefined ? {} : { nc }),
  });
}

export type DigestRefusal =
  | { readonly kind: 'malformed'; readonly detail: string }
  | { readonly kind: 'unknown-algorithm' }
  | { readonly kind: 'unsupported-qop' }
  | { readonly kind: 'unknown-user' }
  | { readonly kind: 'wrong-response' };

/**
 * Checks the response of credentials against the password that `passwordOf` knows for user and realm. Whether realm, nonce,
 * nonce count and uri are acceptable is for the caller to say: all are in the credentials returned.
 */
export function verifyAuthorization(
  value: string,
  method: string,
  passwordOf: (username: string, realm: string) => string | undefined,
): Result<DigestCredentials, DigestRefusal> {
  const read = parseCredentials(value);
  if (!read.ok) return err({ kind: 'malformed', detail: read.error });
  const credentials = read.value;
  const { username, realm, qop, cnonce, nc } = credentials;
  const hash = digestHash(credentials.algorithm);
  if (hash === undefined) return err({ kind: 'unknown-algorithm' });
  if (qop !== undefined && qop !== 'auth') return err({ kind: 'unsupported-qop' });
  if (qop !== undefined && (cnonce === undefined || nc === undefined || !/^[0-9a-f]{8}$/i.test(nc))) {
    return err({ kind: 'malformed', detail: 'qop without cnonce and an nc of eight digits' });
  }
  const password = passwordOf(username, realm);
  if (password === undefined) return err({ kind: 'unknown-user' });
  const expected = digestResponse(hash, { ...credentials, password, method });
  return expected === credentials.response.toLowerCase() ? ok(credentials) : err({ kind: 'wrong-response' });
}
