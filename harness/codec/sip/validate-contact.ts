import type { Violation } from '../violation.ts';
import { methodOf } from './core-headers.ts';
import { header, headerValues } from './headers.ts';
import type { SipMessage, SipRequest } from './message.ts';
import { parseNameAddress } from './name-address.ts';

export function validateContact(message: SipMessage): Violation[] {
  const rule = ruleFor(message);
  return [
    ...(rule === undefined ? [] : oneSipContact(message, rule)),
    ...validateBrackets(message),
    ...validateRedirection(message),
  ];
}

interface ContactRule {
  readonly requirement: string;
  readonly secure: boolean;
}

/** The rule that wants exactly one Contact, if one does for this kind of message. */
function ruleFor(message: SipMessage): ContactRule | undefined {
  const method = methodOf(message);
  if (message.kind === 'response') {
    const makesDialog =
      message.status >= 200 && message.status <= 299 && (method === 'INVITE' || method === 'SUBSCRIBE');
    return makesDialog ? { requirement: 'RFC3261-12.1.1-02', secure: false } : undefined;
  }
  if (method === 'INVITE' || method === 'SUBSCRIBE') {
    return { requirement: 'RFC3261-8.1.1.8-01', secure: isSecure(message) };
  }
  return method === 'REFER' ? { requirement: 'RFC3515-2-01', secure: false } : undefined;
}

function oneSipContact(message: SipMessage, { requirement, secure }: ContactRule): Violation[] {
  const blame = (text: string): Violation[] => [{ requirement, message: text }];
  const values = headerValues(message, 'Contact');
  const [only = ''] = values;
  if (values.length !== 1) return blame(values.length === 0 ? 'no Contact' : `${values.length} Contact values`);
  const address = parseNameAddress(only);
  if (!address.ok) return blame(`Contact cannot be read: ${address.error}`);
  const { uri } = address.value;
  if (!/^sips?:/i.test(uri)) return blame(`Contact is no SIP or SIPS URI: ${uri.slice(0, 60)}`);
  return secure && !/^sips:/i.test(uri) ? blame(`Contact is not SIPS: ${uri.slice(0, 60)}`) : [];
}

/** RFC 3261 §8.1.1.8: whether Request-URI or top Route is SIPS. */
function isSecure(request: SipRequest): boolean {
  const [route] = headerValues(request, 'Route');
  const top = route === undefined ? undefined : parseNameAddress(route);
  return /^sips:/i.test(request.uri) || (top?.ok === true && /^sips:/i.test(top.value.uri));
}

/** RFC 3261 §20.10: a question mark needs brackets; commas and semicolons without them were read as separators before. */
function validateBrackets(message: SipMessage): Violation[] {
  const bare = headerValues(message, 'Contact').find(
    (value) => !value.includes('<') && value.split(';', 1)[0]?.includes('?'),
  );
  if (bare === undefined) return [];
  return [{ requirement: 'RFC3261-20.10-01', message: `Contact with "?" has no brackets: ${bare.slice(0, 60)}` }];
}

function validateRedirection(message: SipMessage): Violation[] {
  const moved = message.kind === 'response' && [300, 301, 302].includes(message.status);
  if (!moved || methodOf(message) !== 'INVITE' || header(message, 'Contact') !== undefined) return [];
  return [{ requirement: 'RFC3261-13.3.1.2-01', message: `${message.status} has no Contact` }];
}
