import { err, ok, type Result } from '../../result.ts';
import { foldCase, lowerCase, lowerCaseByLetter } from './case-mapping.ts';
import { type ForbiddenCodePoint, forbiddenCodePoints } from './precis.ts';

/**
 * The readings of the nickname profile that servers in use follow: RFC 8266 with its repetition (§2.1), without it,
 * with simple in place of full lower-casing, and the older RFC 7700 that RFC 7701 cites.
 */
export type NicknameReading = 'rfc8266' | 'rfc8266-one-pass' | 'letter-by-letter' | 'rfc7700';

export const nicknameReadings: readonly NicknameReading[] = [
  'rfc8266',
  'rfc8266-one-pass',
  'letter-by-letter',
  'rfc7700',
];

export type NicknameError =
  /** Zero length as written. In a NICKNAME request that asks for removal (RFC 7701 §7.3). */
  | { readonly kind: 'empty' }
  /** Nothing is left after mapping (RFC 8266 §2.3). */
  | { readonly kind: 'becomes-empty' }
  /** Not in the FreeformClass (RFC 8266 §2.2). */
  | ({ readonly kind: 'forbidden' } & ForbiddenCodePoint)
  /** Three more passes did not settle it (RFC 8266 §2.1). No text is known that does this. */
  | { readonly kind: 'unstable' };

interface Profile {
  readonly mapCase: (text: string) => string;
  /** Further passes allowed after the first. */
  readonly repetitions: number;
}

const profiles: Readonly<Record<NicknameReading, Profile>> = {
  rfc8266: { mapCase: lowerCase, repetitions: 3 },
  'rfc8266-one-pass': { mapCase: lowerCase, repetitions: 0 },
  'letter-by-letter': { mapCase: lowerCaseByLetter, repetitions: 3 },
  rfc7700: { mapCase: foldCase, repetitions: 0 },
};

/** Checks that every code point is allowed (RFC 8266 §2.2); the text itself stays as it is. */
export function prepareNickname(text: string): Result<string, NicknameError> {
  if (text === '') return err({ kind: 'empty' });
  for (const forbidden of forbiddenCodePoints(text)) return err({ kind: 'forbidden', ...forbidden });
  return ok(text);
}

/** The form to store and show: spaces mapped, NFKC, case kept (RFC 8266 §2.3). */
export function enforceNickname(text: string, reading: NicknameReading = 'rfc8266'): Result<string, NicknameError> {
  const prepared = prepareNickname(text);
  return prepared.ok ? settle(text, profiles[reading].repetitions, (pass) => normalise(pass, keepCase)) : prepared;
}

/** The form that decides whether two nicknames are the same: equal if and only if identical (RFC 8266 §2.4). */
export function compareKey(text: string, reading: NicknameReading = 'rfc8266'): Result<string, NicknameError> {
  const { mapCase, repetitions } = profiles[reading];
  const prepared = prepareNickname(text);
  return prepared.ok ? settle(text, repetitions, (pass) => normalise(pass, mapCase)) : prepared;
}

const keepCase = (text: string): string => text;

/** One pass of the rules: spaces, case, NFKC, in this order (RFC 8266 §2.3, §2.4). */
function normalise(text: string, mapCase: (text: string) => string): string {
  const spaced = text.replace(/\p{Zs}+/gu, ' ').replace(/^ | $/g, '');
  return mapCase(spaced).normalize('NFKC');
}

function settle(
  text: string,
  repetitions: number,
  pass: (text: string) => string,
): Result<string, { readonly kind: 'becomes-empty' } | { readonly kind: 'unstable' }> {
  let current = pass(text);
  let settled = repetitions === 0;
  for (let further = 0; further < repetitions && !settled; further++) {
    const next = pass(current);
    settled = next === current;
    current = next;
  }
  if (current === '') return err({ kind: 'becomes-empty' });
  return settled ? ok(current) : err({ kind: 'unstable' });
}
