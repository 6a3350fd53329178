import type { ClientSut } from '../sut/client-sut.ts';
import type { Sut } from '../sut/sut.ts';
import type { Load } from '../wire/load.ts';
import type { World } from './world.ts';

/** Where scenarios are played: one live SUT for all, or a simulated one for each. */
export interface Arena {
  /** `live`: the SUT can die while a scenario is played. */
  readonly kind: 'live' | 'simulated';
  /** How many scenarios may be played at the same time. */
  readonly concurrency: number;
  /** Where time is simulated, a scenario may take hours. */
  readonly time: 'real' | 'simulated';
  readonly sut: Pick<Sut | ClientSut, 'role' | 'name' | 'kind' | 'target'>;
  /** A SUT that has died is started again for the next scenario. */
  readonly renews: boolean;
  /**
   * Gives a world and a SUT for one scenario, or for the preflight.
   * @throws SutLostError when it cannot be started again.
   */
  enter(seed: string, scenario: string): Promise<Entered>;
  close(): Promise<void>;
}

export interface Entered {
  readonly world: World;
  readonly sut: Sut | ClientSut;
  /** Nobody shall meet this one again: it does not answer any more. */
  condemn(): void;
  leave(): Promise<void>;
}

/** The SUT is gone for good: one line that says how. */
export class SutLostError extends Error {
  override readonly name = 'SutLostError';
}

/** Every scenario meets the same SUT, which has been started and is stopped by this arena. */
export function liveArena(world: World, sut: Sut): Arena {
  return {
    kind: 'live',
    concurrency: sut.rooms.concurrency,
    time: 'real',
    renews: false,
    sut,
    enter: async () => ({ world, sut, condemn: () => {}, leave: async () => {} }),
    close: () => sut.stop(),
  };
}

/** Every scenario meets a SUT of its own in a world of its own: the order of scenarios cannot matter. */
export function simulatedArena(
  sut: Arena['sut'],
  build: (seed: string) => Promise<{ readonly world: World; readonly sut: Sut | ClientSut }>,
): Arena {
  return {
    kind: 'simulated',
    concurrency: 1,
    time: 'simulated',
    renews: false,
    sut,
    async enter(seed) {
      const built = await build(seed);
      return { ...built, condemn: () => {}, leave: () => built.sut.stop() };
    },
    close: async () => {},
  };
}

/** The same, with what is put on the SUT counted and kept within limits. */
export async function enterWithLoad(
  { arena, load }: { readonly arena: Arena; readonly load?: Load },
  seed: string,
  scenario: string,
): Promise<Entered> {
  const entered = await arena.enter(seed, scenario);
  return load === undefined ? entered : { ...entered, world: { ...entered.world, load } };
}
