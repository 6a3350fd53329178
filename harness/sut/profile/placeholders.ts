import { err, ok, type Result } from '../../result.ts';

/** What `{…}` in the texts of a profile stands for. */
export interface Placeholders {
  /** Without the braces; undefined: there is no such value. */
  value(name: string): string | undefined;
}

const PLACEHOLDER = /\{([a-z][a-z0-9-]*(?:\.[A-Za-z_][A-Za-z0-9_-]*)?)\}/g;

/** Names in the texts that stand anywhere in a value. */
export function placeholdersIn(value: unknown): ReadonlySet<string> {
  const found = new Set<string>();
  walk(value, (text) => {
    for (const [, name = ''] of text.matchAll(PLACEHOLDER)) found.add(name);
    return text;
  });
  return found;
}

/** The same value with every placeholder filled in. Error: the first one that means nothing. */
export function filled<T>(value: T, placeholders: Placeholders): Result<T, string> {
  let unknown: string | undefined;
  const result = walk(value, (text) =>
    text.replace(PLACEHOLDER, (whole, name: string) => {
      const found = placeholders.value(name);
      if (found === undefined) unknown ??= name;
      return found ?? whole;
    }),
  );
  return unknown === undefined ? ok(result as T) : err(`nothing is known of {${unknown}}`);
}

function walk(value: unknown, edit: (text: string) => string): unknown {
  if (typeof value === 'string') return edit(value);
  if (Array.isArray(value)) return value.map((one) => walk(one, edit));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, walk(inner, edit)]));
}
