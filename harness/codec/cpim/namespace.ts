import { err, ok, type Result } from '../../result.ts';
import type { CpimHeader } from './message.ts';

/** Namespace of From, To, cc, DateTime, Subject, NS and Require (RFC 3862 §3.4); the last colon belongs to it. */
export const CPIM_NAMESPACE = 'urn:ietf:params:cpim-headers:';
/** Namespace of the IMDN headers (RFC 5438 §6); it has no last colon. */
export const IMDN_NAMESPACE = 'urn:ietf:params:imdn';

export interface NamespaceDeclaration {
  /** Absent: the declaration changes the default namespace. */
  readonly prefix?: string;
  readonly uri: string;
}

/** A header with its name resolved by the NS lines above it. */
export interface ResolvedHeader {
  readonly header: CpimHeader;
  /** Absent: the prefix is not declared above. */
  readonly namespace?: string;
  readonly localName: string;
}

const DECLARATION = /^([A-Za-z0-9!#$%&'*+\-^_`|~]+)? *<([^<>\s]*)>$/;

/** Reads the value of an NS header, with or without the space before the bracket (RFC 3862 §4.6). */
export function parseNamespace(value: string): Result<NamespaceDeclaration, string> {
  const match = DECLARATION.exec(value);
  if (match === null) return err('not of the form [prefix] <URI>');
  const [, prefix, uri = ''] = match;
  return ok(prefix === undefined ? { uri } : { prefix, uri });
}

export function formatNamespace({ prefix, uri }: NamespaceDeclaration): string {
  return prefix === undefined ? `<${uri}>` : `${prefix} <${uri}>`;
}

/** Resolves all names in order; a prefix counts only below its declaration and in this message (RFC 3862 §3.4). */
export function resolveHeaders(headers: readonly CpimHeader[]): readonly ResolvedHeader[] {
  const prefixes = new Map<string, string>();
  let unprefixed = CPIM_NAMESPACE;
  return headers.map((header) => {
    const dot = header.name.indexOf('.');
    const localName = header.name.slice(dot + 1);
    // Else a changed default namespace could never be changed back.
    const declares = header.name === 'NS';
    const namespace = declares ? CPIM_NAMESPACE : dot === -1 ? unprefixed : prefixes.get(header.name.slice(0, dot));
    if (namespace === CPIM_NAMESPACE && localName === 'NS') {
      const declaration = parseNamespace(header.value);
      if (declaration.ok && declaration.value.prefix === undefined) unprefixed = declaration.value.uri;
      else if (declaration.ok) prefixes.set(declaration.value.prefix ?? '', declaration.value.uri);
    }
    return namespace === undefined ? { header, localName } : { header, namespace, localName };
  });
}

/** The headers with this meaning, whatever prefix they are written with. */
export function headersIn(headers: readonly CpimHeader[], namespace: string, localName: string): readonly CpimHeader[] {
  return resolveHeaders(headers)
    .filter((resolved) => resolved.namespace === namespace && resolved.localName === localName)
    .map((resolved) => resolved.header);
}

/** The headers From, To, cc, DateTime, Subject, NS or Require of a message; letter case matters (RFC 3862 §2.2). */
export function cpimHeaders(headers: readonly CpimHeader[], name: string): readonly CpimHeader[] {
  return headersIn(headers, CPIM_NAMESPACE, name);
}
