import type { MsrpMessage } from '../codec/msrp/message.ts';
import type { SipMessage } from '../codec/sip/message.ts';
import type { Decisions } from './decisions.ts';
import { referenceDecisions } from './reference-decisions.ts';

/**
 * How a focus differs from the reference: decisions replaced, or what passes its sockets rewritten. Both are asked for
 * once per focus, so that whatever they remember begins afresh.
 */
export interface Alteration {
  decisions?(reference: Decisions): Partial<Decisions>;
  wire?(): WireRewriting;
}

/** Instead of one message these are passed on, in order; none drops it. Octets go as they are. */
export type Rewritten<M> = readonly (M | Buffer)[];

/** Rewrites whole messages on the streams of a focus. `stream` names the stream, for what is remembered of it. */
export interface WireRewriting {
  msrpWritten?(message: MsrpMessage, stream: string): Rewritten<MsrpMessage>;
  msrpReceived?(message: MsrpMessage, stream: string): Rewritten<MsrpMessage>;
  /** Written at once when this has come, as if the focus had done so. */
  msrpAnswers?(message: MsrpMessage): Rewritten<MsrpMessage>;
  /** Written at once on each connection that is accepted, before anything has come. */
  msrpGreets?(): Rewritten<MsrpMessage>;
  sipWritten?(message: SipMessage, stream: string): Rewritten<SipMessage>;
  sipReceived?(message: SipMessage, stream: string): Rewritten<SipMessage>;
  /** All that is written arrives so much later. */
  readonly delayMs?: number;
}

/** The decisions of a focus with this alteration. */
export function decisionsOf(alteration: Alteration): Decisions {
  return { ...referenceDecisions, ...alteration.decisions?.(referenceDecisions) };
}
