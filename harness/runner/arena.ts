import type { Sut } from '../sut/sut.ts';
import type { World } from './world.ts';

/** Where scenarios are played: one live SUT for all, or a simulated one for each. */
export interface Arena {
  /** `live`: the SUT can die while a scenario is played. */
  readonly kind: 'live' | 'simulated';
  /** How many scenarios may be played at the same time. */
  readonly concurrency: number;
  /** Where time is simulated, a scenario may take hours. */
  readonly time: 'real' | 'simulated';
  readonly sut: Pick<Sut, 'name' | 'kind' | 'target'>;
  /** Gives a world and a SUT for one scenario, or for the preflight. */
  enter(seed: string): Promise<Entered>;
  close(): Promise<void>;
}

export interface Entered {
  readonly world: World;
  readonly sut: Sut;
  leave(): Promise<void>;
}

/** Every scenario meets the same SUT, which has been started and is stopped by this arena. */
export function liveArena(world: World, sut: Sut): Arena {
  return {
    kind: 'live',
    concurrency: sut.rooms.concurrency,
    time: 'real',
    sut,
    enter: async () => ({ world, sut, leave: async () => {} }),
    close: () => sut.stop(),
  };
}

/** Every scenario meets a SUT of its own in a world of its own: the order of scenarios cannot matter. */
export function simulatedArena(
  sut: Pick<Sut, 'name' | 'kind' | 'target'>,
  build: (seed: string) => Promise<{ readonly world: World; readonly sut: Sut }>,
): Arena {
  return {
    kind: 'simulated',
    concurrency: 1,
    time: 'simulated',
    sut,
    async enter(seed) {
      const built = await build(seed);
      return { ...built, leave: () => built.sut.stop() };
    },
    close: async () => {},
  };
}
