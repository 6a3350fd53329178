import { attributesNamed, attributeValue } from './attribute.ts';
import type { MsrpMediaDescription, SdpLine, SdpMedia } from './description.ts';
import { type SdpViolation, tolerated, violation } from './judgement.ts';
import { bareType, isTypeEntry, listsContainer, typeMatcher } from './media-type.ts';
import { isMsrpMedia, readMsrpSection, type SessionDefaults } from './msrp-media.ts';

/** RFC 4975 §9: scheme, host and port of an MSRP URI; what lies behind matters to no rule on SDP. */
const MSRP_URI =
  /^(msrps?):\/\/(?:[^@/;\s]*@)?(\[[0-9A-Fa-f:.]+\]|[^[\]:/;\s,<>]+)(?::(\d{1,5}))?(?:\/[^;\s,<>]+)?;[^\s,<>]+$/i;
const HASH = '(?:[0-9A-F]{2}:)+[0-9A-F]{2}';
const FINGERPRINT = new RegExp(`^[A-Za-z0-9][A-Za-z0-9-]* ${HASH}$`);

/** Rules that an MSRP media section breaks (RFC 4975 §8, RFC 6135). A section refused by port 0 need not be complete. */
export function validateMsrpMedia(defaults: SessionDefaults, media: SdpMedia): readonly SdpViolation[] {
  const msrp = readMsrpSection(defaults, media);
  return [
    // A refused section keeps what the offer says (RFC 3264 §6).
    ...(media.port === 0 ? [] : [...validateMediaLine(media), ...validatePath(msrp, media.lines)]),
    ...validateTypeLists(msrp, media),
    ...validateMaxSize(media.lines),
    ...validateConnecting(media.lines),
  ];
}

/** Rules on the attributes that may stand at both levels: a=setup, a=connection, a=fingerprint. */
export function validateConnecting(lines: readonly SdpLine[]): readonly SdpViolation[] {
  return [...validateSetup(lines), ...validateFingerprints(lines)];
}

function validateMediaLine(media: SdpMedia): readonly SdpViolation[] {
  const found: SdpViolation[] = [];
  if (media.media !== 'message') found.push(violation('RFC4975-8.1-03', `media field is "${media.media}"`));
  if (!isMsrpMedia(media)) found.push(violation('RFC4975-8.1-02', `proto field is "${media.protocol}"`));
  if (media.formats.length !== 1 || media.formats[0] !== '*') {
    const message = `format list is "${media.formats.join(' ')}"`;
    found.push(violation('RFC4975-8.1-04', message), violation('RFC4975-15.6-01', message));
  }
  return found;
}

function validatePath(msrp: MsrpMediaDescription, lines: readonly SdpLine[]): readonly SdpViolation[] {
  const values = attributesNamed(lines, 'path').map(({ value = '' }) => value);
  const [value] = values;
  if (value === undefined || msrp.path.length === 0) return [violation('RFC4975-8.2-01', 'no MSRP URI in a=path')];
  const found: SdpViolation[] = [];
  if (values.length > 1) found.push(violation('RFC4975-8-01', `a=path stands ${values.length} times`));
  if (value !== msrp.path.join(' '))
    found.push(violation('RFC4975-8.2-02', 'URIs of a=path are not separated by single spaces alone'));
  const uris = msrp.path.map((uri) => MSRP_URI.exec(uri));
  msrp.path.forEach((uri, index) => {
    const parts = uris[index];
    if (parts === null || parts === undefined)
      found.push(violation('RFC4975-8.2-02', `a=path: "${uri}" is no MSRP URI`));
    else if (parts[3] === undefined) found.push(violation('RFC4975-8.2-03', `a=path: "${uri}" names no port`));
  });
  const first = uris[0];
  const own = uris.at(-1);
  // A relay is somewhere else than the endpoint behind it (RFC 4975 §8.3).
  if (uris.length > 1 && first && own && placeOf(first) === placeOf(own))
    found.push(violation('RFC4975-8.3-01', `${uris.length} URIs in a=path, though no relay stands in front`));
  if (first) found.push(...validateScheme(msrp.protocol, first[1] ?? ''));
  // With CEMA and a relay, c= and m= name the relay (RFC 6714 §4.2).
  const relayed = msrp.path.length > 1 && attributeValue(lines, 'msrp-cema') !== undefined;
  if (own && !relayed) found.push(...validateOwnUri(msrp, own[2] ?? '', own[3]));
  return found;
}

function validateScheme(protocol: string, scheme: string): readonly SdpViolation[] {
  const wanted = /TLS/i.test(protocol) ? 'msrps' : 'msrp';
  if (scheme.toLowerCase() === wanted) return [];
  return [violation('RFC4975-8.1-02', `proto ${protocol} beside a path with scheme ${scheme}`)];
}

function validateOwnUri(msrp: MsrpMediaDescription, host: string, port: string | undefined): readonly SdpViolation[] {
  const found: SdpViolation[] = [];
  const { connectionHost } = msrp;
  if (connectionHost !== undefined && foldHost(connectionHost) !== foldHost(host)) {
    // A name beside a number may well resolve to it; that is not known here.
    const judge = isNumeric(connectionHost) === isNumeric(host) ? violation : tolerated;
    found.push(judge('RFC4975-8.1-01', `c= names ${connectionHost}, the own path URI ${host}`));
  }
  if (port === undefined || Number(port) === msrp.port) return found;
  const message = `m= has port ${msrp.port}, the own path URI ${port}`;
  // Which of the two port 9 belongs in is open (RFC 6135 §4.2.2).
  const discard = msrp.setup === 'active' && (msrp.port === 9 || Number(port) === 9);
  return [...found, discard ? tolerated('RFC6135-4.2.2-02', message) : violation('RFC4975-8.1-05', message)];
}

const placeOf = ([, , host = '', port = '']: RegExpExecArray): string => `${foldHost(host)}:${port}`;

const isNumeric = (host: string): boolean => /^\d+(?:\.\d+){3}$/.test(host) || host.includes(':');

const foldHost = (host: string): string => host.replace(/^\[|\]$/g, '').toLowerCase();

function validateTypeLists(msrp: MsrpMediaDescription, { lines, port }: SdpMedia): readonly SdpViolation[] {
  const { acceptTypes, acceptWrappedTypes = [] } = msrp;
  const found: SdpViolation[] = [];
  if (acceptTypes === undefined && port !== 0) {
    const message = 'a=accept-types is missing';
    found.push(violation('RFC4975-8.6-01', message), violation('RFC4975-8-02', message));
  }
  if (acceptTypes?.length === 0) found.push(violation('RFC4975-15.7.1-01', 'a=accept-types is empty'));
  for (const name of ['accept-types', 'accept-wrapped-types']) {
    const value = attributeValue(lines, name);
    const entries = value === undefined || value === '' ? [] : value.split(' ');
    const bad = entries.find((entry) => !isTypeEntry(entry));
    if (bad === undefined) continue;
    const message = `a=${name}: "${bad}" is no entry of such a list`;
    found.push(violation('RFC4975-8.6-20', message));
    if (name === 'accept-wrapped-types') found.push(violation('RFC7701-5.2-19', message));
  }
  if (acceptTypes !== undefined && port !== 0) found.push(...validateMandatory(acceptTypes, msrp.acceptWrappedTypes));
  if (acceptWrappedTypes.length > 0 && acceptTypes !== undefined && !listsContainer(acceptTypes))
    found.push(violation('RFC4975-8.6-06', 'wrapped types are listed, but no type that can hold them'));
  const wild = [...(acceptTypes ?? []), ...acceptWrappedTypes].some((entry) => bareType(entry) === '*');
  const repeats = typeMatcher(acceptTypes ?? []);
  for (const entry of wild ? [] : acceptWrappedTypes)
    if (repeats(entry)) found.push(violation('RFC4975-8.6-09', `"${entry}" is listed in accept-types already`));
  return found;
}

/** Formats that every endpoint takes (RFC 4975 §8.6, §7.3.1). */
const MANDATORY_TYPES = ['message/cpim', 'multipart/mixed', 'multipart/alternative'];

/**
 * Samples of RFC 4975 list text/plain alone, so what is not signalled is a warning (MSRP notes A19). Without a list of
 * wrapped types nothing is known of them.
 */
function validateMandatory(types: readonly string[], wrapped: readonly string[] | undefined): readonly SdpViolation[] {
  if (wrapped === undefined) return [];
  const isListed = typeMatcher([...types, ...wrapped]);
  const missing = MANDATORY_TYPES.filter((type) => !isListed(type));
  return missing.length === 0 ? [] : [tolerated('RFC4975-8.6-04', `neither list has ${missing.join(', ')}`)];
}

function validateMaxSize(lines: readonly SdpLine[]): readonly SdpViolation[] {
  const value = attributeValue(lines, 'max-size');
  if (value === undefined || /^\d+$/.test(value)) return [];
  return [violation('RFC4975-8.6-21', `a=max-size:${value.slice(0, 40)} is no whole number`)];
}

function validateSetup(lines: readonly SdpLine[]): readonly SdpViolation[] {
  const found: SdpViolation[] = [];
  const roles = attributesNamed(lines, 'setup');
  for (const { value = '' } of roles) {
    const word = value.toLowerCase();
    if (word === 'holdconn') found.push(violation('RFC6135-4.2.1-04', 'a=setup says holdconn'));
    else if (!['active', 'passive', 'actpass'].includes(word))
      found.push(violation('RFC6135-4.1-01', `a=setup:${value} has no meaning`));
  }
  if (roles.length > 1) found.push(violation('RFC6135-4.1-01', 'a=setup stands several times'));
  if (attributesNamed(lines, 'connection').length > 0) found.push(violation('RFC6135-4.4-01', 'a=connection is used'));
  return found;
}

function validateFingerprints(lines: readonly SdpLine[]): readonly SdpViolation[] {
  return attributesNamed(lines, 'fingerprint')
    .filter(({ value = '' }) => !FINGERPRINT.test(value))
    .map(({ value = '' }) =>
      violation('RFC4975-14.4-06', `a=fingerprint:${value.slice(0, 60)} is no hash name with upper-case octets`),
    );
}
