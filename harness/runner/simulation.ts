import { type Alteration, decisionsOf } from '../focus/alteration.ts';
import { rewritingNetwork } from '../focus/rewriting-network.ts';
import { focusInMemory } from '../sut/focus-in-memory.ts';
import type { RoomPattern } from '../sut/own-rooms.ts';
import { type Arena, simulatedArena } from './arena.ts';
import { simulatedWorld } from './world.ts';

/** The built-in focus in memory and in simulated time, as it is or altered: a fresh one for each scenario. */
export function focusArena(patterns: readonly RoomPattern[], name: string, alteration: Alteration = {}): Arena {
  return simulatedArena({ name, kind: 'built-in', target: 'builtin' }, async (seed) => {
    const world = simulatedWorld(seed);
    const rewriting = alteration.wire?.();
    const network = rewriting === undefined ? world.network : rewritingNetwork(world.network, world.clock, rewriting);
    const { clock, random } = world;
    const sut = await world.run(focusInMemory({ clock, random, network }, patterns, name, decisionsOf(alteration)));
    // What an altered focus has still to write may need time to pass.
    return { world, sut: { ...sut, stop: () => world.run(sut.stop()) } };
  });
}
