import type { NameAddress } from './name-address.ts';
import { hasParameter, parameterOf } from './parameters.ts';

export type BooleanFeature = 'true' | 'false' | 'absent' | 'malformed';

/**
 * Reads a boolean feature parameter of Contact (RFC 3840 §9): alone or `="TRUE"` is true, `="FALSE"` false. Only parameters
 * of the header count; the same word inside the angle brackets is a URI parameter and means nothing (RFC 3261 §20.10).
 */
export function readBooleanFeature(contact: NameAddress, name: string): BooleanFeature {
  if (!hasParameter(contact.parameters, name)) return 'absent';
  switch (parameterOf(contact.parameters, name)?.toUpperCase()) {
    case '':
    case 'TRUE':
      return 'true';
    case 'FALSE':
      return 'false';
    default:
      return 'malformed';
  }
}

/** Whether the Contact is that of a focus (RFC 4579 §4.2). */
export const isFocus = (contact: NameAddress): boolean => readBooleanFeature(contact, 'isfocus') === 'true';
