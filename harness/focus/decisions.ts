import type { ConferenceDocument, ConferenceUser } from '../codec/conference/document.ts';
import type { CpimPrefixState } from '../codec/cpim/prefix.ts';
import type { MsrpRequestHead } from '../codec/msrp/message.ts';
import type { FailureReport, SuccessReport } from '../msrp/reports.ts';
import type { Result } from '../result.ts';
import type { FocusDecisions } from './focus-decisions.ts';
import type { Neighbours, RoomEffect, RoomEvent } from './room-events.ts';
import type {
  Capabilities,
  HeldNickname,
  NicknameHolding,
  RoomPolicy,
  RoomSession,
  RoomState,
  RoomUser,
  Route,
  SessionId,
} from './room-state.ts';

/** Every decision of the reference focus, in one table. */
export interface Decisions extends RoomDecisions, FocusDecisions {}

/** Everything the room decides. It asks this table alone, so a wrong or a merely different focus is one entry replaced. */
export interface RoomDecisions extends MembershipDecisions, MessageDecisions, ReportDecisions, NicknameDecisions {
  /** What is carried out after all: the last word on the effects of one event, in order. */
  outgoing(effects: readonly RoomEffect[], event: RoomEvent, room: RoomState): readonly RoomEffect[];
}

export interface MembershipDecisions {
  /** What does an endpoint with these tokens support? Absent: it sent no `a=chatroom` (RFC 7701 §8). */
  capabilities(tokens: readonly string[] | undefined): Capabilities;
  /** What does it support after another offer (RFC 7701 §8)? */
  capabilitiesAfterReoffer(before: Capabilities, tokens: readonly string[] | undefined): Capabilities;
  /** The URI for the `number`th participant to be hidden (RFC 4575 §5.6). */
  mintAnonymousUri(number: number, account: string): string;
  /** May this anonymous URI, brought by an endpoint, name one participant? */
  namesOneParticipant(uri: string, room: RoomState): boolean;
  /** Is a session whose dialog has ended still served? */
  servesAfterLeave(session: RoomSession): boolean;
  /** Does this answer of an endpoint to a copy end its MSRP session (RFC 4975 §10.8, §10.10)? */
  endsSession(status: number): boolean;
  /** The nickname that a further session of a user has from the start (RFC 7701 §7.1). */
  nicknameOfNewSession(user: RoomUser, room: RoomState): HeldNickname | undefined;
  nicknameAfterReoffer(held: HeldNickname | undefined): HeldNickname | undefined;
  /** What full documents say of the conference itself (RFC 4575 §5.3, §5.5). */
  describeConference(
    room: RoomState,
  ): Pick<
    ConferenceDocument,
    'conferenceUris' | 'serviceUris' | 'maximumUserCount' | 'availableMedia' | 'active' | 'locked'
  >;
  /** A user as the roster shows it. */
  describeUser(user: RoomUser, room: RoomState): ConferenceUser;
  /** Texts for an endpoint that has just joined (RFC 7701 §11). */
  notices(session: RoomSession, room: RoomState): readonly string[];
  /** The user's name in such texts. */
  nameInNotice(user: RoomUser, room: RoomState): string;
  /** How such a text travels. */
  noticeContent(
    text: string,
    user: RoomUser,
    room: RoomState,
  ): { readonly contentType: string; readonly octets: Buffer };
}

/** What the metadata of a wrapper say, as far as the switch goes by them: header values as written. */
export interface Wrapper {
  readonly from: readonly string[];
  readonly to: readonly string[];
  readonly failureReport: FailureReport;
}

export interface MessageDecisions {
  /** The name under which the chunks of one message are put together (RFC 4975 §5.1). */
  messageKey(session: SessionId, messageId: string): string;
  /** Is this top-level type taken as wrapped message, refused with a status, or wrapped by the switch (RFC 7701 §6.3)? */
  topLevelType(
    contentType: string,
    sender: RoomUser,
    room: RoomState,
  ):
    | { readonly kind: 'wrapper' }
    | { readonly kind: 'refused'; readonly status: number }
    | { readonly kind: 'wrap'; readonly header: Buffer };
  /** Status for a chunk of a message whose beginning has been accepted; undefined: none (RFC 7701 §6.1). */
  continuationStatus(contentType: string): number | undefined;
  /** What can be done with so much of the wrapper: nothing, judge From and To, or distribute (RFC 7701 §6.1, §9.5)? */
  headersReady(prefix: CpimPrefixState): 'wait' | 'judge' | 'distribute';
  /** Status for a wrapper that cannot be read; notes of the catalogue: any of 400, 403, 404 and 415. */
  unreadableStatus(): number;
  /** Where does this message go? Asks `fromStatus`, then `route` (RFC 7701 §6.1, §6.2). */
  judge(wrapper: Wrapper, sender: RoomSession, room: RoomState, neighbours: Neighbours): Route;
  /** Status if the From is not the sender's (RFC 7701 §6.3). */
  fromStatus(from: readonly string[], sender: RoomUser, room: RoomState): number | undefined;
  /** Room, private or refused, by the To alone (RFC 7701 §6.2). */
  route(to: readonly string[], sender: RoomSession, room: RoomState, neighbours: Neighbours): Route;
  isRoom(uri: string, room: RoomState): boolean;
  /** The participant whom a To names. */
  participantAt(uri: string, room: RoomState, neighbours: Neighbours): RoomUser | undefined;
  sameUri(one: string, other: string): boolean;
  /** May private messages go to this session (RFC 7701 §6.2)? */
  takesPrivateMessages(session: RoomSession): boolean;
  /** Which of the sessions that could take it get a private message (RFC 7701 §6.2)? */
  privateSessions(able: readonly RoomSession[], sender: RoomSession, room: RoomState): readonly SessionId[];
  /** Who is to get a room message (RFC 7701 §6.1)? */
  roomRecipients(sender: RoomSession, room: RoomState, neighbours: Neighbours): readonly SessionId[];
  /** Status if the room does not take this wrapped type; undefined: it does. */
  wrappedTypeStatus(type: string, room: RoomState): number | undefined;
  /** Does the endpoint want messages at all, by the direction of its stream (RFC 3264 §5.1)? */
  wantsMessages(session: RoomSession): boolean;
  /** May content of this type be sent to this session (RFC 7701 §6.1)? `type` is absent when the wrapper names none. */
  acceptsWrapped(session: RoomSession, type: string | undefined, room: RoomState): boolean;
  /** May a message so large be sent to this session? `size` in octets, where announced. */
  acceptsSize(session: RoomSession, size: number | undefined): boolean;
  /** Is a room message still sent to this congested session (RFC 7701 §6.4)? */
  deliversThroughCongestion(session: RoomSession, size: number | undefined, room: RoomState): boolean;
  /** Who gets what follows the first chunk (RFC 7701 §6.1)? `first`: who got that, less the departed. */
  laterRecipients(
    first: readonly SessionId[],
    route: Route,
    sender: RoomSession,
    room: RoomState,
  ): readonly SessionId[];
  /** The header blocks of the wrapper as copied. */
  relayedHeaders(octets: Buffer, sender: RoomUser, room: RoomState): Buffer;
  /** Content as copied, piece by piece. */
  relayedContent(octets: Buffer): Buffer;
  /** Message-ID of the copies of a message. */
  copyId(original: string, fresh: string): string;
  /** Flag that ends the copies of a message that stays incomplete (RFC 7701 §6.1). */
  abortFlag(): '$' | '+' | '#';
  /** Chunk reception timer, in milliseconds (RFC 7701 §6.1). */
  chunkTimeout(policy: RoomPolicy): number;
}

export interface ReportDecisions {
  /** Is a response with this status sent (RFC 4975 §7.2)? */
  responds(failureReport: FailureReport, status: number): boolean;
  /** Octet ranges of the success REPORTs for a complete message of `size` octets; none: no report. */
  successReports(
    wanted: SuccessReport,
    size: number,
    recipients: readonly SessionId[],
  ): readonly { readonly start: number; readonly end: number }[];
  /** Message-ID that a REPORT to the sender names. */
  reportedMessageId(original: string, copyId: string): string;
  /** Body of a REPORT; `from` and `to` are the lines of a private message (RFC 7701 §6.2). */
  reportBody(route: Route, from: string | undefined, to: string | undefined): Buffer | undefined;
  /** Status of a failure REPORT to the sender because a recipient has left; undefined: none (RFC 7701 §6.1). */
  departureStatus(): number | undefined;
}

export type NicknameProblem = 'forbidden' | 'malformed' | 'unfit' | 'reserved' | 'taken';

export interface NicknameDecisions {
  /** Is a NICKNAME looked at, left without answer, or unknown (a status)? */
  handlesNickname(room: RoomState): 'process' | 'ignore' | number;
  nicknamesAllowed(policy: RoomPolicy): boolean;
  /** The text in the Use-Nickname header (RFC 7701 §7.1). */
  readNickname(head: MsrpRequestHead): Result<string, string>;
  isRemoval(text: string): boolean;
  /** What decides whether nicknames are the same (RFC 8266 §2.4); an error: it is unfit as nickname. */
  nicknameKey(text: string, policy: RoomPolicy): Result<string, string>;
  isReserved(key: string, room: RoomState): boolean;
  /** Does this holding keep the user from having the nickname? */
  isTaken(holding: NicknameHolding | undefined, user: RoomUser, room: RoomState): boolean;
  nicknameStatus(problem: NicknameProblem): number;
  /** What the session has after a refusal (RFC 7701 §7.2). */
  nicknameAfterRefusal(current: HeldNickname | undefined, asked: string): HeldNickname | undefined;
  /** What the session has after it removed its nickname (RFC 7701 §7.3). */
  nicknameAfterRemoval(current: HeldNickname | undefined): HeldNickname | undefined;
}
