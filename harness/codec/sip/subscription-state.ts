import { err, ok, type Result } from '../../result.ts';
import { formatParameters, hasParameter, type Parameters, parameterOf, parseParameters } from './parameters.ts';
import { parseSeconds } from './seconds.ts';

/** Value of Subscription-State (RFC 6665 §8.2.3). */
export interface SubscriptionState {
  /** Lower case; `active`, `pending`, `terminated` or an extension. */
  readonly state: string;
  /** Seconds left. */
  readonly expires?: number;
  /** Lower case. */
  readonly reason?: string;
  /** Seconds to wait before the next attempt. */
  readonly retryAfter?: number;
  readonly parameters: Parameters;
}

/** Reads the value. Error: no state, or a time that is none. */
export function parseSubscriptionState(value: string): Result<SubscriptionState, string> {
  const match = /^([!%'*+\-.0-9A-Z_`a-z~]+)[ \t]*(;.*)?$/s.exec(value.trim());
  if (match === null) return err('no subscription state');
  const [, state = '', rest = ''] = match;
  const parameters = parseParameters(rest);
  const expires = readSeconds(parameters, 'expires');
  if (!expires.ok) return expires;
  const retryAfter = readSeconds(parameters, 'retry-after');
  if (!retryAfter.ok) return retryAfter;
  const reason = parameterOf(parameters, 'reason');
  return ok({
    state: state.toLowerCase(),
    ...(expires.value === undefined ? {} : { expires: expires.value }),
    ...(reason === undefined ? {} : { reason: reason.toLowerCase() }),
    ...(retryAfter.value === undefined ? {} : { retryAfter: retryAfter.value }),
    parameters,
  });
}

function readSeconds(parameters: Parameters, name: string): Result<number | undefined, string> {
  if (!hasParameter(parameters, name)) return ok(undefined);
  const read = parseSeconds(parameterOf(parameters, name) ?? '');
  return read.ok ? read : err(`${name}: ${read.error}`);
}

/** Writes state and parameters as they are kept in `parameters`. */
export function formatSubscriptionState(state: Pick<SubscriptionState, 'state' | 'parameters'>): string {
  return `${state.state}${formatParameters(state.parameters)}`;
}
