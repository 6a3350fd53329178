import { formatAddress } from '../../net/net-error.ts';
import type { Address } from '../../net/network.ts';
import { type End, type Flow, opposite } from '../../packets/flow.ts';
import type { FlowParties, Gathering, Participant } from '../parties.ts';
import { switchPlaces } from '../unsignalled.ts';
import { addressAt, type FlowSeen } from './flow-seen.ts';

/** A connection of which no call is in the capture: a gathering by itself. */
export interface LoneConnection {
  readonly gathering: Gathering;
  readonly parties: FlowParties;
}

/** Whether a flow has MSRP that belongs to no call of the capture, be it with a room or not. */
export function isUnsignalled(
  { named, protocol, from, to }: FlowSeen,
  { participants }: FlowParties,
  otherUris: ReadonlySet<string>,
): boolean {
  if (participants.length > 0 || named !== undefined || protocol !== 'msrp') return false;
  return ![from.opener, from.other, to.opener, to.other].some((uris) => [...uris].some((uri) => otherUris.has(uri)));
}

/** `focus`: who is at this address is the switch, whatever it shows. */
export function loneConnections(flows: readonly FlowSeen[], focus: Address | undefined): LoneConnection[] {
  const switches = switchPlaces(flows, placeAt, focus === undefined ? undefined : formatAddress(focus));
  return flows.map(({ flow, signs, firstFrame, lastFrame }) => {
    const ends = (['opener', 'other'] as const).filter((end) => switches.has(placeAt(flow, end)));
    const [only, ...others] = ends;
    const isClear = only !== undefined && others.length === 0;
    const focusEnd = isClear ? only : 'other';
    const at = placeAt(flow, focusEnd);
    const key = `flow ${flow.id}`;
    const partyAt = (end: End): Participant => {
      const place = placeAt(flow, end);
      return { key: `${place} of ${key}`, name: place, identity: signs.writerAt(end), place, gathering: key };
    };
    const participants = [partyAt(opposite(focusEnd))];
    const by = switches.get(at);
    return {
      gathering: {
        key,
        name: at,
        rooms: [],
        participants,
        shownBy: isClear && by !== undefined ? [by] : [],
        focusAt: isClear ? [at] : [],
        earlier: [],
        firstFrame,
        lastFrame,
        isWhole: false,
        basis: { kind: 'messages', peer: isClear ? 'switch' : partyAt(focusEnd) },
      },
      parties: { flow, named: undefined, focusEnd, participants, isOfOne: true },
    };
  });
}

const placeAt = (flow: Flow, end: End): string => formatAddress(addressAt(flow, end));
