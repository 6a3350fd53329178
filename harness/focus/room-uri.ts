import { parseSipUri, sameSipUri } from '../codec/sip/uri.ts';

/** Whether two URIs name the same: octet by octet, or by the rules of SIP where both are SIP URIs (RFC 3261 §19.1.4). */
export function sameUri(one: string, other: string): boolean {
  if (one === other) return true;
  const first = parseSipUri(one);
  const second = parseSipUri(other);
  return first.ok && second.ok && sameSipUri(first.value, second.value);
}
