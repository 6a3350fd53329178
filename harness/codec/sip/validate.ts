import type { Defect, Violation } from '../violation.ts';
import type { SipMessage } from './message.ts';
import { validateAuthentication } from './validate-authentication.ts';
import { validateContact } from './validate-contact.ts';
import { validateEvents } from './validate-events.ts';
import { validateIdentity } from './validate-identity.ts';
import { validateRequest } from './validate-request.ts';
import { validateResponse } from './validate-response.ts';

/** Defects that break a rule of the catalogue; the others are ways of writing that RFC 3261 bears or no entry speaks of. */
const REQUIREMENT_OF_DEFECT: Readonly<Record<string, string>> = {
  'body-shorter-than-content-length': 'RFC3261-18.3-01',
  'missing-content-length': 'RFC3261-18.3-02',
};

/**
 * The rules that one message breaks as its sender wrote it, as far as the message alone shows. `defects` are those of the
 * parser: that of the stream reports a missing Content-Length, that of datagrams a body cut short (RFC 3261 §18.3).
 */
export function validateSip(message: SipMessage, defects: readonly Defect[]): Violation[] {
  return [
    ...defects.flatMap(violationOfDefect),
    ...(message.kind === 'request' ? validateRequest(message) : validateResponse(message)),
    ...validateContact(message),
    ...validateEvents(message),
    ...validateAuthentication(message),
    ...validateIdentity(message),
  ];
}

function violationOfDefect({ kind, offset, detail }: Defect): Violation[] {
  const requirement = REQUIREMENT_OF_DEFECT[kind];
  if (requirement === undefined) return [];
  const words = kind.replaceAll('-', ' ');
  return [
    { requirement, message: detail === undefined ? words : `${words}: ${detail}`, at: { start: offset, end: offset } },
  ];
}
