import { resolve } from 'node:path';
import type { Clock } from '../net/clock.ts';
import type { Network } from '../net/network.ts';
import type { Random } from '../net/random.ts';
import { err, ok, type Result } from '../result.ts';
import type { ServerAddress } from './address.ts';
import { ChildProgram } from './child-program.ts';
import type { Profile } from './profile/schema.ts';
import type { Running } from './running.ts';
import { untilReady } from './until-ready.ts';

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
