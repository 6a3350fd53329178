import { type Arena, liveArena } from '../runner/arena.ts';
import { focusArena } from '../runner/simulation.ts';
import { realWorld } from '../runner/world.ts';
import type { RoomPolicyNeed } from '../scenario/schema.ts';
import { addressSut, parseAddressTarget } from '../sut/address.ts';
import { focusProcess } from '../sut/focus-process.ts';
import { roomPatterns } from '../sut/own-rooms.ts';
import { participantTls, type TlsOptions } from './tls.ts';
import { UnreachableError, UsageError } from './usage.ts';

export interface TargetOptions {
  readonly seed: string;
  /** Room policies that the scenarios ask for. */
  readonly needs: readonly RoomPolicyNeed[];
  readonly jobs: number;
  readonly inMemory: boolean;
  /** Rooms on a SUT at an address; none: the one in its URI. */
  readonly rooms: readonly string[];
  readonly tls: TlsOptions;
}

/** Starts or finds what `--sut` names. @throws UsageError, UnreachableError */
export async function arenaFor(target: string, options: TargetOptions): Promise<Arena> {
  const patterns = roomPatterns(options.needs);
  if (target === 'builtin') {
    if (options.rooms.length > 0) throw new UsageError('--room goes with the SIP URI of a server (--sut) only');
    if (options.inMemory) return focusArena(patterns, 'the built-in focus in memory');
    const world = realWorld(options.seed);
    const started = await focusProcess({ clock: world.clock, command: thisProgram(), patterns, jobs: options.jobs });
    if (!started.ok) throw new UnreachableError(started.error);
    return liveArena(world, started.value);
  }
  if (options.inMemory) throw new UsageError('--in-memory goes with --sut builtin only');
  if (!/^sips?:/i.test(target)) {
    throw new UsageError(`--sut ${target}: builtin or a SIP URI (sip:room@host:5060;transport=tcp) is due`);
  }
  const parsed = parseAddressTarget(target);
  if (!parsed.ok) throw new UsageError(`--sut ${parsed.error}`);
  const tls = await participantTls(parsed.value.transport, parsed.value.host, options.tls);
  const sut = await addressSut(target, parsed.value, options.rooms, tls);
  if (!sut.ok) throw new UnreachableError(sut.error);
  return liveArena(realWorld(options.seed), sut.value);
}

/** This very program, from source or built, to start it once more. */
function thisProgram(): [string, ...string[]] {
  const [, script] = process.argv;
  if (script === undefined) throw new Error('the program does not know its own file');
  return [process.execPath, ...process.execArgv, script];
}
