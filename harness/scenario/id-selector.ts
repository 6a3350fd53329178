import picomatch from 'picomatch';

/** Matches ids of scenarios: an id, the beginning of ids (`rfc7701/7-nicknames`, also as a path), or a glob. */
export function idMatcher(selector: string): (id: string) => boolean {
  const path = selector
    .replace(/^(\.\/)?scenarios\//, '')
    .replace(/\.yaml$/, '')
    .replace(/\/$/, '');
  const glob = /[*?[{]/.test(path) ? picomatch(path) : undefined;
  return (id) => id === path || id.startsWith(`${path}/`) || (glob?.(id) ?? false);
}
