import { createHash } from 'node:crypto';

/** A digest algorithm (RFC 7616 §3.2, RFC 8760 §2.3). */
export interface DigestHash {
  readonly hex: (text: string) => string;
  /** `-sess`: nonce and cnonce become part of the secret. */
  readonly session: boolean;
}

const HASHES: ReadonlyMap<string, string> = new Map([
  ['MD5', 'md5'],
  ['SHA-256', 'sha256'],
  ['SHA-512-256', 'sha512-256'],
]);

/** The algorithm of that name in any case; undefined when it is none of those known. */
export function digestHash(name: string): DigestHash | undefined {
  const upper = name.toUpperCase();
  const session = upper.endsWith('-SESS');
  const hash = HASHES.get(session ? upper.slice(0, -'-SESS'.length) : upper);
  if (hash === undefined) return undefined;
  return { hex: (text) => createHash(hash).update(text, 'utf8').digest('hex'), session };
}

/** What goes into a response; the last three only with a qop. */
export interface DigestInput {
  readonly username: string;
  readonly realm: string;
  readonly password: string;
  readonly method: string;
  readonly uri: string;
  readonly nonce: string;
  readonly cnonce?: string;
  /** Eight hexadecimal digits as on the wire. */
  readonly nc?: string;
  readonly qop?: string;
}

/** RFC 7616 §3.4.1; without qop the older form of RFC 2617 §3.2.2.1. */
export function digestResponse({ hex, session }: DigestHash, input: DigestInput): string {
  const { username, realm, password, method, uri, nonce, cnonce = '', nc = '', qop } = input;
  const base = hex(`${username}:${realm}:${password}`);
  const secret = session ? hex(`${base}:${nonce}:${cnonce}`) : base;
  const request = hex(`${method}:${uri}`);
  return hex(
    qop === undefined ? `${secret}:${nonce}:${request}` : `${secret}:${nonce}:${nc}:${cnonce}:${qop}:${request}`,
  );
}
