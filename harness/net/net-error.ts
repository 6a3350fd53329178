import type { Address, NetError } from './network.ts';

const KINDS: Readonly<Record<string, NetError['kind']>> = {
  ECONNREFUSED: 'refused',
  ECONNRESET: 'reset',
  ECONNABORTED: 'reset',
  EPIPE: 'reset',
  EHOSTUNREACH: 'unreachable',
  EHOSTDOWN: 'unreachable',
  ENETUNREACH: 'unreachable',
  ENETDOWN: 'unreachable',
  EADDRNOTAVAIL: 'unreachable',
  ETIMEDOUT: 'timed-out',
  EADDRINUSE: 'address-in-use',
  ENOTFOUND: 'name',
  EAI_AGAIN: 'name',
  EAI_FAIL: 'name',
  EAI_NODATA: 'name',
  EAI_NONAME: 'name',
};

const WORDS: Readonly<Record<NetError['kind'], string>> = {
  refused: 'connection refused',
  reset: 'connection reset by the peer',
  unreachable: 'address not reachable',
  'timed-out': 'timed out',
  'address-in-use': 'address in use',
  tls: 'TLS failed',
  name: 'name not found',
  other: 'failed',
};

/** `192.0.2.1:5060`, `[2001:db8::1]:5060`. */
export function formatAddress({ host, port }: Address): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** An error with its address in one line. `detail` is added in brackets. */
export function netError(kind: NetError['kind'], address: Address, detail?: string): NetError {
  const more = detail === undefined ? '' : ` (${detail.replace(/\s+/g, ' ').trim()})`;
  return { kind, message: `${formatAddress(address)}: ${WORDS[kind]}${more}` };
}

/** What Node reports, in our words. */
export function fromNodeError(error: unknown, address: Address): NetError {
  // Happy Eyeballs (RFC 8305) fails with one error for each address tried; the first stands for all.
  if (error instanceof AggregateError && error.errors.length > 0) return fromNodeError(error.errors[0], address);
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
  const text = error instanceof Error ? error.message : String(error);
  const kind = KINDS[code];
  if (kind !== undefined) return netError(kind, address, code);
  if (isTlsCode(code)) return netError('tls', address, text);
  return netError('other', address, text);
}

function isTlsCode(code: string): boolean {
  return /^(ERR_SSL|ERR_TLS|ERR_OSSL|EPROTO|CERT_|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|HOSTNAME_MISMATCH)/.test(code);
}
