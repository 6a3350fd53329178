import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { selfSignedIdentity } from '../net/certificate.ts';
import type { PeerCheck, Transport } from '../net/network.ts';
import type { ParticipantTls } from '../sut/sut.ts';
import { UsageError } from './usage.ts';

export interface TlsOptions {
  readonly msrpTls?: true;
  readonly tlsTrust?: string;
}

/** Options of commands whose participants may use TLS. */
export function withTls(command: Command): Command {
  return command
    .option('--msrp-tls', 'MSRP over TLS')
    .option(
      '--tls-trust <any|file>',
      "whose certificates are taken: any, or those signed by the ones in a PEM file (default: the system's)",
    );
}

/** What `sips`, `transport=tls` or `--msrp-tls` ask for; undefined without any of them. @throws UsageError */
export async function participantTls(
  transport: Transport,
  localHost: string,
  options: TlsOptions,
): Promise<ParticipantTls | undefined> {
  if (transport !== 'tls' && options.msrpTls !== true) return undefined;
  return {
    msrp: options.msrpTls === true,
    identity: await selfSignedIdentity([localHost]),
    peer: trust(options.tlsTrust),
  };
}

function trust(tlsTrust: string | undefined): PeerCheck {
  if (tlsTrust === undefined) return { kind: 'certificate-authority' };
  if (tlsTrust === 'any') return { kind: 'none' };
  try {
    return { kind: 'certificate-authority', trusted: [readFileSync(tlsTrust, 'utf8')] };
  } catch (error) {
    throw new UsageError(`--tls-trust ${tlsTrust}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
