import { isAnonymous } from '../conversation/envelope.ts';

/**
 * Of the users in a roster, the one that nobody else is `known` to be. Somebody may be left in the room from before: then
 * a hidden one is told by its domain, if that is the usual one (RFC 3323 §4.1.1.3), or else by having come last.
 */
export function hiddenAmong(users: Iterable<string>, known: ReadonlySet<string>): string | undefined {
  const unknown = [...users].filter((uri) => !known.has(uri));
  return unknown.findLast(isAnonymous) ?? unknown.at(-1);
}
