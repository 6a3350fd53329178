import { err, ok, type Result } from '../result.ts';

const PLACEHOLDER = /\{([a-z][a-z0-9-]*)\}/g;

/** Names in braces that a text refers to. */
export const placeholders = (text: string): string[] => [...text.matchAll(PLACEHOLDER)].map((match) => match[1] ?? '');

/** Fills in `{name}`; a value may refer to others. */
export function fillIn(text: string, lookUp: (name: string) => string | undefined): Result<string, string> {
  let unknown: string | undefined;
  const filled = text.replace(PLACEHOLDER, (whole, name: string) => {
    const value = lookUp(name);
    if (value === undefined) unknown ??= name;
    return value ?? whole;
  });
  return unknown === undefined ? ok(filled) : err(`nothing is named {${unknown}}`);
}
