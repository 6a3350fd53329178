import { parseEvent } from '../codec/sip/event.ts';
import { header, headerLines, headerValues } from '../codec/sip/headers.ts';
import type { SipRequest } from '../codec/sip/message.ts';
import { parseNameAddress } from '../codec/sip/name-address.ts';
import { parseSeconds } from '../codec/sip/seconds.ts';
import type { Refusal } from './screen.ts';

/** RFC 6665 §4.2.1.1, §4.2.3: an unknown package, or none, gets 489. */
export function screenSubscribe(request: SipRequest, packages: readonly string[]): Refusal | undefined {
  const events = headerLines(request, 'event');
  if (events.length > 1) return { status: 400, reason: 'Repeated Event', headers: [] };
  const event = parseEvent(events[0] ?? '');
  // RFC 3515 §2.4.4: such a subscription only comes from a REFER.
  if (event.ok && event.value.package === 'refer') return { status: 403, headers: [] };
  if (event.ok && packages.includes(event.value.package)) return undefined;
  return { status: 489, headers: packages.length === 0 ? [] : [['Allow-Events', packages.join(', ')]] };
}

/** Seconds asked for; undefined when the request does not say, or not legibly (RFC 3261 §8.2.2). */
export function askedExpires(request: SipRequest): number | undefined {
  const seconds = parseSeconds(header(request, 'expires') ?? '');
  return seconds.ok ? seconds.value : undefined;
}

/** RFC 6665 §4.2.1.1: 423 is allowed only above zero, below one hour and below the minimum. */
export function screenExpires(request: SipRequest, minimumSeconds: number): Refusal | undefined {
  const asked = askedExpires(request);
  const tooShort = asked !== undefined && asked > 0 && asked < 3600 && asked < minimumSeconds;
  return tooShort ? { status: 423, headers: [['Min-Expires', String(minimumSeconds)]] } : undefined;
}

/** RFC 3515 §2, §2.4.2, and §2.4.2 on URIs that cannot be reached. */
export function screenRefer(request: SipRequest): Refusal | undefined {
  const targets = headerLines(request, 'refer-to');
  const [target] = targets;
  if (target === undefined) return { status: 400, reason: 'Missing Refer-To', headers: [] };
  if (targets.length > 1) return { status: 400, reason: 'Repeated Refer-To', headers: [] };
  if (headerValues(request, 'contact').length !== 1) return { status: 400, reason: 'One Contact Needed', headers: [] };
  const address = parseNameAddress(target);
  if (!address.ok) return { status: 400, reason: 'Malformed Refer-To', headers: [] };
  return /^sips?:/i.test(address.value.uri) ? undefined : { status: 416, headers: [] };
}
