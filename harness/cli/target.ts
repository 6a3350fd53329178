import type { Alteration } from '../focus/alteration.ts';
import type { Result } from '../result.ts';
import { type Arena, liveArena } from '../runner/arena.ts';
import { type Lifetime, RenewingArena } from '../runner/renewing-arena.ts';
import { focusArena } from '../runner/simulation.ts';
import { realWorld, type World } from '../runner/world.ts';
import { formatProblem } from '../scenario/problem.ts';
import type { RoomPolicyNeed } from '../scenario/schema.ts';
import type { ClientSut } from '../sut/client-sut.ts';
import { focusProcess } from '../sut/focus-process.ts';
import { roomPatterns } from '../sut/own-rooms.ts';
import type { LoadedProfile } from '../sut/profile/load.ts';
import { type LoadedClient, loadAnyProfile } from '../sut/profile/load-client.ts';
import { profileOfTarget } from '../sut/profile/of-target.ts';
import { openProfile } from '../sut/profile/open.ts';
import { openClient } from '../sut/profile/open-client.ts';
import type { Sut } from '../sut/sut.ts';
import type { Load } from '../wire/load.ts';
import { thisProgram } from './paths.ts';
import { askerAtTerminal } from './person.ts';
import type { Suite } from './suite.ts';
import type { TlsOptions } from './tls.ts';
import { UnreachableError, UsageError } from './usage.ts';

/** What the command line names: the built-in focus, or a focus or client that a profile describes. */
export type Target =
  | { readonly kind: 'built-in' }
  | { readonly kind: 'profile'; readonly profile: LoadedProfile }
  | { readonly kind: 'client'; readonly client: LoadedClient };

export interface TargetArguments extends TlsOptions {
  readonly sut?: string;
  readonly profile?: string;
  readonly room?: readonly string[];
  readonly inMemory?: true;
}

/** Reads `--sut`, `--profile` and what goes with them. @throws UsageError */
export function targetOf(options: TargetArguments, { catalogue, scenarios }: Suite): Target {
  const { sut = 'builtin', profile, room = [], inMemory } = options;
  const settings = [
    ...(room.length > 0 ? ['--room'] : []),
    ...(options.msrpTls === undefined ? [] : ['--msrp-tls']),
    ...(options.tlsTrust === undefined ? [] : ['--tls-trust']),
  ];
  if (profile !== undefined || sut === 'builtin') {
    const [setting] = settings;
    if (setting !== undefined) throw new UsageError(`${setting} goes with --sut only`);
  }
  if (inMemory === true && (profile !== undefined || sut !== 'builtin'))
    throw new UsageError('--in-memory goes with the built-in focus only');
  if (profile !== undefined) {
    const loaded = loadAnyProfile(profile, {
      catalogue,
      scenarios: scenarios.map(({ id }) => id),
      environment: process.env,
    });
    if (!loaded.ok) throw new UsageError(loaded.error.map(formatProblem).join('\n'));
    const found = loaded.value;
    return 'client' in found ? { kind: 'client', client: found } : { kind: 'profile', profile: found };
  }
  if (sut === 'builtin') return { kind: 'built-in' };
  const { msrpTls: msrp, tlsTrust: trust } = options;
  const tls = { ...(msrp === undefined ? {} : { msrp }), ...(trust === undefined ? {} : { trust }) };
  const made = profileOfTarget(sut, process.cwd(), { rooms: room, tls, environment: process.env });
  if (!made.ok) throw new UsageError(`--sut ${made.error}`);
  return { kind: 'profile', profile: made.value };
}

export interface ArenaOptions {
  readonly seed: string;
  /** Room policies that the scenarios ask for. */
  readonly needs: readonly RoomPolicyNeed[];
  readonly jobs: number;
  readonly inMemory: boolean;
  /** In memory: how the focus differs from the reference. */
  readonly alteration?: Alteration;
  /** Gets what a SUT that is started writes. */
  readonly keepOutput: (text: string) => void;
  /** What is put on the SUT. */
  readonly load?: Load;
}

/** Starts or finds the SUT. @throws UnreachableError */
export async function arenaFor(
  target: Target,
  { seed, needs, jobs, inMemory, alteration, keepOutput, load }: ArenaOptions,
): Promise<Arena> {
  if (target.kind === 'built-in') {
    const patterns = roomPatterns(needs);
    if (inMemory) return focusArena(patterns, 'the built-in focus in memory', alteration);
    const world = realWorld(seed);
    const started = await focusProcess({ clock: world.clock, command: thisProgram, patterns, jobs });
    if (!started.ok) throw new UnreachableError(started.error);
    return liveArena(world, started.value);
  }
  const world = realWorld(seed);
  const { clock, random, network } = world;
  const counted = load === undefined ? {} : { load };
  const options = { clock, random, network, environment: process.env, keepOutput, ...counted };
  if (target.kind === 'client')
    return clientArena(
      world,
      () => openClient(target.client, { ...options, asker: askerAtTerminal }),
      lifetimeOf(target),
    );
  const images = new Map<string, string>();
  const open = (): Promise<Result<Sut, string>> => openProfile(target.profile, { ...options, images });
  const sut = await open();
  if (!sut.ok) throw new UnreachableError(sut.error);
  const { command, container } = target.profile.profile;
  const started = command ?? container;
  return started === undefined
    ? liveArena(world, sut.value)
    : new RenewingArena(world, sut.value, open, started.started ?? 'once');
}

const lifetimeOf = ({ client: { client } }: Extract<Target, { kind: 'client' }>): Lifetime =>
  client.driver.program?.started ?? 'once';

async function clientArena(
  world: World,
  open: () => Promise<Result<ClientSut, string>>,
  lifetime: Lifetime,
): Promise<Arena> {
  const first = await open();
  if (!first.ok) throw new UnreachableError(first.error);
  return new RenewingArena(world, first.value, open, lifetime);
}

/** What the SUT that is named has to be. */
export const roleOfTarget = ({ kind }: Target): 'focus' | 'participant' =>
  kind === 'client' ? 'participant' : 'focus';
