import type { MsrpMessage } from '../codec/msrp/message.ts';
import type { SipMessage } from '../codec/sip/message.ts';
import type { Defect } from '../codec/violation.ts';
import type { Address, Transport } from '../net/network.ts';

/** One thing that happened on one connection of one actor; the wire log is the ordered list of them. */
export interface WireEntry {
  /** Position in the wire log, from 0. Evidence refers to it. */
  readonly index: number;
  /** Milliseconds since the log began. For a message: when its last octet passed. */
  readonly time: number;
  /** Whose socket was tapped, e.g. `alice`. */
  readonly actor: string;
  readonly direction: 'sent' | 'received';
  readonly connection: string;
  readonly transport: Transport;
  readonly local: Address;
  readonly remote: Address;
  /** The message on the wire; empty for connection events. */
  readonly octets: Buffer;
  readonly content: WireContent;
  /** Of an entry that comes from a capture, or is in one: the numbers of the packets that carried it, as Wireshark counts. */
  readonly frames?: readonly number[];
}

export type WireContent =
  | { readonly protocol: 'sip'; readonly message: SipMessage; readonly defects: readonly Defect[] }
  | { readonly protocol: 'msrp'; readonly message: MsrpMessage; readonly defects: readonly Defect[] }
  /** Neither protocol, or the beginning of a message that never ended. */
  | { readonly protocol: 'unknown'; readonly reason: string }
  | {
      readonly protocol: 'connection';
      readonly event: 'opened' | 'ended' | 'reset' | 'failed';
      readonly by: 'actor' | 'peer';
      readonly reason?: string;
    };
