import { err, ok, type Result } from '../../result.ts';
import { parseCommented } from './comment.ts';
import { type Parameters, parameterOf, parseParameters } from './parameters.ts';

/** Reads delta-seconds as Expires and Min-Expires carry them (RFC 3261 §20.19): 0 to 2^32-1. */
export function parseSeconds(value: string): Result<number, string> {
  const match = /^0*([0-9]{1,10})$/.exec(value.trim());
  if (match === null) return err('no number of seconds');
  const seconds = Number(match[1]);
  return seconds > 0xffff_ffff ? err('the number of seconds does not fit 32 bits') : ok(seconds);
}

/** Value of Retry-After (RFC 3261 §20.33); all times in seconds. */
export interface RetryAfter {
  readonly seconds: number;
  readonly comment?: string;
  /** How long the called party will then be reachable. */
  readonly duration?: number;
  readonly parameters: Parameters;
}

export function parseRetryAfter(value: string): Result<RetryAfter, string> {
  const { main, comment, rest } = parseCommented(value);
  const seconds = parseSeconds(main);
  if (!seconds.ok) return seconds;
  if (rest !== '' && !rest.startsWith(';')) return err('something other than parameters follows the seconds');
  const parameters = parseParameters(rest);
  const duration = parameterOf(parameters, 'duration');
  const read = duration === undefined ? undefined : parseSeconds(duration);
  if (read?.ok === false) return read;
  return ok({
    seconds: seconds.value,
    ...(comment === undefined ? {} : { comment }),
    ...(read === undefined ? {} : { duration: read.value }),
    parameters,
  });
}
