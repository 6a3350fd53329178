import { err, ok, type Result } from '../../result.ts';
import { parseDigestValue } from './auth-parameters.ts';
import { digestHash } from './digest-hash.ts';
import { type Parameters, parameterOf } from './parameters.ts';
import { quote } from './quoted.ts';

/** Value of WWW-Authenticate or Proxy-Authenticate in the Digest scheme (RFC 3261 §20.44, RFC 7616 §3.3). */
export interface DigestChallenge {
  readonly realm: string;
  readonly nonce: string;
  readonly opaque?: string;
  /** As written, `MD5` when none is. */
  readonly algorithm: string;
  /** Lower case; empty when the challenge has no qop (RFC 3261 §22.4 demands one). */
  readonly qop: readonly string[];
  /** The nonce was too old, the password may be right. */
  readonly stale: boolean;
}

/** Reads a challenge. Error: another scheme, or realm or nonce missing. */
export function parseChallenge(value: string): Result<DigestChallenge, string> {
  const read = parseDigestValue(value);
  return read.ok ? readChallenge(read.value) : read;
}

function readChallenge(parameters: Parameters): Result<DigestChallenge, string> {
  const realm = parameterOf(parameters, 'realm');
  const nonce = parameterOf(parameters, 'nonce');
  if (realm === undefined) return err('no realm');
  if (nonce === undefined || nonce === '') return err('no nonce');
  const opaque = parameterOf(parameters, 'opaque');
  return ok({
    realm,
    nonce,
    ...(opaque === undefined ? {} : { opaque }),
    algorithm: parameterOf(parameters, 'algorithm') || 'MD5',
    qop: readQop(parameterOf(parameters, 'qop') ?? ''),
    stale: parameterOf(parameters, 'stale')?.toLowerCase() === 'true',
  });
}

function readQop(list: string): string[] {
  return list
    .toLowerCase()
    .split(',')
    .map((option) => option.trim())
    .filter((option) => option !== '');
}

/** Writes a challenge, the parameters in the order RFC 3261 prints them. */
export function formatChallenge(challenge: DigestChallenge): string {
  const { realm, qop, nonce, opaque, stale, algorithm } = challenge;
  const parts = [`realm=${quote(realm)}`];
  if (qop.length > 0) parts.push(`qop=${quote(qop.join(','))}`);
  parts.push(`nonce=${quote(nonce)}`);
  if (opaque !== undefined) parts.push(`opaque=${quote(opaque)}`);
  if (stale) parts.push('stale=TRUE');
  parts.push(`algorithm=${algorithm}`);
  return `Digest ${parts.join(', ')}`;
}

/**
 * The first challenge that can be answered; servers put the one they like best on top (RFC 8760 §2.4). `values` are the
 * lines of the header, unsplit. Undefined: none can be.
 */
export function chooseChallenge(values: readonly string[]): DigestChallenge | undefined {
  for (const value of values) {
    const read = parseChallenge(value);
    if (read.ok && isAnswerable(read.value)) return read.value;
  }
  return undefined;
}

/** Whether the algorithm is known and `auth`, or no qop at all, will do. */
export function isAnswerable({ algorithm, qop }: DigestChallenge): boolean {
  return digestHash(algorithm) !== undefined && (qop.length === 0 || qop.includes('auth'));
}
