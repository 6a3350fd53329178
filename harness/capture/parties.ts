import type { End, Flow } from '../packets/flow.ts';
import type { Call, Side } from './call.ts';
import type { NamedFlow } from './named-flow.ts';

/** A SIP user agent that is a participant of a room: an address of record at a place, or whom a recording names. */
export interface Participant {
  readonly key: string;
  /** Unique in its gathering. */
  name: string;
  /** Undefined where no signalling shows it. */
  readonly identity: string | undefined;
  /** Where it is told to be: host and port of its Contact, or its end of the flow. */
  readonly place: string;
  gathering: string;
  /** What the focus has of it, a proxy may have written. */
  behindProxy?: true;
}

/** One room, or several that have a participant in common: what is judged as one conversation. */
export interface Gathering {
  readonly key: string;
  readonly name: string;
  readonly rooms: readonly string[];
  readonly participants: readonly Participant[];
  /** How the focus shows that it is one. */
  readonly shownBy: readonly string[];
  readonly focusAt: readonly string[];
  /** Identities that were in the room when the capture began, or whose calls it has no beginning of. */
  readonly earlier: readonly string[];
  readonly firstFrame: number;
  readonly lastFrame: number;
  /** It comes from a recording that has all that it says it has, and none of its flows has a gap. */
  readonly isWhole: boolean;
  readonly basis: Basis;
}

/** What it is judged by: all that the rules look at, or messages whose session nobody has seen agreed, of one connection. */
export type Basis =
  | { readonly kind: 'signalling' }
  /** At the other end of the participant is the switch, or somebody of whom that is not known. */
  | { readonly kind: 'messages'; readonly peer: 'switch' | Participant };

/** How the messages of a flow are told apart. */
export interface FlowParties {
  readonly flow: Flow;
  readonly named: NamedFlow | undefined;
  readonly focusEnd: End | undefined;
  readonly participants: readonly Participant[];
  /** Whatever its messages say, they are all of the only participant. */
  readonly isOfOne: boolean;
}

export interface Parties {
  readonly gatherings: readonly Gathering[];
  readonly flows: ReadonlyMap<number, FlowParties>;
  readonly calls: ReadonlyMap<string, CallParties>;
  /** Participants by the MSRP URIs of their own, and by those that the focus gave them. */
  readonly ownUris: ReadonlyMap<string, Participant>;
  readonly focusUris: ReadonlyMap<string, Participant>;
  /** MSRP calls to whom nothing shows to be a chat room. */
  readonly otherCalls: readonly string[];
  /** When the first was left out of what there was too much of, in milliseconds since 1970. */
  readonly forgottenSince?: number;
  readonly counts: { readonly flows: number; readonly sip: number; readonly msrp: number; readonly calls: number };
}

export interface CallParties {
  readonly call: Call;
  readonly participant: Participant;
  readonly focusSide: Side;
  /** The place that stands for all names of the room. */
  readonly room: string;
  /** Flows of the call that lie before a proxy, seen from the focus. */
  readonly far: ReadonlySet<number>;
}
