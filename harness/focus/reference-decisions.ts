import { formatCpimAddress, parseCpimAddress } from '../codec/cpim/address.ts';
import { serializeCpim } from '../codec/cpim/serialize.ts';
import { parseUseNickname } from '../codec/msrp/nickname.ts';
import { compareKey } from '../codec/nickname/nickname.ts';
import { chatroomSupport } from '../codec/sdp/chatroom.ts';
import { acceptsType, bareType } from '../codec/sdp/media-type.ts';
import { dueFor } from '../msrp/reports.ts';
import { err, ok } from '../result.ts';
import type {
  Decisions,
  MembershipDecisions,
  MessageDecisions,
  NicknameDecisions,
  ReportDecisions,
  RoomDecisions,
} from './decisions.ts';
import { referenceFocusDecisions } from './focus-decisions.ts';
import { type RoomSession, type RoomState, type RoomUser, type Route, userOf } from './room-state.ts';
import { sameUri } from './room-uri.ts';

/** Names the one kind of stream that rooms have (RFC 4575 §5.3.4). */
const CHAT_LABEL = '1';

const membership: MembershipDecisions & ThisType<RoomDecisions> = {
  capabilities: chatroomSupport,
  capabilitiesAfterReoffer(_before, tokens) {
    return this.capabilities(tokens);
  },
  mintAnonymousUri: (number) => `sip:anonymous${number}@anonymous.invalid`,
  namesOneParticipant(uri, room) {
    // Everybody who hides may write sip:anonymous@anonymous.invalid (RFC 3323 §4.1.1.3): it names nobody.
    return !/^sips?:anonymous@anonymous\.invalid/i.test(uri) && this.participantAt(uri, room, () => []) === undefined;
  },
  endsSession: (status) => status === 481 || status === 506,
  servesAfterLeave: () => false,
  nicknameOfNewSession: () => undefined,
  nicknameAfterReoffer: (held) => held,
  describeConference: ({ uri }) => ({
    conferenceUris: [{ uri, purpose: 'participation' }],
    serviceUris: [{ uri, purpose: 'event' }],
    availableMedia: [{ label: CHAT_LABEL, type: 'message', status: 'sendrecv' }],
    active: true,
    locked: false,
  }),
  describeUser: (user, room) => {
    const sessions = sessionsOf(user, room);
    const nickname = sessions.find((session) => session.nickname !== undefined)?.nickname;
    return {
      entity: user.entity,
      ...(user.displayName === undefined ? {} : { displayText: user.displayName }),
      ...(nickname === undefined ? {} : { nickname: { value: nickname.text, form: 'xcon' as const } }),
      roles: [],
      endpoints: sessions.map((session) => ({
        // Any unique string will do (RFC 4575 §5.7); the Contact would give a hidden user away.
        entity: `${user.entity};endpoint=${session.order}`,
        status: session.connected ? 'connected' : 'on-hold',
        joiningMethod: 'dialed-in',
        ...(session.joinedAt === undefined ? {} : { joiningInfo: { when: session.joinedAt.toISOString() } }),
        ...(session.connected
          ? {
              media: [{ id: '1', type: 'message', label: CHAT_LABEL, status: session.media.direction ?? 'sendrecv' }],
            }
          : {}),
      })),
    };
  },
  notices(session, room) {
    if (session.capabilities.aware) return [];
    const names = [...room.users.values()].map((user) => this.nameInNotice(user, room));
    return [
      `This is the chat room ${room.uri}. Whatever you write here goes to everybody in the room.`,
      `In the room: ${names.join(', ')}`,
    ];
  },
  nameInNotice(user, room) {
    return this.describeUser(user, room).nickname?.value ?? user.entity;
  },
  noticeContent: (text, user, room) => ({
    contentType: 'message/cpim',
    octets: serializeCpim({
      headers: [
        { name: 'From', value: formatCpimAddress({ uri: room.uri }) },
        { name: 'To', value: formatCpimAddress({ uri: user.entity }) },
      ],
      mimeHeaders: [{ name: 'Content-Type', value: 'text/plain;charset=utf-8' }],
      content: Buffer.from(text),
    }),
  }),
};

const messages: MessageDecisions & ThisType<RoomDecisions> = {
  messageKey: (session, messageId) => `${session} ${messageId}`,
  topLevelType: (contentType) =>
    bareType(contentType) === 'message/cpim' ? { kind: 'wrapper' } : { kind: 'refused', status: 415 },
  continuationStatus: () => undefined,
  headersReady: (prefix) => {
    switch (prefix.state) {
      case 'need-more':
      case 'too-large':
        return 'wait';
      case 'metadata-complete':
        return 'judge';
      case 'mime-complete':
        return 'distribute';
    }
  },
  unreadableStatus: () => 400,
  judge(wrapper, sender, room, neighbours) {
    const status = this.fromStatus(wrapper.from, userOf(room, sender), room);
    return status === undefined ? this.route(wrapper.to, sender, room, neighbours) : refused(status);
  },
  fromStatus(from, sender) {
    const address = from[0] === undefined ? undefined : parseCpimAddress(from[0]);
    if (from.length !== 1 || address === undefined || !address.ok) return 403;
    const { uri } = address.value;
    return [sender.entity, ...sender.aliases].some((known) => this.sameUri(known, uri)) ? undefined : 403;
  },
  route(to, sender, room, neighbours) {
    if (to.length > 1) return refused(403);
    if (to[0] === undefined) return refused(this.unreadableStatus());
    const address = parseCpimAddress(to[0]);
    if (!address.ok) return refused(404);
    if (this.isRoom(address.value.uri, room)) return { kind: 'room' };
    const recipient = this.participantAt(address.value.uri, room, neighbours);
    if (recipient === undefined) return refused(404);
    if (room.policy.privateMessages === 'forbidden') return refused(403);
    const able = sessionsOf(recipient, room).filter((session) => this.takesPrivateMessages(session));
    if (able.length === 0) return refused(428);
    const reachable = able.filter((session) => session.connected);
    // In the room, yet nowhere to be reached: the address cannot be resolved (RFC 7701 §10.3).
    if (reachable.length === 0) return refused(404);
    return { kind: 'private', sessions: this.privateSessions(reachable, sender, room) };
  },
  isRoom(uri, room) {
    return [room.uri, ...room.aliases].some((known) => this.sameUri(known, uri));
  },
  participantAt(uri, room) {
    for (const user of room.users.values()) if (user.entity === uri) return user;
    for (const user of room.users.values())
      if ([user.entity, ...user.aliases].some((known) => this.sameUri(known, uri))) return user;
    return undefined;
  },
  sameUri,
  takesPrivateMessages: (session) => session.capabilities.privateMessages,
  privateSessions: (able) => able.map((session) => session.id),
  roomRecipients: (sender, room) => {
    const recipients: string[] = [];
    for (const session of room.sessions.values())
      if (session.connected && session.id !== sender.id) recipients.push(session.id);
    return recipients;
  },
  wrappedTypeStatus: (type, room) => (acceptsType(room.policy.wrappedTypes, type) ? undefined : 415),
  wantsMessages: ({ media }) => media.direction !== 'sendonly' && media.direction !== 'inactive',
  acceptsWrapped: ({ media }, type) => {
    // Without the attribute nothing is known against a type (RFC 7701 §6.1).
    if (media.acceptWrappedTypes === undefined || type === undefined) return true;
    // RFC 4975 §8.6: what accept-types lists may stand inside a wrapper as well.
    return acceptsType(media.acceptWrappedTypes, type) || acceptsType(media.acceptTypes, type);
  },
  acceptsSize: ({ media }, size) => media.maxSize === undefined || size === undefined || BigInt(size) <= media.maxSize,
  deliversThroughCongestion: (_session, size, room) => size !== undefined && size <= room.policy.congestedMaxOctets,
  laterRecipients: (first) => first,
  relayedHeaders: (octets) => octets,
  relayedContent: (octets) => octets,
  copyId: (_original, fresh) => fresh,
  abortFlag: () => '#',
  chunkTimeout: (policy) => policy.chunkTimeoutMs,
};

const reports: ReportDecisions = {
  responds: (failureReport, status) => dueFor(failureReport, 'no', status < 300 ? 'ok' : 'error').response !== 'none',
  successReports: (wanted, size) => (wanted === 'yes' ? [{ start: 1, end: size }] : []),
  reportedMessageId: (original) => original,
  reportBody: (route, from, to) => {
    if (route.kind === 'room' || from === undefined || to === undefined) return undefined;
    return serializeCpim({
      headers: [
        { name: 'From', value: from },
        { name: 'To', value: to },
      ],
      mimeHeaders: [{ name: 'Content-Type', value: 'text/plain' }],
      content: Buffer.alloc(0),
    });
  },
  departureStatus: () => undefined,
};

const nicknames: NicknameDecisions & ThisType<RoomDecisions> = {
  handlesNickname: () => 'process',
  nicknamesAllowed: (policy) => policy.nicknames === 'allowed',
  readNickname: (head) => {
    const [only, second] = head.headers.filter((header) => header.name.toLowerCase() === 'use-nickname');
    if (only === undefined || second !== undefined) return err('one Use-Nickname header is wanted');
    if (only.octets !== undefined) return err('the value is no UTF-8');
    return parseUseNickname(only.value);
  },
  isRemoval: (text) => text === '',
  nicknameKey: (text, policy) => {
    const key = compareKey(text, policy.nicknameReading);
    return key.ok ? ok(key.value) : err(key.error.kind);
  },
  isReserved(key, { policy }) {
    return policy.reservedNicknames.some((reserved) => {
      const other = this.nicknameKey(reserved, policy);
      return other.ok && other.value === key;
    });
  },
  isTaken: (holding, user) => holding !== undefined && holding.owner !== user.key,
  nicknameStatus: (problem) => {
    switch (problem) {
      case 'forbidden':
        return 403;
      case 'malformed':
      case 'unfit':
        return 424;
      case 'reserved':
      case 'taken':
        return 425;
    }
  },
  nicknameAfterRefusal: (current) => current,
  nicknameAfterRemoval: () => undefined,
};

/** What RFC 7701 asks for. Entries call each other through `this`, so a replaced one counts everywhere. */
export const referenceDecisions: Decisions = {
  ...referenceFocusDecisions,
  ...membership,
  ...messages,
  ...reports,
  ...nicknames,
  outgoing: (effects) => effects,
};

const refused = (status: number): Route => ({ kind: 'refused', status, reaches: [] });

function sessionsOf(user: RoomUser, room: RoomState): RoomSession[] {
  return user.sessions.flatMap((id) => room.sessions.get(id) ?? []);
}
