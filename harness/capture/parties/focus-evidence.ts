import type { Address } from '../../net/network.ts';
import { opposite } from '../../packets/flow.ts';
import { type Call, otherSide, type Side } from '../call.ts';
import { addressAt, endOf, type FlowSeen } from './flow-seen.ts';

/**
 * What a focus is known by, the strongest first: what the user says, isfocus in Contact (RFC 4579 §4.2), the events of a
 * conference (RFC 4575 §3.1), a=chatroom in an answer (RFC 7701 §8), and whom the actors of a recording speak with.
 */
export const SIGNS = [
  'named by --focus',
  'isfocus in Contact',
  'conference events',
  'a=chatroom in an answer',
  'a recording',
] as const;

export type Sign = (typeof SIGNS)[number];

/** The side of a call that is a focus, and by which sign. */
export interface FocusEvidence {
  readonly side: Side;
  readonly sign: Sign;
}

/**
 * Which side of a call shows itself as the focus, if one does. Where both show the same, it is the called.
 *
 * @param flows those that the call uses
 * @param focus who is at this address is a focus, whatever it shows
 */
export function focusEvidence(
  call: Call,
  flows: readonly FlowSeen[],
  focus: Address | undefined,
): FocusEvidence | undefined {
  const signs = SIDES.flatMap((side) => {
    const sign = signOf(call, side, flows, focus);
    return sign === undefined ? [] : [{ side, sign }];
  });
  for (const strongest of SIGNS) {
    const found = signs.find(({ sign }) => sign === strongest);
    if (found !== undefined) return found;
  }
  return undefined;
}

export const SIDES = ['called', 'caller'] as const;

function signOf(call: Call, side: Side, flows: readonly FlowSeen[], focus: Address | undefined): Sign | undefined {
  const seen = call.of(side);
  if (seen.isfocus) return 'isfocus in Contact';
  if (seen.chatroom === 'answered') return 'a=chatroom in an answer';
  // A NOTIFY without To tag is of no subscription that somebody asked for: anybody can send one.
  if ((seen.notifies && call.method !== 'NOTIFY') || (call.of(otherSide(side)).subscribes && call.accepted))
    return 'conference events';
  if (focus !== undefined && isAt(call, side, flows, focus)) return 'named by --focus';
  if (speaksWithActor(call, side, flows)) return 'a recording';
  return undefined;
}

const isAt = (call: Call, side: Side, flows: readonly FlowSeen[], { host, port }: Address): boolean =>
  flows.some(({ flow }) => {
    const end = endOf(call, flow, side);
    if (end === undefined) return false;
    const address = addressAt(flow, end);
    return address.host === host && address.port === port;
  });

/** A recording is of the actors; who is at the other end is whom they speak with: the focus, or behind one the client. */
function speaksWithActor(call: Call, side: Side, flows: readonly FlowSeen[]): boolean {
  if (!/^(?:INVITE|SUBSCRIBE|REFER|OPTIONS)$/.test(call.method)) return false;
  return flows.some(({ actor, flow }) => actor !== undefined && endOf(call, flow, side) === opposite(actor.actorEnd));
}
