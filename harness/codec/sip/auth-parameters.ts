import { err, ok, type Result } from '../../result.ts';
import { type Parameters, parameterOf, parseParameter } from './parameters.ts';
import { splitOutside } from './split.ts';

/** Scheme and parameters of a challenge or of credentials (RFC 3261 §25.1). */
export interface AuthValue {
  /** As written; compares without case. */
  readonly scheme: string;
  readonly parameters: Parameters;
}

/** Reads `Scheme name=value, name="value"`; the four headers that carry it are never split at commas before. */
export function parseAuthValue(value: string): Result<AuthValue, string> {
  const match = /^([!%'*+\-.0-9A-Z_`a-z~]+)(?:[ \t]+(.*))?$/s.exec(value.trim());
  if (match === null) return err('no authentication scheme');
  const [, scheme = '', rest = ''] = match;
  return ok({ scheme, parameters: splitOutside(rest, ',').map(parseParameter) });
}

/** Reads a value of the Digest scheme; error for any other. */
export function parseDigestValue(value: string): Result<Parameters, string> {
  const read = parseAuthValue(value);
  if (!read.ok) return read;
  const { scheme, parameters } = read.value;
  return scheme.toLowerCase() === 'digest' ? ok(parameters) : err(`the scheme is ${scheme}, not Digest`);
}

/** The named parameters, all of which have to be there and not be empty. */
export function requireParameters<K extends string>(
  parameters: Parameters,
  names: readonly K[],
): Result<Readonly<Record<K, string>>, string> {
  const entries: [K, string][] = [];
  for (const name of names) {
    const value = parameterOf(parameters, name);
    if (value === undefined || value === '') return err(`no ${name}`);
    entries.push([name, value]);
  }
  return ok(Object.fromEntries(entries) as Record<K, string>);
}
