import { headerOf, type MsrpMessage } from '../../codec/msrp/message.ts';
import { splitPath } from '../../codec/msrp/uri.ts';
import { uriKey } from '../../conversation/sessions.ts';
import type { Address } from '../../net/network.ts';
import { type End, type Flow, opposite } from '../../packets/flow.ts';
import type { Call, Side } from '../call.ts';
import { type NamedFlow, ROOM_ACTOR } from '../named-flow.ts';
import { FlowSigns } from '../unsignalled.ts';

/** What a flow has shown of who is at its ends. */
export class FlowSeen {
  readonly flow: Flow;
  readonly named: NamedFlow | undefined;
  /** Of the actor of a named flow: in which of several conversations that were recorded one after the other. */
  readonly part: number;
  readonly calls = new Set<Call>();
  /** The last URIs of From-Path and To-Path that each end wrote: they stand for the endpoints (RFC 4975 §8.2). */
  readonly from: Record<End, Set<string>> = { opener: new Set(), other: new Set() };
  readonly to: Record<End, Set<string>> = { opener: new Set(), other: new Set() };
  readonly signs = new FlowSigns();
  readonly firstFrame: number;
  lastFrame: number;
  isWhole = true;
  protocol: 'sip' | 'msrp' | undefined;

  constructor(flow: Flow, named: NamedFlow | undefined, part: number, frames: readonly number[]) {
    this.flow = flow;
    this.named = named;
    this.part = part;
    this.firstFrame = frames[0] ?? 0;
    this.lastFrame = frames.at(-1) ?? 0;
  }

  /** Returns how many URIs are new. */
  noteMsrp(message: MsrpMessage, from: End): number {
    const count = (): number => this.to[from].size + this.from[from].size;
    const before = count();
    const [to, source] = ['To-Path', 'From-Path'].map((name) => splitPath(headerOf(message, name) ?? '').at(-1));
    if (to !== undefined && this.to[from].size < URIS_OF_A_FLOW) this.to[from].add(uriKey(to));
    if (source !== undefined && this.from[from].size < URIS_OF_A_FLOW) this.from[from].add(uriKey(source));
    this.signs.note(message, from);
    return count() - before;
  }

  /** Who is introduced at one end of a recorded flow, and takes part in the conversation. */
  get actor(): NamedFlow | undefined {
    return this.named?.actor === ROOM_ACTOR ? undefined : this.named;
  }
}

/** More than so many URIs on one connection are made up. */
const URIS_OF_A_FLOW = 10_000;

export const addressAt = (flow: Flow, end: End): Address => (end === 'opener' ? flow.opener : flow.other);

/** At which end of a flow one side of a call is; undefined where the call does not use the flow. */
export function endOf(call: Call, flow: Flow, side: Side): End | undefined {
  const end = call.callerEnd.get(flow.id);
  return end === undefined || side === 'caller' ? end : opposite(end);
}
