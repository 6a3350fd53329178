import type { ConferenceDocument, ConferenceUser } from '../codec/conference/document.ts';
import type { RoomDecisions } from './decisions.ts';
import { referenceDecisions } from './reference-decisions.ts';
import type { RoomState } from './room-state.ts';

/**
 * The whole roster (RFC 4575 §5). Without version: that counts per subscription (RFC 4575 §4.4).
 * Users stand in the order of joining.
 */
export function rosterOf(room: RoomState, decide: RoomDecisions = referenceDecisions): ConferenceDocument {
  if (room.phase === 'closed') return { entity: room.uri, state: 'deleted', defects: [] };
  const list = [...room.users.values()].map(
    (user): ConferenceUser => ({
      ...decide.describeUser(user, room),
      state: 'full',
    }),
  );
  return {
    ...decide.describeConference(room),
    entity: room.uri,
    state: 'full',
    userCount: list.length,
    users: { state: 'full', list },
    defects: [],
  };
}

/** What a subscriber who has `before` needs to get to `after`; undefined: nothing (RFC 4575 §4.4). */
export function rosterChange(before: ConferenceDocument, after: ConferenceDocument): ConferenceDocument | undefined {
  if (before === after) return undefined;
  if (after.state === 'deleted') return before.state === 'deleted' ? undefined : after;
  const old = new Map(before.users?.list.map((user) => [user.entity, JSON.stringify(user)]));
  const changed: ConferenceUser[] = [];
  for (const user of after.users?.list ?? []) {
    if (old.get(user.entity) !== JSON.stringify(user)) changed.push(user);
    old.delete(user.entity);
  }
  for (const entity of old.keys()) changed.push({ entity, state: 'deleted', roles: [], endpoints: [] });
  if (changed.length === 0) return undefined;
  const { userCount } = after;
  return {
    entity: after.entity,
    state: 'partial',
    ...(userCount === undefined ? {} : { userCount }),
    users: { state: 'partial', list: changed },
    defects: [],
  };
}
