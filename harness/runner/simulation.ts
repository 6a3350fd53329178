import { type Alteration, decisionsOf } from '../focus/alteration.ts';
import { rewritingNetwork } from '../focus/rewriting-network.ts';
import { FOCUS_HOST, focusInMemory } from '../sut/focus-in-memory.ts';
import type { RoomPattern } from '../sut/own-rooms.ts';
import { type Arena, simulatedArena } from './arena.ts';
import { simulatedWorld } from './world.ts';

/** The built-in focus in memory and in simulated time, as it is or altered: a fresh one for each scenario. */
export function focusArena(patterns: readonly RoomPattern[], name: string, alteration: Alteration = {}): Arena {
  return simulatedArena({ name, kind: 'built-in', target: 'builtin' }, async (seed) => {
    const simulated = simulatedWorld(seed);
    const { clock, random } = simulated;
    const rewriting = alteration.wire?.();
    const own = simulated.networkOf(FOCUS_HOST);
    const network = rewriting === undefined ? own : rewritingNetwork(own, clock, rewriting);
    const sut = await simulated.run(focusInMemory({ clock, random, network }, patterns, name, decisionsOf(alteration)));
    const world = { ...simulated, network: simulated.networkOf(sut.localHost) };
    // What an altered focus has still to write may need time to pass.
    return { world, sut: { ...sut, stop: () => world.run(sut.stop()) } };
  });
}
