import type { NicknameReading } from '../codec/nickname/nickname.ts';
import type { FailureReport, SuccessReport } from '../msrp/reports.ts';
import type { Assembly } from './assembly.ts';
import type { Pieces } from './pieces.ts';

/** One MSRP session of one participant; unique within the focus, so that rooms cannot mix them up. */
export type SessionId = string;

/** Who somebody is for the room: the account, kept apart from the same account joined anonymously. */
export type UserKey = string;

/** What the owner of a room has laid down (RFC 7701 §4.1). */
export interface RoomPolicy {
  readonly nicknames: 'allowed' | 'forbidden';
  readonly privateMessages: 'allowed' | 'forbidden';
  /** Compared like nicknames in use (RFC 7701 §7.1). */
  readonly reservedNicknames: readonly string[];
  readonly nicknameReading: NicknameReading;
  /** How long a nickname is kept for its former holder (RFC 7701 §11), in milliseconds; 0: not at all. */
  readonly quarantineMs: number;
  /** May one user be there from several endpoints, or does the newest take the place of the others? */
  readonly simultaneousAccess: 'allowed' | 'refused' | 'replaces';
  readonly mediaTransport: 'any' | 'tls-only';
  /** `a=accept-wrapped-types` of the room; `*` admits everything. */
  readonly wrappedTypes: readonly string[];
  /** Largest message taken, wrapper included; above it 413. */
  readonly maxMessageOctets: number;
  /** Chunk reception timer (RFC 7701 §6.1), in milliseconds. */
  readonly chunkTimeoutMs: number;
  /** So many octets that wait for one participant mean congestion (RFC 7701 §6.4). */
  readonly congestionOctets: number;
  /** Largest room message still sent to a congested participant, in octets. */
  readonly congestedMaxOctets: number;
  /** How long a user whose connection is lost may stay without a new one, in milliseconds. */
  readonly absenceMs: number;
  /** Does the room end when the user who opened it has left? */
  readonly endsWithCreator: boolean;
}

const DEFAULT_POLICY: RoomPolicy = {
  nicknames: 'allowed',
  privateMessages: 'allowed',
  reservedNicknames: [],
  nicknameReading: 'rfc8266',
  quarantineMs: 0,
  simultaneousAccess: 'allowed',
  mediaTransport: 'any',
  wrappedTypes: ['*'],
  maxMessageOctets: 10 * 2 ** 20,
  chunkTimeoutMs: 540_000,
  congestionOctets: 4 * 2 ** 20,
  congestedMaxOctets: 0,
  absenceMs: 180_000,
  endsWithCreator: false,
};

/** What an endpoint has declared by `a=chatroom` (RFC 7701 §8). */
export interface Capabilities {
  /** False: no attribute, the endpoint does not know that rooms exist. */
  readonly aware: boolean;
  readonly nickname: boolean;
  readonly privateMessages: boolean;
}

/** The part of an endpoint's session description that the switch goes by. */
export interface EndpointMedia {
  /** Tokens of `a=chatroom`; absent: no attribute. */
  readonly chatroom?: readonly string[];
  readonly acceptTypes: readonly string[];
  readonly acceptWrappedTypes?: readonly string[];
  /** `a=max-size` in octets. */
  readonly maxSize?: bigint;
  /** As the endpoint says it; absent: both ways. With `sendonly` and `inactive` it wants no messages. */
  readonly direction?: 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';
}

export interface RoomUser {
  readonly key: UserKey;
  /** The URI that others see: the account's own, or an anonymous one. */
  readonly entity: string;
  /** Other URIs that the user may put into the CPIM From (RFC 7701 §5.2). */
  readonly aliases: readonly string[];
  readonly account: string;
  readonly displayName: string | undefined;
  readonly anonymity: 'none' | 'minted' | 'own';
  /** In order of joining. Never empty. */
  readonly sessions: readonly SessionId[];
}

export interface HeldNickname {
  readonly text: string;
  /** What decides whether two nicknames are the same. */
  readonly key: string;
}

export interface RoomSession {
  readonly id: SessionId;
  readonly user: UserKey;
  readonly media: EndpointMedia;
  readonly capabilities: Capabilities;
  /** False: its MSRP connection is lost while the SIP dialog lives on. */
  readonly connected: boolean;
  readonly congested: boolean;
  /** Room messages left out since congestion began. */
  readonly missed: number;
  readonly nickname: HeldNickname | undefined;
  /** Counts the joins of the room from 1. */
  readonly order: number;
  readonly joinedAt?: Date;
}

/** One nickname that is not free. */
export interface NicknameHolding {
  readonly text: string;
  readonly owner: UserKey;
  /** `quarantined`: nobody uses it, but only its former owner can have it. */
  readonly status: 'held' | 'quarantined';
  /** Number of the event that gave it. */
  readonly since: number;
}

/** Where a message goes, by its CPIM From and To. */
export type Route =
  | { readonly kind: 'room' }
  | { readonly kind: 'private'; readonly sessions: readonly SessionId[] }
  /** `reaches`: nobody, unless a wrong decision lets a refused message through. */
  | { readonly kind: 'refused'; readonly status: number; readonly reaches: readonly SessionId[] };

/** A SEND whose end-line has not come yet. */
export interface OpenChunk {
  readonly session: SessionId;
  readonly request: string;
  /** Key of the message it belongs to; absent for a SEND that is none, such as one without body. */
  readonly message: string | undefined;
  /** Position of the next octet, counted from 0. */
  readonly at: number;
  readonly failureReport: FailureReport;
  /** Status of an error. */
  readonly refusal: number | undefined;
  /** `drop`: what is left of the chunk is of no use. */
  readonly rest: 'take' | 'drop';
  /** An early refusal has been sent. */
  readonly answered: boolean;
}

/** A message under way from a participant into the room. */
export interface IncomingMessage {
  readonly key: string;
  readonly session: SessionId;
  readonly messageId: string;
  readonly contentType: string;
  readonly failureReport: FailureReport;
  readonly successReport: SuccessReport;
  /** Value of its From-Path: where a REPORT has to go. */
  readonly fromPath: string;
  readonly assembly: Assembly;
  /** Octets in all, from the chunk that ended with `$`. */
  readonly size: number | undefined;
  /** Total of the Byte-Range: a hint only. */
  readonly announced: number | undefined;
  /** Octets came since the chunk reception timer was started. */
  readonly progress: boolean;
  readonly stage: GatheringStage | DistributingStage;
}

/** The header blocks of the wrapper are not complete (RFC 7701 §6.1). */
export interface GatheringStage {
  readonly kind: 'gathering';
  readonly octets: Pieces;
  /** Length at which the blocks are looked for again although no empty line has come. */
  readonly lookAt: number;
  /** From and To have been judged: only the MIME headers are missing. */
  readonly route: Route | undefined;
}

export interface DistributingStage {
  readonly kind: 'distributing';
  readonly route: Route;
  /** Message-ID of the copies. */
  readonly copyId: string;
  /** Those who were sent the first chunk, less the departed. */
  readonly recipients: readonly SessionId[];
  /** Octets that have come but have not gone. */
  readonly pending: Pieces;
  /** Octets that have gone. */
  readonly sent: number;
  /** Octets that copies are longer than the original: 0 unless a decision rewrites them. */
  readonly growth: number;
  /** From and To lines as they came, for REPORTs on private messages. */
  readonly from: string | undefined;
  readonly to: string | undefined;
}

/** How a message ended; remembered for a while to treat stray chunks. */
export type Fate =
  /** `copyId`: Message-ID of its copies. */
  | { readonly kind: 'complete'; readonly copyId: string }
  | { readonly kind: 'aborted' }
  | { readonly kind: 'refused'; readonly status: number };

export interface RoomState {
  readonly uri: string;
  /** Further URIs that stand for the room, such as its Contact. */
  readonly aliases: readonly string[];
  readonly policy: RoomPolicy;
  readonly phase: 'open' | 'closed';
  /** Beginning of the Message-IDs that the switch makes; at most 16 letters and digits. */
  readonly idPrefix: string;
  readonly creator: UserKey | undefined;
  readonly users: ReadonlyMap<UserKey, RoomUser>;
  readonly sessions: ReadonlyMap<SessionId, RoomSession>;
  /** By compare key. */
  readonly nicknames: ReadonlyMap<string, NicknameHolding>;
  readonly chunks: ReadonlyMap<SessionId, OpenChunk>;
  readonly messages: ReadonlyMap<string, IncomingMessage>;
  readonly fates: { readonly recent: ReadonlyMap<string, Fate>; readonly older: ReadonlyMap<string, Fate> };
  /** How many events there have been. */
  readonly events: number;
  readonly joins: number;
  readonly copies: number;
  readonly anonymous: number;
}

export interface RoomOptions {
  readonly uri: string;
  readonly aliases?: readonly string[];
  readonly policy?: Partial<RoomPolicy>;
  readonly idPrefix: string;
}

export function createRoom({ uri, aliases = [], policy = {}, idPrefix }: RoomOptions): RoomState {
  return {
    uri,
    aliases,
    policy: { ...DEFAULT_POLICY, ...policy },
    phase: 'open',
    idPrefix,
    creator: undefined,
    users: new Map(),
    sessions: new Map(),
    nicknames: new Map(),
    chunks: new Map(),
    messages: new Map(),
    fates: { recent: new Map(), older: new Map() },
    events: 0,
    joins: 0,
    copies: 0,
    anonymous: 0,
  };
}

/** The user behind a session that is in the room. */
export function userOf(room: RoomState, session: RoomSession): RoomUser {
  const user = room.users.get(session.user);
  if (user === undefined) throw new Error(`session ${session.id} without user`);
  return user;
}

export function withEntry<K, V>(map: ReadonlyMap<K, V>, key: K, value: V): ReadonlyMap<K, V> {
  return new Map(map).set(key, value);
}

export function withoutEntry<K, V>(map: ReadonlyMap<K, V>, key: K): ReadonlyMap<K, V> {
  if (!map.has(key)) return map;
  const rest = new Map(map);
  rest.delete(key);
  return rest;
}
