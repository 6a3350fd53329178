import type { Decisions } from '../focus/decisions.ts';
import { startFocus } from '../focus/focus.ts';
import type { Clock } from '../net/clock.ts';
import type { Network } from '../net/network.ts';
import type { Random } from '../net/random.ts';
import { simulatedIdentity } from '../net/simulated-identities.ts';
import { onDemand, TEST_ROSTER_INTERVAL_MS } from './focus-rooms.ts';
import { OwnRooms, type RoomPattern } from './own-rooms.ts';
import type { Sut } from './sut.ts';

export const FOCUS_HOST = '10.0.0.1';
const PARTICIPANT_HOST = '10.0.0.2';

export interface Simulation {
  readonly clock: Clock;
  /** As seen from the host of the focus. */
  readonly network: Network;
  readonly random: Random;
}

/** The reference focus, or one with other decisions, on a network in memory. */
export async function focusInMemory(
  world: Simulation,
  patterns: readonly RoomPattern[],
  name: string,
  decisions?: Decisions,
): Promise<Sut> {
  const domain = 'chat.example.org';
  const focus = await startFocus({
    ...world,
    domain,
    host: FOCUS_HOST,
    sip: [
      { transport: 'tcp', address: { host: FOCUS_HOST, port: 5060 } },
      { transport: 'udp', address: { host: FOCUS_HOST, port: 5060 } },
    ],
    msrp: [
      { scheme: 'msrp', address: { host: FOCUS_HOST, port: 2855 } },
      { scheme: 'msrps', address: { host: FOCUS_HOST, port: 2856 } },
    ],
    tls: simulatedIdentity('focus'),
    rooms: [],
    onDemand: onDemand(patterns),
    rosterIntervalMs: TEST_ROSTER_INTERVAL_MS,
    ...(decisions === undefined ? {} : { decisions }),
  });
  if (!focus.ok) throw new Error(focus.error.message);
  return {
    name,
    kind: 'built-in',
    target: 'builtin',
    sip: { transport: 'tcp', address: { host: FOCUS_HOST, port: 5060 } },
    domain,
    localHost: PARTICIPANT_HOST,
    rooms: new OwnRooms(patterns, domain, 1),
    onExit: () => {},
    stop: () => focus.value.close(),
  };
}
