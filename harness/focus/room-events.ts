import type { ContinuationFlag, MsrpRequestHead } from '../codec/msrp/message.ts';
import type { EndpointMedia, RoomState, SessionId } from './room-state.ts';

/** Who asks to join, as SIP has established it (RFC 7701 §5.2). */
export interface JoinIdentity {
  /** The authenticated or asserted address of record, else the URI of the SIP From. */
  readonly uri: string;
  readonly aliases: readonly string[];
  readonly displayName?: string;
  /** `asked`: the focus is asked to hide the URI (option b). `own`: the endpoint hides itself (option a). */
  readonly privacy: 'none' | 'asked' | 'own';
}

/** What happens to a room. Octets come as they came from the wire, cut anywhere. */
export type RoomEvent =
  | {
      readonly type: 'join';
      readonly session: SessionId;
      readonly identity: JoinIdentity;
      readonly media: EndpointMedia;
      readonly at?: Date;
    }
  /** A later offer and answer; without `media` the stream was refused while the dialog lives on. */
  | { readonly type: 'media-changed'; readonly session: SessionId; readonly media: EndpointMedia | undefined }
  /** The MSRP connection is gone. */
  | { readonly type: 'media-lost'; readonly session: SessionId }
  /** The SIP dialog has ended. */
  | { readonly type: 'leave'; readonly session: SessionId }
  /** The head of a SEND. `request` names it until its end. */
  | {
      readonly type: 'chunk-head';
      readonly session: SessionId;
      readonly request: string;
      readonly head: MsrpRequestHead;
      readonly hasBody: boolean;
    }
  | {
      readonly type: 'chunk-data';
      readonly session: SessionId;
      readonly octets: Buffer;
    }
  | {
      readonly type: 'chunk-end';
      readonly session: SessionId;
      readonly flag: ContinuationFlag;
    }
  | { readonly type: 'nickname'; readonly session: SessionId; readonly request: string; readonly head: MsrpRequestHead }
  /** A participant has answered a copy. */
  | { readonly type: 'copy-answered'; readonly session: SessionId; readonly copyId: string; readonly status: number }
  /** A participant has sent a REPORT on a copy. */
  | {
      readonly type: 'report-received';
      readonly session: SessionId;
      readonly copyId: string;
      readonly status: number;
      readonly head: MsrpRequestHead;
    }
  | { readonly type: 'congestion'; readonly session: SessionId; readonly congested: boolean }
  | { readonly type: 'timer'; readonly name: string }
  | { readonly type: 'close' };

/** A chunk of a copy, for one or several participants alike. */
export interface CopyEffect {
  readonly type: 'copy';
  /** Whose message it is; absent for the room's own. */
  readonly from: SessionId | undefined;
  readonly recipients: readonly SessionId[];
  /** Message-ID of the copy. */
  readonly copyId: string;
  readonly contentType: string;
  /** Position of the first octet, counted from 0. */
  readonly at: number;
  readonly octets: readonly Buffer[];
  /** Octets of the whole, where known. */
  readonly total: number | undefined;
  readonly flag: ContinuationFlag;
}

export interface ReportEffect {
  readonly type: 'report';
  readonly session: SessionId;
  /** Header value: the whole From-Path of the SEND. */
  readonly toPath: string;
  readonly messageId: string;
  /** Octets reported: positions counted from 1, as in Byte-Range. */
  readonly range: { readonly start: number; readonly end: number; readonly total: number };
  readonly status: number;
  /** A Message/CPIM entity. */
  readonly body: Buffer | undefined;
}

/** What has to be done, in this order. */
export type RoomEffect =
  | { readonly type: 'admit'; readonly session: SessionId }
  /** SIP status of the refusal. */
  | { readonly type: 'refuse-join'; readonly session: SessionId; readonly status: number; readonly reason: string }
  | {
      readonly type: 'respond';
      readonly session: SessionId;
      readonly request: string;
      readonly status: number;
      readonly comment: string;
    }
  | CopyEffect
  | ReportEffect
  /** No MSRP for this session any more. */
  | { readonly type: 'release-media'; readonly session: SessionId }
  /** The focus ends the dialog: BYE. */
  | { readonly type: 'dismiss'; readonly session: SessionId; readonly reason: string }
  | { readonly type: 'roster-changed' }
  /** Starts it, or starts it again. */
  | { readonly type: 'start-timer'; readonly name: string; readonly delayMs: number }
  | { readonly type: 'stop-timer'; readonly name: string }
  | { readonly type: 'room-closed' };

/** The other rooms of the same focus, looked at only by who asks. */
export type Neighbours = () => readonly RoomState[];

export type Step = readonly [RoomState, readonly RoomEffect[]];
