import { err, ok, type Result } from '../../result.ts';

export interface HostPort {
  /** IPv6 in brackets. */
  readonly host: string;
  readonly port?: number;
}

const HOST = /^(\[[0-9A-Fa-f:.]+\]|[0-9A-Za-z_](?:[0-9A-Za-z._-]*[0-9A-Za-z_.])?)(?::([0-9]{1,5}))?$/;

/** Reads `host[:port]` (RFC 3261 §25.1 hostport); underscores are let through because they are about. */
export function parseHostPort(text: string): Result<HostPort, string> {
  const match = HOST.exec(text);
  if (match === null) return err(`no host: ${text.slice(0, 60)}`);
  const [, host = '', digits] = match;
  if (digits === undefined) return ok({ host });
  const port = Number(digits);
  return port > 65535 ? err(`no port: ${digits}`) : ok({ host, port });
}

export const formatHostPort = ({ host, port }: HostPort): string => (port === undefined ? host : `${host}:${port}`);
