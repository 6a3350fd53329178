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
  ready<T>(sign: Promise<Result<T, string>>, withinMs: number): Promise<Result<T, string>>;
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
  const sign = signOfLife(ready, options, { ...options, givenUp }).then(() => ok(undefined));
  const outcome = await program.ready(sign, withinMs);
  giveUp();
  return outcome;
}

function signOfLife(ready: Readiness | undefined, { server, random }: ReadinessOptions, trying: Trying): Promise<void> {
  if (ready !== undefined && 'port' in ready)
    return portTakesConnections({ host: server.host, port: Number(ready.port) }, trying);
  if (server.transport === 'udp') return answersDatagrams(server, server.host, random, trying);
  return portTakesConnections(server, trying);
}
