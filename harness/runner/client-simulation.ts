import { alteredNetwork, alteredView, type ClientAlteration } from '../driver/alteration.ts';
import { SimulatedClient } from '../driver/simulated-client.ts';
import { seededRandom } from '../net/seeded-random.ts';
import { type Arena, simulatedArena } from './arena.ts';
import { simulatedWorld } from './world.ts';

const ROOM_HOST = '10.0.0.1';
const CLIENT_HOST = '10.0.0.3';

/** The simulated participant as client under test, in memory and in simulated time; or another one altered so. */
export function clientArenaInMemory(name: string, alteration: ClientAlteration = {}): Arena {
  return simulatedArena({ role: 'participant', name, kind: 'built-in', target: 'builtin' }, async (seed) => {
    const simulated = simulatedWorld(seed);
    const { clock } = simulated;
    const world = { ...simulated, network: simulated.networkOf(ROOM_HOST) };
    const network = alteredNetwork(simulated.networkOf(CLIENT_HOST), clock, alteration);
    const client = new SimulatedClient({ clock, network, random: seededRandom(`${seed} client`), host: CLIENT_HOST });
    const sut = {
      role: 'participant' as const,
      name,
      kind: 'built-in' as const,
      target: 'builtin',
      driver: alteredView(client, alteration),
      room: { transport: 'tcp' as const, host: ROOM_HOST, port: 0 },
      onExit: () => {},
      stop: () => world.run(client.close()),
    };
    return { world, sut };
  });
}
