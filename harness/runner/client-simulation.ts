import { SimulatedClient } from '../driver/simulated-client.ts';
import type { WireRewriting } from '../focus/alteration.ts';
import { rewritingNetwork } from '../focus/rewriting-network.ts';
import { seededRandom } from '../net/seeded-random.ts';
import { type Arena, simulatedArena } from './arena.ts';
import { simulatedWorld } from './world.ts';

const ROOM_HOST = '10.0.0.1';
const CLIENT_HOST = '10.0.0.3';

/** The simulated participant as client under test, in memory and in simulated time; what it sends may be rewritten. */
export function clientArenaInMemory(name: string, wire?: () => WireRewriting): Arena {
  return simulatedArena({ role: 'participant', name, kind: 'built-in', target: 'builtin' }, async (seed) => {
    const world = simulatedWorld(seed);
    const { clock } = world;
    const rewriting = wire?.();
    const network = rewriting === undefined ? world.network : rewritingNetwork(world.network, clock, rewriting);
    const driver = new SimulatedClient({ clock, network, random: seededRandom(`${seed} client`), host: CLIENT_HOST });
    const sut = {
      role: 'participant' as const,
      name,
      kind: 'built-in' as const,
      target: 'builtin',
      driver,
      room: { transport: 'tcp' as const, host: ROOM_HOST, port: 0 },
      onExit: () => {},
      stop: () => world.run(driver.close()),
    };
    return { world, sut };
  });
}
