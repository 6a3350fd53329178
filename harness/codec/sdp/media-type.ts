import type { MsrpMediaDescription } from './description.ts';

/** Form of one entry of accept-types and accept-wrapped-types (RFC 4975 §8.6): `*`, `type/*` or `type/subtype`, with parameters. */
const ENTRY =
  /^(?:\*|[A-Za-z0-9!#$%&'*+\-.^_`{|}~]+\/[A-Za-z0-9!#$%&'*+\-.^_`{|}~]+)(?:;[A-Za-z0-9!#$%&'*+\-.^_`{|}~]+=(?:[^\s";]+|"(?:[^"\\]|\\.)*"))*$/;
/** Types that can hold others (RFC 4975 §8.6); every multipart can. */
const CONTAINER = /^(?:message\/cpim|multipart\/.+)$/;

export function isTypeEntry(entry: string): boolean {
  return ENTRY.test(entry);
}

/** A media type without its parameters, in lower case: the form in which types are compared (RFC 4975 §8.6). */
export function bareType(type: string): string {
  return (type.split(';', 1)[0] ?? '').trim().toLowerCase();
}

/**
 * Whether a list of accept-types or accept-wrapped-types admits a type. `*` admits all, `text/*` all of text; parameters
 * and letter case do not count (RFC 4975 §8.6). A `type` that is none, such as `text`, is never admitted.
 */
export function acceptsType(list: readonly string[], type: string): boolean {
  return typeMatcher(list)(type);
}

/** `acceptsType` for many types against one list. */
export function typeMatcher(list: readonly string[]): (type: string) => boolean {
  const listed = new Set(list.map(bareType));
  return (type) => {
    const wanted = bareType(type);
    const slash = wanted.indexOf('/');
    if (slash <= 0 || slash === wanted.length - 1) return false;
    return listed.has('*') || listed.has(wanted) || listed.has(`${wanted.slice(0, slash)}/*`);
  };
}

type TypeLists = Pick<MsrpMediaDescription, 'acceptTypes' | 'acceptWrappedTypes'>;

/** Whether the type may be the root of a message to this endpoint (RFC 4975 §8.6). */
export function acceptsRoot(lists: TypeLists, type: string): boolean {
  return acceptsType(lists.acceptTypes ?? [], type);
}

/**
 * Whether the type may come inside `container` (RFC 4975 §8.6). `open`: the container is welcome, but without a list of
 * wrapped types the endpoint says nothing about this one, and RFC 7701 §5.2 does not say what follows.
 */
export function acceptsWrapped(lists: TypeLists, container: string, type: string): 'yes' | 'no' | 'open' {
  if (!acceptsRoot(lists, container)) return 'no';
  if (acceptsRoot(lists, type) || acceptsType(lists.acceptWrappedTypes ?? [], type)) return 'yes';
  return lists.acceptWrappedTypes === undefined ? 'open' : 'no';
}

/** Whether a list admits at least one type that can hold others. */
export function listsContainer(list: readonly string[]): boolean {
  return list.some((entry) => {
    const listed = bareType(entry);
    return listed === '*' || listed === 'message/*' || CONTAINER.test(listed);
  });
}
