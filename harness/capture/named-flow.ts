import type { End, Flow } from '../packets/flow.ts';

/** What a recording of our own says of a connection. */
export interface NamedFlow {
  readonly actor: string;
  readonly connection: string;
  readonly actorEnd: End;
  readonly security: 'tls' | 'plain';
}

const INTRODUCTION =
  /^([^,\n]+), connection (\S+-\d+), between (\S+) and (\S+?)(\. TLS; recorded in the clear)?(?:;|$)/;

/** Undefined: the flow is not introduced as a recording introduces its connections. */
export function namedFlow({ comments, opener, other }: Flow): NamedFlow | undefined {
  for (const comment of comments) {
    const [, actor, connection, local = '', , tls] = INTRODUCTION.exec(comment) ?? [];
    if (actor === undefined || connection === undefined) continue;
    const port = Number(local.slice(local.lastIndexOf(':') + 1));
    // Addresses may have been replaced for the capture, ports are not.
    const actorEnd = other.port === port && opener.port !== port ? 'other' : 'opener';
    return { actor, connection, actorEnd, security: tls === undefined ? 'plain' : 'tls' };
  }
  return undefined;
}
