import type { Requirement } from './requirement.ts';

/** Whom a requirement binds, in the words of the catalogue. */

/** Whoever sends, receives or negotiates, be it a client or a focus. */
const EITHER = [
  'any',
  'endpoint',
  'sender',
  'receiver',
  'offerer',
  'answerer',
  'sdp-offerer',
  'sdp-answerer',
  'active',
  'passive',
];

const CLIENT_ROLES: ReadonlySet<string> = new Set([...EITHER, 'participant', 'recipient', 'subscriber']);
/** A focus and its switch. */
const FOCUS_ROLES: ReadonlySet<string> = new Set([...EITHER, 'focus', 'switch', 'notifier']);

export const bindsClient = ({ role }: Requirement): boolean => CLIENT_ROLES.has(role);

export const bindsFocus = ({ role, depends_on: needs = [] }: Requirement): boolean =>
  FOCUS_ROLES.has(role) && !needs.includes('client-under-test');
