import type { Address } from '../../net/network.ts';
import type { Call } from '../call.ts';
import type { Parties } from '../parties.ts';
import { Attendance } from './attendance.ts';
import { flowParties, sessionUris } from './flow-ends.ts';
import type { FlowSeen } from './flow-seen.ts';
import { focusEvidence } from './focus-evidence.ts';
import { gatheringsOf } from './gatherings.ts';
import { isUnsignalled, loneConnections } from './lone-connections.ts';
import { Rooms } from './rooms.ts';

/** What of a capture tells who is who. */
export interface CaptureSeen {
  readonly calls: readonly Call[];
  readonly flows: readonly FlowSeen[];
  /** Who is at this address is a focus, whatever it shows. */
  readonly focus: Address | undefined;
  /** Nothing is missing. */
  readonly isWhole: boolean;
}

/** Who is who: first the rooms of all calls, then who is in them, then whose the flows are. */
export function conclude({ calls, flows, focus, isWhole }: CaptureSeen): Omit<Parties, 'counts'> {
  const flowsOf = flowsByCall(flows);
  const shown = calls.map((call) => {
    const own = flowsOf.get(call) ?? [];
    return { call, own, evidence: focusEvidence(call, own, focus) };
  });
  const rooms = new Rooms();
  for (const { call, evidence } of shown) if (evidence !== undefined) rooms.note(call, evidence);
  const attendance = new Attendance(rooms);
  for (const { call, own, evidence } of shown) attendance.enter(call, own, evidence);
  for (const seen of flows) attendance.joinActors(seen);
  const uris = sessionUris(attendance.calls.values());
  const peopled = flows.map((seen) => ({ seen, parties: flowParties(seen, attendance, uris) }));
  const unsignalled = peopled.filter(({ seen, parties }) => isUnsignalled(seen, parties, attendance.otherUris));
  const lone = loneConnections(
    unsignalled.map(({ seen }) => seen),
    focus,
  );
  return {
    gatherings: [...gatheringsOf(attendance, rooms, peopled, isWhole), ...lone.map(({ gathering }) => gathering)],
    // A connection by itself takes the place of what its signalling did not say.
    flows: new Map([...peopled, ...lone].map(({ parties }) => [parties.flow.id, parties])),
    calls: attendance.calls,
    ownUris: uris.own,
    focusUris: uris.focus,
    otherCalls: attendance.otherCalls,
  };
}

function flowsByCall(flows: readonly FlowSeen[]): ReadonlyMap<Call, readonly FlowSeen[]> {
  const flowsOf = new Map<Call, FlowSeen[]>();
  for (const seen of flows) {
    for (const call of seen.calls) {
      const list = flowsOf.get(call);
      if (list === undefined) flowsOf.set(call, [seen]);
      else list.push(seen);
    }
  }
  return flowsOf;
}
