import { attributeLine } from './attribute.ts';
import type { MsrpMediaDescription, SdpLine, SdpMedia } from './description.ts';
import { readMediaLine } from './media-line.ts';
import { formatOrigin, type Origin } from './origin.ts';

/** The part of a description that is text; a parsed one fits. */
export interface WritableDescription {
  readonly session: readonly SdpLine[];
  readonly media: readonly { readonly lines: readonly SdpLine[] }[];
}

/** The text of a description: each line as it is, in the order given, ended by CRLF. */
export function writeSdp(description: WritableDescription): string {
  const lines = [...description.session, ...description.media.flatMap((media) => media.lines)];
  return lines.map(({ type, value }) => `${type}=${value}\r\n`).join('');
}

export interface SessionFields {
  readonly origin: Origin;
  /** `s=`; default `-` (RFC 3264 §5). */
  readonly name?: string;
  /** Host of a session-level c= line; absent: none is written. */
  readonly connectionHost?: string;
  /** `t=`; default `0 0`. An answer repeats that of its offer (RFC 3264 §6). */
  readonly time?: string;
  /** Further lines, written last. */
  readonly additional?: readonly SdpLine[];
}

/** The session section in the order of RFC 8866 §5. */
export function writeSession(fields: SessionFields): readonly SdpLine[] {
  const { origin, name = '-', connectionHost, time = '0 0', additional = [] } = fields;
  return [
    { type: 'v', value: '0' },
    { type: 'o', value: formatOrigin(origin) },
    { type: 's', value: name },
    ...(connectionHost === undefined ? [] : [connectionLine(connectionHost)]),
    { type: 't', value: time },
    ...additional,
  ];
}

/** What to write; fields that are absent give no line. */
export interface MsrpMediaFields
  extends Partial<Omit<MsrpMediaDescription, 'port' | 'protocol' | 'formats' | 'setup' | 'direction'>> {
  /** Default `message` (RFC 4975 §8.1). */
  readonly media?: string;
  readonly port: number;
  readonly protocol: string;
  /** Default `*`. */
  readonly formats?: readonly string[];
  /** Any word, so that a tester can write one that nobody knows. */
  readonly setup?: string;
  readonly direction?: string;
  /** Further lines, written last. */
  readonly additional?: readonly SdpLine[];
  /** Names of attributes to be written first, in this order; the others follow in their usual order. */
  readonly order?: readonly string[];
}

/** An MSRP media section (RFC 4975 §8, RFC 6135, RFC 7701 §8). */
export function writeMsrpMedia(fields: MsrpMediaFields): SdpMedia {
  const { media = 'message', port, protocol, formats = ['*'], connectionHost, order = [] } = fields;
  const value = [media, String(port), protocol, ...formats].join(' ');
  const lines: SdpLine[] = [{ type: 'm', value }];
  if (connectionHost !== undefined) lines.push(connectionLine(connectionHost));
  lines.push(...sorted(attributeLines(fields), order), ...(fields.additional ?? []));
  return { ...readMediaLine(value).fields, lines };
}

function attributeLines(fields: MsrpMediaFields): readonly SdpLine[] {
  const { acceptTypes, acceptWrappedTypes, maxSize, setup, fingerprints = [], path, chatroom, direction } = fields;
  const lines: SdpLine[] = [];
  if (direction !== undefined) lines.push(attributeLine(direction));
  if (acceptTypes !== undefined) lines.push(attributeLine('accept-types', acceptTypes.join(' ')));
  if (acceptWrappedTypes !== undefined) lines.push(attributeLine('accept-wrapped-types', acceptWrappedTypes.join(' ')));
  if (maxSize !== undefined) lines.push(attributeLine('max-size', String(maxSize)));
  if (setup !== undefined) lines.push(attributeLine('setup', setup));
  for (const { algorithm, value } of fingerprints) lines.push(attributeLine('fingerprint', `${algorithm} ${value}`));
  if (path !== undefined) lines.push(attributeLine('path', path.join(' ')));
  if (chatroom !== undefined)
    lines.push(attributeLine('chatroom', chatroom.length === 0 ? undefined : chatroom.join(' ')));
  return lines;
}

function sorted(lines: readonly SdpLine[], order: readonly string[]): readonly SdpLine[] {
  const rank = ({ value }: SdpLine): number => {
    const place = order.indexOf(value.split(':', 1)[0] ?? '');
    return place === -1 ? order.length : place;
  };
  return lines.toSorted((a, b) => rank(a) - rank(b));
}

/** A c= line; a colon in the host tells an IPv6 address (RFC 8866 §5.7). */
export function connectionLine(host: string): SdpLine {
  return { type: 'c', value: `IN ${host.includes(':') ? 'IP6' : 'IP4'} ${host}` };
}
