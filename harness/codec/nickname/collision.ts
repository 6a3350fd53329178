import { compareKey, enforceNickname, type NicknameReading, nicknameReadings, prepareNickname } from './nickname.ts';
import { type ForbiddenCodePoint, forbiddenCodePoints, isPrecisIgnorable } from './precis.ts';
import { unicode7 } from './unicode-7.ts';

/** Whether a room that knows nicknames has to grant one that nobody holds. `either` carries no verdict. */
export type Admission = 'grant' | 'malformed-expected' | 'either';

/**
 * What a room has to answer to a nickname while somebody else holds another: `collide` 425, `free` 200,
 * `malformed-expected` 424, and `either` when the readings in use, or Unicode versions, differ.
 */
export type Collision = 'collide' | 'free' | 'either' | 'malformed-expected';

/** RFC 7701 §7.1 counts octets in its text and characters in its grammar. */
const longest = 1023;

/** Judges one nickname by itself. The empty text is `either`: it asks for removal, and grammar and text forbid it. */
export function admission(text: string): Admission {
  if (text === '') return 'either';
  if ([...text].length > longest) return 'malformed-expected';
  const recent = hasRecentCodePoint(text);
  for (const forbidden of forbiddenCodePoints(text)) {
    if (isForbiddenForAll(forbidden, recent)) return 'malformed-expected';
  }
  if (recent || Buffer.byteLength(text) > longest) return 'either';
  const enforced = enforceNickname(text);
  if (!enforced.ok) return 'malformed-expected';
  // RFC 8264 §7 places the class check behind the mappings, RFC 8266 §2.2 in front of them.
  return prepareNickname(enforced.value).ok ? 'grant' : 'either';
}

/** Judges `asked` while another participant holds `held`, by all readings of the profile at once. */
export function collision(held: string, asked: string): Collision {
  const admissions = [admission(held), admission(asked)];
  if (admissions.includes('malformed-expected')) return 'malformed-expected';
  if (admissions.includes('either')) return 'either';
  const outcomes = new Set(nicknameReadings.map((reading) => outcomeBy(reading, held, asked)));
  const [outcome = 'either'] = outcomes;
  return outcomes.size === 1 ? outcome : 'either';
}

function outcomeBy(reading: NicknameReading, held: string, asked: string): 'collide' | 'free' | 'either' {
  if (held === asked) return 'collide';
  const [first, second] = [compareKey(held, reading), compareKey(asked, reading)];
  if (!first.ok || !second.ok) return 'either';
  // A case mapping into a later Unicode version, such as that of U+13A0, is not known to every server.
  if (hasRecentCodePoint(first.value) || hasRecentCodePoint(second.value)) return 'either';
  return first.value === second.value ? 'collide' : 'free';
}

/** A code point that some server may not know yet, or one that may be assigned some day. */
function hasRecentCodePoint(text: string): boolean {
  for (const character of text) if (isRecent(character.codePointAt(0) ?? 0)) return true;
  return false;
}

const isRecent = (codePoint: number): boolean => !unicode7.has(codePoint) && !isPrecisIgnorable(codePoint);

/** Forbidden whatever Unicode version a server has. */
function isForbiddenForAll({ codePoint, reason }: ForbiddenCodePoint, besideRecent: boolean): boolean {
  switch (reason) {
    case 'context-j':
    case 'context-o':
      return !besideRecent;
    default:
      return !isRecent(codePoint);
  }
}
