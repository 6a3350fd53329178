import { resolve } from 'node:path';
import type { Clock } from '../net/clock.ts';
import type { Network } from '../net/network.ts';
import type { Random } from '../net/random.ts';
import { err, ok, type Result } from '../result.ts';
import type { ServerAddress } from './address.ts';
import { ChildProgram } from './child-program.ts';
import type { Profile, Readiness } from './profile/schema.ts';
import { answersDatagrams, portTakesConnections, type Trying } from './readiness.ts';
import type { Running } from './running.ts';

export interface CommandOptions {
  readonly clock: Clock;
  readonly network: Network;
  readonly random: Random;
  /** Where its SIP will be. */
  readonly server: ServerAddress;
  /** Relative paths start here. */
  readonly folder: string;
  /** Gets everything that it writes. */
  readonly keep?: (text: string) => void;
}

const READY_MS = 20_000;

/** Starts the command of a profile and waits until it is ready. Error: one line, with its last words. */
export async function startCommand(
  { run, directory, environment, ready, 'ready-within': readyWithin }: NonNullable<Profile['command']>,
  options: CommandOptions,
): Promise<Result<Running, string>> {
  const [program, ...args] = run;
  if (program === undefined) return err('the command is empty');
  const child = new ChildProgram([program, ...args], {
    clock: options.clock,
    called: `the command ${program}`,
    directory: resolve(options.folder, directory ?? '.'),
    ...(environment === undefined ? {} : { environment }),
    ...(options.keep === undefined ? {} : { keep: options.keep }),
  });
  const outcome = await untilReady(child, ready, readyWithin ?? READY_MS, options);
  if (!outcome.ok) {
    await child.stop();
    return outcome;
  }
  return ok({
    kind: 'command',
    ...(child.processId === undefined ? {} : { processId: child.processId }),
    onExit: (listener) => child.onExit(listener),
    stop: () => child.stop(),
  });
}

async function untilReady(
  child: ChildProgram,
  ready: Readiness | undefined,
  withinMs: number,
  options: CommandOptions,
): Promise<Result<unknown, string>> {
  if (ready !== undefined && 'line' in ready) {
    const pattern = new RegExp(ready.line);
    return child.line((line) => (pattern.test(line) ? line : undefined), withinMs);
  }
  let giveUp: () => void = () => {};
  const givenUp = new Promise<void>((settle) => {
    giveUp = settle;
  });
  const sign = signOfLife(ready, options, { ...options, givenUp }).then(() => ok(undefined));
  const outcome = await child.ready(sign, withinMs);
  giveUp();
  return outcome;
}

function signOfLife(ready: Readiness | undefined, { server, random }: CommandOptions, trying: Trying): Promise<void> {
  if (ready !== undefined && 'port' in ready)
    return portTakesConnections({ host: server.host, port: Number(ready.port) }, trying);
  if (server.transport === 'udp') return answersDatagrams(server, server.host, random, trying);
  return portTakesConnections(server, trying);
}
