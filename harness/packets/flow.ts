import type { Address } from '../net/network.ts';

/** A TCP connection of a capture, or the datagrams between two UDP ports. */
export interface Flow {
  /** From 1, in the order in which they appear. */
  readonly id: number;
  readonly transport: 'tcp' | 'udp';
  /** Who opened it; where its beginning was not captured, who was first to send. */
  readonly opener: Address;
  readonly other: Address;
  /** Comments on its first packet. */
  readonly comments: readonly string[];
}

/** Which end of a flow. */
export type End = 'opener' | 'other';

/** The end that this one speaks with. */
export const opposite = (end: End): End => (end === 'opener' ? 'other' : 'opener');

/** What flows carried, in the order in which it became known. Octets of one end of a TCP flow come in their order, each once. */
export type FlowEvent = {
  readonly flow: Flow;
  /** The packet by which it became known. */
  readonly frame: number;
  /** Milliseconds since 1970. */
  readonly time: number;
} & (
  | { readonly type: 'opened' }
  /** The capture begins in the middle of this flow: what comes first need not be the beginning of a message. */
  | { readonly type: 'joined' }
  /**
   * Octets of a stream. `packets` carried them: not always the one by which they became known, as what overtook others has
   * to wait for those. A view, as in `Packet`.
   */
  | { readonly type: 'octets'; readonly from: End; readonly octets: Buffer; readonly packets: readonly number[] }
  /** One UDP datagram; `missing` octets at its end were not captured. A view, as in `Packet`. */
  | {
      readonly type: 'datagram';
      readonly from: End;
      readonly octets: Buffer;
      readonly missing: number;
      readonly packets: readonly number[];
    }
  /** Octets that the capture has not got: lost packets, or packets cut short. */
  | { readonly type: 'gap'; readonly from: End; readonly missing: number }
  | { readonly type: 'closed'; readonly by: End; readonly how: 'ended' | 'reset' }
  /**
   * No more of it will be told, though nobody was seen to close it: the capture is over, its ports were used for another
   * connection, or it was idle for longest when there were too many to follow.
   */
  | { readonly type: 'left'; readonly why: 'capture-over' | 'ports-reused' | 'too-many' }
);
