import { parseCpimAddress } from '../codec/cpim/address.ts';
import { headerValues } from '../codec/sip/headers.ts';
import { parseNameAddress } from '../codec/sip/name-address.ts';
import { formatSipUri, normalEscapes, parseSipUri } from '../codec/sip/uri.ts';
import type { ChatMessage } from './chat-messages.ts';
import type { Stay } from './stays.ts';

/** The URIs of the CPIM headers of one name; what cannot be read is left out. */
export function urisIn({ cpim }: ChatMessage, name: 'From' | 'To'): string[] {
  const values = (cpim?.headers ?? []).filter((one) => one.name === name).map(({ value }) => parseCpimAddress(value));
  return values.flatMap((address) => (address.ok ? [address.value.uri] : []));
}

/** How many CPIM headers of a name there are, readable or not. */
export const countOf = ({ cpim }: ChatMessage, name: string): number =>
  (cpim?.headers ?? []).filter((one) => one.name === name).length;

/**
 * Whether the default namespace of the CPIM headers is another one (RFC 3862 §3.4), so that From and To may not be what
 * they look like.
 */
export const redefinesNames = ({ cpim }: ChatMessage): boolean =>
  (cpim?.headers ?? []).some(({ name, value }) => name === 'NS' && value.trim().startsWith('<'));

/** User and host of a SIP URI, the host in lower case, no needless escapes (RFC 3261 §19.1.4); other URIs as they stand. */
export function placeOf(uri: string): string {
  const parsed = parseSipUri(uri);
  return parsed.ok ? `${normalEscapes(parsed.value.user ?? '')}@${parsed.value.host.toLowerCase()}` : uri;
}

/** Equal for URIs of a room that differ in nothing but the transport by which it is dialled, or in the case of the host. */
export function roomKey(uri: string): string {
  const parsed = parseSipUri(uri);
  if (!parsed.ok) return uri;
  const { parameters } = parsed.value;
  const others = parameters.filter(({ name }) => name.toLowerCase() !== 'transport');
  return formatSipUri({ ...parsed.value, host: parsed.value.host.toLowerCase(), parameters: others });
}

/** What a URI in To means for a message of this stay: equality under SIP rules is disputed, so near misses are open. */
export function relationToRoom(stay: Stay, uri: string): 'room' | 'open' | 'other' {
  if (uri === stay.room) return 'room';
  const place = placeOf(uri);
  return placesOf(stay).includes(place) ? 'open' : 'other';
}

/** Room URI and Contact of the focus (RFC 4579 §5.1). */
function placesOf(stay: Stay): string[] {
  const contacts = stay.accepted === undefined ? [] : headerValues(stay.accepted.message, 'Contact');
  const uris = contacts.flatMap((value) => {
    const contact = parseNameAddress(value);
    return contact.ok ? [contact.value.uri] : [];
  });
  return [stay.room, ...uris].map(placeOf);
}

/** Surely two rooms: neither the URIs that were dialled nor the Contacts agree. */
export function differentRooms(a: Stay, b: Stay): boolean {
  const places = placesOf(a);
  return !placesOf(b).some((place) => places.includes(place));
}

/** Asked to be shown under an anonymous URI (RFC 3323 §4.2), or wrote one itself (RFC 3323 §4.1). */
export function isHidden({ privacy, identity }: Stay): boolean {
  return privacy.some((value) => value === 'id' || value === 'user') || isAnonymous(identity);
}

export const isAnonymous = (uri: string): boolean => /\.invalid$/i.test(placeOf(uri));
