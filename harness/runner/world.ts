import { selfSignedIdentity } from '../net/certificate.ts';
import type { Clock } from '../net/clock.ts';
import { MemoryNetwork } from '../net/memory.ts';
import type { Network, TlsIdentity } from '../net/network.ts';
import type { Random } from '../net/random.ts';
import { realClock } from '../net/real-clock.ts';
import { seededRandom } from '../net/seeded-random.ts';
import { SimulatedClock } from '../net/simulated-clock.ts';
import { simulatedIdentity } from '../net/simulated-identities.ts';
import { socketNetwork } from '../net/sockets.ts';
import type { Load } from '../wire/load.ts';

/** Time, network and chance, real or simulated: all that a scenario needs of the outside. */
export interface World {
  readonly clock: Clock;
  readonly network: Network;
  readonly random: Random;
  /** What is put on the SUT: counted, and kept within limits. Absent: neither. */
  readonly load?: Load;
  /** What participants show over TLS: a certificate that vouches for itself, for these names. */
  identity(names: readonly string[]): Promise<TlsIdentity>;
  /** Lets time pass until the promise settles; in the real world time passes by itself. */
  run<T>(until: Promise<T>): Promise<T>;
}

/** Sockets of the operating system and its clock. Only the chance is seeded. */
export function realWorld(seed: string): World {
  const identities = new Map<string, Promise<TlsIdentity>>();
  return {
    clock: realClock,
    network: socketNetwork(realClock),
    random: seededRandom(seed),
    identity: (names) => {
      const key = names.join(' ');
      const identity = identities.get(key) ?? selfSignedIdentity(names);
      identities.set(key, identity);
      return identity;
    },
    run: (until) => until,
  };
}

/** One way, in milliseconds: enough to tell before from after, little enough for a whole suite. */
const SIMULATED_LATENCY_MS = 1;

/** A world in memory; `network` is the one of a host that has no address but 127.0.0.1. */
export interface SimulatedWorld extends World {
  /** The same network as seen from a host with this address. */
  networkOf(host: string): Network;
}

/** A world of its own: the same seed gives the same octets at the same times. */
export function simulatedWorld(seed: string): SimulatedWorld {
  const clock = new SimulatedClock();
  const random = seededRandom(seed);
  const network = new MemoryNetwork(clock, { latencyMs: SIMULATED_LATENCY_MS, random: random.fork('network') });
  return {
    clock,
    network,
    networkOf: (host) => network.host(host),
    random,
    identity: async (names) => simulatedIdentity(names.length === 0 ? 'nameless' : 'participant'),
    run: (until) => clock.run(until),
  };
}
