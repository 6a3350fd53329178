import { formatMsrpUri, type MsrpUri, parseMsrpUri } from '../codec/msrp/uri.ts';

/** Ways to write a session path of the switch: one that is equal to it, and others that are not (RFC 4975 §6.1). */
export const sessionPathVariants = [
  'unknown-path',
  'equal-path',
  'other-case-path',
  'other-port-path',
  'other-host-path',
  'other-scheme-path',
  'other-transport-path',
  'path-without-session-id',
  'path-with-dot',
  'path-with-dots',
  'path-without-transport',
] as const;

export type SessionPathVariant = (typeof sessionPathVariants)[number];

/**
 * All variants of a session path. `sessionId` is one that no session has. A path of several URIs, or one that cannot be
 * read, is its own only variant: nothing is known of the rules it follows.
 */
export function variantsOf(path: string, sessionId: string): Readonly<Record<SessionPathVariant, string>> {
  const uri = parseMsrpUri(path);
  const write = (change: (uri: MsrpUri) => Partial<MsrpUri>): string =>
    uri.ok ? formatMsrpUri({ ...uri.value, ...change(uri.value) }) : path;
  return {
    'unknown-path': write(() => ({ sessionId })),
    'equal-path': write((one) => ({ userinfo: 'someone', host: one.host.toUpperCase(), transport: 'TCP' })).replace(
      /^msrp/,
      'MSRP',
    ),
    'other-case-path': write((one) => ({ sessionId: withOtherCase(one.sessionId ?? '') })),
    'other-port-path': write((one) => ({ port: one.port === 65_535 ? 1 : (one.port ?? 0) + 1 })),
    // Of a network for documents (RFC 5737).
    'other-host-path': write(() => ({ host: '192.0.2.99' })),
    'other-scheme-path': write((one) => ({ scheme: one.scheme === 'msrp' ? 'msrps' : 'msrp' })),
    'other-transport-path': write(() => ({ transport: 'sctp' })),
    'path-without-session-id': uri.ok ? formatMsrpUri(withoutSessionId(uri.value)) : path,
    // The clean-up of dot segments that other schemes know (RFC 3986 §6.2.2.3) is none of the rules of MSRP.
    'path-with-dot': write((one) => ({ sessionId: `./${one.sessionId ?? ''}` })),
    'path-without-transport': path.replace(/;tcp(?=;|$)/i, ''),
    'path-with-dots': write((one) => ({ sessionId: `${sessionId}/../${one.sessionId ?? ''}` })),
  };
}

function withoutSessionId({ sessionId: _sessionId, ...device }: MsrpUri): MsrpUri {
  return device;
}

/** The first letter in the other case; an id without letters gets one, as it has to differ. */
function withOtherCase(sessionId: string): string {
  const at = sessionId.search(/[a-zA-Z]/);
  if (at === -1) return `${sessionId}x`;
  const letter = sessionId.charAt(at);
  const other = letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase();
  return sessionId.slice(0, at) + other + sessionId.slice(at + 1);
}
