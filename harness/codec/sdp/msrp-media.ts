import { attributes, attributesNamed, attributeValue } from './attribute.ts';
import type { MsrpMediaDescription, SdpLine, SdpMedia, SessionDescription, SetupRole } from './description.ts';

type Direction = MsrpMediaDescription['direction'];

const DIRECTIONS: readonly Direction[] = ['sendrecv', 'sendonly', 'recvonly', 'inactive'];
const SETUP_ROLES: readonly SetupRole[] = ['active', 'passive', 'actpass', 'holdconn'];
/** No whole number of octets is longer; more digits are rubbish and not worth converting. */
const MAX_SIZE_DIGITS = 64;

/** Whether a media section is an MSRP stream (RFC 4975 §8.1), whatever its media word says. */
export function isMsrpMedia(media: Pick<SdpMedia, 'protocol'>): boolean {
  return /^TCP\/(?:TLS\/)?MSRP$/i.test(media.protocol);
}

/** The first MSRP section that is not refused by port 0, else the first MSRP section. */
export function findMsrpMedia(description: SessionDescription): SdpMedia | undefined {
  const sections = description.media.filter(isMsrpMedia);
  return sections.find(({ port }) => port !== 0) ?? sections[0];
}

/** What the session level says for all media sections that do not say it themselves. */
export interface SessionDefaults {
  readonly connectionHost?: string;
  readonly setup?: SetupRole;
  readonly fingerprints: MsrpMediaDescription['fingerprints'];
  readonly direction: Direction;
}

export function sessionDefaults(session: readonly SdpLine[]): SessionDefaults {
  const connectionHost = hostOf(session);
  const setup = setupOf(session);
  return {
    ...(connectionHost !== undefined && { connectionHost }),
    ...(setup !== undefined && { setup }),
    fingerprints: fingerprintsOf(session),
    direction: directionOf(session) ?? 'sendrecv',
  };
}

/**
 * What a media section says about its MSRP session. c=, a=setup, a=fingerprint and the direction may stand at session level
 * and are taken from there when the section has none; path, type lists, max-size and chatroom count at media level only.
 * What cannot be read counts as absent.
 */
export function readMsrpMedia(description: SessionDescription, media: SdpMedia): MsrpMediaDescription {
  return readMsrpSection(sessionDefaults(description.session), media);
}

/** As `readMsrpMedia`, for who reads many sections of one description. */
export function readMsrpSection(defaults: SessionDefaults, media: SdpMedia): MsrpMediaDescription {
  const { lines } = media;
  const connectionHost = hostOf(lines) ?? defaults.connectionHost;
  const acceptTypes = words(attributeValue(lines, 'accept-types'));
  const acceptWrappedTypes = words(attributeValue(lines, 'accept-wrapped-types'));
  const maxSize = sizeOf(attributeValue(lines, 'max-size'));
  const setup = setupOf(lines) ?? defaults.setup;
  const chatroom = words(attributeValue(lines, 'chatroom'));
  const own = fingerprintsOf(lines);
  return {
    port: media.port,
    protocol: media.protocol,
    formats: media.formats,
    ...(connectionHost !== undefined && { connectionHost }),
    path: words(attributeValue(lines, 'path')) ?? [],
    ...(acceptTypes !== undefined && { acceptTypes }),
    ...(acceptWrappedTypes !== undefined && { acceptWrappedTypes }),
    ...(maxSize !== undefined && { maxSize }),
    ...(setup !== undefined && { setup }),
    fingerprints: own.length > 0 ? own : defaults.fingerprints,
    ...(chatroom !== undefined && { chatroom }),
    direction: directionOf(lines) ?? defaults.direction,
  };
}

function hostOf(lines: readonly SdpLine[]): string | undefined {
  const value = lines.find(({ type }) => type === 'c')?.value;
  // Behind a slash stand the TTL and count of a multicast address (RFC 8866 §5.7).
  return value?.trim().split(/\s+/)[2]?.split('/')[0];
}

function words(value: string | undefined): readonly string[] | undefined {
  return value?.split(/[ \t]+/).filter((word) => word !== '');
}

function sizeOf(value: string | undefined): bigint | undefined {
  if (value === undefined || value.length > MAX_SIZE_DIGITS || !/^\d+$/.test(value)) return undefined;
  return BigInt(value);
}

/** Several values that differ settle nothing and read as `unknown`. */
function setupOf(lines: readonly SdpLine[]): SetupRole | undefined {
  const roles = attributesNamed(lines, 'setup').map(({ value = '' }) => parseSetupRole(value));
  return new Set(roles).size > 1 ? 'unknown' : roles[0];
}

/** Reads the value of a=setup (RFC 4145 §4); its words are ABNF literals and match in any letter case. */
export function parseSetupRole(value: string): SetupRole {
  const word = value.trim().toLowerCase();
  return SETUP_ROLES.find((role) => role === word) ?? 'unknown';
}

function fingerprintsOf(lines: readonly SdpLine[]): MsrpMediaDescription['fingerprints'] {
  return attributesNamed(lines, 'fingerprint').flatMap(({ value = '' }) => {
    const [algorithm, octets, ...rest] = value.trim().split(/\s+/);
    return algorithm && octets && rest.length === 0 ? [{ algorithm: algorithm.toLowerCase(), value: octets }] : [];
  });
}

function directionOf(lines: readonly SdpLine[]): Direction | undefined {
  const names = attributes(lines).map(({ name }) => name);
  return DIRECTIONS.find((direction) => names.includes(direction));
}
