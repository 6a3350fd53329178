import { err, ok, type Result } from '../../result.ts';
import { formatParameters, type Parameters, parameterOf, parseParameters } from './parameters.ts';

/** Value of Event (RFC 6665 §8.2.1). */
export interface EventHeader {
  /** Package with its templates, e.g. `conference` or `presence.winfo`. */
  readonly package: string;
  readonly parameters: Parameters;
}

export function parseEvent(value: string): Result<EventHeader, string> {
  const match = /^([!%'*+\-.0-9A-Z_`a-z~]+)[ \t]*(;.*)?$/s.exec(value.trim());
  if (match === null) return err('no event package');
  const [, name = '', rest = ''] = match;
  return ok({ package: name, parameters: parseParameters(rest) });
}

export const formatEvent = (event: EventHeader): string => `${event.package}${formatParameters(event.parameters)}`;

/** The `id` that tells subscriptions of one dialog apart (RFC 6665 §4.5.2). */
export const eventId = (event: EventHeader): string | undefined => parameterOf(event.parameters, 'id');

/** RFC 6665 §8.2.1: package and `id` compare octet by octet; other parameters do not matter. */
export function sameEvent(a: EventHeader, b: EventHeader): boolean {
  return a.package === b.package && eventId(a) === eventId(b);
}
