import { formatAddress } from '../../net/net-error.ts';
import type { FlowParties, Gathering, Participant } from '../parties.ts';
import type { Attendance } from './attendance.ts';
import { addressAt, type FlowSeen } from './flow-seen.ts';
import { SIGNS } from './focus-evidence.ts';
import { nameApart } from './participants.ts';
import type { Rooms } from './rooms.ts';

/** A flow, and who is at its ends. */
export interface PeopledFlow {
  readonly seen: FlowSeen;
  readonly parties: FlowParties;
}

/**
 * All that have signalling. Tells each participant its gathering, and a name that is unique in it.
 *
 * @param isWhole of the capture nothing is missing
 */
export function gatheringsOf(
  attendance: Attendance,
  rooms: Rooms,
  flows: readonly PeopledFlow[],
  isWhole: boolean,
): Gathering[] {
  const members = membersByGathering(attendance);
  const flowsOf = flowsByGathering(flows);
  const signsOf = rooms.signs();
  return [...members].map(([key, { rooms: names, participants }]) => {
    const rooms = [...names];
    const signs = new Set(rooms.flatMap((room) => [...(signsOf.get(room) ?? [])]));
    nameApart(participants);
    const own = [...(flowsOf.get(key) ?? [])];
    const at = own.flatMap(({ parties: { flow, focusEnd } }) =>
      focusEnd === undefined ? [] : [formatAddress(addressAt(flow, focusEnd))],
    );
    return {
      key,
      name: rooms[0] ?? key,
      rooms,
      participants,
      shownBy: SIGNS.filter((sign) => signs.has(sign)),
      focusAt: [...new Set(at)],
      earlier: [...new Set(rooms.flatMap((room) => [...attendance.earlier(room)]))],
      firstFrame: Math.min(...own.map(({ seen }) => seen.firstFrame)),
      lastFrame: Math.max(0, ...own.map(({ seen }) => seen.lastFrame)),
      isWhole: isWhole && own.every(({ seen }) => seen.isWhole && seen.named !== undefined),
      basis: { kind: 'signalling' },
    };
  });
}

interface Members {
  readonly rooms: Set<string>;
  readonly participants: Participant[];
}

function membersByGathering(attendance: Attendance): ReadonlyMap<string, Members> {
  const members = new Map<string, Members>();
  for (const participant of attendance.participants) {
    const key = attendance.gatheringOf(participant);
    participant.gathering = key;
    const known = members.get(key) ?? { rooms: new Set(), participants: [] };
    members.set(key, known);
    known.participants.push(participant);
  }
  for (const { participant, room } of attendance.calls.values()) members.get(participant.gathering)?.rooms.add(room);
  return members;
}

function flowsByGathering(flows: readonly PeopledFlow[]): ReadonlyMap<string, ReadonlySet<PeopledFlow>> {
  const flowsOf = new Map<string, Set<PeopledFlow>>();
  for (const one of flows)
    for (const { gathering } of one.parties.participants)
      flowsOf.set(gathering, (flowsOf.get(gathering) ?? new Set()).add(one));
  return flowsOf;
}
