import type { Clock } from '../net/clock.ts';
import type { Network } from '../net/network.ts';
import type { Random } from '../net/random.ts';
import { ok, type Result } from '../result.ts';
import type { ServerAddress } from './address.ts';
import type { Readiness } from './profile/schema.ts';
import { answersDatagrams, portTakesConnections, type Trying } from './readiness.ts';

/** A program that has been started, as far as its readiness goes. */
export interface Starting {
  line<T>(find: (line: string) => T | undefined, withinMs: number): Promise<Result<T, string>>;
  ready<T>(sign: Promise<Result<T, string>>, withinMs: number, missing?: string): Promise<Result<T, string>>;
}

export interface ReadinessOptions {
  readonly clock: Clock;
  readonly network: Network;
  readonly random: Random;
  /** Where its SIP will be. */
  readonly server: ServerAddress;
}

/** Waits for the sign of readiness that a profile names. Error: it ended first, or took too long. */
export async function untilReady(
  program: Starting,
  ready: Readiness | undefined,
  withinMs: number,
  options: ReadinessOptions,
): Promise<Result<unknown, string>> {
  if (ready !== undefined && 'line' in ready) {
    const pattern = new RegExp(ready.line);
    return program.line((line) => (pattern.test(line) ? line : undefined), withinMs);
  }
  let giveUp: () => void = () => {};
  const givenUp = new Promise<void>((settle) => {
    giveUp = settle;
  });
  const where = signalled(ready, options.server);
  const sign = signOfLife(where, options, { ...options, givenUp }).then(() => ok(undefined));
  const { transport, host, port } = where;
  const outcome = await program.ready(sign, withinMs, `nothing answers at ${transport} ${host}:${port}`);
  giveUp();
  return outcome;
}

/** Where it answers once it is ready: a TCP port that its profile names, or its SIP. */
const signalled = (ready: { readonly port: string | number } | undefined, server: ServerAddress): ServerAddress =>
  ready === undefined ? server : { transport: 'tcp', host: server.host, port: Number(ready.port) };

function signOfLife(where: ServerAddress, { random }: ReadinessOptions, trying: Trying): Promise<void> {
  return where.transport === 'udp'
    ? answersDatagrams(where, where.host, random, trying)
    : portTakesConnections(where, trying);
}
