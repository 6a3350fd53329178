import type { Requirement } from './requirement.ts';

/** Who a client is, in the words of the catalogue; whoever is a client or a focus is among them. */
const CLIENT_ROLES: ReadonlySet<string> = new Set([
  'participant',
  'recipient',
  'any',
  'endpoint',
  'sender',
  'receiver',
  'offerer',
  'answerer',
  'sdp-offerer',
  'sdp-answerer',
  'subscriber',
  'active',
  'passive',
]);

export const bindsClient = ({ role }: Requirement): boolean => CLIENT_ROLES.has(role);
