import type { End, Flow } from '../packets/flow.ts';
import type { WireContent } from '../wire/entry.ts';

/** A message of either protocol. */
export type MessageContent = Extract<WireContent, { readonly protocol: 'sip' | 'msrp' }>;

/**
 * What the flows of a capture carried, message by message, in the order in which the last packet of each passed. Only
 * `opened` and `joined` may come late: not before their flow has shown that it carries SIP or MSRP.
 */
export type CaptureItem = {
  readonly flow: Flow;
  /** The packets that carried it, as Wireshark counts. */
  readonly frames: readonly number[];
  /** Milliseconds since 1970: when its last octet passed. */
  readonly time: number;
} & (
  | { readonly type: 'opened' }
  | { readonly type: 'joined' }
  | {
      readonly type: 'message';
      readonly from: End;
      readonly content: MessageContent;
      readonly octets: Buffer;
    }
  /** Octets of a SIP or MSRP flow that are no message, or only part of one. */
  | { readonly type: 'unreadable'; readonly from: End; readonly octets: Buffer; readonly reason: string }
  | { readonly type: 'gap'; readonly from: End; readonly missing: number }
  | { readonly type: 'closed'; readonly by: End; readonly how: 'ended' | 'reset' }
);
