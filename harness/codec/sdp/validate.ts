import type { Defect } from '../violation.ts';
import { attributesNamed } from './attribute.ts';
import { validateChatroom } from './chatroom.ts';
import type { SdpLine, SdpMedia, SessionDescription } from './description.ts';
import { type SdpViolation, tolerated, violation } from './judgement.ts';
import { isMsrpMedia, sessionDefaults } from './msrp-media.ts';
import { originFits, parseOrigin } from './origin.ts';
import { validateConnecting, validateMsrpMedia } from './validate-media.ts';

const REQUIREMENT_OF_DEFECT: Readonly<Record<string, string>> = {
  'bare-line-feed': 'RFC8866-5-03',
  'unterminated-line': 'RFC8866-5-03',
  'empty-line': 'RFC8866-5-01',
  'malformed-line': 'RFC8866-5-01',
  'forbidden-octet': 'RFC8866-5-01',
  'malformed-media-line': 'RFC8866-5.14-01',
  'line-order': 'RFC8866-5-01',
  'repeated-line': 'RFC8866-5-01',
  'missing-line': 'RFC8866-5-01',
  'unknown-type': 'RFC8866-5-02',
  'second-description': 'RFC3264-5-02',
};

/** Attributes that an MSRP section alone may hold (RFC 4975 §15.7). */
const MEDIA_LEVEL_ONLY: Readonly<Record<string, string>> = {
  'accept-types': 'RFC4975-15.7.1-01',
  'accept-wrapped-types': 'RFC4975-15.7.2-01',
  'max-size': 'RFC4975-15.7.3-01',
  path: 'RFC4975-15.7.4-01',
};

/** RFC 7701 §5.2 has its own word on where the list stands. */
const ALSO_BROKEN: Readonly<Record<string, readonly string[]>> = { 'accept-wrapped-types': ['RFC7701-5.2-19'] };

const SESSION_LEVEL_TOLERATED = new Set(['accept-wrapped-types', 'max-size']);

/**
 * Rules that one description breaks by itself (RFC 8866, RFC 3264 §5, RFC 4975 §8, RFC 6135, RFC 7701 §8). What needs the
 * other side's description is judged in `validate-exchange.ts`.
 */
export function validateSdp(description: SessionDescription): SdpViolation[] {
  const { session, media } = description;
  const defaults = sessionDefaults(session);
  const chats = media.filter(isChatMedia);
  return [
    ...description.defects.flatMap(ofDefect),
    ...validateSession(session),
    ...validateConnection(description),
    ...Object.entries(MEDIA_LEVEL_ONLY).flatMap(([name, requirement]) => validateLevel(session, name, requirement)),
    ...(chats.length === 0 ? [] : validateConnecting(session)),
    ...chats.flatMap((section) => validateMsrpMedia(defaults, section)),
    ...validateChatroom(description),
  ];
}

function validateLevel(session: readonly SdpLine[], name: string, requirement: string): readonly SdpViolation[] {
  const judge = SESSION_LEVEL_TOLERATED.has(name) ? tolerated : violation;
  return attributesNamed(session, name).flatMap(() =>
    [requirement, ...(ALSO_BROKEN[name] ?? [])].map((id) => judge(id, `a=${name} stands at session level`)),
  );
}

/** Also a section that says message but not MSRP, or has a path: its author meant an MSRP stream. */
function isChatMedia(media: SdpMedia): boolean {
  return isMsrpMedia(media) || media.media === 'message' || attributesNamed(media.lines, 'path').length > 0;
}

function ofDefect({ kind, offset, detail }: Defect): readonly SdpViolation[] {
  const requirement = REQUIREMENT_OF_DEFECT[kind];
  if (requirement === undefined) throw new Error(`defect ${kind} has no requirement`);
  const message = detail === undefined ? kind : `${kind}: ${detail}`;
  const at = { start: offset, end: offset + 1 };
  // The samples of RFC 7701 lack t=, so whoever copies them gets a warning (RFC8866-5-01).
  const judge = kind === 'missing-line' && detail === 't' ? tolerated : violation;
  return [judge(requirement, message, at)];
}

function validateSession(session: readonly SdpLine[]): readonly SdpViolation[] {
  const found: SdpViolation[] = [];
  const values = (type: string): readonly string[] => session.filter((line) => line.type === type).map((l) => l.value);
  const [version] = values('v');
  if (version !== undefined && version !== '0') found.push(violation('RFC8866-5-01', `v=${version} is not version 0`));
  const [origin] = values('o');
  if (origin !== undefined) found.push(...validateOrigin(origin));
  const names = values('s');
  if (names.length !== 1) found.push(violation('RFC8866-5.3-01', `s= stands ${names.length} times`));
  const [name] = names;
  if (name === '') found.push(violation('RFC8866-5.3-01', 's= is empty'));
  else if (name !== undefined && name !== '-' && name !== ' ')
    found.push(violation('RFC3264-5-01', 's= is neither a dash nor a space'));
  const [time] = values('t');
  if (time !== undefined && time !== '0 0') found.push(violation('RFC3264-5-01', `t=${time} is not 0 0`));
  return found;
}

function validateOrigin(value: string): readonly SdpViolation[] {
  const origin = parseOrigin(value);
  if (!origin.ok) return [violation('RFC8866-5.2-01', `o=: ${origin.error}`)];
  const found: SdpViolation[] = [];
  if (origin.value.networkType !== 'IN') found.push(violation('RFC8866-5.2-01', 'network type of o= is not IN'));
  if (!originFits(origin.value)) found.push(violation('RFC3264-5-02', 'session id or version of o= is above 2^63-1'));
  return found;
}

function validateConnection({ session, media }: SessionDescription): readonly SdpViolation[] {
  const hasConnection = (lines: readonly SdpLine[]): boolean => lines.some(({ type }) => type === 'c');
  if (hasConnection(session)) return [];
  return media.flatMap(({ lines }, index) =>
    hasConnection(lines)
      ? []
      : [violation('RFC8866-5.7-01', `no c= line for m= line ${index + 1}, neither there nor at session level`)],
  );
}
