import type { Violation } from '../violation.ts';
import { headerLines, headerValues } from './headers.ts';
import type { SipMessage } from './message.ts';
import { parseNameAddress } from './name-address.ts';

/** Rules on Privacy (RFC 3323) and P-Asserted-Identity (RFC 3325). */
export function validateIdentity(message: SipMessage): Violation[] {
  return [...validatePrivacy(message), ...validateAssertedIdentity(message)];
}

/** RFC 3323 §4.2: `none` stands alone, every value once, `critical` last. */
function validatePrivacy(message: SipMessage): Violation[] {
  const values = headerLines(message, 'Privacy')
    .flatMap((line) => line.split(';'))
    .map((value) => value.trim().toLowerCase());
  const violations: Violation[] = [];
  const blame = (requirement: string, text: string): number => violations.push({ requirement, message: text });
  if (values.includes('none') && values.length > 1) blame('RFC3323-4.2-02', 'Privacy: none does not stand alone');
  if (new Set(values).size < values.length) blame('RFC3323-4.2-02', 'Privacy names a value twice');
  if (values.includes('critical') && values.at(-1) !== 'critical') blame('RFC3323-4.2-02', 'critical is not last');
  if (message.kind === 'request' && message.method !== 'REGISTER' && values.includes('user')) {
    blame('RFC3323-4.2-03', `Privacy: user in ${message.method}`);
  }
  return violations;
}

/** RFC 3325 §9.1: one value of sip, sips or tel, or one of sip(s) and one of tel. */
function validateAssertedIdentity(message: SipMessage): Violation[] {
  const values = headerValues(message, 'P-Asserted-Identity');
  const kinds = values.map((value) => {
    const address = parseNameAddress(value);
    const scheme = address.ok ? (address.value.uri.split(':', 1)[0] ?? '').toLowerCase() : '';
    return scheme === 'sips' ? 'sip' : scheme;
  });
  const legal =
    kinds.length <= 2 &&
    kinds.every((kind) => kind === 'sip' || kind === 'tel') &&
    new Set(kinds).size === kinds.length;
  if (legal) return [];
  return [{ requirement: 'RFC3325-9.1-01', message: `P-Asserted-Identity: ${values.join(', ').slice(0, 120)}` }];
}
