import { comparableName, isCommaList } from './header-name.ts';
import type { SipHeader } from './message.ts';
import { splitOutside } from './split.ts';

/** Anything that has headers: a message or a part of one. */
export interface HasHeaders {
  readonly headers: readonly SipHeader[];
}

/** Value of the first header of that name as it stands on its line; case and compact forms do not matter (RFC 3261 §7.3.1, §7.3.3). */
export function header(message: HasHeaders, name: string): string | undefined {
  const wanted = comparableName(name);
  return message.headers.find((candidate) => comparableName(candidate.name) === wanted)?.value;
}

/** All lines of that name, each as it stands. */
export function headerLines(message: HasHeaders, name: string): string[] {
  const wanted = comparableName(name);
  return message.headers
    .filter((candidate) => comparableName(candidate.name) === wanted)
    .map((candidate) => candidate.value);
}

/** All values of that name in wire order; lines of comma lists are split (RFC 3261 §7.3.1), others are one value each. */
export function headerValues(message: HasHeaders, name: string): string[] {
  const lines = headerLines(message, name);
  return isCommaList(name) ? lines.flatMap((line) => splitOutside(line, ',')) : lines;
}
