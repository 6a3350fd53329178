import { uriKey } from '../../conversation/sessions.ts';
import { type End, opposite } from '../../packets/flow.ts';
import { otherSide } from '../call.ts';
import type { CallParties, FlowParties, Participant } from '../parties.ts';
import type { Attendance } from './attendance.ts';
import { endOf, type FlowSeen } from './flow-seen.ts';

/** Participants by the MSRP URIs that calls have agreed. */
export interface SessionUris {
  /** By their own. */
  readonly own: ReadonlyMap<string, Participant>;
  /** By those that the focus gave them. */
  readonly focus: ReadonlyMap<string, Participant>;
}

export function sessionUris(calls: Iterable<CallParties>): SessionUris {
  const own = new Map<string, Participant>();
  const focus = new Map<string, Participant>();
  for (const { call, participant, focusSide } of calls) {
    for (const uri of call.of(otherSide(focusSide)).msrp) own.set(uriKey(uri), participant);
    for (const uri of call.of(focusSide).msrp) focus.set(uriKey(uri), participant);
  }
  for (const uri of own.keys()) focus.delete(uri);
  return { own, focus };
}

/** Who is at the ends of a flow, by its introduction, its calls and the URIs of its messages. */
export function flowParties(seen: FlowSeen, attendance: Attendance, uris: SessionUris): FlowParties {
  const { flow, named } = seen;
  const actor = attendance.actorOf(seen);
  if (named !== undefined && actor !== undefined)
    return { flow, named, focusEnd: opposite(named.actorEnd), participants: [actor], isOfOne: true };
  const votes = { opener: 0, other: 0 };
  const found = new Set<Participant>();
  for (const { callId } of seen.calls) {
    const parties = attendance.calls.get(callId);
    if (parties === undefined || parties.far.has(flow.id)) continue;
    const end = endOf(parties.call, flow, parties.focusSide);
    if (end === undefined) continue;
    votes[end] += 1;
    found.add(parties.participant);
  }
  for (const end of ['opener', 'other'] as const) {
    for (const uri of seen.from[end]) {
      if (uris.own.has(uri)) votes[opposite(end)] += 2;
      else if (uris.focus.has(uri)) votes[end] += 2;
    }
    for (const uri of [...seen.from[end], ...seen.to[end]]) {
      const participant = uris.own.get(uri) ?? uris.focus.get(uri);
      if (participant !== undefined) found.add(participant);
    }
  }
  return { flow, named, focusEnd: named?.actorEnd ?? elected(votes), participants: [...found], isOfOne: false };
}

function elected({ opener, other }: Readonly<Record<End, number>>): End | undefined {
  if (opener === other) return undefined;
  return opener > other ? 'opener' : 'other';
}
